using System.Net;
using System.Text;

namespace OffloadedPolling.Tests.Polling;

/// <summary>Status URLs are credentials: whatever goes wrong, nothing that is thrown or told holds one.</summary>
public sealed class SecrecyTests : IDisposable
{
    private static readonly Dictionary<string, Action<ScriptedServer>> _failures = new()
    {
        ["refused without an operation URL"] = server => server.Says(HttpStatusCode.Forbidden, $"<Code>SignatureDoesNotMatch</Code>{PollerBench.StatusUrl}"),
        ["expired"] = server => server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired),
        ["a code that repeats the URL"] = server => server.Says(HttpStatusCode.Forbidden, $"<Code>{PollerBench.StatusUrl}</Code>"),
        ["missing"] = server => server.Says(HttpStatusCode.NotFound, $"<Code>NoSuchKey</Code>{PollerBench.StatusUrl}"),
        ["redirect"] = server => server.Says(HttpStatusCode.Found, change: response => response.Headers.Location = new Uri(PollerBench.FreshUrl)),
        ["followed"] = server => server.Says(HttpStatusCode.OK, change: response => response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, PollerBench.FreshUrl)),
        ["fault until the deadline"] = server => server.Throws(new HttpRequestException(PollerBench.StatusUrl, new IOException(PollerBench.StatusUrl))).Hangs(),
        ["alien until the deadline"] = server => server.Says(HttpStatusCode.OK, $"{{\"status\":\"{PollerBench.StatusUrl}\"}}").Hangs(),
        ["another operation"] = server => server.Says(HttpStatusCode.OK, $$"""{"id":"{{PollerBench.Secret}}","kind":"k","status":"Running","createdAt":"2026-11-23T10:00:00Z","lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-23T10:00:00Z"}"""),
        ["canceled"] = server => server.Throws(new OperationCanceledException(PollerBench.StatusUrl)).Hangs(),
    };

    private readonly PollerBench _bench = new();

    public static TheoryData<string> Failures => [.. _failures.Keys];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_OfEachKind_TellsNoUrl(string name)
    {
        _bench.Options.Timeout = TimeSpan.FromSeconds(20);
        _failures[name](_bench.Server);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _bench.WatchAsync(_bench.Accepted(null)));

        Assert.True(failure is OperationUnavailableException or OperationTimeoutException or InvalidOperationException, $"{name}: {failure}");
        AssertTellsNoUrl(failure.ToString());
        Assert.Null((failure as OperationUnavailableException)?.ResumeToken);
        Assert.Null((failure as OperationTimeoutException)?.ResumeToken);
        Assert.All(_bench.Looks, look => AssertTellsNoUrl($"{look.Fault} {look.Status}"));
    }

    [Fact]
    public async Task Failure_OfARenewal_TellsNoUrl()
    {
        foreach (var operation in new[] { PollerBench.OperationUrl, $"{PollerBench.OperationUrl}?key={PollerBench.Secret}" })
        {
            foreach (var code in new[] { 302, 401, 404, 405 })
            {
                _bench.Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Says((HttpStatusCode)code, PollerBench.FreshUrl);
                AssertTellsNoUrl((await Assert.ThrowsAnyAsync<Exception>(() => _bench.WatchAsync(_bench.Accepted(operation)))).ToString());
            }
        }

        Assert.True(_bench.Server.IsDone);
    }

    [Fact]
    public void WhatHoldsAUrl_Printed_TellsNone()
    {
        var url = new Uri(PollerBench.StatusUrl);
        var accepted = _bench.Accepted($"{PollerBench.OperationUrl}?key={PollerBench.Secret}");
        object[] holders =
        [
            accepted,
            WatchedOperation.From(accepted, _bench.Options),
            ResumeToken.Parse(_bench.Poller.GetResumeToken(accepted)),
            ResumeToken.Parse(_bench.Poller.GetResumeToken(_bench.Accepted(null))),
            new RenewedUrl("200 OK") { Url = url, ExpiresAt = DateTimeOffset.UnixEpoch },
            new StatusReading(new HttpAnswer { Code = HttpStatusCode.OK, Body = Encoding.UTF8.GetBytes(PollerBench.StatusUrl) }),
        ];

        Assert.All(holders, holder => AssertTellsNoUrl($"{holder}"));
    }

    private static void AssertTellsNoUrl(string text)
    {
        Assert.DoesNotContain(PollerBench.Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Amz", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
    }
}

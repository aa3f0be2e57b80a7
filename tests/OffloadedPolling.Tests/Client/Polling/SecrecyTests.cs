using System.Net;
using System.Text;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Status URLs are credentials: no exception, reported poll, or <c>ToString</c> contains one.</summary>
public sealed class SecrecyTests : PollerTestBase
{
    private static readonly Dictionary<string, Action<ScriptedServer>> _failures = new()
    {
        ["refused without an operation URL"] = server =>
            server.Says(HttpStatusCode.Forbidden, $"<Code>SignatureDoesNotMatch</Code>{StatusUrl}"),
        ["expired"] = server => server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired),
        ["error code that repeats the URL"] = server => server.Says(HttpStatusCode.Forbidden, $"<Code>{StatusUrl}</Code>"),
        ["missing"] = server => server.Says(HttpStatusCode.NotFound, $"<Code>NoSuchKey</Code>{StatusUrl}"),
        ["redirect"] = server => server.Redirects(HttpStatusCode.Found, NewStatusUrl),
        ["redirect followed"] = server => server.Says(
            HttpStatusCode.OK, change: response => response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, NewStatusUrl)),
        ["fault until the timeout"] = server => server.Throws(new HttpRequestException(StatusUrl, new IOException(StatusUrl))).Hangs(),
        ["invalid document until the timeout"] = server => server.Says(HttpStatusCode.OK, $"{{\"status\":\"{StatusUrl}\"}}").Hangs(),
        ["another operation"] = server => server.Shows(() => TestDocuments.Waiting(Secret)),
        ["canceled"] = server => server.Throws(new OperationCanceledException(StatusUrl)).Hangs(),
    };

    public static TheoryData<string> Failures => [.. _failures.Keys];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_DoesNotRevealUrl(string name)
    {
        Options.Timeout = TimeSpan.FromSeconds(20);
        _failures[name](Server);

        var failure = (await FluentActions.Awaiting(() => WatchAsync(Accepted(null))).Should().ThrowAsync<Exception>()).Which;

        (failure is OperationUnavailableException or OperationTimeoutException or InvalidOperationException)
            .Should().BeTrue($"{name}: {failure}");
        AssertContainsNoUrl(failure.ToString());
        ((failure as OperationUnavailableException)?.ResumeToken).Should().BeNull();
        ((failure as OperationTimeoutException)?.ResumeToken).Should().BeNull();
        foreach (var poll in Polls)
        {
            AssertContainsNoUrl($"{poll.Fault} {poll.Status}");
        }
    }

    [Fact]
    public async Task RenewalFailure_DoesNotRevealUrl()
    {
        foreach (var operation in new[] { OperationUrl, $"{OperationUrl}?key={Secret}" })
        {
            foreach (var code in new[] { 302, 401, 404, 405 })
            {
                Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Says((HttpStatusCode)code, NewStatusUrl);
                AssertContainsNoUrl((await FluentActions.Awaiting(() => WatchAsync(Accepted(operation)))
                    .Should().ThrowAsync<Exception>()).Which.ToString());
            }
        }

        Server.IsDone.Should().BeTrue();
    }

    [Fact]
    public void ToString_DoesNotRevealUrl()
    {
        var url = new Uri(StatusUrl);
        var accepted = Accepted($"{OperationUrl}?key={Secret}");
        object[] holders =
        [
            accepted,
            WatchedOperation.From(accepted, Options),
            ResumeToken.Parse(Poller.GetResumeToken(accepted)),
            ResumeToken.Parse(Poller.GetResumeToken(Accepted(null))),
            new RenewedUrl("200 OK") { Url = url, ExpiresAt = DateTimeOffset.UnixEpoch },
            new StatusReading(new HttpAnswer { Code = HttpStatusCode.OK, Body = Encoding.UTF8.GetBytes(StatusUrl) }),
        ];

        holders.Should().AllSatisfy(holder => AssertContainsNoUrl($"{holder}"));
    }

    private static void AssertContainsNoUrl(string text)
    {
        text.Should().NotContain(Secret);
        text.Should().NotContain("X-Amz");
        text.Should().NotContain("https://");
    }
}

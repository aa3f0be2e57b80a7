using System.Net;
using Amazon.S3;
using Amazon.SecurityToken;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Client.S3;
using OffloadedPolling.IntegrationTests.Conformance;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.IntegrationTests.Client;

/// <summary>The poller with temporary credentials that a host issues. A proxy records its requests to S3.</summary>
public sealed class S3StatusReaderTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly AwsProvider _provider = new();

    private readonly HandlerScript _script = new();

    private readonly List<string?> _refused = [];

    private readonly List<OperationPoll> _polls = [];

    private readonly List<StatusCredentials> _given = [];

    private RecordingProxy _s3 = null!;

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await _provider.PrepareAsync();
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await ConformanceHost.StartAsync(_provider, build: builder =>
        {
            HeaderAuthentication.Add(builder.Services);
            builder.Services.AddSingleton(_script);
            builder.Services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client(_s3.Address));
            builder.Services.AddSingleton<IAmazonSecurityTokenService>(_ => TestServers.NewStsClient());
            builder.WithSts(sts => sts.RoleArn = TestServers.RoleArn).AddHandler<Parcel, ParcelHandler>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        _script.Wake.TrySetResult();
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task WaitForCompletionAsync_HostIssuesCredentials_ReturnsResult()
    {
        _script.Deaf["Ada"] = true;
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(AskHostAsync);

        var waiting = poller.WaitForCompletionAsync(accepted, ParcelJson.Default.String);
        await Eventually.TrueAsync(
            () => waiting.IsCompleted || PollsOfS3(accepted).Any(poll => poll.StatusCode == (int)HttpStatusCode.NotModified), _patience,
            () => "no poll returned 304");
        _script.Wake.SetResult();
        var result = await waiting;

        result.Should().Be("done");
        var credentials = _given.Should().ContainSingle().Which;
        (credentials.Id, credentials.Endpoint, credentials.Region, credentials.ForcePathStyle)
            .Should().Be((accepted.Id, _s3.Address.ToString(), TestServers.Region, true));
        PollsOfS3(accepted).Should().HaveCount(_polls.Count);
        PollsOfS3(accepted).Should().AllSatisfy(poll =>
            poll.Headers["Authorization"].Should().Contain($"Credential={credentials.AccessKeyId}/"));
        _polls.Should().AllSatisfy(poll => poll.Fault.Should().BeNull());
        _polls[^1].Unnoticed.Should().NotBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitForCompletionAsync_CredentialsExpire_RequestsNewOnes(bool reportExpiration)
    {
        _script.Deaf["Ada"] = true;
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(async (id, cancellationToken) =>
        {
            var given = await AskHostAsync(id, cancellationToken);
            return _given.Count > 1 ? given : await ShortenAsync(given, reportExpiration);
        });

        var waiting = poller.WaitForCompletionAsync(accepted);
        await Eventually.TrueAsync(() => waiting.IsCompleted || _given.Count > 1, _patience, () => "no new credentials were requested");
        _script.Wake.SetResult();
        var ended = await waiting;

        ended.State.Should().Be(OperationState.Succeeded);
        _given.Should().HaveCount(2);
        _refused.Where(id => id is not null).Should().HaveCount(reportExpiration ? 0 : 1, "the host is told which credentials S3 rejected");
        _polls.Should().AllSatisfy(poll => poll.Fault.Should().BeNull());
        PollsOfS3(accepted).Count(poll => poll.StatusCode == (int)HttpStatusCode.Forbidden).Should().Be(reportExpiration ? 0 : 1);
    }

    [Fact]
    public async Task WaitForCompletionAsync_DocumentDeleted_ThrowsMissing()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(AskHostAsync);
        await poller.WaitForCompletionAsync(accepted);
        await _provider.DeleteDocumentAsync(_host.Store.GetStatusKey(accepted.Id));

        var gone = (await FluentActions.Awaiting(() => poller.WaitForCompletionAsync(accepted))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        gone.Reason.Should().Be(OperationUnavailableReason.Missing);
    }

    [Fact]
    public async Task WaitForCompletionAsync_HostDeniesCredentials_ThrowsForbidden()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(async (id, cancellationToken) =>
        {
            using var response = await _host.Http.PostAsync(
                new Uri(_host.Address, $"/operations/{id}/credentials"), null, cancellationToken);
            return await StatusCredentials.ReadAsync(response, cancellationToken);
        });

        var refused = (await FluentActions.Awaiting(() => poller.WaitForCompletionAsync(accepted))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        refused.Reason.Should().Be(OperationUnavailableReason.Forbidden);
        refused.Message.Should().Contain("401");
        PollsOfS3(accepted).Should().BeEmpty();
    }

    [Fact]
    public async Task WaitForCompletionAsync_CredentialsOfOtherOperation_ThrowsForbidden()
    {
        var mine = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var others = await _host.Operations.AcceptAsync(new Parcel("Bob"));
        using var poller = NewPoller(async (id, cancellationToken) =>
            await AskHostAsync(others.Id, cancellationToken) with { Id = id, StatusKey = _host.Store.GetStatusKey(id) });

        var refused = (await FluentActions.Awaiting(() => poller.WaitForCompletionAsync(mine))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        refused.Reason.Should().Be(OperationUnavailableReason.Forbidden);
        refused.Message.Should().Contain("403 Forbidden (AccessDenied)");
    }

    [Fact]
    public async Task ReadAsync_AfterUnusableCredentials_PollsAgain()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var unusable = false;
        using var reader = new S3StatusReader(async (_, cancellationToken) =>
        {
            var given = await AskHostAsync(accepted.Id, cancellationToken);
            return unusable ? given with { SessionToken = "" } : given;
        });
        await reader.ReadAsync(null, default);
        _s3.Intercept = context => unusable && IsCallers(context.Request.Headers.Authorization.ToString())
            ? AwsAnswers.XmlErrorAsync(context, "ExpiredToken", StatusCodes.Status400BadRequest)
            : Task.FromResult(false);

        unusable = true;
        await FluentActions.Awaiting(() => reader.ReadAsync(null, default).AsTask()).Should().ThrowAsync<ArgumentException>();
        unusable = false;
        var reading = await reader.ReadAsync(null, default);

        reading.Status!.Id.Should().Be(accepted.Id);
    }

    [Fact]
    public async Task WaitForCompletionAsync_HostIsBusy_Retries()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var attempts = 0;
        using var poller = NewPoller((id, cancellationToken) => ++attempts <= 2
            ? throw new HttpRequestException("busy", null, HttpStatusCode.ServiceUnavailable)
            : AskHostAsync(id, cancellationToken));

        var ended = await poller.WaitForCompletionAsync(accepted);

        ended.State.Should().Be(OperationState.Succeeded);
        _polls.Count(poll => poll.Fault is not null).Should().Be(2);
        _polls.Take(2).Should().AllSatisfy(poll => poll.Fault.Should().Contain("503"));
    }

    [Fact]
    public async Task WaitForCompletionAsync_S3IsBusy_RetriesWithSameCredentials()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var refused = 0;
        _s3.Intercept = context => IsCallers(context.Request.Headers.Authorization.ToString()) && ++refused <= 4
            ? AwsAnswers.XmlErrorAsync(context, "SlowDown", StatusCodes.Status503ServiceUnavailable)
            : Task.FromResult(false);
        using var poller = NewPoller(AskHostAsync);

        var ended = await poller.WaitForCompletionAsync(accepted);

        ended.State.Should().Be(OperationState.Succeeded);
        _given.Should().ContainSingle();

        // Each failed poll is two requests: the SDK retries once.
        _polls.Take(3).Select(poll => poll.Fault)
            .Should().Equal("503 ServiceUnavailable (SlowDown)", "503 ServiceUnavailable (SlowDown)", null);
    }

    private async Task<StatusCredentials> AskHostAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Address, $"/operations/{id}/credentials"));
        request.Headers.Add(HeaderAuthentication.Id, "ada");
        using var response = await _host.Http.SendAsync(request, cancellationToken);
        var given = await StatusCredentials.ReadAsync(response, cancellationToken);
        _given.Add(given);
        return given;
    }

    // Credentials that report their expiration are replaced before they expire, however slow a poll is. Others are replaced once S3
    // rejects them.
    private static async Task<StatusCredentials> ShortenAsync(StatusCredentials given, bool reportExpiration)
    {
        if (reportExpiration)
        {
            return given with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(3) };
        }

        using var sts = TestServers.NewStsClient();
        var ending = await StsRequests.SendAsync(
            sts, StsAction.AssumeRole, TestServers.RoleArn, "ada", SessionPolicy.For(given.Bucket, given.Region, [given.StatusKey]), 3,
            default);
        return given with
        {
            AccessKeyId = ending.AccessKeyId,
            SecretAccessKey = ending.SecretAccessKey,
            SessionToken = ending.SessionToken,
        };
    }

    private OperationPoller NewPoller(Func<string, CancellationToken, Task<StatusCredentials>> ask) => new(new OperationPollerOptions
    {
        Timeout = _patience,
        AtLeastEvery = TimeSpan.FromSeconds(0.2),
        Polled = _polls.Add,
        NewReader = id => new S3StatusReader((refused, cancellationToken) =>
        {
            _refused.Add(refused?.AccessKeyId);
            return ask(id, cancellationToken);
        }),
    });

    // The host signs its own requests with its own key.
    private List<RecordedRequest> PollsOfS3(AcceptedOperation accepted) => [.. _s3.Requests.Where(request =>
        request.Method == "GET" && request.Path.Contains(accepted.Id, StringComparison.Ordinal)
        && IsCallers(request.Headers["Authorization"]))];

    private static bool IsCallers(string authorization) => !authorization.Contains(TestServers.AccessKey, StringComparison.Ordinal);
}

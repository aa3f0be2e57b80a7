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

namespace OffloadedPolling.IntegrationTests.Credentials;

/// <summary>The poller with temporary credentials that a host hands out; whatever passes between it and S3 is seen.</summary>
public sealed class S3StatusReaderTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly AwsProvider _provider = new();

    private readonly Desk _desk = new();

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
            builder.Services.AddSingleton(_desk);
            builder.Services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client(_s3.Address));
            builder.Services.AddSingleton<IAmazonSecurityTokenService>(_ => TestServers.NewStsClient());
            builder.WithSts(sts => sts.RoleArn = TestServers.RoleArn).AddHandler<Parcel, ParcelHandler>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Wake.TrySetResult();
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task WaitForCompletionAsync_WithTheHostsCredentials_FollowsToTheEnd()
    {
        _desk.Deaf["Ada"] = true;
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(AskHostAsync);

        var waiting = poller.WaitForCompletionAsync(accepted, ParcelJson.Default.String);
        await Eventually.TrueAsync(
            () => waiting.IsCompleted || PollsOfS3(accepted).Any(poll => poll.StatusCode == (int)HttpStatusCode.NotModified), _patience, () => "no poll met the same document");
        _desk.Wake.SetResult();
        var result = await waiting;

        Assert.Equal("done", result);
        var credentials = Assert.Single(_given);
        Assert.Equal((accepted.Id, _s3.Address.ToString(), TestServers.Region, true), (credentials.Id, credentials.Endpoint, credentials.Region, credentials.ForcePathStyle));
        Assert.Equal(_polls.Count, PollsOfS3(accepted).Count);
        Assert.All(PollsOfS3(accepted), poll => Assert.Contains($"Credential={credentials.AccessKeyId}/", poll.Headers["Authorization"], StringComparison.Ordinal));
        Assert.All(_polls, poll => Assert.Null(poll.Fault));
        Assert.NotNull(_polls[^1].Unnoticed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitForCompletionAsync_CredentialsThatEnd_AreAskedForAgain(bool tellTheirExpiry)
    {
        _desk.Deaf["Ada"] = true;
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(async (id, cancel) =>
        {
            var given = await AskHostAsync(id, cancel);
            return _given.Count > 1 ? given : await ShortenAsync(given, tellTheirExpiry);
        });

        var waiting = poller.WaitForCompletionAsync(accepted);
        await Eventually.TrueAsync(() => waiting.IsCompleted || _given.Count > 1, _patience, () => "nobody asked again");
        _desk.Wake.SetResult();
        var ended = await waiting;

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(2, _given.Count);
        _refused.Where(id => id is not null).Should().HaveCount(tellTheirExpiry ? 0 : 1, "the host hears which credentials S3 refused");
        Assert.All(_polls, poll => Assert.Null(poll.Fault));
        Assert.Equal(tellTheirExpiry ? 0 : 1, PollsOfS3(accepted).Count(poll => poll.StatusCode == (int)HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task WaitForCompletionAsync_ADocumentThatIsGone_IsMissing()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(AskHostAsync);
        await poller.WaitForCompletionAsync(accepted);
        await _provider.DeleteDocumentAsync(_host.Store.GetStatusKey(accepted.Id));

        var gone = await Assert.ThrowsAsync<OperationUnavailableException>(() => poller.WaitForCompletionAsync(accepted));

        Assert.Equal(OperationUnavailableReason.Missing, gone.Reason);
    }

    [Fact]
    public async Task WaitForCompletionAsync_ACallerThatGetsNone_IsForbidden()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        using var poller = NewPoller(async (id, cancel) =>
        {
            using var response = await _host.Http.PostAsync(new Uri(_host.Address, $"/operations/{id}/credentials"), null, cancel);
            return await StatusCredentials.ReadAsync(response, cancel);
        });

        var refused = await Assert.ThrowsAsync<OperationUnavailableException>(() => poller.WaitForCompletionAsync(accepted));

        Assert.Equal(OperationUnavailableReason.Forbidden, refused.Reason);
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        Assert.Empty(PollsOfS3(accepted));
    }

    [Fact]
    public async Task WaitForCompletionAsync_CredentialsForAnotherOperation_AreRefusedByS3()
    {
        var mine = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var others = await _host.Operations.AcceptAsync(new Parcel("Bob"));
        using var poller = NewPoller(async (id, cancel) =>
            await AskHostAsync(others.Id, cancel) with { Id = id, StatusKey = _host.Store.GetStatusKey(id) });

        var refused = await Assert.ThrowsAsync<OperationUnavailableException>(() => poller.WaitForCompletionAsync(mine));

        Assert.Equal(OperationUnavailableReason.Forbidden, refused.Reason);
        Assert.Contains("403 Forbidden (AccessDenied)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForCompletionAsync_AHostThatIsBusy_IsAskedAgain()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var asked = 0;
        using var poller = NewPoller((id, cancel) => ++asked <= 2
            ? throw new HttpRequestException("busy", null, HttpStatusCode.ServiceUnavailable)
            : AskHostAsync(id, cancel));

        var ended = await poller.WaitForCompletionAsync(accepted);

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(2, _polls.Count(poll => poll.Fault is not null));
        Assert.All(_polls.Take(2), poll => Assert.Contains("503", poll.Fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WaitForCompletionAsync_S3ThatIsBusy_IsAskedAgainWithTheSameCredentials()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var refused = 0;
        _s3.Intercept = context => IsCallers(context.Request.Headers.Authorization.ToString()) && ++refused <= 4
            ? AwsAnswers.XmlErrorAsync(context, "SlowDown", StatusCodes.Status503ServiceUnavailable)
            : Task.FromResult(false);
        using var poller = NewPoller(AskHostAsync);

        var ended = await poller.WaitForCompletionAsync(accepted);

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Single(_given);

        // The SDK tries once more by itself.
        Assert.Equal(["503 ServiceUnavailable (SlowDown)", "503 ServiceUnavailable (SlowDown)", null], _polls.Take(3).Select(poll => poll.Fault));
    }

    private async Task<StatusCredentials> AskHostAsync(string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Address, $"/operations/{id}/credentials"));
        request.Headers.Add(HeaderAuthentication.Id, "ada");
        using var response = await _host.Http.SendAsync(request, cancel);
        var given = await StatusCredentials.ReadAsync(response, cancel);
        _given.Add(given);
        return given;
    }

    private static async Task<StatusCredentials> ShortenAsync(StatusCredentials given, bool tellTheirExpiry)
    {
        using var sts = TestServers.NewStsClient();
        var ending = await StsRequests.SendAsync(
            sts, StsAction.AssumeRole, TestServers.RoleArn, "ada", SessionPolicy.For(given.Bucket, given.Region, [given.StatusKey]), 3, default);
        return given with
        {
            AccessKeyId = ending.AccessKeyId,
            SecretAccessKey = ending.SecretAccessKey,
            SessionToken = ending.SessionToken,
            ExpiresAt = tellTheirExpiry ? ending.ExpiresAt : given.ExpiresAt,
        };
    }

    private OperationPoller NewPoller(Func<string, CancellationToken, Task<StatusCredentials>> ask) => new(new OperationPollerOptions
    {
        Timeout = _patience,
        AtLeastEvery = TimeSpan.FromSeconds(0.2),
        Polled = _polls.Add,
        NewReader = id => new S3StatusReader((refused, cancel) =>
        {
            _refused.Add(refused?.AccessKeyId);
            return ask(id, cancel);
        }),
    });

    // The host's own requests are signed with its own key.
    private List<RecordedRequest> PollsOfS3(AcceptedOperation accepted) => [.. _s3.Requests.Where(request =>
        request.Method == "GET" && request.Path.Contains(accepted.Id, StringComparison.Ordinal)
        && IsCallers(request.Headers["Authorization"]))];

    private static bool IsCallers(string authorization) => !authorization.Contains(TestServers.AccessKey, StringComparison.Ordinal);
}

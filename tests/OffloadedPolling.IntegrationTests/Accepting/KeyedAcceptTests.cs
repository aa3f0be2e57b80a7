using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Accepting;

/// <summary>Accepts with an idempotency key whose message cannot be sent, or may have been: the next accept makes it good.</summary>
public sealed class KeyedAcceptTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly AcceptOptions _keyed = new() { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" };

    private readonly HandlerScript _script = new();

    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address, build: builder =>
        {
            builder.Services.AddSingleton(_script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Fact]
    public async Task AcceptAsync_TheMessageCannotBeSent_StaysNotStartedForTheNextWithTheKey()
    {
        _sqs.Intercept = context =>
            AwsAnswers.Is(context, "SendMessage") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);
        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed))
            .Should().ThrowExactlyAsync<OperationQueueException>();
        (await OnlyAsync()).State.Should().Be(OperationState.NotStarted);
        _sqs.Intercept = null;

        await RetriedAndDoneAsync();

        _sqs.Requests.Where(request => request is { Target: "AmazonSQS.SendMessage", StatusCode: 200 }).Should().ContainSingle();
        _script.Delivered.Should().Equal("Ada");
    }

    [Fact]
    public async Task AcceptAsync_WhetherTheMessageWasSentIsInDoubt_StaysNotStartedForTheNextWithTheKey()
    {
        _sqs.AfterUpstream = context =>
        {
            if (AwsAnswers.Is(context, "SendMessage"))
            {
                context.Abort();
            }
        };
        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed))
            .Should().ThrowExactlyAsync<OperationQueueException>();
        (await OnlyAsync()).State.Should().Be(OperationState.NotStarted);
        _sqs.AfterUpstream = null;

        await RetriedAndDoneAsync();

        // Every try of the SDK's sent one.
        _sqs.Requests.Count(request => request.Target == "AmazonSQS.SendMessage").Should().BeGreaterThan(1);
        _script.Delivered.Should().Equal("Ada");
    }

    [Fact]
    public async Task AcceptAsync_GivenUpWhileSending_StaysNotStartedForTheNextWithTheKey()
    {
        using var cancel = new CancellationTokenSource();
        _sqs.Intercept = AwsAnswers.CancelsDuring("SendMessage", cancel);
        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed, cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        (await OnlyAsync()).State.Should().Be(OperationState.NotStarted);
        _sqs.Intercept = null;

        await RetriedAndDoneAsync();
    }

    private async Task RetriedAndDoneAsync()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);
        accepted.Id.Should().Be((await OnlyAsync()).Id);
        var hosted = _host.Services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(default);
        }

        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await _host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(), _timeout, () => $"it is at {last}");
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        last!.State.Should().Be(OperationState.Succeeded);
    }

    private async Task<OperationStatus> OnlyAsync()
    {
        using var s3 = TestServers.NewS3Client();
        var key = (await s3.ListObjectsV2Async(new() { BucketName = _host.Bucket })).S3Objects
            .Should().ContainSingle(found => found.Key.EndsWith(".json", StringComparison.Ordinal)).Which.Key;
        return (await _host.Operations.GetAsync(_host.Store.GetOperationId(key)!))!;
    }
}

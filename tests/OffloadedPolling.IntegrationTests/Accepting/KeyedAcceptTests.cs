using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Accepting;

/// <summary>
/// Accepts with an idempotency key whose message was not sent, or possibly not sent. The next accept with the key recovers.
/// </summary>
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
    public async Task AcceptAsync_SendFails_RetryWithKeyRunsOnce()
    {
        _sqs.Intercept = context =>
            AwsAnswers.Is(context, "SendMessage") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);
        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed))
            .Should().ThrowExactlyAsync<OperationQueueException>();
        (await OnlyAsync()).State.Should().Be(OperationState.NotStarted);
        _sqs.Intercept = null;

        await RetryToSuccessAsync();

        _sqs.Requests.Where(request => request is { Target: "AmazonSQS.SendMessage", StatusCode: 200 }).Should().ContainSingle();
        _script.Delivered.Should().Equal("Ada");
    }

    [Fact]
    public async Task AcceptAsync_SendResponseLost_RetryWithKeyRunsOnce()
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

        await RetryToSuccessAsync();

        // The SDK retried, and every attempt sent a message.
        _sqs.Requests.Count(request => request.Target == "AmazonSQS.SendMessage").Should().BeGreaterThan(1);
        _script.Delivered.Should().Equal("Ada");
    }

    [Fact]
    public async Task AcceptAsync_CanceledWhileSending_RetryWithKeySucceeds()
    {
        using var cancel = new CancellationTokenSource();
        _sqs.Intercept = AwsAnswers.CancelsDuring("SendMessage", cancel);
        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), _keyed, cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        (await OnlyAsync()).State.Should().Be(OperationState.NotStarted);
        _sqs.Intercept = null;

        await RetryToSuccessAsync();
    }

    private async Task RetryToSuccessAsync()
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
            async () => (last = await _host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(), _timeout, () => $"the status is {last}");
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

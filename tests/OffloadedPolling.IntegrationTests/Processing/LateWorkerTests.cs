using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>
/// Tests a worker that lost its connection to the queue, and whose handler ends after another worker has taken over the operation.
/// </summary>
public sealed class LateWorkerTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LateWorker_HandlerCompletes_ResultIsNotWritten(bool otherHasEnded)
    {
        var (late, other) = (new HandlerScript(), new HandlerScript());
        late.Deaf["Ada"] = true;
        late.Result["Ada"] = "late";
        if (!otherHasEnded)
        {
            other.Deaf["Ada"] = true;
        }

        other.Result["Ada"] = "other";
        await using var sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        sqs.Intercept = context => AwsAnswers.Is(context, "ChangeMessageVisibility")
            ? AwsAnswers.ErrorAsync(context, "InternalError", 500)
            : Task.FromResult(false);
        await using var first = await StartAsync(late, sqs.Address);
        var accepted = await first.Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => late.Waiting == 1, _timeout, () => "the first handler did not start");
        await using var second = await StartAsync(other, null, first.Host);
        StoredOperation? before = null;
        await Eventually.TrueAsync(
            async () => (before = await second.Host.Store.GetAsync(accepted.Id, default))!.Status is { Attempt: > 1 } status
                && status.State.IsTerminal() == otherHasEnded,
            _timeout, () => $"the status is {before}");

        late.Wake.SetResult();
        await Eventually.TrueAsync(
            () => first.Host.Log.Entries.Any(entry => entry.Id == 424), _timeout, () => "the late worker did not notice that it is late");

        var after = await second.Host.Store.GetAsync(accepted.Id, default);
        first.Host.Log.Entries.Should().NotContain(entry => entry.Id == 420);
        (otherHasEnded ? after!.Version == before!.Version : after!.Status.State == OperationState.Running)
            .Should().BeTrue($"the document was changed to {after}");
        other.Wake.SetResult();
        await Eventually.TrueAsync(
            async () => (after = await second.Host.Store.GetAsync(accepted.Id, default))!.Status.State.IsTerminal(), _timeout,
            () => $"the status is {after}");
        (after!.Status.State, after.Status.Result!.Value.GetString()).Should().Be((OperationState.Succeeded, "other"));
    }

    private static async Task<Worker> StartAsync(HandlerScript script, Uri? sqs, TestHost? sharedWith = null)
    {
        var host = await TestHost.CreateAsync(
            sqs: sqs, bucket: sharedWith?.Bucket, queueUrl: sharedWith?.QueueUrl,
            // One handler at a time, so that the late worker does not receive the message again.
            operation: settings => (settings.MaxConcurrency, settings.VisibilityTimeout) = (1, TimeSpan.FromSeconds(sqs is null ? 30 : 2)),
            build: builder =>
            {
                builder.Services.AddSingleton(script);
                builder.AddHandler<Parcel, ParcelHandler>();
            });
        var worker = new Worker(host, [.. host.Services.GetServices<IHostedService>()]);
        foreach (var service in worker.Hosted)
        {
            await service.StartAsync(default);
        }

        return worker;
    }

    private sealed record Worker(TestHost Host, IReadOnlyList<IHostedService> Hosted) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var service in Hosted)
            {
                await service.StopAsync(default);
            }

            await Host.DisposeAsync();
        }
    }
}

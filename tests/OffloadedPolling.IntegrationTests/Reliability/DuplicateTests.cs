using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests a second message of an operation that is delivered too often while the handler of the first one runs.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class DuplicateTests(ITestOutputHelper output)
{
    private const int DeadLetterObsolete = 432;

    private const string Kind = "parcels";

    private static readonly int _operations = Scale.Of(1, 20);

    private static readonly int _timeouts = Scale.Of(10, 60);

    private static readonly TimeSpan _visibilityTimeout = TimeSpan.FromSeconds(1);

    private readonly Effects _effects = new();

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Duplicate_DeadLetteredWhileRunning_IsIgnored()
    {
        var figures = new Figures("duplicate", output);
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        await using var witness = await WriteWitness.StartAsync();
        await using var sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        await using var host = await TestHost.CreateAsync(
            s3: witness.Address, sqs: sqs.Address, queueUrl: queue, operation: Settings(deadLetters), build: Build);
        var hosted = host.Services.GetServices<IHostedService>().ToList();
        hosted.ForEach(service => service.StartAsync(default).GetAwaiter().GetResult());

        var accepted = new List<string>();
        while (accepted.Count < _operations)
        {
            accepted.Add((await host.Operations.AcceptAsync(new Parcel("Ada"))).Id);
        }

        await Eventually.TrueAsync(() => _effects.Runs.Count == _operations, Scale.Patience, () => $"{_effects.Runs.Count} are running");
        var running = Stopwatch.StartNew();
        foreach (var id in accepted)
        {
            await host.Queue.SendAsync(
                Kind, new OutgoingMessage { Body = """{"To":"Ada"}""", StatusKey = host.Store.GetStatusKey(id) }, default);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await AssertAllRunAsync(host, accepted);
                return running.Elapsed > _timeouts * _visibilityTimeout && DeadLettersRead(host) == _operations;
            },
            Scale.Patience,
            () => $"{DeadLettersRead(host)} dead letters were read");
        var extensions = sqs.Requests.Count(request =>
            request.Target?.Contains("ChangeMessageVisibility", StringComparison.Ordinal) == true);
        _end.SetResult();
        var outcome = await Outcome.OfAsync(accepted, host.Bucket, witness);
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        figures.Write($"{_operations} operations, {DeadLettersRead(host)} duplicates dead-lettered and read while the handlers ran, ",
            $"{running.Elapsed / _visibilityTimeout:0} visibility timeouts, {extensions} extensions, {outcome.Versions} versions");
        _effects.Runs.Values.Should().AllSatisfy(runs => runs.Should().Be(1));
        outcome.MostAttempts.Should().Be(1);
        outcome.Versions.Should().Be(3 * _operations);
    }

    private static Action<OperationOptions> Settings(string deadLetters) => settings =>
    {
        settings.DeadLetterQueueUrl = deadLetters;
        settings.VisibilityTimeout = _visibilityTimeout;
        settings.MaxConcurrency = 2 * _operations;
    };

    private static async Task AssertAllRunAsync(TestHost host, List<string> accepted)
    {
        foreach (var id in accepted)
        {
            var now = (await host.Store.GetAsync(id, default))!.Status;
            (now.State, now.Attempt).Should().Be((OperationState.Running, (int?)1));
        }
    }

    private static int DeadLettersRead(TestHost host) => host.Log.Entries.Count(entry => entry.Id == DeadLetterObsolete);

    private void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_effects);
        builder.Services.AddSingleton(_end);
        builder.AddHandler<Parcel, LongHandler>().AddDeadLetterReader();
    }
}

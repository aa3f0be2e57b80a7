using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>
/// Tests a worker whose process is paused until another worker has taken over its operation, or has ended it.
/// </summary>
[Collection(ReliabilityRuns.Name)]
public sealed class PausedWorkerTests(ITestOutputHelper output)
{
    private static readonly int _pauses = Scale.Of(1, 10);

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly List<string> _accepted = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SigStop_UntilOtherWorkerTakesOver_ChangesNothing(bool untilEnded)
    {
        var figures = new Figures(untilEnded ? "paused-worker-until-ended" : "paused-worker-until-taken-over", output);
        await using var witness = await WriteWitness.StartAsync();
        using var settings = await OrdersSettings.CreateAsync(s3: witness.Address, processingTime: "00:00:01.5");
        await using var api = await OrdersProcess.StartAsync(settings.For("Api"));
        await using var paused = await OrdersProcess.StartAsync(WorkerSettings(settings));
        using var caller = new Caller();

        for (var pause = 0; pause < _pauses; pause++)
        {
            await PauseAsync(caller, api, paused, WorkerSettings(settings), untilEnded);

            // The other worker has stopped.
            var next = await caller.PlaceAsync(api.Address);
            _accepted.Add(next.Id);
            (await caller.WaitForTheEndAsync(next.StatusUrl)).State.Should().Be(OperationState.Succeeded);
        }

        using var health = await caller.Http.GetAsync(new Uri(paused.Address, "/health"));
        health.IsSuccessStatusCode.Should().BeTrue(await health.Content.ReadAsStringAsync());
        var outcome = await Outcome.OfAsync(_accepted, settings.Bucket, witness);
        await Outcome.AssertOrdersAsync(_accepted, api.Address, caller.Http);
        figures.Write($"{_accepted.Count} operations, {_pauses} pauses, {outcome.Versions} versions, {outcome.Repeated} operations ",
            $"needed more than one attempt, {outcome.MostAttempts} at most");
        outcome.Repeated.Should().BeGreaterThanOrEqualTo(_pauses, "in every pause, another worker must take over");
    }

    // One handler at a time: a busy worker receives nothing more, so that a paused one holds no other messages.
    private static Dictionary<string, string> WorkerSettings(OrdersSettings settings) => new(settings.For("Worker"))
    {
        ["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:02",
        ["OffloadedPolling__Operations__orders__MaxConcurrency"] = "1",
    };

    private async Task PauseAsync(
        Caller caller, OrdersProcess api, OrdersProcess paused, Dictionary<string, string> otherSettings, bool untilEnded)
    {
        var accepted = await caller.PlaceAsync(api.Address);
        _accepted.Add(accepted.Id);
        await UntilAsync(caller, accepted, status => status.State == OperationState.Running);
        await paused.PauseAsync();
        (await caller.PollAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Running);

        await using var other = await OrdersProcess.StartAsync(otherSettings);
        await UntilAsync(caller, accepted, status => status.Attempt > 1 && (!untilEnded || status.State.IsTerminal()));
        await paused.ResumeAsync();
        await UntilAsync(caller, accepted, status => status.State.IsTerminal());
        await Eventually.TrueAsync(
            () => paused.Output.Contains($"Operation {accepted.Id} no longer belongs to this worker", StringComparison.Ordinal),
            _timeout,
            () => $"the paused worker did not notice that it lost {accepted.Id}.\n{paused.Output}");
        await other.StopAsync();
    }

    private static Task UntilAsync(Caller caller, AcceptedOperation accepted, Func<OperationStatus, bool> condition)
    {
        OperationStatus? last = null;
        return Eventually.TrueAsync(
            async () => condition(last = await caller.PollAsync(accepted.StatusUrl)), _timeout, () => $"the status is {last}");
    }
}

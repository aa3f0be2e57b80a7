using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>A backlog behind slow handlers: every delivery starts a handler.</summary>
public abstract class BacklogConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    private readonly Runs _runs = new();

    private protected override void Build(IOffloadedPollingBuilder builder) => builder.Services.AddSingleton(_runs);

    /// <param name="concurrency">The number of handlers that each of the two workers runs concurrently.</param>
    /// <param name="operations">The number of waiting operations.</param>
    /// <param name="slowEvery">One in this many operations takes longer than the visibility timeout.</param>
    /// <param name="isShuffled">Whether messages are delivered out of order.</param>
    [Theory]
    [MemberData(nameof(Backlogs.All), MemberType = typeof(Backlogs))]
    public async Task Worker_BacklogBehindSlowHandlers_WastesNoDeliveries(
        int concurrency, int operations, int slowEvery, bool isShuffled)
    {
        var accepted = new List<string>();
        for (var number = 1; number <= operations; number++)
        {
            accepted.Add((await Host.Operations.AcceptAsync(new Parcel(number % slowEvery == slowEvery / 2 ? Runs.Slow : "fast"))).Id);
        }

        await using var worker = await StartWorkerAsync(concurrency, isShuffled);
        await using var other = await StartWorkerAsync(concurrency, isShuffled);
        await Eventually.TrueAsync(
            () => _runs.Begun.Count == operations, _patience, () => $"only {_runs.Begun.Count} of {operations} have started");
        var ends = await Task.WhenAll(accepted.Select(EndOfAsync));

        ends.Should().OnlyContain(end => end.State == OperationState.Succeeded);
        ends.Should().OnlyContain(end => end.Attempt == _runs.Begun[end.Id], "each delivery starts a run");
        foreach (var log in new[] { worker.Log, other.Log })
        {
            log.Entries.Should().NotContain(entry => entry.Id == 415, "no message becomes visible while it waits");
        }
    }

    [Fact]
    public async Task Worker_CanceledOperations_AreNotCountedAsFastRuns()
    {
        const int Canceled = 15;
        for (var number = 0; number < Canceled; number++)
        {
            var id = (await Host.Operations.AcceptAsync(new Parcel("canceled"))).Id;
            await Host.Operations.CancelAsync(id);
        }

        for (var number = 0; number < 30; number++)
        {
            await Host.Operations.AcceptAsync(new Parcel(Runs.Slow));
        }

        await using var worker = await StartWorkerAsync(concurrency: 1, isShuffled: false);
        await Eventually.TrueAsync(() => _runs.Begun.Count == 2, Timeout, () => $"{_runs.Begun.Count} have started");

        ((DecoratedQueue)worker.Queue).Received
            .Should().BeLessThan(Canceled + 5, "messages behind slow handlers are left to other workers");
    }

    private Task<ConformanceHost> StartWorkerAsync(int concurrency, bool isShuffled) => ConformanceHost.StartAsync(
        Provider,
        operation: kind => (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), concurrency, 3),
        build: builder =>
        {
            builder.Services.AddSingleton(_runs);
            builder.AddHandler<Parcel, SlowOrFastHandler>();
            DecoratedQueue.Decorate(builder.Services, isShuffled);
        });

    internal sealed class Runs
    {
        public const string Slow = "slow";

        /// <summary>Gets how often each operation's handler has started.</summary>
        public ConcurrentDictionary<string, int> Begun { get; } = new();
    }

    private sealed class SlowOrFastHandler(Runs runs) : IOperationHandler<Parcel, string>
    {
        private static readonly TimeSpan _slow = TimeSpan.FromSeconds(2.5);

        private static readonly TimeSpan _fast = TimeSpan.FromMilliseconds(3);

        public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            runs.Begun.AddOrUpdate(context.OperationId, 1, static (_, times) => times + 1);
            await Task.Delay(context.Payload.To == Runs.Slow ? _slow : _fast, cancellationToken);
            return "done";
        }
    }
}

/// <summary>Concurrency, number of waiting operations, one in how many is slow, and whether messages are shuffled.</summary>
public static class Backlogs
{
    public static TheoryData<int, int, int, bool> All => Scale.IsLong
        ? new()
        {
            { 1, 300, 10, false }, { 1, 300, 10, true }, { 10, 400, 50, false },
            { 10, 400, 50, true }, { 10, 1_500, 10, false }, { 10, 1_500, 10, true },
        }
        : new() { { 1, 300, 60, false }, { 1, 300, 60, true }, { 10, 400, 50, false }, { 10, 1_500, 50, true } };
}

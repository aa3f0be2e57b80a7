using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;
using OffloadedPolling.Status;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>An API process: the library's own accept, cancel, and background settlements, on stepped ports.</summary>
internal sealed class SteppedApi : ILogger<AcceptSettlements>, IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _logged = new();

    private readonly AcceptSettlements _settlements;

    public SteppedApi(SteppedProcess process, SteppedPorts ports, StatusTransitions transitions, SteppedTime time)
    {
        Process = process;
        var options = Options.Create(new OffloadedPollingOptions());
        _settlements = new AcceptSettlements(ports, transitions, time, this);
        var kind = new OperationKind<Parcel>(
            "parcels", ParcelJson.Default.Options, new SteppedServices(ports, time, new ModelSettings(null)));
        var urls = new StatusUrls(ports, ports, options, time);
        var accepter = new OperationAccepter(ports, new DocumentCreator(ports, transitions, options, time), urls, _settlements);
        Operations = new OffloadedOperations(new OperationKinds([kind]), accepter, urls, ports, transitions, Sequence.Metrics);
    }

    public SteppedProcess Process { get; }

    public OffloadedOperations Operations { get; }

    /// <summary>Returns whether the log reports that an operation was given up.</summary>
    public bool HasLogged(string id) => _logged.ContainsKey(id);

    /// <summary>Sends a caller's request, and waits until everything is settled.</summary>
    public async Task AskAsync(SteppedCaller caller, int removals)
    {
        await caller.AskAsync(Operations, removals).ConfigureAwait(false);
        await _settlements.WhenSettled.ConfigureAwait(false);
    }

    /// <summary>Requests the cancellation of an operation.</summary>
    public async Task CancelAsync(string id, ModelStore store)
    {
        try
        {
            if (await Operations.CancelAsync(id, CancellationToken.None).ConfigureAwait(false) is { State: OperationState.Running })
            {
                store.PromisedToCancel(id);
            }
        }
        catch (OffloadedPollingException)
        {
            // The caller gets no response.
        }
    }

    /// <summary>Deletes an operation.</summary>
    public async Task DeleteAsync(string id)
    {
        try
        {
            await Operations.DeleteAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OffloadedPollingException)
        {
            // The caller gets no response.
        }
    }

    public void Dispose() => _settlements.Dispose();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            _logged[(string)values.First(value => value.Key == "OperationId").Value!] = true;
        }
    }
}

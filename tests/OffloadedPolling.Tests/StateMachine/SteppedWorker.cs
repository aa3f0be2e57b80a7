using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;
using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A worker process: the library's own processing of messages, on stepped ports.</summary>
internal sealed class SteppedWorker : IServiceScopeFactory, IServiceScope, IServiceProvider
{
    private readonly SteppedHandler _handler;

    private readonly Interleaver _interleaver;

    private readonly SteppedPorts _ports;

    private readonly TimeProvider _time;

    private readonly MessageProcessor _processor;

    private readonly CancellationTokenSource _stop = new();

    public SteppedWorker(
        Interleaver interleaver, SteppedProcess process, SteppedPorts ports, StatusTransitions transitions, HandlerEnds ends,
        ModelSettings settings, SteppedTime time)
    {
        (Process, _interleaver, _ports, _time) = (process, interleaver, ports, time);
        _handler = new SteppedHandler(interleaver, process, ends, new SteppedServices(ports, time, settings));
        var options = Options.Create(new OffloadedPollingOptions());
        var logger = NullLogger<MessageProcessor>.Instance;
        var circuit = new StoreCircuitBreaker(ports, time, NullLogger<StoreCircuitBreaker>.Instance);
        var claimer = new OperationClaimer(ports, transitions, circuit, logger);
        var runner = new OperationRunner(this, transitions, options, time, logger);
        var completer = new OperationCompleter(transitions, circuit, Sequence.Metrics, time, logger);
        _processor = new MessageProcessor(claimer, runner, completer, logger);
    }

    public SteppedProcess Process { get; }

    public IServiceProvider ServiceProvider => this;

    /// <summary>Processes a message, possibly after a wait behind others. Its lease starts immediately.</summary>
    public async Task<MessageDisposition> ProcessAsync(ReceivedMessage message)
    {
        await using var lease = MessageLease.Start("parcels", message, _ports, _time, NullLogger.Instance);
        for (var waits = _interleaver.Next(4); waits > 0; waits--)
        {
            await _interleaver.StepAsync(Process, () => true).ConfigureAwait(false);
            if (lease.Lost.IsCancellationRequested)
            {
                return MessageDisposition.Leave;
            }
        }

        var result = await _processor.ProcessAsync(
            new Delivery(_handler, lease, _stop.Token, _stop.Token, CancellationToken.None)).ConfigureAwait(false);
        return result.Disposition;
    }

    /// <summary>Stops cleanly by canceling the handlers' tokens.</summary>
    public void Stop() => _stop.Cancel();

    public IServiceScope CreateScope() => this;

    public object? GetService(Type serviceType) => null;

    public void Dispose()
    {
    }
}

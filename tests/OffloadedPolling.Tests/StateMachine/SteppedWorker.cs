using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;
using OffloadedPolling.Status;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A worker process: the library's own processing of messages, behind stepped ports.</summary>
internal sealed class SteppedWorker : IServiceScopeFactory, IServiceScope, IServiceProvider
{
    private readonly SteppedHandler _handler;

    private readonly MessageProcessor _processor;

    private readonly CancellationTokenSource _stop = new();

    public SteppedWorker(Interleaver interleaver, SteppedProcess process, SteppedPorts ports, StatusTransitions transitions, HandlerEnds ends, ModelSettings settings, TimeProvider time)
    {
        Process = process;
        _handler = new SteppedHandler(interleaver, process, ends);
        var options = Options.Create(new OffloadedPollingOptions());
        var work = new WorkEstimates(new DurationProfiles(time, NullLogger<DurationProfiles>.Instance), settings);
        _processor = new MessageProcessor(
            ports, ports, transitions, work, new HandlerScopes(this, Sequence.Metrics), settings, options, time, Sequence.Metrics, NullLogger<MessageProcessor>.Instance);
    }

    public SteppedProcess Process { get; }

    public IServiceProvider ServiceProvider => this;

    public Task<MessageDisposition> ProcessAsync(ReceivedMessage message) => _processor.ProcessAsync(_handler, message, _stop.Token, CancellationToken.None);

    /// <summary>A clean stop: handlers are told to end.</summary>
    public void Stop() => _stop.Cancel();

    public IServiceScope CreateScope() => this;

    public object? GetService(Type serviceType) => null;

    public void Dispose()
    {
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Amazon.Runtime.Internal;

namespace OffloadedPolling.Tests.Shared;

/// <summary>
/// Records every connection, name lookup and AWS client that the test that created the watch starts, directly or in its tasks. Tests that
/// run at the same time are not recorded.
/// </summary>
internal sealed class OutsideWatch : EventListener, IRuntimePipelineCustomizer
{
    private readonly AsyncLocal<bool> _isHere = new() { Value = true };

    private readonly ConcurrentQueue<string> _heard = new();

    public OutsideWatch() => RuntimePipelineCustomizerRegistry.Instance.Register(this);

    public string UniqueName { get; } = $"{nameof(OutsideWatch)} {Guid.NewGuid()}";

    public IReadOnlyCollection<string> Heard => _heard;

    public void Customize(Type type, RuntimePipeline pipeline) => Hear($"client {type.Name}");

    public override void Dispose()
    {
        RuntimePipelineCustomizerRegistry.Instance.Deregister(this);
        base.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name is "System.Net.Sockets" or "System.Net.NameResolution")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    // Runs on the thread, and so in the execution context, of the code that starts it.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName is "ConnectStart" or "ResolutionStart")
        {
            Hear($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new([]))}");
        }
    }

    // The base class's constructor can raise events before these fields are initialized.
    private void Hear(string what)
    {
        if (_isHere?.Value == true)
        {
            _heard.Enqueue(what);
        }
    }
}

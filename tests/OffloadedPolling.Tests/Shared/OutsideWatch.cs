using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Amazon.Runtime.Internal;

namespace OffloadedPolling.Tests.Shared;

/// <summary>
/// Hears of every connection, name lookup and AWS client that the test which made it begins, itself or in what it started, whatever other
/// tests do meanwhile.
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

    // On the thread, and so in the flow, of whoever begins it.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName is "ConnectStart" or "ResolutionStart")
        {
            Hear($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new([]))}");
        }
    }

    // The base class's constructor has events come before this one's fields are there.
    private void Hear(string what)
    {
        if (_isHere?.Value == true)
        {
            _heard.Enqueue(what);
        }
    }
}

using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>The queues whose messages this function knows what to do about: of the kinds that have a handler here, and of dead letters.</summary>
internal sealed class EventSources(IReadOnlyList<IEventSource> sources) : IDisposable
{
    /// <summary>Their URLs, for people.</summary>
    public string Known => sources.Count == 0 ? "none" : string.Join(", ", sources.Select(source => $"'{source.QueueUrl}'"));

    public IEventSource? Find(QueueArn queue) => sources.FirstOrDefault(source => queue.IsAt(source.QueueUrl));

    public void Dispose()
    {
        foreach (var source in sources.OfType<IDisposable>())
        {
            source.Dispose();
        }
    }
}

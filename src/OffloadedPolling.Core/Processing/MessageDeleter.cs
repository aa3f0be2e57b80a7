using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Deletes messages whose processing is complete, ten in a request where they come fast enough.</summary>
/// <remarks>A message that is not deleted does no harm: its operation has ended, so its next delivery is deleted unread.</remarks>
internal sealed class MessageDeleter(string kind, IOperationQueue queue, TimeProvider time, ILogger logger)
{
    private const int MaxBatch = 10;

    private static readonly TimeSpan _linger = TimeSpan.FromMilliseconds(250);

    private readonly Channel<ReceivedMessage> _done = Channel.CreateUnbounded<ReceivedMessage>(new() { SingleReader = true });

    public void Add(ReceivedMessage message) => _done.Writer.TryWrite(message);

    /// <summary>No more messages come: <see cref="RunAsync"/> ends when the last is deleted.</summary>
    public void Complete() => _done.Writer.Complete();

    public async Task RunAsync()
    {
        while (await _done.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await DeleteAsync(await GatherAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task<List<ReceivedMessage>> GatherAsync()
    {
        var batch = new List<ReceivedMessage>(MaxBatch);
        using var linger = new CancellationTokenSource(_linger, time);
        do
        {
            while (batch.Count < MaxBatch && _done.Reader.TryRead(out var message))
            {
                batch.Add(message);
            }
        }
        while (batch.Count < MaxBatch && await MoreComesAsync(linger.Token).ConfigureAwait(false));

        return batch;
    }

    private async Task<bool> MoreComesAsync(CancellationToken linger)
    {
        try
        {
            return await _done.Reader.WaitToReadAsync(linger).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task DeleteAsync(List<ReceivedMessage> batch)
    {
        try
        {
            await queue.DeleteAsync(kind, batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception undeleted)
        {
            // Whatever it was: the messages that come after these are still to be deleted.
            Log.MessagesNotDeleted(logger, batch.Count, kind, undeleted);
        }
    }
}

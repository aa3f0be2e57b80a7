namespace OffloadedPolling.Accepting;

internal enum AcceptStep
{
    Estimate,
    Store,
    Issue,
    Send,
}

/// <summary>The deadline of one accept, which all its steps share.</summary>
/// <param name="gate">The gate of the operation's kind.</param>
/// <param name="isTrial">Whether this accept is a trial while others are refused.</param>
/// <param name="limit">Canceled when the time has elapsed.</param>
/// <param name="caller">Canceled when the caller disconnects.</param>
internal sealed class AcceptDeadline(AcceptGate gate, bool isTrial, CancellationTokenSource limit, CancellationToken caller) : IDisposable
{
    private readonly long _begun = gate.Time.GetTimestamp();
    private readonly CancellationTokenRegistration _hangUp =
        caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
    private AcceptEnd _end = AcceptEnd.Withdrawn;

    /// <summary>Canceled when the caller disconnects or the time has elapsed.</summary>
    public CancellationToken Token => limit.Token;

    /// <summary>Whether the caller has disconnected or the time has elapsed, so that nobody waits for the answer.</summary>
    public bool IsOver => limit.IsCancellationRequested;

    /// <inheritdoc cref="WaitAsync"/>
    public async Task<T> WaitAsync<T>(AcceptStep step, Task<T> result)
    {
        await WaitAsync(step, (Task)result).ConfigureAwait(false);
        return await result.ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a step until the caller disconnects or the time has elapsed. The step may then continue in the background.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller disconnected.</exception>
    /// <exception cref="OffloadedPollingException">The step failed, or the time has elapsed.</exception>
    public async Task WaitAsync(AcceptStep step, Task work)
    {
        try
        {
            await work.WaitAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (IsOver)
        {
            work.ObserveException();
            _end = caller.IsCancellationRequested ? AcceptEnd.Withdrawn : AcceptEnd.RanOut;
            caller.ThrowIfCancellationRequested();
            throw Late(step, late);
        }
        catch
        {
            Answered(step);
            throw;
        }

        Answered(step);
    }

    /// <summary>Waits until the work ends in any way or the time has elapsed, even if the caller has disconnected.</summary>
    public async Task GiveTimeAsync(Task work)
    {
        var left = gate.Timeout - gate.Time.GetElapsedTime(_begun);
        if (left > TimeSpan.Zero)
        {
            await work.WaitAsync(left, gate.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _hangUp.Dispose();
        limit.Dispose();
        gate.Leave(isTrial, _end);
    }

    // An estimate uses cached values. It does not show that the store and the queue answer.
    private void Answered(AcceptStep step) => _end = step == AcceptStep.Estimate ? _end : AcceptEnd.Answered;

    private OffloadedPollingException Late(AcceptStep step, Exception cause)
    {
        var (kind, within) = ($"of an operation of kind '{gate.Kind}'", $"within AcceptTimeout ({gate.Timeout})");
        return step switch
        {
            // The size check and the estimator have their own time limits. This happens if AcceptTimeout is about a second, or if a queue
            // of the host hangs.
            AcceptStep.Estimate => new OperationQueueException(
                $"The estimate {kind} did not complete {within}. Check the {nameof(IOperationQueue)} and the {nameof(IWaitTimeEstimator)} "
                + "that the host registered: they must answer within 100 ms.", cause),
            AcceptStep.Store => new OperationStoreException(
                $"The status document {kind} was not created {within}: the store did not answer. "
                + "Check the store and the network to it, or raise AcceptTimeout.", cause),
            AcceptStep.Issue => new StatusUrlException(
                $"The status URL {kind} was not issued {within}. Check where the credentials come from, or raise AcceptTimeout.", cause),
            _ => new OperationQueueException(
                $"The message {kind} was not sent {within}: the queue did not answer. "
                + "Check the queue and the network to it, or raise AcceptTimeout.", cause),
        };
    }
}

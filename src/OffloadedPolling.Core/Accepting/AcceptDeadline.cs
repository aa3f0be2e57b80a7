namespace OffloadedPolling.Accepting;

internal enum AcceptStep
{
    Estimate,
    Store,
    Issue,
    Send,
}

/// <summary>One accept's deadline, which all of its steps share.</summary>
/// <param name="gate">The gate of the operation's kind.</param>
/// <param name="isTrial">Whether this accept tries while the others are refused.</param>
/// <param name="limit">Is canceled when the time is over.</param>
/// <param name="caller">Is canceled when the caller hangs up.</param>
internal sealed class AcceptDeadline(AcceptGate gate, bool isTrial, CancellationTokenSource limit, CancellationToken caller) : IDisposable
{
    private readonly long _begun = gate.Time.GetTimestamp();
    private readonly CancellationTokenRegistration _hangUp =
        caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
    private AcceptEnd _end = AcceptEnd.Withdrawn;

    /// <summary>Is canceled when the caller hangs up or the time is over.</summary>
    public CancellationToken Token => limit.Token;

    /// <summary>Whether the caller has hung up or the time is over, so that nobody waits for the answer.</summary>
    public bool IsOver => limit.IsCancellationRequested;

    /// <summary>Observes the exception of a task that nobody awaits any more: otherwise .NET reports it as unobserved.</summary>
    public static void Observe(Task abandoned) => _ = abandoned.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <inheritdoc cref="WaitAsync"/>
    public async Task<T> WaitAsync<T>(AcceptStep step, Task<T> result)
    {
        await WaitAsync(step, (Task)result).ConfigureAwait(false);
        return await result.ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a step until the caller hangs up or the time is over. A step that ignores its token continues in the background.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller hung up.</exception>
    /// <exception cref="OffloadedPollingException">The step failed, or the time is over.</exception>
    public async Task WaitAsync(AcceptStep step, Task work)
    {
        try
        {
            await work.WaitAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (IsOver)
        {
            Observe(work);
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

    /// <summary>Waits until work ends, in any way, or the time is over. It does not matter whether the caller has hung up.</summary>
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

    // An estimate uses values that are known already. It does not show that store and queue answer.
    private void Answered(AcceptStep step) => _end = step == AcceptStep.Estimate ? _end : AcceptEnd.Answered;

    private OffloadedPollingException Late(AcceptStep step, Exception cause)
    {
        var (kind, within) = ($"of an operation of kind '{gate.Kind}'", $"within AcceptTimeout ({gate.Timeout})");
        return step switch
        {
            // Both have patience of their own. This happens where AcceptTimeout is about a second, or the host's own queue hangs.
            AcceptStep.Estimate => new OperationQueueException(
                $"The estimate {kind} was not made {within}. Check the {nameof(IOperationQueue)} and the {nameof(IWaitTimeEstimator)} "
                + "that are registered: they must answer within 100 ms.", cause),
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

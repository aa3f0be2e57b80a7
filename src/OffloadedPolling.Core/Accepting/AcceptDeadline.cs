namespace OffloadedPolling.Accepting;

/// <summary>A step of an accept.</summary>
internal enum AcceptStep
{
    Estimate,
    Store,
    Issue,
    Send,
}

/// <summary>One accept's deadline, which all of its steps share.</summary>
internal sealed class AcceptDeadline : IDisposable
{
    private readonly AcceptGate _gate;

    private readonly string _kind;

    private readonly bool _isTrial;

    private readonly TimeSpan _timeout;

    private readonly TimeProvider _time;

    private readonly CancellationToken _caller;

    private readonly long _begun;

    private readonly CancellationTokenSource _limit;

    private readonly CancellationTokenRegistration _hangUp;

    private AcceptEnd _end = AcceptEnd.Withdrawn;

    public AcceptDeadline(AcceptGate gate, string kind, bool isTrial, TimeSpan timeout, TimeProvider time, CancellationToken caller)
    {
        (_gate, _kind, _isTrial, _timeout, _time, _caller, _begun) = (gate, kind, isTrial, timeout, time, caller, time.GetTimestamp());
        _limit = new CancellationTokenSource(timeout, time);
        _hangUp = caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
    }

    /// <summary>The step that is, or was last, waited for.</summary>
    public AcceptStep Step { get; private set; }

    /// <summary>Is canceled when the caller hangs up or the time is over.</summary>
    public CancellationToken Token => _limit.Token;

    /// <summary>Whether the caller has hung up or the time is over, so that nobody waits for the answer.</summary>
    public bool IsOver => _limit.IsCancellationRequested;

    /// <summary>What is no longer waited for may fail later, and an exception that nobody looks at is reported as unobserved.</summary>
    public static void Observe(Task abandoned) => _ = abandoned.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

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
        Step = step;
        try
        {
            await work.WaitAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (IsOver)
        {
            Observe(work);
            _end = _caller.IsCancellationRequested ? AcceptEnd.Withdrawn : AcceptEnd.RanOut;
            _caller.ThrowIfCancellationRequested();
            throw Late(late);
        }
        catch
        {
            Answered();
            throw;
        }

        Answered();
    }

    /// <summary>Gives work until the deadline to end, also when the caller has hung up. How it ends is not this one's matter.</summary>
    public async Task GiveTimeAsync(Task work)
    {
        var left = _timeout - _time.GetElapsedTime(_begun);
        if (left > TimeSpan.Zero)
        {
            await work.WaitAsync(left, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _hangUp.Dispose();
        _limit.Dispose();
        _gate.Leave(_isTrial, _end);
    }

    // An estimate is made of what is known already; it does not show that store and queue answer.
    private void Answered() => _end = Step == AcceptStep.Estimate ? _end : AcceptEnd.Answered;

    private OffloadedPollingException Late(Exception cause) => Step switch
    {
        AcceptStep.Estimate => new OperationQueueException(
            $"An operation of kind '{_kind}' was not estimated within AcceptTimeout ({_timeout}). "
            + $"Check the {nameof(IWaitTimeEstimator)} that is registered: it must answer within 100 ms.", cause),
        AcceptStep.Store => new OperationStoreException(
            $"The status document of an operation of kind '{_kind}' was not created within AcceptTimeout ({_timeout}): the store did not "
            + "answer. Check the store and the network to it, or raise AcceptTimeout.", cause),
        AcceptStep.Issue => new StatusUrlException(
            $"No status URL for an operation of kind '{_kind}' was issued within AcceptTimeout ({_timeout}). "
            + "Check where the credentials come from, or raise AcceptTimeout.", cause),
        _ => new OperationQueueException(
            $"The message of an operation of kind '{_kind}' was not sent within AcceptTimeout ({_timeout}): the queue did not answer. "
            + "Check the queue and the network to it, or raise AcceptTimeout.", cause),
    };
}

using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

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
    private readonly OperationKind _kind;

    private readonly TimeSpan _timeout;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly CancellationToken _caller;

    private readonly long _begun;

    private readonly AcceptEntry _entry;

    private readonly CancellationTokenSource _limit;

    private readonly CancellationTokenRegistration _hangUp;

    private AcceptEnd _end = AcceptEnd.Withdrawn;

    /// <exception cref="OperationStoreException">Accepts of the kind are refused for the moment.</exception>
    public AcceptDeadline(OperationKind kind, TimeSpan timeout, TimeProvider time, ILogger logger, CancellationToken caller)
    {
        (_kind, _timeout, _time, _logger, _caller) = (kind, timeout, time, logger, caller);
        _entry = kind.Gate.Enter(time);
        if (!_entry.IsGranted)
        {
            throw Refused(_entry.TryIn);
        }

        _begun = time.GetTimestamp();
        _limit = new CancellationTokenSource(timeout, time);
        _hangUp = caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
    }

    /// <summary>Is canceled when the caller hangs up or the time is over.</summary>
    public CancellationToken Token => _limit.Token;

    /// <summary>Whether the caller has hung up or the time is over, so that nobody waits for the answer.</summary>
    public bool IsOver => _limit.IsCancellationRequested;

    /// <summary>
    /// Waits for a step until the caller hangs up or the time is over. A step that ignores its token continues in the background.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller hung up.</exception>
    /// <exception cref="OffloadedPollingException">The step failed, or the time is over.</exception>
    public async Task<T> WaitAsync<T>(Task<T> step, AcceptStep which)
    {
        try
        {
            var result = await step.WaitAsync(Token).ConfigureAwait(false);
            Answered(which);
            return result;
        }
        catch (OperationCanceledException late) when (IsOver)
        {
            Observe(step);
            _end = _caller.IsCancellationRequested ? AcceptEnd.Withdrawn : AcceptEnd.RanOut;
            _caller.ThrowIfCancellationRequested();
            throw Late(which, late);
        }
        catch
        {
            Answered(which);
            throw;
        }
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
        switch (_kind.Gate.Leave(_entry, _end, _time))
        {
            case AcceptGateChange.Shut:
                Log.AcceptsShut(_logger, _kind.Name, AcceptGate.MaxInARow, _timeout, AcceptGate.Pause);
                break;
            case AcceptGateChange.Opened:
                Log.AcceptsOpened(_logger, _kind.Name);
                break;
            default:
                break;
        }
    }

    // An estimate is made of what is known already; it does not show that store and queue answer.
    private void Answered(AcceptStep which) => _end = which == AcceptStep.Estimate ? _end : AcceptEnd.Answered;

    // What is no longer waited for may fail later, and an exception that nobody looks at is reported as unobserved.
    public static void Observe(Task step) =>
        _ = step.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private OffloadedPollingException Late(AcceptStep which, Exception cause) => which switch
    {
        AcceptStep.Store => new OperationStoreException(
            $"The status document of an operation of kind '{_kind.Name}' was not created within AcceptTimeout ({_timeout}): the store did not answer. Check the store and the network to it, or raise AcceptTimeout.", cause),
        AcceptStep.Issue => new StatusUrlException(
            $"No status URL for an operation of kind '{_kind.Name}' was issued within AcceptTimeout ({_timeout}). Check where the credentials come from, or raise AcceptTimeout.", cause),
        AcceptStep.Estimate => new OperationQueueException(
            $"An operation of kind '{_kind.Name}' was not estimated within AcceptTimeout ({_timeout}). Check the {nameof(IWaitTimeEstimator)} that is registered: it must answer within 100 ms.", cause),
        _ => new OperationQueueException(
            $"The message of an operation of kind '{_kind.Name}' was not sent within AcceptTimeout ({_timeout}): the queue did not answer. Check the queue and the network to it, or raise AcceptTimeout.", cause),
    };

    private OperationStoreException Refused(TimeSpan tryIn)
    {
        var next = tryIn > TimeSpan.Zero ? $"The next one tries in {tryIn}." : "One is trying now, and its answer decides.";
        return new OperationStoreException(
            $"Operations of kind '{_kind.Name}' are not accepted at the moment: the last {AcceptGate.MaxInARow} accepts in a row ran into AcceptTimeout ({_timeout}), because store or queue did not answer. {next}");
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Processing;
using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// One random history of callers, an API, two workers, and a dead-letter reader. Any of them may die, be slow, or stop. The queue delivers
/// twice, and the network fails. Then all faults end, and every guarantee must hold.
/// </summary>
internal sealed class Sequence
{
    internal static readonly OperationMetrics Metrics = new(TimeProvider.System);

    private const int MaxTurns = 120, MaxRounds = 400;

    private readonly Random _random;

    private readonly Rules _rules;

    private readonly Interleaver _interleaver;

    private readonly SteppedTime.Now _now = new();

    private readonly HandlerEnds _ends = new();

    private readonly ModelSettings _settings;

    private readonly ModelQueue _queue;

    private readonly ModelStore _store;

    private readonly Faults _faults;

    private readonly SteppedPolicy? _policy;

    private readonly List<SteppedCaller> _callers;

    private readonly SteppedWorker[] _workers;

    private SteppedApi _api;

    private bool _apiDied;

    private string? _broken;

    public Sequence(int seed, Rules rules)
    {
        (_random, _rules) = (new Random(seed), rules);
        _interleaver = new Interleaver(_random);
        var maxReceives = _random.Next(2, 5);
        int? maxAttempts = _random.Next(3) == 0 ? _random.Next(1, 4) : null;
        _settings = new ModelSettings(maxAttempts);
        _queue = new ModelQueue(maxReceives, maxIsKnown: _random.Next(4) != 0, hasCreatedAt: rules != Rules.WithoutStatusCreatedAt);
        _policy = rules == Rules.WithoutRefusal || _random.Next(4) == 0 ? new SteppedPolicy(_interleaver, rules) : null;
        _store = new ModelStore(rules, _queue, _ends, _policy, Math.Min(maxReceives, maxAttempts ?? int.MaxValue));
        _faults = new Faults(_random, most: _random.Next(4));
        _callers = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(number =>
            new SteppedCaller(_random.Next(4) == 0 ? null : SteppedCaller.KeyOf(number)))];
        _workers = [StartWorker(), StartWorker()];
        _api = StartApi();
    }

    /// <summary>Runs the history, and returns the first broken guarantee.</summary>
    public string? Run()
    {
        for (var turns = _random.Next(MaxTurns); turns > 0 && Broken is null; turns--)
        {
            Turn();
        }

        _faults.End();
        _policy?.End();
        for (var round = 0; Broken is null && !IsAtRest(); round++)
        {
            if (round == MaxRounds)
            {
                return $"the history never comes to rest: {DescribeRest()}";
            }

            Drain();
        }

        return Broken ?? new GuaranteeChecker(_store, _queue, _ends, _callers).Check(_apiDied ? null : _api);
    }

    public IEnumerable<string> Ends => _store.Ends;

    private string? Broken => _store.Broken ?? _broken;

    private void Turn()
    {
        switch (_random.Next(20))
        {
            case 0:
                _queue.Expire(_random);
                break;
            case 1 or 2:
                Ask();
                break;
            case 3 or 4 or 5:
                Receive(_workers[_random.Next(2)], ghosts: _random.Next(6) == 0);
                break;
            case 6:
                ReadDeadLetter();
                break;
            case 7 when _random.Next(2) == 0:
                Cancel();
                break;
            case 8 when _random.Next(3) == 0:
                ReplaceWorker(_random.Next(2));
                break;
            case 9 when _random.Next(3) == 0:
                KillApi();
                break;
            case 10 when _random.Next(4) == 0:
                Remove();
                break;
            case 11 when _random.Next(4) == 0:
                _faults.BeginOrEndOutage();
                break;
            case 12 when _random.Next(2) == 0:
                _callers[_random.Next(_callers.Count)].HangUp(forGood: _random.Next(2) == 0);
                break;
            default:
                _interleaver.RunOne();
                break;
        }
    }

    private void Drain()
    {
        while (Broken is null && _interleaver.WaitForStep())
        {
            _interleaver.RunOne();
        }

        // Time passes, because accepts may be refused for some seconds.
        _now.Ticks += TimeSpan.TicksPerSecond;
        Ask();
        _queue.Expire(_random, all: true);
        Receive(_workers[0], ghosts: false);
        ReadDeadLetter();
    }

    private bool IsAtRest() => !_interleaver.WaitForStep() && _queue.IsEmpty && !_callers.Exists(caller => caller.Asks);

    private string DescribeRest() =>
        _interleaver.WaitForStep() ? "steps remain" : _queue.IsEmpty ? "a caller still retries" : $"the queue holds {_queue}";

    private void Ask()
    {
        if (_callers.Find(caller => caller.Asks) is { } caller)
        {
            _interleaver.Track(_api.Process, _api.AskAsync(caller, _store.Removals));
        }
    }

    private void Receive(SteppedWorker worker, bool ghosts)
    {
        if (_queue.Receive(_random, ghosts, TimeSpan.FromSeconds(30)) is { } message)
        {
            _interleaver.Track(worker.Process, ProcessAsync(worker, message));
        }
    }

    private async Task ProcessAsync(SteppedWorker worker, ReceivedMessage message)
    {
        var disposition = await worker.ProcessAsync(message).ConfigureAwait(false);
        await _interleaver.StepAsync(worker.Process, () =>
        {
            if (disposition == MessageDisposition.Delete || _rules == Rules.DeletesBeforeEnd)
            {
                _broken ??= _store.Find(message.StatusKey!) is { } found
                    && found.Status.CreatedAt == message.StatusCreatedAt && !found.Status.State.IsTerminal()
                    ? "a message was deleted before its operation had ended" : null;
                _queue.Delete(message);
            }
            else if (disposition == MessageDisposition.Release)
            {
                _queue.Release(message);
            }

            return true;
        }).ConfigureAwait(false);
    }

    private void ReadDeadLetter()
    {
        if (_rules == Rules.WithoutDeadLetterReader || _queue.ReceiveDead() is not { } letter)
        {
            return;
        }

        if (_rules == Rules.DeadLettersHaveOwnerId && _store.Find(letter.StatusKey!)?.Metadata.OwnerMessageId is { } owner)
        {
            letter = new ReceivedMessage
            {
                Id = owner,
                ReceiptHandle = letter.ReceiptHandle,
                Body = letter.Body,
                StatusKey = letter.StatusKey,
                StatusCreatedAt = letter.StatusCreatedAt,
                ReceiveCount = letter.ReceiveCount,
            };
        }

        var process = new SteppedProcess();
        var (ports, time) = Connect(process);
        var circuit = new StoreCircuitBreaker(ports, time, NullLogger<StoreCircuitBreaker>.Instance);
        var processor = new DeadLetterProcessor(
            ports, ports, ports, Transitions(ports, time), circuit, NullLogger<DeadLetterProcessor>.Instance);
        _interleaver.Track(process, processor.ProcessAsync("parcels", letter, delete: true, CancellationToken.None));
    }

    private void Cancel()
    {
        if (AnyId() is { } id)
        {
            _store.AskedToCancel(id);
            _interleaver.Track(_api.Process, _api.CancelAsync(id, _store));
        }
    }

    // The host deletes a document, or the document expires.
    private void Remove()
    {
        if (AnyId() is not { } id)
        {
            return;
        }

        if (_random.Next(2) == 0)
        {
            _interleaver.Track(_api.Process, _api.DeleteAsync(id));
        }
        else
        {
            _store.Remove(id);
        }

        // A later document with the same id must have a later creation time.
        _now.Ticks += TimeSpan.TicksPerMillisecond;
        _callers.Find(caller => caller.Accepted?.Id == id)?.ReuseKey();
    }

    private string? AnyId() =>
        _store.All.Count == 0 ? null : _store.All.ElementAt(_random.Next(_store.All.Count)).Status.Id;

    private void ReplaceWorker(int index)
    {
        if (_random.Next(2) == 0)
        {
            _workers[index].Stop();
        }
        else
        {
            _interleaver.Kill(_workers[index].Process);
        }

        _workers[index] = StartWorker();
    }

    private void KillApi()
    {
        _apiDied = true;
        _interleaver.Kill(_api.Process);
        _callers.ForEach(caller => caller.Lose());
        _api = StartApi();
    }

    private SteppedWorker StartWorker()
    {
        var process = new SteppedProcess();
        var (ports, time) = Connect(process);
        return new SteppedWorker(_interleaver, process, ports, Transitions(ports, time), _ends, _settings, time);
    }

    private SteppedApi StartApi()
    {
        var process = new SteppedProcess();
        var (ports, time) = Connect(process);
        return new SteppedApi(process, ports, Transitions(ports, time), time);
    }

    private (SteppedPorts Ports, SteppedTime Time) Connect(SteppedProcess process)
    {
        var time = new SteppedTime(_interleaver, process, _now);
        return (new SteppedPorts(_interleaver, process, _store, _queue, _faults, _rules, time), time);
    }

    private StatusTransitions Transitions(SteppedPorts ports, SteppedTime time)
    {
        var options = Options.Create(new OffloadedPollingOptions());
        return new(ports, new ObservedWrites(ports, Metrics), new StatusPolicies(
            _policy is null ? [] : [_policy], options, NullLogger<StatusPolicies>.Instance), options, time);
    }
}

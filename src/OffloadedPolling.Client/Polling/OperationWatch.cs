using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;

namespace OffloadedPolling.Client;

/// <summary>One wait for one operation, as a state machine: each step runs a state and returns the next one.</summary>
/// <remarks><code>
/// Waiting   → Polling, Renewing   the time is over
/// Polling   → Waiting             a document, or no new one: as the schedule says; a failure: back-off
///           → Renewing            the status URL is refused, and a new one may help
///           → Ended               a terminal document, or a refusal that a new URL does not change
/// Renewing  → Polling             a new status URL
///           → Waiting             a failure: back-off
///           → Ended               a refusal
/// any       → Ended               the deadline
/// </code></remarks>
internal sealed class OperationWatch : IDisposable
{
    // A host whose new URLs have expired so many times in a row, with a back-off between, has a wrong clock or old credentials.
    private const int MaxExpiredUrls = 5;

    private const string NoOperationUrl =
        "No operation URL is known to renew it at; if the host's are relative, set "
        + nameof(OperationPollerOptions) + "." + nameof(OperationPollerOptions.HostAddress);

    private readonly WatchedOperation _operation;

    private readonly PollerHttp _http;

    private readonly OperationPollerOptions _options;

    private readonly StatusUrlRenewal _renewal;

    // From NewReader: it is polled instead of status URLs, and renews its credentials itself.
    private readonly IStatusReader? _ownReader;

    private readonly SeenDocument _seen;

    private readonly PollPace _pace;

    private int _polls;

    private OperationWatch(WatchedOperation operation, PollerHttp http, OperationPollerOptions options)
    {
        (_operation, _http, _options) = (operation, http, options);
        _renewal = new StatusUrlRenewal(http, options);
        _ownReader = options.NewReader is { } newReader
            ? newReader(operation.Id) ?? throw new InvalidOperationException(
                $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.NewReader)} returned no reader for operation "
                + $"{operation.Id}. Return one for each operation, or leave the option unset.")
            : null;
        _seen = new SeenDocument(options.TimeProvider, isNew: operation.FirstPoll == FirstPoll.Scheduled);
        _pace = new PollPace(options, operation.Estimate);
    }

    private abstract record State(Failures Failures);

    // No time: as the schedule says when the wait begins, which is after the caller is done with the document before.
    private sealed record Waiting(State Next, TimeSpan? Time = null) : State(Next.Failures);

    // A renewed URL is one that has not returned anything yet.
    private sealed record Polling(IStatusReader Reader, bool IsRenewedUrl, Failures Failures) : State(Failures)
    {
        public Polling Succeeded() => IsRenewedUrl || Failures.Count > 0 ? new Polling(Reader, false, default) : this;
    }

    private sealed record Renewing(Failures Failures) : State(Failures);

    // No error: the last document is terminal.
    private sealed record Ended(Exception? Error = null) : State(default(Failures));

    // Since the last poll that succeeded.
    private readonly record struct Failures(int Count, int ExpiredUrls, string? Last)
    {
        public Failures Add(string failure) => this with { Count = Count + 1, Last = failure };
    }

    private readonly record struct Step(State Next, OperationStatus? NewDocument = null);

    /// <summary>Returns each new document, the terminal one last.</summary>
    /// <exception cref="OperationUnavailableException">The operation cannot be followed any further.</exception>
    /// <exception cref="OperationTimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <exception cref="InvalidOperationException">Host, store or client is not set up correctly.</exception>
    public static async IAsyncEnumerable<OperationStatus> WatchAsync(
        WatchedOperation operation,
        PollerHttp http,
        OperationPollerOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = new OperationWatch(operation, http, options);
        using var deadline = new CancellationTokenSource(options.Timeout, options.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var state = watch.Begin();
        while (state is not Ended)
        {
            Step step;
            try
            {
                stop.Token.ThrowIfCancellationRequested();
                step = await watch.StepAsync(state, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                step = new Step(new Ended(watch.TimedOut(state.Failures.Last)));
            }

            if (step.NewDocument is { } document)
            {
                yield return document;
            }

            state = step.Next;
        }

        if (state is Ended { Error: { } error })
        {
            throw error;
        }
    }

    public void Dispose() => (_ownReader as IDisposable)?.Dispose();

    private State Begin()
    {
        var reader = _ownReader
            ?? (_operation.StatusUrl is { } url ? new StatusUrlReader(_http, url, _operation.StatusUrlExpiresAt) : null);
        State first = reader is null ? new Renewing(default(Failures)) : new Polling(reader, IsRenewedUrl: false, default);
        return _operation.FirstPoll switch
        {
            FirstPoll.Scheduled => new Waiting(first),
            FirstPoll.AfterRetryAfter => new Waiting(first, _pace.NoSoonerThan(_operation.RetryAfter)),
            _ => first,
        };
    }

    private ValueTask<Step> StepAsync(State state, CancellationToken cancellationToken) => state switch
    {
        Waiting waiting => WaitAsync(waiting, cancellationToken),
        Polling polling => PollAsync(polling, cancellationToken),
        Renewing renewing => RenewAsync(renewing, cancellationToken),
        _ => throw new UnreachableException(),
    };

    private async ValueTask<Step> WaitAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        var time = waiting.Time
            ?? _pace.NextWait(_seen.Age, _seen.UnderWay, _seen.Status is null ? _operation.RetryAfter : TimeSpan.Zero);
        time = time < PollPace.Longest ? time : PollPace.Longest;
        if (time > TimeSpan.Zero)
        {
            await Task.Delay(time, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return new Step(waiting.Next);
    }

    private async ValueTask<Step> PollAsync(Polling polling, CancellationToken cancellationToken)
    {
        _polls++;
        var begunAt = _options.TimeProvider.GetTimestamp();
        var reading = await polling.Reader.ReadAsync(_seen.ETag, cancellationToken).ConfigureAwait(false);
        if (reading.Status is { } read && read.Id != _operation.Id)
        {
            var source = _ownReader is null ? "status URL" : "reader";
            throw new InvalidOperationException($"The {source} of operation {_operation.Id} leads to the document of another operation.");
        }

        var isNew = reading is { Refusal: null, Fault: null } && _seen.Take(reading, begunAt);
        _options.Polled?.Invoke(new OperationPoll
        {
            Number = _polls,
            StatusCode = reading.Answer.Code,
            Fault = reading.Fault,
            IsNew = isNew,
            Status = reading.Status,
            Unnoticed = isNew && reading.Status!.State.IsTerminal() ? _seen.AgeAtFirstSight : null,
        });
        if (isNew)
        {
            _pace.Follow(reading.Status!.Estimate);
        }

        return new Step(AfterPoll(polling, reading), isNew ? reading.Status : null);
    }

    private State AfterPoll(Polling polling, StatusReading reading) => reading switch
    {
        { Fault: { } fault } => BackOff(polling with { Failures = polling.Failures.Add(fault) }, reading.Answer.RetryAfter),
        { Refusal: { } reason } => AfterRefusal(polling, reason, reading),
        _ when _seen.Status?.State.IsTerminal() is true => new Ended(),
        _ => new Waiting(polling.Succeeded()),
    };

    private State AfterRefusal(Polling polling, OperationUnavailableReason reason, StatusReading reading)
    {
        if (_ownReader is not null)
        {
            return RefusedReader(reason, reading);
        }

        if (reason == OperationUnavailableReason.Missing || _operation.OperationUrl is null)
        {
            return RefusedUrl(reason, reading, NoOperationUrl);
        }

        if (!polling.IsRenewedUrl)
        {
            return new Renewing(polling.Failures);
        }

        if (reason != OperationUnavailableReason.Expired)
        {
            return RefusedUrl(reason, reading, "The host had just issued it");
        }

        // The host issues URLs that have expired. Asking at once, again and again, would not help it.
        var failures = polling.Failures.Add(reading.AnswerText) with { ExpiredUrls = polling.Failures.ExpiredUrls + 1 };
        return failures.ExpiredUrls < MaxExpiredUrls
            ? BackOff(new Renewing(failures), null)
            : RefusedUrl(
                reason,
                reading,
                $"The host had just issued it, the {MaxExpiredUrls}th such in a row: set its clock, or renew what it signs with");
    }

    private async ValueTask<Step> RenewAsync(Renewing renewing, CancellationToken cancellationToken)
    {
        Debug.Assert(_operation.OperationUrl is not null, "Without one there is nothing to renew at.");
        var renewed = await _renewal.RenewAsync(_operation.OperationUrl, _operation.Id, cancellationToken).ConfigureAwait(false);
        return new Step(AfterRenewal(renewing, renewed));
    }

    private State AfterRenewal(Renewing renewing, RenewedUrl renewed) => renewed switch
    {
        { Url: { } url } => new Polling(new StatusUrlReader(_http, url, renewed.ExpiresAt), IsRenewedUrl: true, renewing.Failures),
        { Unavailable: OperationUnavailableReason.Missing } => Unavailable(
            OperationUnavailableReason.Missing,
            $"is not known to the host, which answers {renewed.Answer}. Its retention is over, or it never was"),
        { Unavailable: { } reason } => Unavailable(
            reason,
            $"gets no new status URL from the host, which answers {renewed.Answer}. Add what it asks for in "
            + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}"),
        _ => BackOff(
            new Renewing(renewing.Failures.Add($"the host, asked for a new status URL: {renewed.Answer}")), renewed.RetryAfter),
    };

    private Waiting BackOff(State next, TimeSpan? retryAfter) =>
        new(next, _pace.BackOff(next.Failures.Count, retryAfter));

    private Ended RefusedReader(OperationUnavailableReason reason, StatusReading reading) => reason == OperationUnavailableReason.Missing
        ? Unavailable(reason, $"has no status any more: {reading.AnswerText}")
        : Unavailable(reason, $"cannot be read with what its reader has: {reading.AnswerText}");

    private Ended RefusedUrl(OperationUnavailableReason reason, StatusReading reading, string advice)
    {
        if (reason == OperationUnavailableReason.Missing || reading.Answer.Code == HttpStatusCode.NotFound)
        {
            return Unavailable(
                OperationUnavailableReason.Missing,
                $"has no status any more: the store answers {reading.AnswerText}. Its retention is over, or it never was");
        }

        var what = reason == OperationUnavailableReason.Expired ? "has expired" : "is refused";
        return Unavailable(reason, $"has a status URL that {what}: the store answers {reading.AnswerText}. {advice}");
    }

    private Ended Unavailable(OperationUnavailableReason reason, string what) =>
        new(new OperationUnavailableException(
            $"Operation {_operation.Id} {what}.", reason, _seen.Status, ResumeToken.WithoutCredential(_operation)));

    private OperationTimeoutException TimedOut(string? lastFailure)
    {
        var seen = _seen.Status is { } last ? $"it was last seen as {last.State}" : "none of its documents was seen";
        var failure = lastFailure is null ? "" : $", and the last try failed: {lastFailure}";
        return new OperationTimeoutException(
            $"Operation {_operation.Id} was not seen to end within {_options.Timeout}; {seen}{failure}.",
            _seen.Status,
            ResumeToken.WithoutCredential(_operation));
    }
}

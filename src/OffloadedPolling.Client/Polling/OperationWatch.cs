using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;

namespace OffloadedPolling.Client;

/// <summary>Waits for one operation, as a state machine. Each step runs a state and returns the next one.</summary>
/// <remarks><code>
/// Waiting   → Polling, Renewing   the wait is over
/// Polling   → Waiting             by schedule after a response, by back-off after a failure
///           → Renewing            the status URL is refused, and a new one may help
///           → Ended               a terminal document, or a refusal that a new URL does not change
/// Renewing  → Polling             a new status URL
///           → Waiting             a failure: back-off
///           → Ended               a refusal
/// any       → Ended               the timeout
/// </code></remarks>
internal sealed class OperationWatch : IDisposable
{
    // If this many new URLs in a row have expired, with a back-off between them, the host's clock or credentials are wrong.
    private const int MaxExpiredUrls = 5;

    private const string NoOperationUrl =
        "It cannot be renewed, because no operation URL is known. If the host's operation URLs are relative, set "
        + nameof(OperationPollerOptions) + "." + nameof(OperationPollerOptions.HostAddress);

    private readonly WatchedOperation _operation;

    private readonly PollerHttp _http;

    private readonly OperationPollerOptions _options;

    private readonly StatusUrlRenewal _renewal;

    // From NewReader. It is polled instead of status URLs, and renews its own credentials.
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
                $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.NewReader)} returned null for operation "
                + $"{operation.Id}. Return a reader for each operation, or leave the option unset.")
            : null;
        _seen = new SeenDocument(options.TimeProvider, isNew: operation.FirstPoll == FirstPoll.Scheduled);
        _pace = new PollPace(options, operation.Estimate);
    }

    private abstract record State(Failures Failures);

    // Without a time, the schedule decides when the wait begins, which is after the caller has processed the previous document.
    private sealed record Waiting(State Next, TimeSpan? Time = null) : State(Next.Failures);

    // IsRenewedUrl: no poll with the new URL has succeeded yet.
    private sealed record Polling(IStatusReader Reader, bool IsRenewedUrl, Failures Failures) : State(Failures)
    {
        public Polling Succeeded() => IsRenewedUrl || Failures.Count > 0 ? new Polling(Reader, false, default) : this;
    }

    private sealed record Renewing(Failures Failures) : State(Failures);

    // Without an error, the last document is terminal.
    private sealed record Ended(Exception? Error = null) : State(default(Failures));

    // Since the last poll that succeeded.
    private readonly record struct Failures(int Count, int ExpiredUrls, string? Last)
    {
        public Failures Add(string failure) => this with { Count = Count + 1, Last = failure };
    }

    private readonly record struct Step(State Next, OperationStatus? NewDocument = null);

    /// <summary>Returns each new document. The last one is terminal.</summary>
    /// <exception cref="OperationUnavailableException">The operation's status can no longer be read.</exception>
    /// <exception cref="OperationTimeoutException">The timeout has elapsed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <exception cref="InvalidOperationException">The host, the store or the client is not set up correctly.</exception>
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
            throw new InvalidOperationException($"The {source} of operation {_operation.Id} returned the document of another operation.");
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

        // The host issues expired URLs. Back off instead of requesting the next one immediately.
        var failures = polling.Failures.Add(reading.AnswerText) with { ExpiredUrls = polling.Failures.ExpiredUrls + 1 };
        return failures.ExpiredUrls < MaxExpiredUrls
            ? BackOff(new Renewing(failures), null)
            : RefusedUrl(
                reason,
                reading,
                $"The host had just issued it, and the {MaxExpiredUrls - 1} URLs before it had also expired. Check the host's clock and "
                + "the credentials that it signs with");
    }

    private async ValueTask<Step> RenewAsync(Renewing renewing, CancellationToken cancellationToken)
    {
        Debug.Assert(_operation.OperationUrl is not null, "A renewal needs an operation URL.");
        var renewed = await _renewal.RenewAsync(_operation.OperationUrl, _operation.Id, cancellationToken).ConfigureAwait(false);
        return new Step(AfterRenewal(renewing, renewed));
    }

    private State AfterRenewal(Renewing renewing, RenewedUrl renewed) => renewed switch
    {
        { Url: { } url } => new Polling(new StatusUrlReader(_http, url, renewed.ExpiresAt), IsRenewedUrl: true, renewing.Failures),
        { Unavailable: OperationUnavailableReason.Missing } => Unavailable(
            OperationUnavailableReason.Missing,
            $"is unknown to the host, which returned {renewed.Answer}. Its retention has ended, or it never existed"),
        { Unavailable: { } reason } => Unavailable(
            reason,
            $"has no valid status URL: the host returned {renewed.Answer} to a request for a new one. Add the credentials that it requires "
            + $"in {nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}"),
        _ => BackOff(
            new Renewing(renewing.Failures.Add($"request for a new status URL: {renewed.Answer}")), renewed.RetryAfter),
    };

    private Waiting BackOff(State next, TimeSpan? retryAfter) =>
        new(next, _pace.BackOff(next.Failures.Count, retryAfter));

    private Ended RefusedReader(OperationUnavailableReason reason, StatusReading reading) => reason == OperationUnavailableReason.Missing
        ? Unavailable(reason, $"no longer has a status: {reading.AnswerText}")
        : Unavailable(reason, $"cannot be read with the reader's credentials: {reading.AnswerText}");

    private Ended RefusedUrl(OperationUnavailableReason reason, StatusReading reading, string advice)
    {
        if (reason == OperationUnavailableReason.Missing || reading.Answer.Code == HttpStatusCode.NotFound)
        {
            return Unavailable(
                OperationUnavailableReason.Missing,
                $"no longer has a status: the store returned {reading.AnswerText}. Its retention has ended, or it never existed");
        }

        var what = reason == OperationUnavailableReason.Expired ? "has expired" : "was refused";
        return Unavailable(reason, $"has a status URL that {what}: the store returned {reading.AnswerText}. {advice}");
    }

    private Ended Unavailable(OperationUnavailableReason reason, string what) =>
        new(new OperationUnavailableException(
            $"Operation {_operation.Id} {what}.", reason, _seen.Status, ResumeToken.WithoutCredential(_operation)));

    private OperationTimeoutException TimedOut(string? lastFailure)
    {
        var seen = _seen.Status is { } last ? $"its last known state is {last.State}" : "no status document was received";
        var failure = lastFailure is null ? "" : $", and the last request failed: {lastFailure}";
        return new OperationTimeoutException(
            $"The wait for operation {_operation.Id} timed out after {_options.Timeout}; {seen}{failure}.",
            _seen.Status,
            ResumeToken.WithoutCredential(_operation));
    }
}

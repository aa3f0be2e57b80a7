using System.Diagnostics;
using System.Net;

namespace OffloadedPolling.Client;

/// <summary>One wait for one operation: when to look, where, and what of it is news.</summary>
internal sealed class OperationWatch : IDisposable
{
    private const string NoOperationUrl =
        "No operation URL is known to renew it at; if the host's are relative, set "
        + nameof(OperationPollerOptions) + "." + nameof(OperationPollerOptions.HostAddress);

    // A host whose fresh URLs have expired so many times in a row, with a back-off between, has a wrong clock or old credentials.
    private const int MostExpired = 5;

    private readonly OperationPollerOptions _options;

    private readonly WatchedOperation _operation;

    private readonly PollerHttp _http;

    private readonly StatusUrlRenewal _renewal;

    // The caller's own, which nothing but itself can renew.
    private readonly IStatusReader? _given;

    private readonly SeenDocument _seen;

    private readonly PollPace _pace;

    private readonly CancellationTokenSource _deadline;

    // What looks; null when a new status URL is to be had first.
    private IStatusReader? _reader;

    // The URL comes from a renewal and has not been good for anything yet.
    private bool _isUntried;

    // What to wait instead of what the schedule says.
    private TimeSpan? _pause;

    private int _looks;

    private int _failures;

    // How many fresh URLs in a row had expired.
    private int _expired;

    private string? _lastFault;

    public OperationWatch(WatchedOperation operation, HttpClient http, OperationPollerOptions options)
    {
        (_operation, _options, _http) = (operation, options, new PollerHttp(http, options));
        _renewal = new StatusUrlRenewal(_http, options);
        _given = options.NewReader is { } newReader
            ? newReader(operation.Id) ?? throw new InvalidOperationException(
                $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.NewReader)} returned no reader for operation {operation.Id}. Return one for each operation, or leave the option unset.")
            : null;
        _reader = _given ?? (operation.StatusUrl is { } url ? new StatusUrlReader(_http, url, operation.StatusUrlExpiresAt) : null);
        _seen = new SeenDocument(options.TimeProvider, operation.Acquaintance == Acquaintance.New);
        _pace = new PollPace(options, operation.Estimate);
        _pause = operation.Acquaintance switch
        {
            Acquaintance.New => null,
            Acquaintance.Old => _pace.NoSoonerThan(operation.RetryAfter),
            _ => TimeSpan.Zero,
        };
        _deadline = new CancellationTokenSource(options.Timeout, options.TimeProvider);
    }

    public void Dispose()
    {
        _deadline.Dispose();
        (_given as IDisposable)?.Dispose();
    }

    /// <summary>The next document that is new.</summary>
    /// <exception cref="OperationUnavailableException">There will be none.</exception>
    /// <exception cref="OperationTimeoutException">The deadline came first.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    /// <exception cref="InvalidOperationException">Host, store or client is not set up right.</exception>
    public async Task<OperationStatus> NextAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, _deadline.Token);
        try
        {
            for (; ; )
            {
                await PauseAsync(both.Token).ConfigureAwait(false);
                if (_reader is null)
                {
                    await RenewAsync(both.Token).ConfigureAwait(false);
                }
                else if (await LookAsync(_reader, both.Token).ConfigureAwait(false) is { } news)
                {
                    return news;
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            throw TimedOut();
        }
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        var wait = _pause ?? _pace.NextWait(_seen.Age, _seen.UnderWay, _seen.Status is null ? _operation.RetryAfter : TimeSpan.Zero);
        _pause = null;
        cancel.ThrowIfCancellationRequested();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < PollPace.Longest ? wait : PollPace.Longest, _options.TimeProvider, cancel).ConfigureAwait(false);
        }
    }

    private async Task<OperationStatus?> LookAsync(IStatusReader reader, CancellationToken cancel)
    {
        _looks++;
        var askedAt = _options.TimeProvider.GetTimestamp();
        var reading = await reader.ReadAsync(_seen.ETag, cancel).ConfigureAwait(false);
        if (reading.Status is { } read && read.Id != _operation.Id)
        {
            throw new InvalidOperationException($"{(_given is null ? "The status URL" : "The reader")} of operation {_operation.Id} leads to the document of another operation.");
        }

        var isNews = reading is { Refusal: null, Fault: null } && _seen.Take(reading, askedAt);
        _options.Looked?.Invoke(new OperationLook
        {
            Number = _looks,
            StatusCode = reading.Answer.Code,
            Fault = reading.Fault,
            IsNews = isNews,
            Status = reading.Status,
            Unnoticed = isNews && reading.Status!.State.IsTerminal() ? _seen.AgeAtFirstSight : null,
        });
        switch (reading)
        {
            case { Fault: { } fault }:
                BackOff(fault, reading.Answer.RetryAfter);
                break;
            case { Refusal: { } refusal }:
                TakeRefusal(refusal, reading);
                break;
            default:
                (_isUntried, _failures, _expired, _lastFault) = (false, 0, 0, null);
                break;
        }

        if (isNews)
        {
            _pace.Follow(reading.Status!.Estimate);
        }

        return isNews ? reading.Status : null;
    }

    private void TakeRefusal(StatusRefusal refusal, StatusReading reading)
    {
        var words = reading.RefusalCode is { } code ? $"{reading.Answer} ({code})" : reading.Answer.ToString();
        if (refusal == StatusRefusal.Missing || _given is not null || _operation.OperationUrl is null
            || (_isUntried && (refusal != StatusRefusal.Expired || ++_expired == MostExpired)))
        {
            throw Refused(refusal, reading.Answer.Code, words);
        }

        _reader = null;
        if (_isUntried)
        {
            // The host issues URLs that have expired. Asking at once, again and again, would not help it.
            BackOff(words, null);
        }
        else
        {
            _pause = TimeSpan.Zero;
        }
    }

    private OperationUnavailableException Refused(StatusRefusal refusal, HttpStatusCode? code, string words)
    {
        if (_given is not null)
        {
            return refusal switch
            {
                StatusRefusal.Missing => Unavailable(OperationUnavailableReason.Missing, $"has no status any more: {words}"),
                StatusRefusal.Expired => Unavailable(OperationUnavailableReason.Expired, $"cannot be read with what its reader has: {words}"),
                _ => Unavailable(OperationUnavailableReason.Forbidden, $"cannot be read with what its reader has: {words}"),
            };
        }

        if (refusal == StatusRefusal.Missing || code == HttpStatusCode.NotFound)
        {
            return Unavailable(
                OperationUnavailableReason.Missing, $"has no status any more: the store answers {words}. Its retention is over, or it never was");
        }

        var advice = !_isUntried ? NoOperationUrl
            : refusal == StatusRefusal.Expired
                ? $"The host had just issued it, the {MostExpired}th such in a row: set its clock, or renew what it signs with"
            : "The host had just issued it";
        return refusal == StatusRefusal.Expired
            ? Unavailable(OperationUnavailableReason.Expired, $"has a status URL that has expired: the store answers {words}. {advice}")
            : Unavailable(OperationUnavailableReason.Forbidden, $"has a status URL that is refused: the store answers {words}. {advice}");
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        Debug.Assert(_operation.OperationUrl is not null, "Without one there is nothing to renew at.");
        var renewed = await _renewal.RenewAsync(_operation.OperationUrl, _operation.Id, cancel).ConfigureAwait(false);
        if (renewed.Unavailable is { } reason)
        {
            throw Unavailable(reason, reason == OperationUnavailableReason.Missing
                ? $"is not known to the host, which answers {renewed.Words}. Its retention is over, or it never was"
                : $"gets no new status URL from the host, which answers {renewed.Words}. Add what it asks for in "
                    + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}");
        }

        if (renewed.Url is null)
        {
            BackOff($"the host, asked for a new status URL: {renewed.Words}", renewed.RetryAfter);
            return;
        }

        _reader = new StatusUrlReader(_http, renewed.Url, renewed.ExpiresAt);
        (_isUntried, _pause) = (true, TimeSpan.Zero);
    }

    private void BackOff(string fault, TimeSpan? retryAfter)
    {
        _lastFault = fault;
        _pause = PollBackoff.After(_failures++, _options.Random(), retryAfter);
    }

    private OperationUnavailableException Unavailable(OperationUnavailableReason reason, string what) =>
        new($"Operation {_operation.Id} {what}.", reason, _seen.Status, ResumeToken.WithoutCredential(_operation));

    private OperationTimeoutException TimedOut()
    {
        var seen = _seen.Status is { } last ? $"it was last seen as {last.State}" : "none of its documents was seen";
        var fault = _lastFault is null ? "" : $", and the last try failed: {_lastFault}";
        return new($"Operation {_operation.Id} was not seen to end within {_options.Timeout}; {seen}{fault}.", _seen.Status, ResumeToken.WithoutCredential(_operation));
    }
}

using System.Net;
using System.Text.Json;
using Amazon.Runtime;

namespace OffloadedPolling.Client.S3;

/// <summary>
/// Polls one operation's document on S3 with temporary credentials, for <see cref="OperationPollerOptions.NewReader"/>. Requests new
/// credentials shortly before they expire, and when S3 rejects them.
/// </summary>
/// <example><code>
/// NewReader = id => new S3StatusReader(async (refused, cancellationToken) =>
/// {
///     using var request = StatusCredentials.NewRequest($"/operations/{id}/credentials", refused);
///     using var response = await host.SendAsync(request, cancellationToken);
///     return await StatusCredentials.ReadAsync(response, cancellationToken);
/// })
/// </code></example>
public sealed class S3StatusReader : IStatusReader, IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly Func<StatusCredentials?, CancellationToken, Task<StatusCredentials>> _credentials;
    private readonly TimeProvider _time;
    private S3DocumentReader? _document;

    /// <summary>Creates a reader.</summary>
    /// <param name="credentials">
    /// The function that requests credentials from the host. Its first argument is the credentials that S3 rejected before they expired, if
    /// any. An <see cref="HttpRequestException"/> with status 404 or 410 means that the operation does not exist. Another status from 300
    /// to 499, except 408 and 429, means that the caller gets no credentials. After any other
    /// <see cref="HttpRequestException"/>, and after a <see cref="JsonException"/>, the poller retries.
    /// </param>
    /// <param name="time">The clock. The default is the system clock.</param>
    public S3StatusReader(Func<StatusCredentials?, CancellationToken, Task<StatusCredentials>> credentials, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        (_credentials, _time) = (credentials, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public async ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await ReadDocumentAsync(etag, both.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (ToReading(failed, timeout.IsCancellationRequested, cancellationToken) is { } reading)
        {
            return reading;
        }
    }

    /// <summary>Releases the S3 client.</summary>
    public void Dispose() => _document?.Dispose();

    private async Task<StatusReading> ReadDocumentAsync(string? etag, CancellationToken cancellationToken)
    {
        var isFresh = _document is null || _document.IsEnding;
        if (isFresh)
        {
            await RenewAsync(refused: null, cancellationToken).ConfigureAwait(false);
        }

        var (reading, refusal) = await TryReadAsync(etag, cancellationToken).ConfigureAwait(false);
        if (refusal is not null && !isFresh)
        {
            // The credentials expired or were revoked, or the document was deleted. S3 does not report a deletion to callers that may
            // not list the bucket, but the host does.
            await RenewAsync(_document!.Credentials, cancellationToken).ConfigureAwait(false);
            (reading, refusal) = await TryReadAsync(etag, cancellationToken).ConfigureAwait(false);
        }

        return refusal is null ? reading! : FromS3Error(refusal);
    }

    /// <summary>Polls once. Returns the error of S3 if a retry with the same credentials does not help.</summary>
    private async Task<(StatusReading? Reading, AmazonServiceException? Refusal)> TryReadAsync(
        string? etag, CancellationToken cancellationToken)
    {
        try
        {
            return (await _document!.ReadAsync(etag, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception failed) when (IsFailure(failed, cancellationToken))
        {
            var refusal = failed as AmazonServiceException;
            return IsFinal(refusal?.StatusCode)
                ? (null, refusal)
                : (StatusReading.Failed(WordsOf(failed), refusal?.StatusCode is { } code and not 0 ? code : null), null);
        }
    }

    /// <summary>Returns the reading for a failure of the host or of the whole poll; otherwise, <see langword="null"/>.</summary>
    private static StatusReading? ToReading(Exception failed, bool isTimeout, CancellationToken cancellationToken) => failed switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => StatusReading.Failed(isTimeout ? $"no response within {_timeout}" : "the request was canceled"),
        HttpRequestException refused => FromHostError(refused),
        IOException or InvalidDataException =>
            StatusReading.Failed("the host's response to the credentials request is incomplete, or cannot be decompressed"),
        JsonException => StatusReading.Failed("the host's response to the credentials request contains no credentials"),
        _ => null,
    };

    // Including redirects, because a retry does not change them.
    private static bool IsFinal(HttpStatusCode? code) => code
        is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.InternalServerError
        and not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    // The SDK also reports its own timeout as a cancellation.
    private static bool IsFailure(Exception error, CancellationToken cancellationToken) =>
        error is AmazonServiceException or AmazonClientException
                or HttpRequestException or IOException or TimeoutException or InvalidOperationException and not ObjectDisposedException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static StatusReading FromS3Error(AmazonServiceException refused) => StatusReading.Refused(
        refused.ErrorCode switch
        {
            "NoSuchKey" => OperationUnavailableReason.Missing,
            "ExpiredToken" => OperationUnavailableReason.Expired,
            _ => OperationUnavailableReason.Forbidden,
        },
        $"S3 returned {WordsOf(refused)}",
        refused.StatusCode);

    private static StatusReading FromHostError(HttpRequestException refused) => refused.StatusCode switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone =>
            StatusReading.Refused(OperationUnavailableReason.Missing, HostsWords(refused), refused.StatusCode),
        { } code when IsFinal(code) => StatusReading.Refused(OperationUnavailableReason.Forbidden, HostsWords(refused), code),
        _ => StatusReading.Failed(HostsWords(refused)),
    };

    // The message of a handler may contain anything, so only its kind is used.
    private static string HostsWords(HttpRequestException refused) =>
        "the credentials request to the host failed: "
        + (refused.StatusCode is { } code ? $"{(int)code} {code}" : $"no response, {refused.HttpRequestError}");

    private static string WordsOf(Exception error)
    {
        if (error is not AmazonServiceException { StatusCode: not 0 } answered)
        {
            return $"no response: {error.GetType().Name}";
        }

        var code = string.IsNullOrEmpty(answered.ErrorCode) ? "" : $" ({answered.ErrorCode})";
        return $"{(int)answered.StatusCode} {answered.StatusCode}{code}";
    }

    private async Task RenewAsync(StatusCredentials? refused, CancellationToken cancellationToken)
    {
        var credentials = await _credentials(refused, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("The credentials function returned null. It must return credentials or throw.");
        var next = new S3DocumentReader(credentials, _time);
        _document?.Dispose();
        _document = next;
    }
}

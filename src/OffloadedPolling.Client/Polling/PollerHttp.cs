using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Client;

/// <summary>Sends one request with a timeout. Failures are returned as answers, which never contain the URL.</summary>
internal sealed class PollerHttp(HttpClient http, OperationPollerOptions options)
{
    /// <summary>The maximum number of bytes to read. Documents have at most 1 MiB.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Creates an HTTP client that adds nothing to a request, because the store would receive it.</summary>
    public static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A status URL belongs to a third party, which must not receive trace context or baggage.
            ActivityHeadersPropagator = null,
            // So that long waits notice DNS changes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <exception cref="ArgumentException">The client sends headers that may be credentials.</exception>
    public static HttpClient Checked(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        foreach (var header in http.DefaultRequestHeaders.NonValidated)
        {
            if (!header.Key.StartsWith("Accept", StringComparison.OrdinalIgnoreCase)
                && !header.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException(
                    $"The client sends the header '{header.Key}' also to status URLs, which must not receive credentials. "
                    + "Pass a client whose only default headers are User-Agent and Accept…, and add the headers that the host requires in "
                    + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}.",
                    nameof(http));
            }
        }

        return http;
    }

    /// <summary>Reads a body of at most <see cref="MaxBytes"/>.</summary>
    /// <exception cref="HttpRequestException">The body is too large.</exception>
    /// <exception cref="IOException">The body is incomplete, could not be decompressed, or was already read as a stream.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
            return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException broken) when (broken.InnerException is IOException)
        {
            throw new IOException("The response's body is incomplete.", broken);
        }
        // InvalidDataException comes from gzip and deflate, InvalidOperationException from Brotli and from a stream that was read.
        catch (Exception garbled) when (garbled is InvalidDataException or (InvalidOperationException and not ObjectDisposedException))
        {
            throw new IOException(
                "The response's body could not be decompressed, or was already read. "
                + "Pass a response whose body was not read as a stream.",
                garbled);
        }
    }

    /// <exception cref="InvalidOperationException">The client followed a redirect.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            ThrowIfRedirected(response, url);
            return new HttpAnswer
            {
                Code = response.StatusCode,
                Body = await ReadAsync(response.Content, both.Token).ConfigureAwait(false),
                Date = response.Headers.Date,
                ETag = response.Headers.NonValidated.TryGetValues("ETag", out var tags) ? tags.ToString() : null,
                RetryAfter = RetryAfter(response),
            };
        }
        catch (Exception failure) when (FaultOf(failure, timeout.IsCancellationRequested, cancellationToken) is { } fault)
        {
            return new HttpAnswer { Fault = fault };
        }
    }

    // The exception's message may contain the URL, so only its kind is used.
    private string? FaultOf(Exception failure, bool isTimeout, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException =>
            isTimeout ? $"no response within {options.RequestTimeout}" : "the HTTP client canceled the request",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the response is too large",
        HttpRequestException { InnerException: SocketException socket } unsent =>
            $"no response: {unsent.HttpRequestError}, {socket.SocketErrorCode}",
        HttpRequestException unsent => $"no response: {unsent.HttpRequestError}",
        // A handler of the caller's client may read the body first, and throw these.
        IOException or InvalidDataException => "the body is incomplete, or could not be decompressed",
        _ => null,
    };

    private static void ThrowIfRedirected(HttpResponseMessage response, Uri url)
    {
        if (response.RequestMessage?.RequestUri is { } final && final != url && final.AbsoluteUri != url.AbsoluteUri)
        {
            throw new InvalidOperationException(
                $"The HTTP client followed a redirect to {final.IdnHost}, and sent its headers there. "
                + $"Create the client with {nameof(SocketsHttpHandler.AllowAutoRedirect)} = false.");
        }
    }

    // A date is compared with the server's clock, because the caller's clock may be wrong.
    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        _ when response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) => null,
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date - now,
        _ => null,
    };
}

/// <summary>The outcome of one request: a complete response, or a failure.</summary>
internal sealed class HttpAnswer
{
    /// <summary>Gets the status code; <see langword="null"/> if there is no response.</summary>
    public HttpStatusCode? Code { get; init; }

    /// <summary>Gets the reason why there is no response, without a URL.</summary>
    public string? Fault { get; init; }

    public byte[] Body { get; init; } = [];

    public DateTimeOffset? Date { get; init; }

    /// <summary>Gets the <c>ETag</c> exactly as received. Some servers omit the quotes.</summary>
    public string? ETag { get; init; }

    /// <summary>Gets the <c>Retry-After</c> of a 429 or 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets a value that indicates whether the same request may succeed later.</summary>
    public bool IsTransient =>
        Code is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    public override string ToString() => Fault ?? $"{(int)Code!} {Code}";
}

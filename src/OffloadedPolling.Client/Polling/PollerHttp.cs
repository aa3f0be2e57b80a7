using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Client;

/// <summary>Sends one request within its time. Failures are answers too; none of them holds the URL.</summary>
internal sealed class PollerHttp(HttpClient http, OperationPollerOptions options)
{
    /// <summary>The most that is read of a body. Documents have at most 1 MiB.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Creates an HTTP client that adds nothing to a request, because the store receives what it sends.</summary>
    public static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A status URL leads to a third party. Neither trace context nor baggage, which may hold anything, is for it.
            ActivityHeadersPropagator = null,
            // Long waits survive changes of addresses.
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
                    $"The client sends the header '{header.Key}' with every request, also to status URLs, which take no credentials. "
                    + "Pass a client whose only default headers are User-Agent and Accept, and add what the host needs in "
                    + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}.",
                    nameof(http));
            }
        }

        return http;
    }

    /// <summary>Reads a body to its end, or to <see cref="MaxBytes"/>.</summary>
    /// <exception cref="HttpRequestException">The body is longer.</exception>
    /// <exception cref="IOException">The body broke off, or could not be decompressed.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
            return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        // What is not gzip or deflate, and what is not Brotli.
        catch (Exception garbled) when (garbled is InvalidDataException or (InvalidOperationException and not ObjectDisposedException))
        {
            throw new IOException("The body could not be decompressed.", garbled);
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

    // A handler's message may hold the URL. Its kind is enough.
    private string? FaultOf(Exception failure, bool isTimeout, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => isTimeout ? $"no answer within {options.RequestTimeout}" : "the HTTP client gave up",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer is too large",
        HttpRequestException { InnerException: SocketException socket } unsent =>
            $"no answer: {unsent.HttpRequestError}, {socket.SocketErrorCode}",
        HttpRequestException unsent => $"no answer: {unsent.HttpRequestError}",
        // A handler of the caller's may have read the body already.
        IOException or InvalidDataException => "the body broke off, or could not be decompressed",
        _ => null,
    };

    private static void ThrowIfRedirected(HttpResponseMessage response, Uri url)
    {
        if (response.RequestMessage?.RequestUri is { } final && final != url && final.AbsoluteUri != url.AbsoluteUri)
        {
            throw new InvalidOperationException(
                $"The HTTP client went to another URL than it was told to, at {final.IdnHost}: it follows redirects, and takes its headers "
                + $"along. Make it with {nameof(SocketsHttpHandler.AllowAutoRedirect)} = false.");
        }
    }

    // Against the server's own clock: the caller's may be wrong.
    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        _ when response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) => null,
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date - now,
        _ => null,
    };
}

/// <summary>What one request returned: an answer, read to its end, or a failure.</summary>
internal sealed class HttpAnswer
{
    /// <summary>Gets the status code; <see langword="null"/> if there is no answer.</summary>
    public HttpStatusCode? Code { get; init; }

    /// <summary>Gets why there is no answer, without a URL.</summary>
    public string? Fault { get; init; }

    public byte[] Body { get; init; } = [];

    public DateTimeOffset? Date { get; init; }

    /// <summary>Gets the <c>ETag</c> as it was sent: some servers leave the quotes out.</summary>
    public string? ETag { get; init; }

    /// <summary>Gets what a 429 or a 503 asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets a value indicating whether the same request may succeed later.</summary>
    public bool IsTransient =>
        Code is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    public override string ToString() => Fault ?? $"{(int)Code!} {Code}";
}

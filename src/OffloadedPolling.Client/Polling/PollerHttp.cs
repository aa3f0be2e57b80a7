using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Client;

/// <summary>Sends one request within its time. Faults are answers too; none of them tells the URL.</summary>
internal sealed class PollerHttp(HttpClient http, OperationPollerOptions options)
{
    /// <summary>The most that is read of a body. Documents have 1 MiB at most.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">The client followed a redirect.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var asked = request.RequestUri!;
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            ThrowIfRedirected(response, asked);
            return new HttpAnswer
            {
                Code = response.StatusCode,
                Body = await ReadAsync(response.Content, both.Token).ConfigureAwait(false),
                Date = response.Headers.Date,
                ETag = response.Headers.NonValidated.TryGetValues("ETag", out var tags) ? tags.ToString() : null,
                RetryAfter = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? RetryAfter(response) : null,
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new HttpAnswer { Fault = timeout.IsCancellationRequested ? $"no answer within {options.RequestTimeout}" : "the HTTP client gave up" };
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new HttpAnswer { Fault = "the answer is too large" };
        }
        catch (HttpRequestException failure)
        {
            // A handler's message may hold the URL. Its kind is enough.
            var socket = failure.InnerException is SocketException { SocketErrorCode: var code } ? $", {code}" : "";
            return new HttpAnswer { Fault = $"no answer: {failure.HttpRequestError}{socket}" };
        }
        // A handler of the caller's may have read the body already.
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            return new HttpAnswer { Fault = "the body broke off, or could not be decompressed" };
        }
    }

    /// <summary>Reads a body to its end, or to <see cref="MostBytes"/>.</summary>
    /// <exception cref="HttpRequestException">It is longer.</exception>
    /// <exception cref="IOException">It broke off, or could not be decompressed.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MostBytes, cancellationToken).ConfigureAwait(false);
            return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        // What is not gzip or deflate, and what is not Brotli.
        catch (Exception garbled) when (garbled is InvalidDataException or (InvalidOperationException and not ObjectDisposedException))
        {
            throw new IOException("The body could not be decompressed.", garbled);
        }
    }

    private static void ThrowIfRedirected(HttpResponseMessage response, Uri asked)
    {
        if (response.RequestMessage?.RequestUri is { } final && final != asked && final.AbsoluteUri != asked.AbsoluteUri)
        {
            throw new InvalidOperationException(
                $"The HTTP client went to another URL than it was told to, at {final.IdnHost}: it follows redirects, and takes its headers along. "
                + $"Make it with {nameof(SocketsHttpHandler.AllowAutoRedirect)} = false.");
        }
    }

    // Against the server's own clock: the caller's may be wrong.
    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date - now,
        _ => null,
    };
}

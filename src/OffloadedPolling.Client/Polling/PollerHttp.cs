using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Client;

/// <summary>Sends one request within its time. Faults are answers too; none of them tells the URL.</summary>
internal sealed class PollerHttp(HttpClient http, OperationPollerOptions options)
{
    // Documents have 1 MiB at most. What is larger is none.
    private const long MostBytes = 16 * 1024 * 1024;

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
            await response.Content.LoadIntoBufferAsync(MostBytes, both.Token).ConfigureAwait(false);
            return new HttpAnswer
            {
                Code = response.StatusCode,
                Body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false),
                Date = response.Headers.Date,
                ETag = response.Headers.NonValidated.TryGetValues("ETag", out var tags) ? tags.ToString() : null,
                RetryAfter = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? RetryAfter(response) : null,
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new HttpAnswer { Fault = timeout.IsCancellationRequested ? $"no answer within {options.RequestTimeout}" : "the HTTP client gave up" };
        }
        catch (HttpRequestException failure)
        {
            // A handler's message may hold the URL. Its kind is enough.
            var socket = failure.InnerException is SocketException { SocketErrorCode: var code } ? $", {code}" : "";
            return new HttpAnswer { Fault = $"no answer: {failure.HttpRequestError}{socket}" };
        }
        catch (IOException)
        {
            return new HttpAnswer { Fault = "the answer broke off" };
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

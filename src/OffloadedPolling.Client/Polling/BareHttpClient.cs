namespace OffloadedPolling.Client;

/// <summary>An HTTP client that brings nothing of its own: what it sends to the host or to a status URL stands in the request alone.</summary>
internal static class BareHttpClient
{
    public static HttpClient Create()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Neither trace context nor baggage, which may hold anything: a status URL leads to another's house.
            ActivityHeadersPropagator = null,
            // Long waits live through changes of addresses.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <exception cref="ArgumentException">It sends headers that may be credentials.</exception>
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
                    + "Pass a client whose default headers are User-Agent and Accept alone, and add what the host needs in "
                    + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}.",
                    nameof(http));
            }
        }

        return http;
    }
}

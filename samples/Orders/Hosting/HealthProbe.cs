using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Orders;

/// <summary>
/// <c>Orders --health</c>: checks the health of the process on this machine. For container images, which contain no HTTP client.
/// </summary>
internal static class HealthProbe
{
    public const string Argument = "--health";

    // Shorter than the timeout of container platforms' probes.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>Requests /health at the first address that Orders listens on, and prints the response or the error.</summary>
    /// <returns>0 if the process is healthy or degraded; otherwise 1.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var configured = ListenAddresses.Of(configuration)[0];
        if (Parse(configured) is not { } address)
        {
            await Console.Error.WriteLineAsync(
                $"'{configured}' is not an address to listen on. Write scheme, host and port, such as http://+:8080, "
                + "in ASPNETCORE_URLS or Kestrel:Endpoints.");
            return 1;
        }

        var url = address.IsUnixPipe
            ? new Uri($"{address.Scheme}://localhost/health")
            : new Uri($"{address.Scheme}://{Host(address.Host)}:{address.Port}/health");
        using var http = new HttpClient(Handler(address)) { Timeout = _timeout };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Host = AllowedHost(configuration["AllowedHosts"]);
        try
        {
            using var response = await http.SendAsync(request);
            Console.Out.Write(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"Orders does not respond at {configured}: {failed.Message}");
            return 1;
        }
    }

    private static SocketsHttpHandler Handler(BindingAddress address)
    {
        // The process is on this machine, so a proxy must not be used.
        var handler = new SocketsHttpHandler { UseProxy = false };

        // The certificate is for the name that callers use, which differs from localhost.
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, _, _, errors) => errors != SslPolicyErrors.RemoteCertificateNotAvailable;
        if (address.IsUnixPipe)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(address.UnixPipePath, cancellationToken);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static BindingAddress? Parse(string configured)
    {
        try
        {
            return BindingAddress.Parse(configured) is { Scheme: "http" or "https" } address ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // For Kestrel, every name except localhost means all addresses of this machine.
    private static string Host(string host) =>
        IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? host
            : "localhost";

    // If the host allows only certain names, the request must use one of them.
    private static string? AllowedHost(string? allowedHosts)
    {
        var names = (allowedHosts ?? "*").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Contains("*") ? null : names.FirstOrDefault()?.Replace("*.", "health.", StringComparison.Ordinal);
    }
}

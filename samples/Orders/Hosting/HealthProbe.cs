using System.Diagnostics.CodeAnalysis;

namespace Orders;

/// <summary><c>Orders --health</c>: asks the process on this machine how it is. For container images, which have no other program to ask with.</summary>
internal static class HealthProbe
{
    public const string Argument = "--health";

    // Shorter than the probes of container platforms wait.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks at <c>URLS</c>, and prints the answer or what is wrong.</summary>
    /// <returns>0 if it is healthy or can work all the same; 1 if not.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var urls = configuration["URLS"];
        if (!TryAddress(urls, out var address))
        {
            await Console.Error.WriteLineAsync($"URLS is '{urls}'. Set it to the addresses that Orders listens at, such as http://+:8080.");
            return 1;
        }

        // Not through a proxy that the container has for what is outside.
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(direct) { Timeout = _timeout };
        try
        {
            using var response = await http.GetAsync(new Uri(address, "/health"));
            Console.Out.Write(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"Orders does not answer at {address}: {failed.Message}");
            return 1;
        }
    }

    // Of several addresses the first; those that mean all of this machine's are no address to ask at.
    private static bool TryAddress(string? urls, [NotNullWhen(true)] out Uri? address)
    {
        var first = (urls ?? "").Split(';')[0];
        foreach (var all in (string[])["+", "*", "0.0.0.0", "[::]"])
        {
            first = first.Replace($"://{all}", "://localhost", StringComparison.Ordinal);
        }

        return Uri.TryCreate(first, UriKind.Absolute, out address) && address.Scheme is "http" or "https";
    }
}

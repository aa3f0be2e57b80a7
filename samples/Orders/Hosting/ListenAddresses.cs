using Microsoft.AspNetCore.HttpOverrides;

namespace Orders;

/// <summary>Configures the addresses that Orders listens on, and the forwarded headers of proxies.</summary>
internal static class ListenAddresses
{
    /// <summary>The address if the configuration has none.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>Listens on the addresses in the configuration or, if there are none, on <see cref="Default"/>.</summary>
    public static void UseListenAddresses(this WebApplicationBuilder builder)
    {
        // The slim builder does not include HTTPS.
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (Configured(builder.Configuration).Count == 0)
        {
            builder.WebHost.UseUrls(Default);
        }

        // ASPNETCORE_FORWARDEDHEADERS_ENABLED enables only X-Forwarded-For and -Proto. Without it, none of the three headers is read.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);
    }

    /// <summary>Returns the addresses that Kestrel binds with this configuration.</summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration) =>
        Configured(configuration) is { Count: > 0 } addresses ? addresses : [Default];

    // In the order of precedence of Kestrel and the host.
    private static IReadOnlyList<string> Configured(IConfiguration configuration)
    {
        var hosting = Hosting(configuration);
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        var prefersHosting = hosting.Length > 0 && IsTrue(configuration[WebHostDefaults.PreferHostingUrlsKey]);
        return endpoints.Count == 0 || prefersHosting ? hosting : endpoints;
    }

    private static string[] Hosting(IConfiguration configuration) =>
        Split(configuration[WebHostDefaults.ServerUrlsKey]) is { Length: > 0 } urls
            ? urls
            : [
                .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
                .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
            ];

    private static bool IsTrue(string? value) => value == "1" || string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

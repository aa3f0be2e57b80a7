using Microsoft.AspNetCore.HttpOverrides;

namespace Orders;

/// <summary>Where Orders listens, and how it learns the address that callers use when a proxy stands in between.</summary>
internal static class ListenAddresses
{
    /// <summary>The address when the configuration names none.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>Listens at the addresses in the configuration or, if there are none, at <see cref="Default"/>.</summary>
    public static void UseListenAddresses(this WebApplicationBuilder builder)
    {
        // The slim builder leaves HTTPS out.
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (Configured(builder.Configuration).Count == 0)
        {
            builder.WebHost.UseUrls(Default);
        }

        // ASPNETCORE_FORWARDEDHEADERS_ENABLED covers X-Forwarded-For and -Proto only. Without it, none of the three is read.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);
    }

    /// <summary>Returns the addresses that Kestrel binds with this configuration.</summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration) =>
        Configured(configuration) is { Count: > 0 } addresses ? addresses : [Default];

    // In the order in which Kestrel and the host decide.
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

using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// Runs an image's commands without Docker, as an unprivileged user without a home who can write only to <paramref name="data"/>.
/// </summary>
internal sealed class Container(Dockerfile image, string app, string data)
{
    /// <summary>Runs the entry point and waits until it is healthy.</summary>
    public Task<OrdersProcess> StartAsync(Dictionary<string, string> settings)
    {
        // API and worker share the volume.
        settings["Orders__DataSource"] = "orders.db";
        var (program, arguments) = Command("ENTRYPOINT");
        return OrdersProcess.StartAsync(settings, program, arguments, data);
    }

    /// <summary>Runs the health command, on all addresses as in the image, and with a proxy that does not exist.</summary>
    public async Task<(int ExitCode, string Output)> HealthAsync(Uri address)
    {
        var (program, arguments) = Command("HEALTHCHECK");
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_HTTP_PORTS"] = $"{address.Port}",
            ["http_proxy"] = "http://127.0.0.1:9",
            ["no_proxy"] = "",
            ["NO_PROXY"] = "",
        };
        var (exitCode, output) = await Commands.RunAsync(program, arguments, data, environment);
        return (exitCode, output.Trim());
    }

    private (string Program, IEnumerable<string> Arguments) Command(string instruction) => FolderOfAnotherUser.As(
        "env",
        ["-u", "HOME", .. Dockerfile.Exec(image.Single(instruction)).Select(word =>
            word.StartsWith("/app/", StringComparison.Ordinal) ? app + word[4..] : word)]);
}

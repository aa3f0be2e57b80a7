using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Compiles a sample ahead of time, which must give no warning.</summary>
internal static class NativePublish
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    /// <summary>Publishes a sample into a folder and returns its executable.</summary>
    public static async Task<string> RunAsync(string sample, string folder)
    {
        var orders = typeof(NativePublish).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "OrdersProject").Value!;
        var samples = Path.GetDirectoryName(Path.GetDirectoryName(orders))!;
        using var publish = Process.Start(new ProcessStartInfo("dotnet", [
            "publish", Path.Combine(samples, sample), "-c", "Release", "-p:PublishAot=true", "-r", RuntimeInformation.RuntimeIdentifier,
            "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", Path.Combine(folder, "publish"), "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;
        using var timeout = new CancellationTokenSource(_timeout);
        var output = await publish.StandardOutput.ReadToEndAsync(timeout.Token);
        await publish.WaitForExitAsync(timeout.Token);
        Assert.True(publish.ExitCode == 0, output);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        return Path.Combine(folder, "publish", sample);
    }
}

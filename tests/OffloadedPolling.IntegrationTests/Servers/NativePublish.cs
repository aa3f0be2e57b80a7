using System.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Publishes a sample with native AOT and asserts that there are no warnings.</summary>
internal static class NativePublish
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    /// <summary>Publishes a sample into a folder and returns its executable.</summary>
    public static async Task<string> RunAsync(string sample, string folder)
    {
        // The command in samples/Orders/README.md, but with different output folders.
        using var publish = Process.Start(new ProcessStartInfo("dotnet", [
            "publish", "-c", "Release", $"samples/{sample}", "/p:PublishAot=true",
            "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", Path.Combine(folder, "publish"), "-nodeReuse:false"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        using var timeout = new CancellationTokenSource(_timeout);
        var output = await publish.StandardOutput.ReadToEndAsync(timeout.Token);
        await publish.WaitForExitAsync(timeout.Token);
        publish.ExitCode.Should().Be(0, output);
        output.Should().NotContainEquivalentOf("warning");
        return Path.Combine(folder, "publish", sample);
    }
}

using System.Diagnostics;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Waits for conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(25);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan timeout, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.Should().BeLessThan(timeout, $"not within {timeout}: {otherwise()}");
            await Task.Delay(_between);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan timeout, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(condition()), timeout, otherwise);
}

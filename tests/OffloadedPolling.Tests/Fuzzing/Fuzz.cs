namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Runs a check on many random inputs and reports the seed of the one that failed.</summary>
internal static class Fuzz
{
    // One million in total. Each test runs its share.
    private const int Cases = 1_000_000;

    private static readonly int? _onlySeed =
        int.TryParse(Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_TEST_FUZZ_SEED"), out var seed) ? seed : null;

    /// <param name="percent">This test's share of the million inputs.</param>
    /// <param name="seed">The seed of the first input. Each further input adds one.</param>
    /// <param name="tryOne">
    /// Returns whether the library accepts an input. Throws if the library crashes or accepts an input that it must reject.
    /// </param>
    public static async Task RunAsync(int percent, int seed, Func<Random, Task<bool>> tryOne)
    {
        var accepted = 0;
        var count = Cases / 100 * percent;
        foreach (var each in _onlySeed is { } only ? [only] : Enumerable.Range(seed, count))
        {
            try
            {
                accepted += await tryOne(new Random(each)) ? 1 : 0;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Repeat it with OFFLOADEDPOLLING_TEST_FUZZ_SEED={each}: {failure.Message}", failure);
            }
        }

        // If all inputs are accepted, or all are rejected, the test proves nothing.
        (_onlySeed is not null || (accepted > count / 100 && accepted < count - (count / 100)))
            .Should().BeTrue($"{accepted} of {count} inputs were accepted");
    }

    public static Task Run(int percent, int seed, Func<Random, bool> tryOne) =>
        RunAsync(percent, seed, random => Task.FromResult(tryOne(random)));
}

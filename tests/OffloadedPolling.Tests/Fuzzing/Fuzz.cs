namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Tries something on many made-up inputs, and tells the seed of the one that failed.</summary>
internal static class Fuzz
{
    // One million in all: see the fuzzed tests' shares.
    private const int Cases = 1_000_000;

    private static readonly int? _onlySeed =
        int.TryParse(Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_TEST_FUZZ_SEED"), out var seed) ? seed : null;

    /// <param name="percent">This test's share of the million.</param>
    /// <param name="seed">Where its random numbers begin.</param>
    /// <param name="tryOne">
    /// Throws if the library crashes on an input, or takes one that it should not. Returns whether it was taken.
    /// </param>
    public static async Task RunAsync(int percent, int seed, Func<Random, Task<bool>> tryOne)
    {
        var taken = 0;
        var count = Cases / 100 * percent;
        foreach (var each in _onlySeed is { } only ? [only] : Enumerable.Range(seed, count))
        {
            try
            {
                taken += await tryOne(new Random(each)) ? 1 : 0;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Repeat it with OFFLOADEDPOLLING_TEST_FUZZ_SEED={each}: {failure.Message}", failure);
            }
        }

        // Inputs that are all refused, or all taken, would show nothing.
        (_onlySeed is not null || (taken > count / 100 && taken < count - (count / 100))).Should().BeTrue($"{taken} of {count} were taken");
    }

    public static Task Run(int percent, int seed, Func<Random, bool> tryOne) =>
        RunAsync(percent, seed, random => Task.FromResult(tryOne(random)));
}

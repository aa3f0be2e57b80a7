using System.Collections.Concurrent;
using System.Globalization;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Every accepted operation reaches exactly one terminal status, which never changes: asked of the library's own accept, cancel, worker and
/// dead-letter reader in random histories. And asked of them with a rule broken, to see that this test would notice.
/// </summary>
public sealed class StateMachineTests(ITestOutputHelper output)
{
    private const int Sequences = 100_000;

    private const int BrokenSequences = 20_000;

    [Fact]
    public void RandomHistories_KeepEveryPromise()
    {
        var first = Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_TEST_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 0;
        var broken = new ConcurrentDictionary<int, string>();
        var ends = new ConcurrentDictionary<string, int>();

        Parallel.For(first, first + Sequences, seed =>
        {
            foreach (var end in Judge(seed, Rules.All, broken).Ends)
            {
                ends.AddOrUpdate(end, 1, (_, count) => count + 1);
            }
        });

        output.WriteLine(string.Join("; ", ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key}: {end.Value}")));
        Assert.Empty(broken.OrderBy(entry => entry.Key).Take(10).Select(entry => $"seed {entry.Key}: {entry.Value}"));
        Assert.All(
            ["Succeeded", "Canceled", "Failed blank", "Failed handler-failed", "Failed given-up", "Failed not-sent"],
            end => Assert.True(ends.GetValueOrDefault(end) > Sequences / 1000, $"Too few histories ended as {end} to tell."));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public void ABrokenRule_IsNoticed(string name)
    {
        var rules = Enum.Parse<Rules>(name);
        var broken = new ConcurrentDictionary<int, string>();

        Parallel.For(0, BrokenSequences, seed => Judge(seed, rules, broken));

        output.WriteLine($"{rules}: {broken.Count} of {BrokenSequences} sequences; {string.Join("; ", broken.Values.GroupBy(why => why).Select(group => $"{group.Key}: {group.Count()}"))}");
        Assert.NotEmpty(broken);
    }

    public static TheoryData<string> BrokenRules => [.. Enum.GetNames<Rules>().Where(name => name != nameof(Rules.All))];

    private static Sequence Judge(int seed, Rules rules, ConcurrentDictionary<int, string> broken)
    {
        var sequence = new Sequence(seed, rules);
        if (sequence.Run() is { } promise)
        {
            broken[seed] = promise;
        }

        return sequence;
    }
}

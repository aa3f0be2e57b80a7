using System.Globalization;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Every accepted operation reaches exactly one terminal status, which never changes. Random histories check this with the library's own
/// accept, cancel, worker, and dead-letter reader. Other histories break a rule deliberately, to prove that this test detects it.
/// </summary>
public sealed class StateMachineTests(ITestOutputHelper output)
{
    private static readonly int _sequences = Scale.Of(20_000, 100_000);

    private const int BrokenSequences = 20_000;

    private const int MostShown = 10;

    // One broken history proves that a rule is needed. The long form counts all of them.
    private static readonly int _mostBroken = Scale.Of(1, int.MaxValue);

    [Fact]
    public async Task RandomHistories_KeepAllGuarantees()
    {
        var first = Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_TEST_SEED") is { } seed
            ? int.Parse(seed, CultureInfo.InvariantCulture)
            : 0;
        var broken = new SortedDictionary<int, string>();
        var ends = new Dictionary<string, int>();

        await RunAsync(first, _sequences, Rules.All, broken, MostShown, sequence =>
        {
            foreach (var end in sequence.Ends)
            {
                ends[end] = ends.GetValueOrDefault(end) + 1;
            }
        });

        output.WriteLine(string.Join("; ", ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key}: {end.Value}")));
        string.Join("; ", broken.Select(entry => $"seed {entry.Key}: {entry.Value}")).Should().BeEmpty();
        ((string[])[
            "Succeeded", "Canceled", "Failed blank", "Failed handler-failed", "Failed given-up", "Failed not-sent",
            "Failed status-refused", "Failed result-invalid",
        ]).Should().AllSatisfy(end =>
            ends.GetValueOrDefault(end).Should().BeGreaterThan(_sequences / 1000, "histories must contain {0}", end));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task BrokenRule_IsDetected(string name)
    {
        var rules = Enum.Parse<Rules>(name);
        var broken = new SortedDictionary<int, string>();
        var ran = 0;

        await RunAsync(0, BrokenSequences, rules, broken, _mostBroken, _ => ran++);

        output.WriteLine($"{rules}: {broken.Count} of {ran} histories; "
            + $"{string.Join("; ", broken.Values.GroupBy(why => why).Select(group => $"{group.Key}: {group.Count()}"))}");
        broken.Should().NotBeEmpty();
    }

    public static TheoryData<string> BrokenRules => [.. Enum.GetNames<Rules>().Where(name => name != nameof(Rules.All))];

    // Uses its own thread, because other tests need the threads of the pool in time.
    private static Task RunAsync(
        int first, int count, Rules rules, SortedDictionary<int, string> broken, int mostBroken, Action<Sequence> ran) =>
        Task.Factory.StartNew(
        () =>
        {
            for (var seed = first; seed < first + count && broken.Count < mostBroken; seed++)
            {
                var sequence = new Sequence(seed, rules);
                if (sequence.Run() is { } promise)
                {
                    broken[seed] = promise;
                }

                ran(sequence);
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

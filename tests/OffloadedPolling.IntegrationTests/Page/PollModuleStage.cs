using System.Text.Json;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>poll.js by itself, with a clock and a server that do as told.</summary>
public abstract class PollModuleStage(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    // How exactly a poll is timed: the clock goes on by half a second at a time, and while a request is under way.
    private protected const double Steps = 1;

    private readonly List<string> _errors = [];

    private protected PollStage Stage { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stage = await PollStage.OpenAsync(browser, _errors);

    public async ValueTask DisposeAsync()
    {
        _errors.Should().BeEmpty();
        await Stage.Page.Context.CloseAsync();
        GC.SuppressFinalize(this);
    }

    private protected static OperationEstimate Estimate(double median, double upper) =>
        new() { Median = TimeSpan.FromSeconds(median), Upper = TimeSpan.FromSeconds(upper) };

    private protected static PollSchedule Schedule(OperationEstimate? estimate, double? targetDelay = null) =>
        new(estimate, targetDelay is { } seconds ? TimeSpan.FromSeconds(seconds) : PollSchedule.DefaultTargetDelay(estimate));

    // How soon it polls at least and at most, after it saw a document of an age: by chance, a quarter of the shorter interval off.
    private protected static (double Early, double Late) Bounds(PollSchedule schedule, double age)
    {
        var wait = schedule.NextDelay(TimeSpan.FromSeconds(age)).TotalSeconds;
        var jitter = 0.25 * Math.Min(wait, schedule.NextDelay(TimeSpan.FromSeconds(age + wait)).TotalSeconds);
        return (wait - jitter, wait + jitter);
    }

    private protected static void AssertPolledAfter(PollSchedule schedule, double age, double actual)
    {
        var (early, late) = Bounds(schedule, age);
        actual.Should().BeInRange(early - Steps, late + Steps);
    }

    private protected static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private protected double PolledAfter(int poll) => Stage.Polls[poll].At - Stage.Polls[poll - 1].At;
}

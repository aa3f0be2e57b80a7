using System.Text.Json;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>The base of tests of poll.js with a controlled clock and server.</summary>
public abstract class PollModuleStage(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    // The tolerance for the times of polls: the clock advances by half a second at a time, also during requests.
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

    // The earliest and latest delay after a document of this age. Jitter is up to a quarter of the shorter interval.
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

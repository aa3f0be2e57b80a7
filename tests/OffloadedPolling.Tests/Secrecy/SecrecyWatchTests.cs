using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// Checks that the watch finds secrets on every channel and then fails the run. Only this class's own watch knows the secrets here.
/// </summary>
public sealed class SecrecyWatchTests : IDisposable
{
    private static readonly ActivitySource _source = new("Watched");

    private static readonly Meter _meter = new("Watched");

    private static readonly Counter<int> _counter = _meter.CreateCounter<int>("told");

    private readonly string _secret = $"secret-{Guid.NewGuid():n}";

    private readonly SecrecyWatch _watch;

    private readonly RecordingLogger _logger = new();

    public SecrecyWatchTests()
    {
        var secrets = new Secrets(usePatterns: false);
        secrets.Keep(_secret);
        _watch = new SecrecyWatch(secrets);
    }

    private static readonly Dictionary<string, (string Channel, string Source, Action<SecrecyWatchTests> Report)> _ways = new()
    {
        ["a log line"] = ("log", "Some.Category", test => Log(test.Category, test._secret)),
        ["a value that is not in the log line"] = ("log", "Some.Category", test => Log(test.Category, "nothing", value: test._secret)),
        ["a logged exception"] = ("log", "Some.Category", test =>
            Log(test.Category, "It failed.", new IOException("x", new IOException(test._secret)))),
        ["a scope"] = ("log", "Some.Category", test => test.Category.BeginScope(test._secret)),
        ["a logger without a category"] = ("log", "no category", test => Log(test._logger, test._secret)),
        ["an activity's name"] = ("activity", "Watched/act", test => Act(activity => activity.DisplayName = test._secret)),
        ["an activity's tag"] = ("activity", "Watched/act", test => Act(activity => activity.SetTag("url", test._secret))),
        ["an activity's status"] = ("activity", "Watched/act", test =>
            Act(activity => activity.SetStatus(ActivityStatusCode.Error, test._secret))),
        ["an activity's event"] = ("activity", "Watched/act", test => Act(activity => activity.AddEvent(new ActivityEvent(test._secret)))),
        ["an activity's exception"] = ("activity", "Watched/act", test =>
            Act(activity => activity.AddException(new IOException(test._secret)))),
        ["an activity's baggage"] = ("activity", "Watched/act", test => Act(activity => activity.SetBaggage("url", test._secret))),
        ["an activity's link"] = ("activity", "Watched/act", test => Act(activity => activity.AddLink(
            new ActivityLink(activity.Context, new ActivityTagsCollection { ["url"] = test._secret })))),
        ["a measurement's tag"] = ("measurement", "Watched/told", test =>
            _counter.Add(1, KeyValuePair.Create("url", (object?)test._secret))),
        ["a library exception"] = ("exception", nameof(OperationStoreException), test => FluentActions.Invoking(void () =>
            throw new OperationStoreException("x", new IOException(test._secret))).Should().ThrowExactly<OperationStoreException>()),
        ["the output of a process"] = ("output", "Orders", test => SecrecyWatch.Hear("output", "Orders", $"info: {test._secret}")),
    };

    public static TheoryData<string> Ways => [.. _ways.Keys];

    private ILogger Category => _logger.CreateLogger("Some.Category");

    [Theory]
    [MemberData(nameof(Ways))]
    public void Secret_Reported_IsFoundAndFailsTheRun(string way)
    {
        var (channel, source, report) = _ways[way];

        report(this);

        _watch.Found.Keys.Should().Equal((channel, source));
        var thrown = FluentActions.Invoking(_watch.Dispose).Should().ThrowExactly<InvalidOperationException>().Which;
        thrown.Message.Should().Contain($"{channel} of {source}, ");
        thrown.Message.Should().NotContain(_secret);
    }

    [Fact]
    public void HarmlessText_Reported_DoesNotFailTheRun()
    {
        Log(Category, "harmless");
        Act(activity => activity.SetTag("url", "harmless"));
        _counter.Add(1, KeyValuePair.Create("url", (object?)"harmless"));

        ((string[])["log", "activity", "measurement"]).Should().AllSatisfy(channel => _watch.Heard[channel].Should().BeGreaterThan(0));
        _watch.Dispose();
    }

    public void Dispose()
    {
        _logger.Dispose();
        try
        {
            _watch.Dispose();
        }
        catch (InvalidOperationException)
        {
            // Expected, because the test reported a secret.
        }
    }

    private static void Log(ILogger logger, string text, Exception? exception = null, string? value = null)
    {
        KeyValuePair<string, object?>[] values = [KeyValuePair.Create("Value", (object?)value)];
        logger.Log(LogLevel.Trace, default, values, exception, (_, _) => text);
    }

    private static void Act(Action<Activity> act)
    {
        using var activity = _source.StartActivity("act");
        act(activity!);
    }
}

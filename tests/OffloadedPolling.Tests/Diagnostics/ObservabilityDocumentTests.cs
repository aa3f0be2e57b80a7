using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Diagnostics;

/// <summary>Checks that the pages on log events, metrics and spans list exactly what the library emits.</summary>
public sealed partial class ObservabilityDocumentTests
{
    private static readonly string _logEvents = Read("log-events.md");

    private static readonly string _metricsAndSpans = Read("metrics-and-spans.md");

    [Fact]
    public void LogEventsPage_ListsEveryLogMessage()
    {
        var logged = Library.LogMessages.Select(log => $"{log.Message.EventId} {log.Message.Level} {log.Name}");
        var documented = LogRow().Matches(_logEvents).Select(row => $"{row.Groups["id"]} {row.Groups["level"]} {row.Groups["name"]}");

        documented.Should().Equal(logged.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MetricsPage_ListsEveryInstrument()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new OperationMetrics(TimeProvider.System, services.GetRequiredService<IMeterFactory>());
        var created = Instruments.Of(services.GetRequiredService<IMeterFactory>()).Select(instrument =>
            $"{instrument.Name} {instrument.Unit}");
        var documented = MetricRow().Matches(_metricsAndSpans).Select(row => $"{row.Groups["name"]} {row.Groups["unit"]}");

        documented.Order(StringComparer.Ordinal).Should().Equal(created.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(MessageOutcomes))]
    [InlineData(typeof(WriteOutcomes))]
    [InlineData(typeof(TagNames), "messaging.operation.type")]
    public void MetricsPage_ContainsTagNamesAndOutcomes(Type names, string? abbreviated = null) =>
        names.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Where(name =>
            name != abbreviated).Should().AllSatisfy(name =>
                _metricsAndSpans.Should().Contain($"`{name}`"));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", page));

    [GeneratedRegex(@"^\| (?<id>\d{3}) \| (?<level>\w+) \| `(?<name>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex LogRow();

    [GeneratedRegex(@"^\| `(?<name>offloaded_polling\.[a-z_.]+)` \| [a-z -]+, `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}

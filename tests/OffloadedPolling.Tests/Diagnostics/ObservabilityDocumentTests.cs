using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Tests.Diagnostics;

/// <summary>That docs/observability.md tells what there is, and nothing else.</summary>
public sealed partial class ObservabilityDocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(
        typeof(ObservabilityDocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepositoryRoot").Value!,
        "docs/observability.md"));

    [Fact]
    public void LogEvents_AreThoseOfTheLogClasses()
    {
        var logged = new[] { typeof(global::OffloadedPolling.Diagnostics.Log), typeof(global::OffloadedPolling.Log), typeof(AspNetCore.Log), typeof(OffloadedPolling.Provisioning.Log),
                typeof(OffloadedPolling.Sqlite.Log) }
            .SelectMany(log => log.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(method => (method.Name, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Message is not null)
            .Select(method => $"{method.Message!.EventId} {method.Message.Level} {method.Name}");
        var told = LogRow().Matches(_document).Select(row => $"{row.Groups["id"]} {row.Groups["level"]} {row.Groups["name"]}");

        told.Should().Equal(logged.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Metrics_AreThoseOfTheMeter()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new OperationMetrics(TimeProvider.System, services.GetRequiredService<IMeterFactory>());
        var made = Instruments.Of(services.GetRequiredService<IMeterFactory>()).Select(instrument =>
            $"{instrument.Name} {instrument.Unit}");
        var told = MetricRow().Matches(_document).Select(row => $"{row.Groups["name"]} {row.Groups["unit"]}");

        told.Order(StringComparer.Ordinal).Should().Equal(made.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(MessageOutcomes))]
    [InlineData(typeof(WriteOutcomes))]
    [InlineData(typeof(TagNames), "messaging.operation.type")]
    public void NamesAndOutcomes_AreTold(Type names, string? abbreviated = null) =>
        names.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Where(name =>
            name != abbreviated).Should().AllSatisfy(name =>
                _document.Should().Contain($"`{name}`"));

    [GeneratedRegex(@"^\| (?<id>\d{3}) \| (?<level>\w+) \| `(?<name>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex LogRow();

    [GeneratedRegex(@"^\| `(?<name>offloaded_polling\.[a-z_.]+)` \| [a-z -]+, `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}

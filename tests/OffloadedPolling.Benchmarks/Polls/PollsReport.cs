using System.Globalization;
using System.Text.Json;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>The results, as tables or as JSON.</summary>
internal sealed record PollsReport(IReadOnlyList<PollsRow> Rows, IReadOnlyList<PollsBound> Bounds)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Holds => Bounds.All(bound => bound.Holds);

    public string ToJson() => JsonSerializer.Serialize(this, _json);

    public string ToTable()
    {
        var lines = new List<string>
        {
            "| durations | way to poll | polls | delay (s) | schedule's polls | over the optimum | over the fixed interval | learned, "
            + "over the optimum | learned, over the fixed interval |",
            "|---|---|---|---|---|---|---|---|---|",
        };
        lines.AddRange(Rows.Select(row => Text(
            $"| {row.Durations} | {row.Way} | {row.Polls:0.00} | {row.Delay:0.00} | {row.Scheduled:0.00} | {row.ToOptimal:0.000} | ")
            + Text($"{row.ToFixed:0.000} | {row.LearntToOptimal:0.000} | {row.LearntToFixed:0.000} |")));
        lines.AddRange(["", "| bound | found | least | most | |", "|---|---|---|---|---|"]);
        lines.AddRange(Bounds.Select(bound => Text(
            $"| {bound.What} | {bound.Found:0.000} | {bound.Least:0.##} | {bound.Most:0.###} | {(bound.Holds ? "holds" : "BROKEN")} |")));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Text(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

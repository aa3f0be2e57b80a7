using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Troubleshooting;

public sealed class TroubleshootingPageTests
{
    private const string Begin = "<!-- mistakes -->\n";

    private const string End = "<!-- /mistakes -->";

    [Fact]
    public void ErrorsPage_MistakesTable_IsUpToDate()
    {
        var path = Path.Combine(Repository.Root, "docs", "reference", "errors.md");
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var expected = page[..from] + Table() + page[to..];
        if (Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
            return;
        }

        page.Should().Be(expected, "a run with OFFLOADEDPOLLING_WRITE_DOCS=1 updates the table");
    }

    private static string Table() => $"""
        | mistake | seen | message |
        |---|---|---|
        {string.Join('\n', Mistakes.All.Select(Row))}

        """;

    private static string Row(Mistake mistake) =>
        $"| {mistake.What} | {Words(mistake.Seen)} | {mistake.Message.Replace("<", "&lt;", StringComparison.Ordinal)} |";

    private static string Words(Seen seen) => seen switch
    {
        Seen.Start => "the start fails",
        Seen.Log => "log, at the start",
        _ => "health check",
    };
}

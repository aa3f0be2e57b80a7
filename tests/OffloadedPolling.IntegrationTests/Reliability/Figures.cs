using System.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Writes the figures of a run to the test's output, and after a long run also to <c>artifacts/reliability</c>.</summary>
internal sealed class Figures(string name, ITestOutputHelper output)
{
    private static readonly string _folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../reliability"));

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Write(params FormattableString[] figures)
    {
        var text = string.Concat(figures.Select(FormattableString.Invariant));
        var line = FormattableString.Invariant($"{name}: {text}, {_watch.Elapsed.TotalSeconds:0} s");
        output.WriteLine(line);
        if (Scale.IsLong)
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllText(Path.Combine(_folder, $"{name}.txt"), line + "\n");
        }
    }
}

using OffloadedPolling.Benchmarks.Polls.Lifetimes;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Draws polls against delay for one distribution, as SVG.</summary>
internal static class Plot
{
    private const int Width = 760;

    private const int Height = 460;

    private static readonly double[] _delays = [.. Enumerable.Range(0, 40).Select(i => 0.4 * Math.Pow(15, i / 39d))];

    public static void Draw(Lifetime lifetime, Optimum optimum, string file) => Draw(
        lifetime,
        [.. _delays.Select(delay => EqualDelay.Scheduled(lifetime, lifetime.Estimate(), delay))],
        [.. _delays.Select(delay => new PollingCost(optimum.CountAt(delay), delay))],
        file);

    public static void Draw(QueueRun queue, string file)
    {
        var found = _delays.Select(delay => queue.AtDelay(queue.Durations.Estimate(), delay)).ToList();
        Draw(queue.All, [.. found.Select(each =>
            each.Scheduled)], [.. found.Select(each => new PollingCost(each.Optimal, each.Scheduled.Delay))], file);
    }

    private static void Draw(Lifetime lifetime, PollingCost[] scheduled, PollingCost[] optimal, string file)
    {
        var model = new PlotModel { Title = lifetime.Name, TitleFontSize = 14, Background = OxyColors.White, DefaultFont = "sans-serif" };
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendFontSize = 11, LegendMargin = 4 });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "mean delay until "
            + "noticed (s)", Minimum = 0.35, Maximum = 8, MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = "polls for each "
            + "operation", Minimum = 0.9, Maximum = 20, MajorGridlineStyle = LineStyle.Dot });
        model.Series.Add(Line("schedule", OxyColors.Orange, 6, scheduled));
        model.Series.Add(Line("optimum", OxyColors.Black, 1.5, optimal));
        model.Series.Add(Line("fixed", OxyColors.SteelBlue, 1.5, _delays.Select(delay => EqualDelay.Fixed(lifetime, delay))));
        foreach (var (habit, marker) in Habit.All.Zip(Enum.GetValues<MarkerType>().Skip(1)))
        {
            var cost = habit.Measure(lifetime);
            var points = new ScatterSeries
            {
                Title = ShortNameOf(habit),
                MarkerType = marker,
                MarkerSize = 4,
                MarkerStroke = OxyColors.SteelBlue,
                MarkerFill = OxyColors.SteelBlue,
            };
            points.Points.Add(new ScatterPoint(cost.Delay, cost.Count));
            model.Series.Add(points);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = File.Create(file);
        new SvgExporter { Width = Width, Height = Height }.Export(model, stream);
    }

    // The legend has little room.
    private static string ShortNameOf(Habit habit) => habit.Name.Split('(', ')') is [_, var known, ..] ? known : habit.Name.Split(',')[0];

    private static LineSeries Line(string title, OxyColor color, double width, IEnumerable<PollingCost> points)
    {
        var line = new LineSeries { Title = title, Color = color, StrokeThickness = width };
        line.Points.AddRange(points.Select(each => new DataPoint(each.Delay, each.Count)));
        return line;
    }
}

namespace OrderClient;

/// <summary>Prints progress to files and pipes: each document of one order, or periodic counts of many orders.</summary>
internal static class PlainLines
{
    private const int Lines = 10;

    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(100);

    public static async Task ShowAsync(IReadOnlyList<FollowedOrder> orders, Task following)
    {
        string? shown = null;
        bool isLast;
        do
        {
            await Task.WhenAny(following, Task.Delay(_between));
            isLast = following.IsCompleted;
            var (step, line) = orders.Count == 1 ? OfOne(orders[0]) : OfMany(orders, isLast);
            if (step != shown)
            {
                Console.Out.WriteLine(line);
                shown = step;
            }
        }
        while (!isLast);
    }

    private static (string? Step, string? Line) OfOne(FollowedOrder order) =>
        order.LastProgress is { } progress ? (progress.ToString(), $"{progress}{progress.Left}") : default;

    private static (string Step, string Line) OfMany(IReadOnlyList<FollowedOrder> orders, bool isLast)
    {
        var tally = Tally.Of(orders);
        var step = isLast && tally.Ended < orders.Count ? "last" : $"{Lines * tally.Ended / orders.Count}";
        return (step, tally.ToString());
    }
}

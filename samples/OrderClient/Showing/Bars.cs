using Spectre.Console;

namespace OrderClient;

/// <summary>Shows progress bars in a terminal: one for one order, or one for all orders plus a few for running orders.</summary>
internal static class Bars
{
    private const int Few = 5;

    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(100);

    public static Task ShowAsync(IReadOnlyList<FollowedOrder> orders, Task following) =>
        AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => ShowAsync(context, orders, following));

    private static async Task ShowAsync(ProgressContext context, IReadOnlyList<FollowedOrder> orders, Task following)
    {
        var all = orders.Count > 1 ? context.AddTask("Orders", maxValue: orders.Count) : null;

        // The number of lines is constant, because a changing height flickers.
        var few = Enumerable.Range(0, Math.Min(orders.Count, Few)).Select(_ => new OrderBar(context)).ToList();
        while (!following.IsCompleted)
        {
            Update(orders, all, few);
            await Task.WhenAny(following, Task.Delay(_between));
        }

        Update(orders, all, few);
    }

    private static void Update(IReadOnlyList<FollowedOrder> orders, ProgressTask? all, List<OrderBar> few)
    {
        if (all is not null)
        {
            var tally = Tally.Of(orders);
            all.Value = tally.Ended;
            all.Description = tally.ToString();
        }

        // Running orders first, then waiting orders.
        var shown = few.Select(bar => bar.Order).ToHashSet();
        var next = new Queue<FollowedOrder>(orders
            .Where(order => order is { Outcome: Outcome.UnderWay, LastProgress: not null } && !shown.Contains(order))
            .OrderBy(order => order.LastProgress!.IsRunning ? 0 : 1));
        foreach (var bar in few)
        {
            if (bar.Order is not { Outcome: Outcome.UnderWay } && next.TryDequeue(out var order))
            {
                bar.Take(order);
            }

            bar.Update(hasNumber: orders.Count > 1);
        }
    }
}

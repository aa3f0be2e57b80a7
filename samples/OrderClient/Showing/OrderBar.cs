using Spectre.Console;

namespace OrderClient;

/// <summary>The progress bar of one order. When the order has ended, the bar shows another one.</summary>
internal sealed class OrderBar(ProgressContext context)
{
    private readonly ProgressTask _bar = context.AddTask("…", maxValue: 1);

    public FollowedOrder? Order { get; private set; }

    public void Take(FollowedOrder order)
    {
        Order = order;
        _bar.Value = 0;
    }

    public void Update(bool hasNumber)
    {
        if (Order is not { LastProgress: { } progress })
        {
            return;
        }

        // A new document may report less progress than the estimate predicted, but the bar never goes back.
        _bar.Value = Order.Outcome == Outcome.UnderWay ? Math.Max(_bar.Value, progress.Done) : 1;
        var number = hasNumber ? $"order {Order.Number}: " : "";
        _bar.Description = Markup.Escape($"{number}{progress.Message}{progress.Left}");
    }
}

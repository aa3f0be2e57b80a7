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
        if (Order is not { Sight: { } sight })
        {
            return;
        }

        // A new document may report less progress than the estimate predicted, but the bar never goes back.
        _bar.Value = Order.Outcome == Outcome.UnderWay ? Math.Max(_bar.Value, sight.Done) : 1;
        _bar.Description = Markup.Escape($"{(hasNumber ? $"order {Order.Number}: " : "")}{sight.Message}{sight.Left}");
    }
}

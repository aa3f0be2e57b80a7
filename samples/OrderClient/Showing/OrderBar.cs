using Spectre.Console;

namespace OrderClient;

/// <summary>The bar of one order, and when that has ended, of another.</summary>
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

        // A new document may know less than its estimate led to expect; a bar that goes back tells nobody anything.
        _bar.Value = Order.Outcome == Outcome.UnderWay ? Math.Max(_bar.Value, sight.Done) : 1;
        _bar.Description = Markup.Escape($"{(hasNumber ? $"order {Order.Number}: " : "")}{sight.Message}{sight.Left}");
    }
}

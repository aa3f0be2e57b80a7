using OffloadedPolling;
using OffloadedPolling.Client;

namespace Orders;

/// <summary>
/// Creates an order slowly. It may run more than once for one operation. The order is stored under the operation's ID, so a second run
/// does not create a second order.
/// </summary>
internal sealed class CreateOrderHandler(IOrderStore orders, OrdersOptions settings, TimeProvider time)
    : IOperationHandler<CreateOrder, Order>
{
    private const string OutOfStock = "out-of-stock";

    private static readonly string[] _steps = ["Checking stock", "Reserving stock", "Taking payment", "Packing"];

    public async Task<Order> HandleAsync(OperationContext<CreateOrder> context, CancellationToken cancellationToken)
    {
        var (customer, items) = context.Payload;
        if (items.FirstOrDefault(item => item.Sku == OutOfStock) is { } missing)
        {
            throw new OperationFailedException("Out of stock", $"'{missing.Sku}' has sold out (ordered: {missing.Quantity}).");
        }

        for (var step = 0; step < _steps.Length; step++)
        {
            await context.ReportProgressAsync(100 * step / _steps.Length, _steps[step], cancellationToken);
            await Task.Delay(settings.ProcessingTime / _steps.Length, time, cancellationToken);
        }

        var order = new Order(context.OperationId, customer, items, time.GetUtcNow());
        await orders.SaveAsync(order, cancellationToken);
        return order;
    }
}

using System.ComponentModel.DataAnnotations;

namespace Orders;

/// <summary>The request that a customer sends, and the payload that the worker receives.</summary>
public sealed record CreateOrder(
    [property: Required, StringLength(200, MinimumLength = 1)] string Customer,
    [property: Required] IReadOnlyList<OrderItem> Items) : IValidatableObject
{
    private const int MaxItems = 1000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Items.Count is 0 or > MaxItems)
        {
            yield return new ValidationResult($"An order has 1 to {MaxItems} items; this one has {Items.Count}.", [nameof(Items)]);
        }
        else if (Items.Any(item => item is null))
        {
            yield return new ValidationResult("An item is null. Remove it.", [nameof(Items)]);
        }
    }
}

using System.ComponentModel.DataAnnotations;

namespace Orders;

/// <summary>What a customer sends, and what the worker gets.</summary>
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
            yield return new ValidationResult("An item is null. Leave it out.", [nameof(Items)]);
        }
    }
}

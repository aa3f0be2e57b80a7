using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace OffloadedPolling;

/// <summary>The range of a number or a duration. Unlike that of <see cref="RangeAttribute"/>, its message contains the value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingRangeAttribute : ValidationAttribute
{
    private readonly IComparable _least;
    private readonly IComparable _most;

    public SettingRangeAttribute(int least, int most) => (_least, _most) = (least, most);

    public SettingRangeAttribute(string least, string most) =>
        (_least, _most) = (TimeSpan.Parse(least, CultureInfo.InvariantCulture), TimeSpan.Parse(most, CultureInfo.InvariantCulture));

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null || (_least.CompareTo(value) <= 0 && _most.CompareTo(value) >= 0)
            ? ValidationResult.Success
            : new ValidationResult(string.Create(
                CultureInfo.InvariantCulture, $"{validationContext.MemberName} is {value}. Set it to a value from {_least} to {_most}."));
}

using System.Text.Json;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Results and problem extensions that a handler can return but a document cannot contain.</summary>
public static class UnwritableOutcomes
{
    /// <summary>A text in the outcomes that an error message could quote.</summary>
    public const string Secret = "a secret";

    internal static IReadOnlyDictionary<string, Func<Receipt>> Results { get; } = new Dictionary<string, Func<Receipt>>
    {
        ["nested too deep"] = () => Receipt.Nested(64),
        ["nested deeper than its own limit"] = () => Receipt.Nested(65),
        ["a cycle"] = Receipt.Cycle,
        ["a duplicate member"] = () => Receipt.Of($$"""{"{{Secret}}":1,"{{Secret}}":2}"""),
        ["an undefined element"] = () => new Receipt { Raw = default(JsonElement) },
        ["a disposed element"] = () => new Receipt { Raw = Disposed() },
        ["half a surrogate pair"] = () => Receipt.Of($$"""{"{{Secret}}":"\ud800"}"""),
        ["a property that throws"] = () => new Receipt { Thrown = new InvalidDataException(Secret) },
        ["a property that throws a cancellation"] = () => new Receipt { Thrown = new OperationCanceledException(Secret) },
        ["invalid raw JSON"] = () => new Receipt { Text = $"{{{Secret}" },
    };

    internal static IReadOnlyDictionary<string, Func<JsonElement>> Extensions { get; } = new Dictionary<string, Func<JsonElement>>
    {
        ["an undefined element"] = () => default,
        ["a disposed element"] = Disposed,
        ["half a surrogate pair"] = () => JsonElement.Parse($$"""{"{{Secret}}":"\udc00"}"""),
        ["a duplicate member"] = () => JsonElement.Parse($$"""{"{{Secret}}":1,"{{Secret}}":2}"""),
        ["nested too deep"] = () => JsonElement.Parse(new string('[', 63) + new string(']', 63)),
    };

    /// <summary>Each result, for a kind with a maximum number of attempts and for a kind without.</summary>
    public static TheoryData<string, bool> ResultCases => Cases(Results.Keys);

    /// <inheritdoc cref="ResultCases"/>
    public static TheoryData<string, bool> ExtensionCases => Cases(Extensions.Keys);

    private static TheoryData<string, bool> Cases(IEnumerable<string> names)
    {
        var cases = new TheoryData<string, bool>();
        foreach (var name in names)
        {
            cases.Add(name, true);
            cases.Add(name, false);
        }

        return cases;
    }

    private static JsonElement Disposed()
    {
        using var document = JsonDocument.Parse("[1]");
        return document.RootElement;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Costs;

/// <summary>
/// Reads a price list. Missing prices and unknown members are errors, because they would make the figures wrong.
/// </summary>
internal static class PriceFile
{
    public static string Current { get; } = Beside("2026-11.json");

    public static string OfTheArticle { get; } = Beside("2021-article.json");

    /// <exception cref="InvalidPricesException">The file cannot be read, or is not a price list.</exception>
    public static PriceList Read(string path)
    {
        try
        {
            var prices = JsonSerializer.Deserialize(File.ReadAllText(path), PriceJson.Default.PriceList)
                ?? throw new InvalidPricesException(path, "It contains 'null'.");
            return Checked(path, prices);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidPricesException(path, unreadable.Message);
        }
        catch (JsonException wrong)
        {
            throw new InvalidPricesException(path, wrong.Message);
        }
    }

    private static PriceList Checked(string path, PriceList prices)
    {
        var json = JsonSerializer.SerializeToElement(prices, PriceJson.Default.PriceList);
        foreach (var (name, value) in Numbers("", json))
        {
            if (value < 0)
            {
                throw new InvalidPricesException(path, $"'{name}' is {value}; it must be 0 or more.");
            }
        }

        return prices;
    }

    private static IEnumerable<(string Name, decimal Value)> Numbers(string name, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object =>
            json.EnumerateObject().SelectMany(member => Numbers(name.Length == 0 ? member.Name : $"{name}.{member.Name}", member.Value)),
        JsonValueKind.Number => [(name, json.GetDecimal())],
        _ => [],
    };

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, "price-lists", file);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(PriceList))]
internal sealed partial class PriceJson : JsonSerializerContext;

using System.Text.Json;

namespace Orders.Lambda;

/// <summary>A proxy event from API Gateway.</summary>
/// <remarks>
/// Version 2.0 and 1.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html;
/// a REST API uses 1.0 without the version.
/// </remarks>
internal sealed class GatewayEvent : IDisposable
{
    private readonly JsonDocument _json;

    private GatewayEvent(JsonDocument json, bool isVersion2) => (_json, IsVersion2) = (json, isVersion2);

    public bool IsVersion2 { get; }

    public JsonElement Context => Member(_json.RootElement, "requestContext");

    public JsonElement Http => Member(Context, "http");

    public JsonElement Identity => Member(Context, "identity");

    /// <summary>Gets a value that indicates whether the caller used a custom domain, which may have a base path.</summary>
    public bool IsCustomDomain => Text(Context, "domainName") is { } domain
        && !domain.Contains(".execute-api.", StringComparison.OrdinalIgnoreCase)
        && !domain.Contains(".lambda-url.", StringComparison.OrdinalIgnoreCase);

    public string? RequestId => Text(Context, "requestId");

    public static async Task<GatewayEvent> ReadAsync(Stream input)
    {
        JsonDocument json;
        try
        {
            json = await JsonDocument.ParseAsync(input);
        }
        catch (JsonException malformed)
        {
            throw new InvalidOperationException(
                $"The input is not an event from API Gateway: it is not JSON (line {malformed.LineNumber}, "
                + $"byte {malformed.BytePositionInLine}).");
        }

        var root = json.RootElement;
        var isVersion2 = Text(root, "version") == "2.0";
        var method = isVersion2 ? Text(Member(Member(root, "requestContext"), "http"), "method") : Text(root, "httpMethod");
        if (method is not null && Text(root, isVersion2 ? "rawPath" : "path") is not null)
        {
            return new GatewayEvent(json, isVersion2);
        }

        // Only names, because values may be secrets.
        var names = root.ValueKind == JsonValueKind.Object
            ? string.Join(", ", root.EnumerateObject().Take(8).Select(member => member.Name))
            : root.ValueKind.ToString();
        json.Dispose();
        throw new InvalidOperationException(
            $"The input is not an event from API Gateway: it has no method and path, but {names}. Invoke the function through an HTTP API "
            + "(payload version 2.0 or 1.0) or a REST API with proxy integration.");
    }

    public string? this[string name] => Text(_json.RootElement, name);

    public bool Is(string name) => Member(_json.RootElement, name).ValueKind == JsonValueKind.True;

    /// <summary>Returns the strings of a list, such as <c>cookies</c>.</summary>
    public IEnumerable<string> List(string name) => Texts(Member(_json.RootElement, name));

    /// <summary>
    /// Returns each name and value of <paramref name="many"/>, in which a name has a list of values, or otherwise of
    /// <paramref name="one"/>.
    /// </summary>
    public IEnumerable<(string Name, string Value)> Pairs(string many, string one)
    {
        var pairs = Member(_json.RootElement, many) is { ValueKind: JsonValueKind.Object } lists ? lists : Member(_json.RootElement, one);
        return pairs.ValueKind == JsonValueKind.Object
            ? from pair in pairs.EnumerateObject()
              from value in Texts(pair.Value)
              select (pair.Name, value)
            : [];
    }

    public void Dispose() => _json.Dispose();

    public static string? Text(JsonElement from, string name) =>
        Member(from, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement Member(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var member) ? member : default;

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array =>
            value.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.String).Select(each => each.GetString()!),
        _ => [],
    };
}

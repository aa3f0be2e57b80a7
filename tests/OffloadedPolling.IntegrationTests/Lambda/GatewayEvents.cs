using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Requests as API Gateway passes them to a function: recorded events with other content.</summary>
internal static class GatewayEvents
{
    /// <summary>A request to an HTTP API, payload version 2.0.</summary>
    public static string Version2(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var recorded = Recorded("http-api-v2.json");
        var parts = path.Split('?');
        recorded["rawPath"] = parts[0];
        recorded["rawQueryString"] = parts.Length > 1 ? parts[1] : "";
        recorded["requestContext"]!["http"]!["method"] = method;
        recorded["requestContext"]!["http"]!["path"] = parts[0];
        foreach (var (name, value) in headers)
        {
            recorded["headers"]![name.ToLowerInvariant()] = value;
        }

        return WithBody(recorded, body);
    }

    /// <summary>
    /// A request to a REST API, in the format of payload version 1.0. Its domain has no stage and no base path.
    /// </summary>
    public static string Version1(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var recorded = Recorded("rest-api.json");
        recorded["path"] = path.Split('?')[0];
        recorded["requestContext"]!["path"] = path.Split('?')[0];
        recorded["httpMethod"] = method;
        foreach (var (name, value) in headers)
        {
            recorded["headers"]![name] = value;
            recorded["multiValueHeaders"]![name] = new JsonArray(value);
        }

        return WithBody(recorded, body);
    }

    public static JsonNode Recorded(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Lambda", "events", file)))!;

    /// <summary>Reads the function's response as API Gateway would send it.</summary>
    public static GatewayReply Read(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        var root = json.RootElement;
        var headers = root.TryGetProperty("multiValueHeaders", out var lists)
            ? lists.EnumerateObject().ToDictionary(
                header => header.Name,
                header => string.Join(", ", header.Value.EnumerateArray().Select(each => each.GetString())),
                StringComparer.OrdinalIgnoreCase)
            : root.GetProperty("headers").EnumerateObject()
                .ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        var body = root.GetProperty("body").GetString()!;
        return new GatewayReply(
            root.GetProperty("statusCode").GetInt32(),
            headers,
            root.GetProperty("isBase64Encoded").GetBoolean()
                ? System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(body))
                : body);
    }

    private static string WithBody(JsonNode recorded, string? body)
    {
        recorded["body"] = body;
        recorded["isBase64Encoded"] = false;
        return recorded.ToJsonString();
    }
}

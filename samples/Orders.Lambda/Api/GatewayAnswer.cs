using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Orders.Lambda;

/// <summary>Writes a response in the format of API Gateway.</summary>
internal static class GatewayAnswer
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Stream Of(GatewayEvent received, GatewayResponse response, MemoryStream body)
    {
        var text = Text(body);
        return Write(json =>
        {
            json.WriteNumber("statusCode", response.StatusCode);
            if (received.IsVersion2)
            {
                WriteVersion2(json, response.Headers);
            }
            else
            {
                WriteVersion1(json, response.Headers);
            }

            json.WriteString("body", text ?? Convert.ToBase64String(body.GetBuffer(), 0, (int)body.Length));
            json.WriteBoolean("isBase64Encoded", text is null);
        });
    }

    public static Stream BadRequest(string detail) => Write(json =>
    {
        json.WriteNumber("statusCode", StatusCodes.Status400BadRequest);
        json.WriteStartObject("headers");
        json.WriteString(HeaderNames.ContentType, "application/problem+json");
        json.WriteEndObject();
        json.WriteString("body", $$"""{"title":"Bad Request","status":400,"detail":"{{detail}}"}""");
        json.WriteBoolean("isBase64Encoded", false);
    });

    private static MemoryStream Write(Action<Utf8JsonWriter> write)
    {
        var answer = new MemoryStream();
        using (var json = new Utf8JsonWriter(answer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        answer.Position = 0;
        return answer;
    }

    // Version 2 lists cookies separately, because a header has only one value.
    private static void WriteVersion2(Utf8JsonWriter json, IHeaderDictionary headers)
    {
        json.WriteStartObject("headers");
        foreach (var (name, values) in headers.Where(header =>
            !header.Key.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase)))
        {
            json.WriteString(name, values.ToString());
        }

        json.WriteEndObject();
        WriteList(json, "cookies", headers.SetCookie);
    }

    private static void WriteVersion1(Utf8JsonWriter json, IHeaderDictionary headers)
    {
        json.WriteStartObject("multiValueHeaders");
        foreach (var (name, values) in headers)
        {
            WriteList(json, name, values);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string?> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string? Text(MemoryStream body)
    {
        try
        {
            return _strict.GetString(body.GetBuffer(), 0, (int)body.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

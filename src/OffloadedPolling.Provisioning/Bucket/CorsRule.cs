using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>The CORS rule for pages that poll, in the three ways in which it is written.</summary>
internal sealed record CorsRule(string Id, IReadOnlyList<string> Origins)
{
    private const int MaxAgeSeconds = 3600;

    private static readonly string[] _methods = ["GET"];

    // Both make the browser ask first. A page that asks for what has changed, or takes part in a trace, sends them.
    private static readonly string[] _headers = ["If-None-Match", "traceparent"];

    // What poll.js needs to see: the version, and the age of the document by the server's own clock.
    private static readonly string[] _exposed = ["Date", "ETag"];

    public static IReadOnlyList<string> Exposed => _exposed;

    public XElement ToXml() => new("CORSRule",
        new XElement("ID", Id),
        Origins.Select(each => new XElement("AllowedOrigin", each)),
        _methods.Select(each => new XElement("AllowedMethod", each)),
        _headers.Select(each => new XElement("AllowedHeader", each)),
        _exposed.Select(each => new XElement("ExposeHeader", each)),
        new XElement("MaxAgeSeconds", MaxAgeSeconds));

    /// <summary>As the AWS CLI takes it.</summary>
    public JsonObject ToCli() => ToJson("ID", "ExposeHeaders", "MaxAgeSeconds");

    public JsonObject ToCloudFormation() => ToJson("Id", "ExposedHeaders", "MaxAge");

    private JsonObject ToJson(string id, string exposed, string maxAge) => new()
    {
        [id] = Id,
        ["AllowedOrigins"] = List(Origins),
        ["AllowedMethods"] = List(_methods),
        ["AllowedHeaders"] = List(_headers),
        [exposed] = List(_exposed),
        [maxAge] = MaxAgeSeconds,
    };

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}

using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Orders.Lambda;

/// <summary>Converts an event of API Gateway to a request of ASP.NET Core.</summary>
internal static class GatewayRequest
{
    /// <exception cref="FormatException">The body is marked as Base64, but is not valid Base64.</exception>
    public static IFeatureCollection Read(GatewayEvent received, GatewayPath paths, GatewayResponse response)
    {
        var body = Body(received);
        var (pathBase, path) = paths.Split(received);
        var query = Query(received);
        var request = new HttpRequestFeature
        {
            Method = (received.IsVersion2 ? GatewayEvent.Text(received.Http, "method") : received["httpMethod"])!,
            // API Gateway accepts only HTTPS.
            Scheme = "https",
            Protocol = "HTTP/1.1",
            PathBase = PathString.FromUriComponent(pathBase).Value!,
            Path = PathString.FromUriComponent(path).Value!,
            QueryString = query,
            RawTarget = pathBase + path + query,
            Headers = Headers(received),
            Body = new MemoryStream(body),
        };
        if (body.Length > 0)
        {
            request.Headers.ContentLength = body.Length;
        }

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(body.Length > 0));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = SourceIp(received) });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response.Body);
        return features;
    }

    private static byte[] Body(GatewayEvent received)
    {
        var body = received["body"] ?? "";
        return received.Is("isBase64Encoded") ? Convert.FromBase64String(body) : Encoding.UTF8.GetBytes(body);
    }

    private static string Query(GatewayEvent received) => received.IsVersion2
        ? received["rawQueryString"] is { Length: > 0 } query ? "?" + query : ""
        : QueryString.Create(received.Pairs("multiValueQueryStringParameters", "queryStringParameters")
            .Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))).ToString();

    private static HeaderDictionary Headers(GatewayEvent received)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in received.Pairs("multiValueHeaders", "headers"))
        {
            headers.Append(name, value);
        }

        if (received.List("cookies").ToArray() is { Length: > 0 } cookies)
        {
            headers[HeaderNames.Cookie] = string.Join("; ", cookies);
        }

        return headers;
    }

    private static IPAddress? SourceIp(GatewayEvent received)
    {
        var sourceIp = received.IsVersion2
            ? GatewayEvent.Text(received.Http, "sourceIp")
            : GatewayEvent.Text(received.Identity, "sourceIp");
        return IPAddress.TryParse(sourceIp, out var address) ? address : null;
    }

    private sealed class BodyDetection(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }
}

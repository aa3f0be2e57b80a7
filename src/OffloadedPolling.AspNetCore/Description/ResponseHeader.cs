namespace OffloadedPolling.AspNetCore;

/// <summary>
/// A header of an endpoint's answer: metadata, as ASP.NET Core's own describes no headers. Whatever writes a host's OpenAPI document finds it
/// at the endpoint; <c>samples/Orders/Hosting/OpenApiHeaders.cs</c> is a transformer to copy.
/// </summary>
/// <param name="StatusCode">The answer's HTTP status code.</param>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it means.</param>
/// <param name="Type">Its type in JSON Schema: <c>string</c> or <c>integer</c>.</param>
/// <param name="Format">Its format in JSON Schema, such as <c>uri</c>; <see langword="null"/> if it has none.</param>
public sealed record ResponseHeader(int StatusCode, string Name, string Description, string Type = "string", string? Format = null);

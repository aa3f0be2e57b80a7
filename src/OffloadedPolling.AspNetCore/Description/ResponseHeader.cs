namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Endpoint metadata that describes a header of a response, which ASP.NET Core's own metadata cannot. The package
/// <c>OffloadedPolling.AspNetCore.OpenApi</c> writes it into the host's OpenAPI documents.
/// </summary>
/// <param name="StatusCode">The answer's HTTP status code.</param>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it means.</param>
/// <param name="Type">Its type in JSON Schema: <c>string</c> or <c>integer</c>.</param>
/// <param name="Format">Its format in JSON Schema, such as <c>uri</c>; <see langword="null"/> if it has none.</param>
public sealed record ResponseHeader(int StatusCode, string Name, string Description, string Type = "string", string? Format = null);

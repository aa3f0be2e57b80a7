namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Describes a response header in endpoint metadata. ASP.NET Core has no such metadata. The package
/// <c>OffloadedPolling.AspNetCore.OpenApi</c> writes it into the host's OpenAPI documents.
/// </summary>
/// <param name="StatusCode">The HTTP status code of the response.</param>
/// <param name="Name">The header's name.</param>
/// <param name="Description">The header's description.</param>
/// <param name="Type">The header's type in JSON Schema: <c>string</c> or <c>integer</c>.</param>
/// <param name="Format">The header's format in JSON Schema, such as <c>uri</c>; <see langword="null"/> if it has none.</param>
public sealed record ResponseHeader(int StatusCode, string Name, string Description, string Type = "string", string? Format = null);

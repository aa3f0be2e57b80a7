using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>What went wrong, as an RFC 9457 problem.</summary>
public sealed record OperationProblem
{
    // Named here, so that options of the reader's own take none of them for an extension.
    private const string Blank = "about:blank";

    /// <summary>A URI reference that names the kind of problem; <c>about:blank</c> where the title says all.</summary>
    [AllowNull]
    [JsonPropertyName("type")]
    public string Type
    {
        get;
        init => field = value ?? Blank;
    } = Blank;

    /// <summary>A short summary, the same for every problem of this type.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>The HTTP status code that belongs to it.</summary>
    [JsonPropertyName("status")]
    public int? Status { get; init; }

    /// <summary>What happened this time, for people.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>A URI reference that names this occurrence.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>Gets or sets further members of the problem, as its type defines them.</summary>
    /// <value>The members that are set are copied. Changes through this property are checked as well.</value>
    /// <exception cref="ArgumentException">
    /// A member is named <c>type</c>, <c>title</c>, <c>status</c>, <c>detail</c> or <c>instance</c>, which are the problem's own.
    /// </exception>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extensions
    {
        get;
        set => field = value is null ? null : new ProblemExtensions(value);
    }
}

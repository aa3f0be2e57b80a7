using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Represents an RFC 9457 problem that describes why an operation failed.</summary>
public sealed record OperationProblem
{
    private const string Blank = "about:blank";

    // All members have explicit names. Otherwise a reader's naming policy could turn them into extensions.

    /// <summary>Gets a URI reference that identifies the problem type. The default is <c>about:blank</c>.</summary>
    [AllowNull]
    [JsonPropertyName("type")]
    public string Type
    {
        get;
        init => field = value ?? Blank;
    } = Blank;

    /// <summary>Gets a short summary that is the same for every problem of this type.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>Gets the HTTP status code of the problem.</summary>
    [JsonPropertyName("status")]
    public int? Status { get; init; }

    /// <summary>Gets a human-readable explanation of this occurrence of the problem.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>Gets a URI reference that identifies this occurrence of the problem.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>Gets or sets the extension members that the problem type defines.</summary>
    /// <value>The setter copies the members. Members that are added later are also checked.</value>
    /// <exception cref="ArgumentException">
    /// A member is named <c>type</c>, <c>title</c>, <c>status</c>, <c>detail</c> or <c>instance</c>. These names are reserved.
    /// </exception>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extensions
    {
        get;
        set => field = value is null ? null : new ProblemExtensions(value);
    }
}

/// <summary>The extension members of a problem. Names that RFC 9457 reserves are always refused.</summary>
internal sealed class ProblemExtensions : IDictionary<string, JsonElement>
{
    private readonly Dictionary<string, JsonElement> _members = [];

    /// <exception cref="ArgumentException">A member has a reserved name.</exception>
    public ProblemExtensions(IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        foreach (var (name, value) in members)
        {
            Add(name, value);
        }
    }

    public int Count => _members.Count;

    public bool IsReadOnly => false;

    public ICollection<string> Keys => _members.Keys;

    public ICollection<JsonElement> Values => _members.Values;

    public JsonElement this[string key]
    {
        get => _members[key];
        set => _members[Allowed(key)] = value;
    }

    public void Add(string key, JsonElement value) => _members.Add(Allowed(key), value);

    public void Add(KeyValuePair<string, JsonElement> item) => Add(item.Key, item.Value);

    public void Clear() => _members.Clear();

    public bool Contains(KeyValuePair<string, JsonElement> item) =>
        ((ICollection<KeyValuePair<string, JsonElement>>)_members).Contains(item);

    public bool ContainsKey(string key) => _members.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, JsonElement>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, JsonElement>>)_members).CopyTo(array, arrayIndex);

    public bool Remove(string key) => _members.Remove(key);

    public bool Remove(KeyValuePair<string, JsonElement> item) => ((ICollection<KeyValuePair<string, JsonElement>>)_members).Remove(item);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out JsonElement value) => _members.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, JsonElement>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Allowed(string name) => name switch
    {
        "type" => throw Reserved(name, nameof(OperationProblem.Type)),
        "title" => throw Reserved(name, nameof(OperationProblem.Title)),
        "status" => throw Reserved(name, nameof(OperationProblem.Status)),
        "detail" => throw Reserved(name, nameof(OperationProblem.Detail)),
        "instance" => throw Reserved(name, nameof(OperationProblem.Instance)),
        _ => name,
    };

    private static ArgumentException Reserved(string name, string property) => new(
        $"The extension member '{name}' has a name that RFC 9457 reserves. "
        + $"Set {nameof(OperationProblem)}.{property}, or use another name.");
}

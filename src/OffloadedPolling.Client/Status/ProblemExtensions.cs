using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>The extension members of a problem. It refuses the names that RFC 9457 gives to the problem's own members.</summary>
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
        $"The extension member '{name}' is a member of the problem itself (RFC 9457). "
        + $"Set {nameof(OperationProblem)}.{property}, or use another name.");
}

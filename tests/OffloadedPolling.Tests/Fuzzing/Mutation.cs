using System.Text;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Alters valid inputs.</summary>
internal static class Mutation
{
    private static readonly string[] _json =
    [
        "null", "true", "-1", "0", "1", "101", "1e308", "-0.0", "1e999", "2147483648", "9223372036854775808", "0.0000000001", "\"\"",
        "\"Running\"",
        "\"running\"", "\"Succeeded \"", "\"\\u0000\"", "\"\\ud800\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"2026-02-30T00:00:00Z\"",
        "[]", "[1,2,3]", "{}", "{\"median\":1}", "{\"median\":-1,\"upper\":1}", "{\"median\":9,\"upper\":1,\"quantiles\":[3,2,1]}",
        "[[[[[[[[[[[[]]]]]]]]]]]]", "NaN",
    ];

    /// <summary>Returns the text with some bytes changed, removed, repeated or inserted.</summary>
    public static byte[] OfBytes(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(_json[random.Next(_json.Length)])); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    /// <inheritdoc cref="OfBytes"/>
    public static string OfText(string original, Random random) =>
        Encoding.Latin1.GetString(OfBytes(Encoding.Latin1.GetBytes(original), random));

    /// <summary>Returns the JSON object with some members changed, removed, renamed or duplicated.</summary>
    public static string OfJson(string original, Random random)
    {
        var root = JsonNode.Parse(original)!.AsObject();
        var members = root.Select(member => (Name: member.Key, Value: member.Value?.ToJsonString() ?? "null")).ToList();
        for (var edits = random.Next(1, 4); edits > 0 && members.Count > 0; edits--)
        {
            var at = random.Next(members.Count);
            switch (random.Next(8))
            {
                case 0: members.RemoveAt(at); break;
                case 1: members.Add(members[at]); break;
                case 2: members[at] = (members[at].Name.ToUpperInvariant(), members[at].Value); break;
                case 3: members.Insert(at, ("unknown", _json[random.Next(_json.Length)])); break;
                default: members[at] = (members[at].Name, _json[random.Next(_json.Length)]); break;
            }
        }

        return $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value}"))}}}";
    }
}

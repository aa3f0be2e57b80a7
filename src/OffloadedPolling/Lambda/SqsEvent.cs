using System.Text.Json;

namespace OffloadedPolling.Lambda;

/// <summary>What AWS Lambda hands to a function whose event source is an SQS queue: a batch of messages.</summary>
internal sealed class SqsEvent : IDisposable
{
    private const int MostNames = 8;

    private readonly JsonDocument _json;

    private SqsEvent(JsonDocument json, IReadOnlyList<EventRecord> records) => (_json, Records) = (json, records);

    public IReadOnlyList<EventRecord> Records { get; }

    /// <exception cref="InvalidSqsEventException">It is something else.</exception>
    public static async Task<SqsEvent> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        JsonDocument json;
        try
        {
            json = await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException malformed)
        {
            // Without the inner exception, which may quote a message.
            throw new InvalidSqsEventException($"it is no JSON (line {malformed.LineNumber}, byte {malformed.BytePositionInLine})");
        }

        try
        {
            return new SqsEvent(json, Read(json.RootElement));
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    public void Dispose() => _json.Dispose();

    private static IReadOnlyList<EventRecord> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidSqsEventException($"it is no object but {root.ValueKind}");
        }

        return root.TryGetProperty(nameof(Records), out var records) && records.ValueKind == JsonValueKind.Array
            ? [.. records.EnumerateArray().Select(record => new EventRecord(record))]
            : throw new InvalidSqsEventException($"it has no list 'Records', but {NamesIn(root)}");
    }

    // Names alone: values may be payloads or credentials.
    private static string NamesIn(JsonElement root)
    {
        var names = root.EnumerateObject()
            .Take(MostNames).Select(member => $"'{(member.Name.Length <= 32 ? member.Name : member.Name[..32] + "…")}'").ToList();
        return names.Count == 0 ? "nothing" : string.Join(", ", names);
    }
}

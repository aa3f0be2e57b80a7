using System.Text;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>
/// A Protocol Buffers message, read by field number without its definition. Only length-delimited fields can be read.
/// </summary>
/// <param name="bytes">The message.</param>
internal readonly struct ProtobufFields(ReadOnlyMemory<byte> bytes)
{
    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <summary>The messages at a path of field numbers.</summary>
    public IEnumerable<ProtobufFields> Messages(params int[] path)
    {
        IEnumerable<ProtobufFields> found = [this];
        foreach (var number in path)
        {
            found = found.SelectMany(message => message.All(number)).Select(field => new ProtobufFields(field));
        }

        return found;
    }

    public string Text(int number) => Encoding.UTF8.GetString(All(number).FirstOrDefault().Span);

    public string Hex(int number) => Convert.ToHexStringLower(All(number).FirstOrDefault().Span);

    /// <summary>The string values of a repeated key-value field, the format of OTLP attributes.</summary>
    public Dictionary<string, string> Attributes(int number) =>
        Messages(number).ToDictionary(pair => pair.Text(1), pair => pair.Messages(2).FirstOrDefault().Text(1));

    private List<ReadOnlyMemory<byte>> All(int number)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(ref at);
            var length = (Wire)(tag & 7) switch
            {
                Wire.Varint => Skip(ref at),
                Wire.Fixed64 => 8,
                Wire.Fixed32 => 4,
                Wire.Bytes => (int)Varint(ref at),
                var other => throw new InvalidDataException($"Unknown Protocol Buffers wire type: {other}."),
            };
            if ((Wire)(tag & 7) == Wire.Bytes && (int)(tag >> 3) == number)
            {
                found.Add(bytes.Slice(at, length));
            }

            at += length;
        }

        return found;
    }

    private int Skip(ref int at)
    {
        Varint(ref at);
        return 0;
    }

    private ulong Varint(ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}

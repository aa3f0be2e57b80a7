using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OffloadedPolling.Accepting;

/// <summary>Payloads as JSON that a queue can carry.</summary>
/// <remarks>
/// SQS refuses a body with characters that are not in XML 1.0.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
/// </remarks>
internal static class PayloadText
{
    // Surrogates are forbidden unless they form a pair.
    private static readonly SearchValues<char> _forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(character => character
            is (< ' ' and not ('\t' or '\n' or '\r')) or (>= '\uD800' and <= '\uDFFF') or '\uFFFE' or '\uFFFF')]);

    /// <exception cref="InvalidPayloadException">The payload contains raw JSON that is not Unicode.</exception>
    public static string Serialize<TPayload>(OperationKind<TPayload> kind, TPayload payload)
    {
        try
        {
            return JsonSerializer.Serialize(payload, kind.PayloadJson);
        }
        catch (Exception failed) when (IsNoUnicode(failed))
        {
            // The cause is left out because it may quote the payload.
            throw new InvalidPayloadException(kind.Name, position: null);
        }
    }

    /// <summary>
    /// Escapes the characters that a queue cannot carry, without changing the meaning of the JSON. Most payloads stay unchanged.
    /// </summary>
    /// <exception cref="InvalidPayloadException">Such a character is not in a string, or the escaped text is not JSON.</exception>
    public static string Escape(string kind, string json)
    {
        if (FirstForbidden(json) is not { } first)
        {
            return json;
        }

        var (escaped, outside) = EscapeInStrings(json);
        return outside is null && IsJson(escaped) ? escaped : throw new InvalidPayloadException(kind, outside ?? first);
    }

    private static int? FirstForbidden(string json)
    {
        var at = 0;
        while (json.AsSpan(at).IndexOfAny(_forbidden) is >= 0 and var ahead)
        {
            at += ahead;
            if (!char.IsSurrogatePair(json, at))
            {
                return at;
            }

            at += 2;
        }

        return null;
    }

    /// <summary>Returns the text with forbidden characters escaped, or the position of one that is outside a string.</summary>
    private static (string Escaped, int? Outside) EscapeInStrings(string json)
    {
        var escaped = new StringBuilder(json.Length + 16);
        var (inString, afterBackslash) = (false, false);
        for (var at = 0; at < json.Length; at++)
        {
            var character = json[at];
            if (char.IsSurrogatePair(json, at))
            {
                escaped.Append(character).Append(json[++at]);
                afterBackslash = false;
            }
            else if (_forbidden.Contains(character))
            {
                // After a backslash, an escape would have another meaning.
                if (!inString || afterBackslash)
                {
                    return ("", at);
                }

                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                escaped.Append(character);
                inString ^= character == '"' && !afterBackslash;
                afterBackslash = inString && !afterBackslash && character == '\\';
            }
        }

        return (escaped.ToString(), null);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = int.MaxValue });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The serializer throws these for raw JSON with half of a surrogate pair, or with bytes that are not UTF-8.
    private static bool IsNoUnicode(Exception? failed) => failed is not null
        && (failed is EncoderFallbackException or DecoderFallbackException
            || (failed is InvalidOperationException && failed.Message.Contains("UTF-16", StringComparison.Ordinal))
            || IsNoUnicode(failed.InnerException));
}

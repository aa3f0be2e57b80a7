using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>Reads what S3 answers. It may come in chunks, of which Content-Length says nothing.</summary>
internal static class S3Body
{
    private const int FirstBufferSize = 16 * 1024;

    /// <summary>Reads an object to its end.</summary>
    /// <param name="response">S3's answer.</param>
    /// <param name="maxBytes">The most bytes that are read.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The object, or <see langword="null"/> if it has more bytes.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(GetObjectResponse response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.ContentLength > maxBytes)
        {
            return null;
        }

        // One byte more than was announced finds the end at once.
        var buffer = new byte[response.ContentLength > 0 ? response.ContentLength + 1 : FirstBufferSize];
        var length = 0;
        var body = response.ResponseStream;
        while (await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
            {
                return null;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, maxBytes + 1));
            }
        }

        return buffer.AsMemory(0, length);
    }
}

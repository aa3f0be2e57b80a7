using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>Reads response bodies of S3, including chunked ones without Content-Length.</summary>
internal static class S3Body
{
    private const int FirstBufferSize = 16 * 1024;

    /// <summary>Reads a whole object.</summary>
    /// <param name="response">The response of S3.</param>
    /// <param name="maxBytes">The maximum number of bytes.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The object, or <see langword="null"/> if it is larger.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(GetObjectResponse response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.ContentLength > maxBytes)
        {
            return null;
        }

        // One byte more than announced, so that the end is detected at once.
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

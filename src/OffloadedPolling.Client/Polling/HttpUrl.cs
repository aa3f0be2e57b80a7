namespace OffloadedPolling.Client;

/// <summary>Absolute http and https URLs, kept byte for byte.</summary>
internal static class HttpUrl
{
    // A signature covers the URL as it was written: nothing in it may be decoded or normalized.
    private static readonly UriCreationOptions _asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Returns the URL; <see langword="null"/> if the text is not one. On Unix a path is an absolute URI, but not a URL.</summary>
    public static Uri? Parse(string? text) =>
        text is not null && text.All(letter => letter is > ' ' and <= '~' and not '#')
        && Uri.TryCreate(text, in _asWritten, out var uri) && IsHttp(uri)
            ? uri
            : null;

    /// <summary>Returns the absolute operation URL; <see langword="null"/> if there is none, or its host is unknown.</summary>
    public static Uri? OfOperation(string? operationUrl, Uri? host)
    {
        if (string.IsNullOrEmpty(operationUrl))
        {
            return null;
        }

        // Only what has a scheme is absolute: on Unix "/operations/1" is a file's address.
        return Parse(operationUrl)
            ?? (host is not null && Uri.TryCreate(host, operationUrl, out var absolute) ? Parse(absolute.AbsoluteUri) : null);
    }

    /// <summary>Returns the address where the host issues a new status URL.</summary>
    public static Uri OfRenewal(Uri operation)
    {
        var text = operation.OriginalString;
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? text : text[..query];
        return Parse($"{path.TrimEnd('/')}/url{text[path.Length..]}")!;
    }

    public static bool IsHttp(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    public static bool HasOrigin(Uri url, Uri origin) =>
        url.Scheme == origin.Scheme && url.IdnHost == origin.IdnHost && url.Port == origin.Port;
}

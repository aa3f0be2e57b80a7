namespace OffloadedPolling.Client;

/// <summary>Absolute http and https URLs, kept byte for byte.</summary>
internal static class HttpUrl
{
    // A signature is over the URL as it was written: nothing in it may be decoded or put in order.
    private static readonly UriCreationOptions _asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The URL, or <see langword="null"/> for what is none. On Unix a path is an absolute URI, though no URL.</summary>
    public static Uri? Parse(string? text) =>
        text is not null && text.All(letter => letter is > ' ' and <= '~' and not '#')
        && Uri.TryCreate(text, in _asWritten, out var uri) && IsOne(uri)
            ? uri
            : null;

    /// <summary>The operation URL made absolute; <see langword="null"/> where there is none, or where nothing says what it is relative to.</summary>
    public static Uri? OfOperation(string? operationUrl, Uri? host)
    {
        if (string.IsNullOrEmpty(operationUrl))
        {
            return null;
        }

        // Only what has a scheme stands by itself: "/operations/1" is a file's address elsewhere.
        return Parse(operationUrl) ?? (host is not null && Uri.TryCreate(host, operationUrl, out var absolute) ? Parse(absolute.AbsoluteUri) : null);
    }

    /// <summary>Where the host gives a new status URL.</summary>
    public static Uri OfRenewal(Uri operation)
    {
        var text = operation.OriginalString;
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? text : text[..query];
        return Parse($"{path.TrimEnd('/')}/url{(query < 0 ? "" : text[query..])}")!;
    }

    public static bool IsOne(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    public static bool IsOfOrigin(Uri url, Uri origin) => url.Scheme == origin.Scheme && url.IdnHost == origin.IdnHost && url.Port == origin.Port;
}

namespace OffloadedPolling.Client;

/// <summary>Absolute http and https URLs, kept byte for byte.</summary>
internal static class HttpUrl
{
    // The signature covers the URL as written, so nothing in it may be decoded or normalized.
    private static readonly UriCreationOptions _asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Returns the URL, or <see langword="null"/> if the text is not a valid http or https URL.</summary>
    public static Uri? Parse(string? text) =>
        text is not null && text.All(letter => letter is > ' ' and <= '~' and not '#')
        && Uri.TryCreate(text, in _asWritten, out var uri) && IsHttp(uri)
            ? uri
            : null;

    /// <summary>Returns the absolute operation URL, or <see langword="null"/> if the URL or its host is unknown.</summary>
    public static Uri? OfOperation(string? operationUrl, Uri? host)
    {
        if (string.IsNullOrEmpty(operationUrl))
        {
            return null;
        }

        // On Unix, Uri parses "/operations/1" as an absolute file URI, so the scheme is checked.
        return Parse(operationUrl)
            ?? (host is not null && Uri.TryCreate(host, operationUrl, out var absolute) ? Parse(absolute.AbsoluteUri) : null);
    }

    /// <summary>Returns the URL that issues a new status URL for an operation.</summary>
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

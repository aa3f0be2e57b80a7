namespace OffloadedPolling.Sqs;

/// <summary>What tells an SQS queue from another, however its URL is spelled: the server or AWS's region, and the path.</summary>
internal readonly record struct QueueAddress(string Server, string Path)
{
    /// <summary>Reads a queue's URL; <see langword="null"/> for what is none.</summary>
    public static QueueAddress? Of(string? queueUrl) =>
        Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? new QueueAddress(QueueArn.RegionOf(url.Host) ?? ServerOf(url), string.Join(
                '/', url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            : null;

    // A server is the same by https and by http where each has its usual port.
    private static string ServerOf(Uri url) => url.IsDefaultPort ? url.Host : url.Authority;
}

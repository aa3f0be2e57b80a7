namespace OffloadedPolling.Sqs;

/// <summary>An SQS queue as events and redrive policies name it: <c>arn:aws:sqs:eu-west-1:123456789012:orders</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html</remarks>
internal readonly record struct QueueArn(string Region, string Account, string Name)
{
    /// <summary>Reads it; <see langword="null"/> for what is no queue's.</summary>
    public static QueueArn? Parse(string? arn) => arn?.Split(':') is ["arn", _, "sqs", var region, var account, { Length: > 0 } name]
        ? new QueueArn(region, account, name)
        : null;

    /// <summary>
    /// Whether a queue URL, such as <c>https://sqs.eu-west-1.amazonaws.com/123456789012/orders</c>, leads to it. What a URL of another
    /// server than AWS's does not tell, the region or the account, counts as the same.
    /// </summary>
    public bool IsAt(string queueUrl)
    {
        if (!Uri.TryCreate(queueUrl, UriKind.Absolute, out var url))
        {
            return false;
        }

        var path = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path.Length > 0 && path[^1] == Name
            && (path.Length < 2 || !IsAccount(path[^2]) || path[^2] == Account)
            && (RegionOf(url.Host) is not { } region || region == Region);
    }

    private static bool IsAccount(string segment) => segment.Length == 12 && segment.All(char.IsAsciiDigit);

    /// <summary>The region of one of AWS's hosts; <see langword="null"/> for any other, and where the host does not tell it.</summary>
    /// <remarks>
    /// "sqs.{region}.", "sqs-fips.{region}.", the older "{region}.queue.", or a VPC endpoint's "….sqs.{region}.vpce.".
    /// https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
    /// </remarks>
    public static string? RegionOf(string host) => host.Split('.') switch
    {
        ["sqs" or "sqs-fips", var region, "amazonaws" or "api", ..] => region,
        [var region, "queue", "amazonaws", ..] => region,
        [_, "sqs", var region, "vpce", "amazonaws", ..] => region,
        _ => null,
    };
}

/// <summary>What tells an SQS queue from another, however its URL is spelled: the server or AWS's region, and the path.</summary>
internal readonly record struct QueueAddress(string Server, string Path)
{
    /// <summary>Reads a queue's URL; <see langword="null"/> for what is none.</summary>
    public static QueueAddress? Parse(string? queueUrl) =>
        Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? new(QueueArn.RegionOf(url.Host) ?? ServerOf(url),
                string.Join('/', url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            : null;

    // A server is the same by https and by http where each has its usual port.
    private static string ServerOf(Uri url) => url.IsDefaultPort ? url.Host : url.Authority;
}

namespace OffloadedPolling.Sqs;

/// <summary>The ARN of an SQS queue, as in events and redrive policies: <c>arn:aws:sqs:eu-west-1:123456789012:orders</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html</remarks>
internal readonly record struct QueueArn(string Region, string Account, string Name)
{
    /// <summary>Parses an ARN. Returns <see langword="null"/> if it is not that of a queue.</summary>
    public static QueueArn? Parse(string? arn) => arn?.Split(':') is ["arn", _, "sqs", var region, var account, { Length: > 0 } name]
        ? new QueueArn(region, account, name)
        : null;

    /// <summary>
    /// Returns whether a URL such as <c>https://sqs.eu-west-1.amazonaws.com/123456789012/orders</c> belongs to the queue. On servers other
    /// than AWS, a URL may contain no region or account, which is then not compared.
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

    /// <summary>Returns the region in the host name of an AWS endpoint, or <see langword="null"/> if there is none.</summary>
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

/// <summary>The identity of an SQS queue, independent of the spelling of its URL: the server or AWS region, and the path.</summary>
internal readonly record struct QueueAddress(string Server, string Path)
{
    /// <summary>Parses a queue URL. Returns <see langword="null"/> if it is not valid.</summary>
    public static QueueAddress? Parse(string? queueUrl) =>
        Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? new(QueueArn.RegionOf(url.Host) ?? ServerOf(url),
                string.Join('/', url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            : null;

    // https and http with their default ports are the same server.
    private static string ServerOf(Uri url) => url.IsDefaultPort ? url.Host : url.Authority;
}

using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

internal sealed partial class S3OptionsValidator : IValidateOptions<S3Options>
{
    // S3 keys have at most 1,024 bytes; an operation's own part takes 37, a duration profile's at most 79.
    private const int MaxPrefixLength = 900;

    public ValidateOptionsResult Validate(string? name, S3Options options)
    {
        IEnumerable<string?> failures =
        [
            WrongWithBucket(options.BucketName),
            WrongWithPrefix(options.KeyPrefix),
            WrongWithEndpoint(options.PublicEndpoint, options.BucketName),
            .. StatusAccessSettings.WrongWith(options),
        ];
        return failures.ToResult();
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    private static string? WrongWithBucket(string? bucket) => bucket switch
    {
        null or "" => "BucketName is missing. Set it to the name of the bucket for status documents.",
        _ when bucket.EndsWith("--x-s3", StringComparison.Ordinal) =>
            $"BucketName is '{bucket}', a directory bucket, which cannot serve presigned URLs to callers. "
            + "Use a general-purpose bucket.",
        _ when bucket.EndsWith(".mrap", StringComparison.Ordinal) =>
            $"BucketName is '{bucket}', a multi-region access point, whose URLs need another signature version. "
            + "Use a bucket or an access point of one region.",
        _ when bucket.StartsWith("arn:", StringComparison.Ordinal) => AccessPoint().IsMatch(bucket)
            ? null
            : $"BucketName is '{bucket}', an ARN of something else than an access point. "
                + "Set it to the name of a bucket or the ARN of an access point.",
        _ when !BucketName().IsMatch(bucket) =>
            $"BucketName is '{bucket}', which is not a bucket name. "
            + "Bucket names have 3 to 63 lower-case letters, digits, dots and hyphens, and begin and end with a letter or digit.",
        _ => null,
    };

    private static string? WrongWithPrefix(string? prefix) => prefix switch
    {
        null or "" =>
            "KeyPrefix is empty, so the expiry of status documents would clear the whole bucket. "
            + "Set it to a prefix of their own, such as 'operations/'.",
        _ when !prefix.EndsWith('/') => $"KeyPrefix is '{prefix}', which does not end with a slash. Set it to '{prefix}/'.",
        _ when prefix.Length > MaxPrefixLength => $"KeyPrefix has {prefix.Length} characters. Shorten it to at most {MaxPrefixLength}.",
        _ when prefix.Split('/')[..^1].Any(segment => segment is "" or "." or "..") =>
            $"KeyPrefix is '{prefix}', which has an empty, '.' or '..' segment that HTTP clients would rewrite. Remove it.",
        _ when !PlainKey().IsMatch(prefix) =>
            $"KeyPrefix is '{prefix}'. Use only letters, digits and - _ . /; HTTP clients treat other characters differently.",
        _ => null,
    };

    private static string? WrongWithEndpoint(string? endpoint, string? bucket) => endpoint switch
    {
        null => null,
        _ when !IsOrigin(endpoint) =>
            $"PublicEndpoint is '{endpoint}'. Set it to an address without a path, such as https://files.example.com; "
            + "the bucket is added to it.",
        _ when bucket?.StartsWith("arn:", StringComparison.Ordinal) == true =>
            "PublicEndpoint cannot be used with an access point, whose address AWS assigns. "
            + "Remove it, or set S3:BucketName to the name of a bucket.",
        _ => null,
    };

    // A path would be part of what is signed, and a proxy that removes it would break every signature.
    private static bool IsOrigin(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
        && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } && url.Host.Length > 0;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\Aarn:[a-z0-9-]+:s3:[a-z0-9-]+:[0-9]{12}:accesspoint[:/][a-z0-9-]+\z")]
    private static partial Regex AccessPoint();

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]+\z")]
    private static partial Regex PlainKey();
}

using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

internal sealed partial class S3OptionsValidator(SettingsSection settings) : IValidateOptions<S3Options>
{
    // S3 keys have at most 1,024 bytes; an operation's own part takes 37, a duration profile's at most 79.
    private const int MaxPrefixLength = 900;

    public ValidateOptionsResult Validate(string? name, S3Options options)
    {
        var errors = new SettingErrors(settings, "S3:");
        if (WrongWithBucket(options.BucketName) is { } wrongBucket)
        {
            errors.Add(nameof(options.BucketName), wrongBucket);
        }

        if (WrongWithPrefix(options.KeyPrefix) is { } wrongPrefix)
        {
            errors.Add(nameof(options.KeyPrefix), wrongPrefix);
        }

        if (options.PublicEndpoint is { } endpoint && !IsOrigin(endpoint))
        {
            errors.Add(nameof(options.PublicEndpoint),
                $"is '{endpoint}'. Set it to an address without a path, such as https://files.example.com; the bucket is added to it.");
        }

        if (options.PublicEndpoint is not null && options.BucketName?.StartsWith("arn:", StringComparison.Ordinal) == true)
        {
            errors.Add(nameof(options.PublicEndpoint), "cannot be used with an access point, whose address AWS gives. Remove it, or set S3:BucketName to a bucket's name.");
        }

        foreach (var (key, wrong) in StatusAccessSettings.WrongWith(options))
        {
            errors.Add(key, wrong);
        }

        return errors.ToResult();
    }

    // A path would be part of what is signed, and a proxy that removes it would break every signature.
    private static bool IsOrigin(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
        && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } && url.Host.Length > 0;

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    private static string? WrongWithBucket(string? bucket) => bucket switch
    {
        null or "" => "is missing. Set it to the name of the bucket for status documents.",
        _ when bucket.EndsWith("--x-s3", StringComparison.Ordinal) =>
            $"is '{bucket}', a directory bucket, which needs a session for every reader and cannot serve presigned URLs to callers. Use a general-purpose bucket.",
        _ when bucket.EndsWith(".mrap", StringComparison.Ordinal) =>
            $"is '{bucket}', a multi-region access point, whose URLs need another signature version. Use a bucket or an access point of one region.",
        _ when bucket.StartsWith("arn:", StringComparison.Ordinal) => AccessPoint().IsMatch(bucket)
            ? null
            : $"is '{bucket}', an ARN that is no access point's. Set it to a bucket's name or to an access point's ARN.",
        _ when !BucketName().IsMatch(bucket) =>
            $"is '{bucket}', which is no bucket name. It has 3 to 63 lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit.",
        _ => null,
    };

    private static string? WrongWithPrefix(string? prefix) => prefix switch
    {
        null or "" => "is empty: the expiry of status documents would clear the whole bucket. Set it to a prefix of their own, such as 'operations/'.",
        _ when !prefix.EndsWith('/') => $"is '{prefix}', which does not end with a slash. Set it to '{prefix}/'.",
        _ when prefix.Length > MaxPrefixLength => $"has {prefix.Length} characters. Shorten it to at most {MaxPrefixLength}.",
        _ when prefix.Split('/')[..^1].Any(segment => segment is "" or "." or "..") =>
            $"is '{prefix}', which has an empty, '.' or '..' segment that HTTP clients would rewrite. Remove it.",
        _ when !PlainKey().IsMatch(prefix) =>
            $"is '{prefix}'. Use letters, digits and - _ . / alone: other characters are not the same to every HTTP client.",
        _ => null,
    };

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\Aarn:[a-z0-9-]+:s3:[a-z0-9-]+:[0-9]{12}:accesspoint[:/][a-z0-9-]+\z")]
    private static partial Regex AccessPoint();

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]+\z")]
    private static partial Regex PlainKey();
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

internal sealed partial class S3OptionsValidator : IValidateOptions<S3Options>
{
    // S3 keys have at most 1,024 bytes. An operation adds 37, and a duration profile at most 79.
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
            + "Use a bucket or a single-region access point.",
        _ when bucket.StartsWith("arn:", StringComparison.Ordinal) => AccessPoint().IsMatch(bucket)
            ? null
            : $"BucketName is '{bucket}', which is not the ARN of an access point. "
                + "Set it to the name of a bucket or the ARN of an access point.",
        _ when !BucketName().IsMatch(bucket) =>
            $"BucketName is '{bucket}', which is not a bucket name. "
            + "Bucket names have 3 to 63 lowercase letters, digits, dots and hyphens, and begin and end with a letter or digit.",
        _ => null,
    };

    private static string? WrongWithPrefix(string? prefix) => prefix switch
    {
        null or "" =>
            "KeyPrefix is empty, so the expiry of status documents would delete every object in the bucket. "
            + "Set it to a dedicated prefix, such as 'operations/'.",
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

    // The signature would cover a path, so a proxy that removes the path would break every signature.
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

/// <summary>Validates the settings that define who may read status documents.</summary>
internal static partial class StatusAccessSettings
{
    public static IEnumerable<string?> WrongWith(S3Options options) => [
        .. All(nameof(options.AllowedOrigins), options.AllowedOrigins, WrongWithOrigin),
        .. All(nameof(options.AllowedIpRanges), options.AllowedIpRanges, WrongWithRange),
        .. All(nameof(options.AllowedVpcEndpoints), options.AllowedVpcEndpoints, WrongWithEndpoint)];

    private static IEnumerable<string?> All(string key, IList<string> values, Func<string, string?> wrongWith) =>
        values.Select((value, at) => (value is null ? "is null. Set it, or remove it." : wrongWith(value)) is { } wrong
            ? $"{key}:{at} {wrong}"
            : null);

    private static string? WrongWithOrigin(string origin)
    {
        if (origin.Contains('*', StringComparison.Ordinal))
        {
            return $"is '{origin}', which lets any page read every status URL that it obtains. List each origin, such as "
                + "'https://shop.example.com'.";
        }

        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.Host.Length == 0)
        {
            return $"is '{origin}', which is not an origin. Set it to a scheme, a host and, if not the default, a port, such as "
                + "'https://shop.example.com' or 'http://localhost:5080'.";
        }

        // Browsers send an origin in lowercase and without a default port, and S3 compares it verbatim.
        var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        var right = $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}{port}";
        right = uri.HostNameType == UriHostNameType.IPv6 ? uri.GetLeftPart(UriPartial.Authority) : right;
        return origin == right ? null : $"is '{origin}', but browsers send this origin as '{right}'. Set it to that.";
    }

    private static string? WrongWithRange(string range)
    {
        var parts = range.Split('/');
        if (!IPAddress.TryParse(parts[0], out var address)
            || parts[0].Contains('%', StringComparison.Ordinal) || !IsWritten(parts[0], address))
        {
            return $"is '{range}', which is not an address range. Use CIDR notation, such as '203.0.113.0/24' or '2001:db8::/32'.";
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (parts.Length == 1)
        {
            return $"is '{range}', an address without a prefix length. For only that address, write '{range}/{bits}'.";
        }

        if (parts.Length != 2 || !PrefixLength().IsMatch(parts[1])
            || int.Parse(parts[1], CultureInfo.InvariantCulture) is var length && length > bits)
        {
            return $"is '{range}', whose prefix length is not a number from 1 to {bits}. Use CIDR notation, such as '203.0.113.0/24' or "
                + "'2001:db8::/32'.";
        }

        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bits; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return length == 0 ? $"is '{range}', which matches every address. Remove it, or list the addresses that may read."
            : new IPAddress(bytes).Equals(address) ? null
            : $"is '{range}', which has bits set after its prefix length. For the whole range, write '{new IPAddress(bytes)}/{length}'; "
                + $"for only that address, '{address}/{bits}'.";
    }

    // .NET also parses '10.1' and '0x0a000001' as addresses.
    private static bool IsWritten(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.Contains('[', StringComparison.Ordinal) : address.ToString() == text;

    private static string? WrongWithEndpoint(string endpoint) => VpcEndpoint().IsMatch(endpoint)
        ? null
        : $"is '{endpoint}', which is not the ID of a VPC endpoint. Set it to an ID such as 'vpce-1a2b3c4d'.";

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex PrefixLength();

    [GeneratedRegex(@"\Avpce-[0-9a-f]{8,17}\z")]
    private static partial Regex VpcEndpoint();
}

using System.Net;

namespace OffloadedPolling.Provisioning;

/// <summary>Ranges of addresses that no request to AWS's own S3 comes from.</summary>
internal static class PrivateRanges
{
    // RFC 1918, loopback, RFC 4193.
    private static readonly IPNetwork[] _all = [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("::1/128")];

    /// <summary>What to say where some are allowed; <see langword="null"/> where none is.</summary>
    /// <param name="ranges">In CIDR notation.</param>
    /// <param name="hasVpcEndpoint">Whether callers may come through a VPC endpoint as well.</param>
    public static string? Warning(IEnumerable<string> ranges, bool hasVpcEndpoint)
    {
        var known = ranges.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var some = known.Where(IsPrivate).ToList();
        return some.Count == 0
            ? null
            : $"S3:AllowedIpRanges names private addresses ({string.Join(", ", some)}), and S3 sees public ones alone: they let nobody in{(some.Count == known.Count && !hasVpcEndpoint
                ? ", and there is nothing else, so that everybody is shut out" : "")}. "
                + "Name the public addresses that callers come from, or their VPC endpoint in S3:AllowedVpcEndpoints.";
    }

    private static bool IsPrivate(string range) =>
        IPNetwork.TryParse(range, out var network) && _all.Any(each => each.PrefixLength <= network.PrefixLength && each.Contains(network.BaseAddress));
}

using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace OffloadedPolling.S3;

/// <summary>What is wrong with the settings that say who may read status documents.</summary>
internal static partial class StatusAccessSettings
{
    public static IEnumerable<string?> WrongWith(S3Options options) =>
        [
            .. All(nameof(options.AllowedOrigins), options.AllowedOrigins, WrongWithOrigin),
            .. All(nameof(options.AllowedIpRanges), options.AllowedIpRanges, WrongWithRange),
            .. All(nameof(options.AllowedVpcEndpoints), options.AllowedVpcEndpoints, WrongWithEndpoint),
        ];

    private static IEnumerable<string?> All(string key, IList<string> values, Func<string, string?> wrongWith) =>
        values.Select((value, at) => (value is null ? "is null. Set it, or remove it." : wrongWith(value)) is { } wrong
            ? $"{key}:{at} {wrong}"
            : null);

    private static string? WrongWithOrigin(string origin)
    {
        if (origin.Contains('*', StringComparison.Ordinal))
        {
            return $"is '{origin}', which lets any page read a status URL that it gets hold of. Name each origin, such as "
                + "'https://shop.example.com'.";
        }

        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.Host.Length == 0)
        {
            return $"is '{origin}', which is no origin. Set it to scheme, host and port if it is no usual one, such as "
                + "'https://shop.example.com' or 'http://localhost:5080'.";
        }

        // A browser sends an origin in lower case and without a usual port, and S3 compares it as it is.
        var right = $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
        right = uri.HostNameType == UriHostNameType.IPv6 ? uri.GetLeftPart(UriPartial.Authority) : right;
        return origin == right ? null : $"is '{origin}', and browsers call that origin '{right}'. Set it to that.";
    }

    private static string? WrongWithRange(string range)
    {
        var parts = range.Split('/');
        if (!IPAddress.TryParse(parts[0], out var address)
            || parts[0].Contains('%', StringComparison.Ordinal) || !IsWritten(parts[0], address))
        {
            return $"is '{range}', which is no range of addresses. Write it in CIDR notation, such as '203.0.113.0/24' or '2001:db8::/32'.";
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (parts.Length == 1)
        {
            return $"is '{range}', an address without a length. For that one address write '{range}/{bits}'.";
        }

        if (parts.Length != 2 || !PrefixLength().IsMatch(parts[1])
            || int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) is var length && length > bits)
        {
            return $"is '{range}', whose length is no number from 1 to {bits}. Write it in CIDR notation, such as '203.0.113.0/24' or "
                + "'2001:db8::/32'.";
        }

        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bits; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return length == 0 ? $"is '{range}', which is every address. Remove it, or name the addresses that may read."
            : new IPAddress(bytes).Equals(address) ? null
            : $"is '{range}', with bits behind its length. For the range that it lies in write '{new IPAddress(bytes)}/{length}', for "
                + $"that one address '{address}/{bits}'.";
    }

    // .NET also takes '10.1' and '0x0a000001' for addresses.
    private static bool IsWritten(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.Contains('[', StringComparison.Ordinal) : address.ToString() == text;

    private static string? WrongWithEndpoint(string endpoint) => VpcEndpoint().IsMatch(endpoint)
        ? null
        : $"is '{endpoint}', which is no VPC endpoint. Set it to the endpoint's id, such as 'vpce-1a2b3c4d'.";

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex PrefixLength();

    [GeneratedRegex(@"\Avpce-[0-9a-f]{8,17}\z")]
    private static partial Regex VpcEndpoint();
}

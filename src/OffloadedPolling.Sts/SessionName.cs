using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Sts;

/// <summary>
/// Names of sessions and federated users: the caller's where AWS takes it, else what fits of it and a hash, so that no two callers share
/// one.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
/// </remarks>
internal static class SessionName
{
    /// <summary>The most characters of a role session's name.</summary>
    public const int MostOfRole = 64;

    /// <summary>The most characters of a federated user's name.</summary>
    public const int MostOfFederatedUser = 32;

    private const int Least = 2;

    // Taken by AWS, and never in a name that stands as it is: so no caller can be called what another's hash comes to.
    private const char BeforeHash = '=';

    private const int HashBytes = 16;

    private static readonly SearchValues<char> _asItIs = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+,.@-");

    public static string FromCaller(string caller, int most)
    {
        if (caller.Length >= Least && caller.Length <= most && !caller.AsSpan().ContainsAnyExcept(_asItIs))
        {
            return caller;
        }

        var hash = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, HashBytes));
        var head = string.Concat(caller.Where(_asItIs.Contains).Take(most - hash.Length - 1));
        return $"{head}{BeforeHash}{hash}";
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Sts;

/// <summary>
/// Creates names of sessions and federated users: the caller if AWS accepts it, otherwise the part that fits and a hash, so that no two
/// callers share a name.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
/// </remarks>
internal static class SessionName
{
    public const int MostOfRole = 64;
    public const int MostOfFederatedUser = 32;
    private const int Least = 2;
    private const int HashBytes = 16;

    // AWS accepts this character, and unhashed names never contain it. So a caller's name cannot equal another's hash.
    private const char BeforeHash = '=';

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

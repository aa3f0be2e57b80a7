namespace OffloadedPolling.Sts;

/// <summary>How long temporary credentials may live.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html</remarks>
internal static class CredentialsDuration
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15);

    /// <summary>Of a role that allows the most; unless set, a role allows an hour.</summary>
    public static readonly TimeSpan LongestOfRole = TimeSpan.FromHours(12);

    /// <summary>Of a role that is assumed with credentials that come from a role themselves.</summary>
    public static readonly TimeSpan LongestOfChain = TimeSpan.FromHours(1);

    public static readonly TimeSpan LongestOfFederatedUser = TimeSpan.FromHours(36);

    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public static void Check(TimeSpan duration, TimeSpan longest, string operation)
    {
        if (duration < Shortest || duration > longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration), duration,
                $"Credentials of {operation} work for {Shortest} to {longest}. Ask for a duration within that.");
        }
    }

    /// <exception cref="TemporaryCredentialsException">The chain allows less.</exception>
    public static void CheckChain(TimeSpan duration)
    {
        if (duration > LongestOfChain)
        {
            throw new TemporaryCredentialsException(
                $"No credentials of {duration} can be issued: the host's own are temporary, and a role that is assumed with such works "
                + $"for {LongestOfChain} at most (role chaining). "
                + "Ask for less (Sts:Duration), or give the host the keys of an IAM user.");
        }
    }
}

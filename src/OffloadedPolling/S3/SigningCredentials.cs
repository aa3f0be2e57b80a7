using Amazon.Runtime;

namespace OffloadedPolling.S3;

/// <summary>Keys, with the instant at which they stop working, taken at one moment.</summary>
/// <param name="Keys">Access key, secret key and session token.</param>
/// <param name="ExpiresAt"><see langword="null"/> if they do not expire, or do not tell.</param>
internal readonly record struct SigningCredentials(ImmutableCredentials Keys, DateTimeOffset? ExpiresAt)
{
    /// <summary>Keys with a session token expire, whether they tell when or not.</summary>
    public bool AreTemporary => Keys.UseToken;

    public override string ToString() => $"{nameof(SigningCredentials)} {{ ExpiresAt = {ExpiresAt:O} }}";
}

using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Credentials of the test server's role that the SDK renews, as it does for a machine or a container.</summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private const string Role = "arn:aws:iam:::role/status-reader";

    private readonly AmazonSecurityTokenServiceClient _sts = new(TestServers.Credentials, new AmazonSecurityTokenServiceConfig
    {
        ServiceURL = TestServers.S3.ToString(), AuthenticationRegion = TestServers.Region,
    });

    private readonly TimeSpan _life;

    /// <param name="life">How long each set of credentials is valid; at least 1 second on this server.</param>
    public AssumedRole(TimeSpan life)
    {
        _life = life;

        // The defaults are minutes, which is longer than these credentials are valid.
        (ExpirationBuffer, PreemptExpiryTime) = (TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Gets when each set of credentials expires, by its session token.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Expiries { get; } = new();

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var answer = await _sts.AssumeRoleAsync(new AssumeRoleRequest
        {
            RoleArn = Role, RoleSessionName = $"set-{Expiries.Count}", DurationSeconds = (int)_life.TotalSeconds,
        });
        var set = answer.Credentials;
        var expiresAt = set.Expiration!.Value.ToUniversalTime();
        Expiries[set.SessionToken] = expiresAt;
        Secrets.All.Keep(set.SecretAccessKey);
        Secrets.All.Keep(set.SessionToken);
        return new CredentialsRefreshState(new ImmutableCredentials(set.AccessKeyId, set.SecretAccessKey, set.SessionToken), expiresAt);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _sts.Dispose();
        }
    }
}

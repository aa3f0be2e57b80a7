using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace OffloadedPolling.Credentials;

/// <summary>The four ways to ask STS, each with a session policy.</summary>
internal static class StsRequests
{
    public static async Task<TemporaryCredentials> SendAsync(
        IAmazonSecurityTokenService client, CredentialsGrounds grounds, string roleArn, string caller, string policy, int seconds, CancellationToken cancel)
    {
        var issued = grounds.Way switch
        {
            CredentialsWay.AssumeRoleWithWebIdentity => (await client.AssumeRoleWithWebIdentityAsync(
                new AssumeRoleWithWebIdentityRequest
                {
                    RoleArn = roleArn,
                    RoleSessionName = SessionName.Of(caller, SessionName.MostOfRole),
                    WebIdentityToken = grounds.Proof,
                    Policy = policy,
                    DurationSeconds = seconds,
                },
                cancel).ConfigureAwait(false)).Credentials,
            CredentialsWay.AssumeRoleWithSAML => (await client.AssumeRoleWithSAMLAsync(
                new AssumeRoleWithSAMLRequest
                {
                    RoleArn = roleArn,
                    PrincipalArn = grounds.PrincipalArn,
                    SAMLAssertion = grounds.Proof,
                    Policy = policy,
                    DurationSeconds = seconds,
                },
                cancel).ConfigureAwait(false)).Credentials,
            CredentialsWay.GetFederationToken => (await client.GetFederationTokenAsync(
                new GetFederationTokenRequest
                {
                    Name = SessionName.Of(caller, SessionName.MostOfFederatedUser),
                    Policy = policy,
                    DurationSeconds = seconds,
                },
                cancel).ConfigureAwait(false)).Credentials,
            _ => (await client.AssumeRoleAsync(
                new AssumeRoleRequest
                {
                    RoleArn = roleArn,
                    RoleSessionName = SessionName.Of(caller, SessionName.MostOfRole),
                    Policy = policy,
                    DurationSeconds = seconds,
                },
                cancel).ConfigureAwait(false)).Credentials,
        };
        return issued is { AccessKeyId: not null, SecretAccessKey: not null, SessionToken: not null, Expiration: { } expiration }
            ? new TemporaryCredentials(issued.AccessKeyId, issued.SecretAccessKey, issued.SessionToken, new DateTimeOffset(expiration.ToUniversalTime()))
            : throw new TemporaryCredentialsException($"STS answered {grounds} without credentials, or without their expiry. Check AWS_ENDPOINT_URL_STS.");
    }
}

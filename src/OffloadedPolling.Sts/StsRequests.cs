using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace OffloadedPolling.Sts;

/// <summary>Sends the four requests of STS, each with a session policy.</summary>
internal static class StsRequests
{
    public static async Task<TemporaryCredentials> SendAsync(
        IAmazonSecurityTokenService client, StsAction action, string roleArn, string caller, string policy, int seconds,
        CancellationToken cancellationToken)
    {
        var session = SessionName.FromCaller(caller, SessionName.MostOfRole);
        var issued = action.Kind switch
        {
            StsActionKind.AssumeRoleWithWebIdentity => (await client.AssumeRoleWithWebIdentityAsync(
                new AssumeRoleWithWebIdentityRequest
                {
                    RoleArn = roleArn, RoleSessionName = session, WebIdentityToken = action.Proof,
                    Policy = policy, DurationSeconds = seconds,
                },
                cancellationToken).ConfigureAwait(false)).Credentials,
            StsActionKind.AssumeRoleWithSAML => (await client.AssumeRoleWithSAMLAsync(
                new AssumeRoleWithSAMLRequest
                {
                    RoleArn = roleArn, PrincipalArn = action.PrincipalArn, SAMLAssertion = action.Proof,
                    Policy = policy, DurationSeconds = seconds,
                },
                cancellationToken).ConfigureAwait(false)).Credentials,
            StsActionKind.GetFederationToken => (await client.GetFederationTokenAsync(
                new(SessionName.FromCaller(caller, SessionName.MostOfFederatedUser)) { Policy = policy, DurationSeconds = seconds },
                cancellationToken).ConfigureAwait(false)).Credentials,
            _ => (await client.AssumeRoleAsync(
                new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = session, Policy = policy, DurationSeconds = seconds },
                cancellationToken).ConfigureAwait(false)).Credentials,
        };
        return issued is { AccessKeyId: not null, SecretAccessKey: not null, SessionToken: not null, Expiration: { } expiration }
            ? new(issued.AccessKeyId, issued.SecretAccessKey, issued.SessionToken, new DateTimeOffset(expiration.ToUniversalTime()))
            : throw new TemporaryCredentialsException(
                $"STS responded to {action} without credentials, or without their expiration. Check AWS_ENDPOINT_URL_STS.");
    }
}

namespace OffloadedPolling.Credentials;

/// <summary>The operations of STS.</summary>
internal enum CredentialsWay
{
    AssumeRole,
    AssumeRoleWithWebIdentity,
    AssumeRoleWithSAML,
    GetFederationToken,
}

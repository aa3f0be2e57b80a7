namespace OffloadedPolling.Sts;

/// <summary>What temporary credentials are issued on: the host's own rights, or a proof that the caller brought.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html</remarks>
public sealed class StsAction
{
    private StsAction(StsActionKind kind, string proof = "", string principalArn = "") =>
        (Kind, Proof, PrincipalArn) = (kind, proof, principalArn);

    /// <summary>The host assumes <see cref="StsOptions.RoleArn"/> with its own credentials (<c>AssumeRole</c>).</summary>
    public static StsAction AssumeRole { get; } = new(StsActionKind.AssumeRole);

    /// <summary>
    /// The host's IAM user gives of its own rights (<c>GetFederationToken</c>), for a broker of one's own. No role is assumed, so that a
    /// host with credentials of a role cannot use it.
    /// </summary>
    public static StsAction GetFederationToken { get; } = new(StsActionKind.GetFederationToken);

    /// <summary>
    /// <see cref="StsOptions.RoleArn"/> is assumed with a token of an OpenID Connect provider that the role trusts
    /// (<c>AssumeRoleWithWebIdentity</c>); the host needs no credentials for it.
    /// </summary>
    /// <param name="token">The caller's token: 4 to 20,000 characters.</param>
    /// <returns>The action. They print themselves without the token.</returns>
    public static StsAction AssumeRoleWithWebIdentity(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(StsActionKind.AssumeRoleWithWebIdentity, token);
    }

    /// <summary>
    /// <see cref="StsOptions.RoleArn"/> is assumed with an assertion of a SAML 2.0 provider that the role trusts
    /// (<c>AssumeRoleWithSAML</c>); the host needs no credentials for it. The session's name is the assertion's, not the caller's.
    /// </summary>
    /// <param name="principalArn">The provider in IAM: <c>arn:aws:iam::123456789012:saml-provider/name</c>.</param>
    /// <param name="assertion">The caller's assertion in Base64: 4 to 100,000 characters.</param>
    /// <returns>The action. They print themselves without the assertion.</returns>
    public static StsAction AssumeRoleWithSaml(string principalArn, string assertion)
    {
        ArgumentException.ThrowIfNullOrEmpty(principalArn);
        ArgumentNullException.ThrowIfNull(assertion);
        return new(StsActionKind.AssumeRoleWithSAML, assertion, principalArn);
    }

    internal StsActionKind Kind { get; }

    /// <summary>The token or assertion; empty where the host's own rights are what it rests on.</summary>
    internal string Proof { get; }

    /// <summary>The SAML provider; empty otherwise.</summary>
    internal string PrincipalArn { get; }

    internal bool IsCallersProof => Kind is StsActionKind.AssumeRoleWithWebIdentity or StsActionKind.AssumeRoleWithSAML;

    /// <summary>The operation of AWS's that stands behind.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => Kind.ToString();
}

/// <summary>The operations of STS.</summary>
internal enum StsActionKind
{
    AssumeRole,
    AssumeRoleWithWebIdentity,
    AssumeRoleWithSAML,
    GetFederationToken,
}

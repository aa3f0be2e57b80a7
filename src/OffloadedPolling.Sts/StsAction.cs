namespace OffloadedPolling.Sts;

/// <summary>An action of STS that issues temporary credentials, by the host's own rights or by a proof of the caller.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html</remarks>
public sealed class StsAction
{
    private StsAction(StsActionKind kind, string proof = "", string principalArn = "") =>
        (Kind, Proof, PrincipalArn) = (kind, proof, principalArn);

    /// <summary>The host assumes <see cref="StsOptions.RoleArn"/> with its own credentials (<c>AssumeRole</c>).</summary>
    public static StsAction AssumeRole { get; } = new(StsActionKind.AssumeRole);

    /// <summary>
    /// The credentials have rights of the host's IAM user (<c>GetFederationToken</c>). No role is assumed, and a host that has a role's
    /// credentials cannot use it.
    /// </summary>
    public static StsAction GetFederationToken { get; } = new(StsActionKind.GetFederationToken);

    /// <summary>
    /// <see cref="StsOptions.RoleArn"/> is assumed with a token of an OpenID Connect provider that the role trusts
    /// (<c>AssumeRoleWithWebIdentity</c>). The host needs no credentials for it.
    /// </summary>
    /// <param name="token">The caller's token: 4 to 20,000 characters.</param>
    /// <returns>The action. It is printed without the token.</returns>
    public static StsAction AssumeRoleWithWebIdentity(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(StsActionKind.AssumeRoleWithWebIdentity, token);
    }

    /// <summary>
    /// <see cref="StsOptions.RoleArn"/> is assumed with an assertion of a SAML 2.0 provider that the role trusts
    /// (<c>AssumeRoleWithSAML</c>). The host needs no credentials for it. The assertion names the session, not the caller.
    /// </summary>
    /// <param name="principalArn">The provider in IAM: <c>arn:aws:iam::123456789012:saml-provider/name</c>.</param>
    /// <param name="assertion">The caller's assertion in Base64: 4 to 100,000 characters.</param>
    /// <returns>The action. It is printed without the assertion.</returns>
    public static StsAction AssumeRoleWithSaml(string principalArn, string assertion)
    {
        ArgumentException.ThrowIfNullOrEmpty(principalArn);
        ArgumentNullException.ThrowIfNull(assertion);
        return new(StsActionKind.AssumeRoleWithSAML, assertion, principalArn);
    }

    internal StsActionKind Kind { get; }

    /// <summary>The token or assertion; empty if the host's own rights are used.</summary>
    internal string Proof { get; }

    /// <summary>The SAML provider; empty otherwise.</summary>
    internal string PrincipalArn { get; }

    internal bool IsCallersProof => Kind is StsActionKind.AssumeRoleWithWebIdentity or StsActionKind.AssumeRoleWithSAML;

    /// <summary>Returns the name of the action.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => Kind.ToString();
}

internal enum StsActionKind
{
    AssumeRole,
    AssumeRoleWithWebIdentity,
    AssumeRoleWithSAML,
    GetFederationToken,
}

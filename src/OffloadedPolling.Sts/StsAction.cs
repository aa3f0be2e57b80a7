namespace OffloadedPolling.Sts;

/// <summary>An action of STS that issues temporary credentials, with the host's own permissions or with a proof of the caller.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html</remarks>
public sealed class StsAction
{
    private StsAction(StsActionKind kind, string proof = "", string principalArn = "") =>
        (Kind, Proof, PrincipalArn) = (kind, proof, principalArn);

    /// <summary>Gets the action with which the host assumes <see cref="StsOptions.RoleArn"/> (<c>AssumeRole</c>).</summary>
    public static StsAction AssumeRole { get; } = new(StsActionKind.AssumeRole);

    /// <summary>
    /// Gets the action that issues credentials with permissions of the host's IAM user (<c>GetFederationToken</c>). No role is assumed. A
    /// host that uses the credentials of a role cannot use this action.
    /// </summary>
    public static StsAction GetFederationToken { get; } = new(StsActionKind.GetFederationToken);

    /// <summary>
    /// Creates an action that assumes <see cref="StsOptions.RoleArn"/> with a token of an OpenID Connect provider that the role trusts
    /// (<c>AssumeRoleWithWebIdentity</c>). The host needs no credentials.
    /// </summary>
    /// <param name="token">The caller's token, with 4 to 20,000 characters.</param>
    /// <returns>The action. Its text does not contain the token.</returns>
    public static StsAction AssumeRoleWithWebIdentity(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(StsActionKind.AssumeRoleWithWebIdentity, token);
    }

    /// <summary>
    /// Creates an action that assumes <see cref="StsOptions.RoleArn"/> with an assertion of a SAML 2.0 provider that the role trusts
    /// (<c>AssumeRoleWithSAML</c>). The host needs no credentials. The assertion, not the caller, determines the name of the session.
    /// </summary>
    /// <param name="principalArn">The ARN of the provider in IAM, such as <c>arn:aws:iam::123456789012:saml-provider/name</c>.</param>
    /// <param name="assertion">The caller's assertion in Base64, with 4 to 100,000 characters.</param>
    /// <returns>The action. Its text does not contain the assertion.</returns>
    public static StsAction AssumeRoleWithSaml(string principalArn, string assertion)
    {
        ArgumentException.ThrowIfNullOrEmpty(principalArn);
        ArgumentNullException.ThrowIfNull(assertion);
        return new(StsActionKind.AssumeRoleWithSAML, assertion, principalArn);
    }

    internal StsActionKind Kind { get; }

    /// <summary>Gets the token or assertion, which is empty if the host's own permissions are used.</summary>
    internal string Proof { get; }

    /// <summary>Gets the ARN of the SAML provider, or an empty string.</summary>
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

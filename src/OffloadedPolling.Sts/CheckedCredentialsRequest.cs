using System.Globalization;

namespace OffloadedPolling.Sts;

/// <summary>A request that was checked, with what it comes to at STS.</summary>
internal sealed class CheckedCredentialsRequest
{
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and API_AssumeRoleWithSAML.html
    private const int FewestOfProof = 4;

    private const int MostOfToken = 20_000;

    private const int MostOfAssertion = 100_000;

    private CheckedCredentialsRequest(string caller, StsAction action, TimeSpan duration, string policy, string key) =>
        (Caller, Action, Duration, Policy, Key) = (caller, action, duration, policy, key);

    public string Caller { get; }

    public StsAction Action { get; }

    /// <summary>Whole seconds.</summary>
    public TimeSpan Duration { get; }

    public string Policy { get; }

    /// <summary>The same for requests that may share credentials, and a hash, so that it holds no proof.</summary>
    public string Key { get; }

    /// <exception cref="ArgumentException">The request asks for what cannot be.</exception>
    /// <exception cref="TemporaryCredentialsException">The caller's proof has a length that no proof has.</exception>
    public static CheckedCredentialsRequest Create(
        TemporaryCredentialsRequest request, TimeSpan usualDuration, Func<IReadOnlyCollection<string>, string> policyFor,
        Predicate<string> isStatusKey)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Action, nameof(request));
        if (string.IsNullOrEmpty(request.Caller))
        {
            throw new ArgumentException(
                "The request names no caller. Set Caller to the authenticated user, so that no caller gets another's credentials.",
                nameof(request));
        }

        if (request.StatusKeys is not { Count: > 0 })
        {
            throw new ArgumentException(
                "The request names no status key. Set StatusKeys to the keys of the documents to read.", nameof(request));
        }

        foreach (var key in request.StatusKeys)
        {
            // Anything else might be another's object, or a pattern.
            if (key is null || !isStatusKey(key))
            {
                // It may be a status URL, whose query is a credential.
                throw new ArgumentException(
                    $"'{key?.Split('?')[0]}' is no status key. Take it from "
                    + $"{nameof(IOperationStatusStore)}.{nameof(IOperationStatusStore.GetStatusKey)}.",
                    nameof(request));
            }
        }

        CheckProof(request.Action);
        var duration = request.Duration ?? usualDuration;
        CredentialsDuration.Check(
            duration,
            request.Action.Kind == StsActionKind.GetFederationToken
                ? CredentialsDuration.LongestOfFederatedUser
                : CredentialsDuration.LongestOfRole,
            request.Action.ToString());
        duration = TimeSpan.FromSeconds((long)duration.TotalSeconds);
        string[] keys = [.. request.StatusKeys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var policy = policyFor(keys);
        return new CheckedCredentialsRequest(request.Caller, request.Action, duration, policy, KeyOf(request, duration, policy));
    }

    private static void CheckProof(StsAction action)
    {
        if (!action.IsCallersProof)
        {
            return;
        }

        var (what, most) = action.Kind == StsActionKind.AssumeRoleWithSAML
            ? ("A SAML assertion", MostOfAssertion)
            : ("A web identity token", MostOfToken);
        var length = action.Proof.Length;
        if (length < FewestOfProof || length > most)
        {
            throw new TemporaryCredentialsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} has {FewestOfProof} to {most} characters, and this one {length}. Pass it as the provider gave it."),
                isCallersProof: true);
        }
    }

    private static string KeyOf(TemporaryCredentialsRequest request, TimeSpan duration, string policy) => Convert.ToHexStringLower(
        FramedHash.Compute(
            request.Caller, request.Action.ToString(), request.Action.PrincipalArn, request.Action.Proof, duration.ToString(), policy));
}

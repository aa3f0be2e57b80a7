using System.Globalization;

namespace OffloadedPolling.Sts;

/// <summary>A request that was checked.</summary>
/// <param name="Caller">The authenticated user.</param>
/// <param name="Action">What the credentials are issued on.</param>
/// <param name="Duration">How long they work, in whole seconds.</param>
/// <param name="Policy">The session policy.</param>
/// <param name="Key">The same for requests that may share credentials. It is a hash, so that it holds no proof.</param>
internal sealed record CheckedCredentialsRequest(string Caller, StsAction Action, TimeSpan Duration, string Policy, string Key)
{
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and API_AssumeRoleWithSAML.html
    private const int MinProof = 4, MaxToken = 20_000, MaxAssertion = 100_000;

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
    private static readonly TimeSpan _minDuration = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _maxOfRole = TimeSpan.FromHours(12);
    private static readonly TimeSpan _maxOfFederatedUser = TimeSpan.FromHours(36);

    // Without the proof, which must not be logged.
    public override string ToString() => $"{Action} for {Caller}";

    /// <exception cref="ArgumentException">A value of the request is missing or wrong.</exception>
    /// <exception cref="TemporaryCredentialsException">The caller's proof is too short or too long.</exception>
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

        CheckKeys(request, isStatusKey);
        CheckProof(request.Action);
        var duration = Checked(request.Duration ?? usualDuration, request.Action);
        var policy = policyFor([.. request.StatusKeys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        return new(request.Caller, request.Action, duration, policy, Convert.ToHexStringLower(FramedHash.Compute(
            request.Caller, request.Action.ToString(), request.Action.PrincipalArn, request.Action.Proof, duration.ToString(), policy)));
    }

    private static void CheckKeys(TemporaryCredentialsRequest request, Predicate<string> isStatusKey)
    {
        if (request.StatusKeys is not { Count: > 0 })
        {
            throw new ArgumentException(
                "The request names no status key. Set StatusKeys to the keys of the documents to read.", nameof(request));
        }

        // Anything else could be another object, or a pattern.
        foreach (var wrong in request.StatusKeys.Where(key => key is null || !isStatusKey(key)))
        {
            // It may be a status URL, whose query is a credential.
            throw new ArgumentException(
                $"'{wrong?.Split('?')[0]}' is no status key. Take it from "
                + $"{nameof(IOperationStatusStore)}.{nameof(IOperationStatusStore.GetStatusKey)}.", nameof(request));
        }
    }

    private static void CheckProof(StsAction action)
    {
        var (what, most) = action.Kind == StsActionKind.AssumeRoleWithSAML
            ? ("A SAML assertion", MaxAssertion)
            : ("A web identity token", MaxToken);
        if (action.IsCallersProof && (action.Proof.Length < MinProof || action.Proof.Length > most))
        {
            throw new TemporaryCredentialsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} has {MinProof} to {most} characters, and this one {action.Proof.Length}. Pass it as the provider issued it."),
                isCallersProof: true);
        }
    }

    private static TimeSpan Checked(TimeSpan duration, StsAction action)
    {
        var longest = action.Kind == StsActionKind.GetFederationToken ? _maxOfFederatedUser : _maxOfRole;
        return duration >= _minDuration && duration <= longest
            ? TimeSpan.FromSeconds((long)duration.TotalSeconds)
            : throw new ArgumentOutOfRangeException(
                nameof(duration), duration,
                $"Credentials of {action} work for {_minDuration} to {longest}. Ask for a duration in this range.");
    }
}

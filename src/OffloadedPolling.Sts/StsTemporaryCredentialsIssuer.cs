using System.Globalization;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

/// <summary>Temporary credentials from AWS's Security Token Service. A session policy limits them to the requested documents.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html</remarks>
internal sealed class StsTemporaryCredentialsIssuer(
    StsConnection sts, S3Connection s3, IOperationStatusStore store, IOptions<StsOptions> options, TimeProvider time)
    : ITemporaryCredentialsIssuer
{
    // About 2 KB each.
    private const int MostKept = 10_000;

    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and API_AssumeRoleWithSAML.html
    private const int MinProof = 4, MaxToken = 20_000, MaxAssertion = 100_000;

    private static readonly TimeSpan _minDuration = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _maxOfRole = TimeSpan.FromHours(12);
    private static readonly TimeSpan _maxOfFederatedUser = TimeSpan.FromHours(36);

    // Of a role that is assumed with credentials that come from a role themselves.
    private static readonly TimeSpan _maxOfChain = TimeSpan.FromHours(1);

    // With the client's retries.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly CredentialsCache _cache = new(time, MostKept);

    public async ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Action, nameof(request));
        if (string.IsNullOrEmpty(request.Caller))
        {
            throw new ArgumentException(
                "The request names no caller. Set Caller to the authenticated user, so that no caller gets another's credentials.",
                nameof(request));
        }

        CheckKeys(request);
        CheckProof(request.Action);
        var duration = Checked(request.Duration ?? options.Value.Duration, request.Action);
        string[] keys = [.. request.StatusKeys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var policy = SessionPolicy.For(s3.Bucket, s3.Region, keys);

        // A hash, so that the cache holds no proof.
        var key = Convert.ToHexStringLower(FramedHash.Compute(
            request.Caller, request.Action.ToString(), request.Action.PrincipalArn, request.Action.Proof, duration.ToString(), policy));
        return await _cache.GetAsync(
            key, duration, request.RefusedAccessKeyId,
            () => FetchAsync(request.Caller, request.Action, duration, policy), cancellationToken).ConfigureAwait(false);
    }

    private void CheckKeys(TemporaryCredentialsRequest request)
    {
        if (request.StatusKeys is not { Count: > 0 })
        {
            throw new ArgumentException(
                "The request names no status key. Set StatusKeys to the keys of the documents to read.", nameof(request));
        }

        // Anything else could be another object, or a pattern.
        foreach (var wrong in request.StatusKeys.Where(key => key is null || !IsStatusKey(key)))
        {
            // It may be a status URL, whose query is a credential.
            throw new ArgumentException(
                $"'{wrong?.Split('?')[0]}' is no status key. Take it from "
                + $"{nameof(IOperationStatusStore)}.{nameof(IOperationStatusStore.GetStatusKey)}.", nameof(request));
        }
    }

    // Every key that the store knows is under the prefix, and none of them can be read as a pattern.
    private bool IsStatusKey(string key) => store.GetOperationId(key) is not null && key.StartsWith(s3.KeyPrefix, StringComparison.Ordinal);

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

    /// <summary>Returns the duration in whole seconds.</summary>
    private static TimeSpan Checked(TimeSpan duration, StsAction action)
    {
        var longest = action.Kind == StsActionKind.GetFederationToken ? _maxOfFederatedUser : _maxOfRole;
        return duration >= _minDuration && duration <= longest
            ? TimeSpan.FromSeconds((long)duration.TotalSeconds)
            : throw new ArgumentOutOfRangeException(
                nameof(duration), duration,
                $"Credentials of {action} work for {_minDuration} to {longest}. Ask for a duration in this range.");
    }

    private async Task<TemporaryCredentials> FetchAsync(string caller, StsAction action, TimeSpan duration, string policy)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        try
        {
            await CheckHostsKeysAsync(action, duration).ConfigureAwait(false);
            return await StsRequests.SendAsync(
                sts.Client, action, options.Value.RoleArn, caller, policy, (int)duration.TotalSeconds, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, CancellationToken.None))
        {
            throw StsErrors.ToException(action, options.Value.RoleArn, failed);
        }
    }

    private async Task CheckHostsKeysAsync(StsAction action, TimeSpan duration)
    {
        var wrong = action.Kind switch
        {
            StsActionKind.GetFederationToken =>
                "No federation token can be issued: the host's own credentials are temporary, and AWS issues such tokens only to the keys "
                + "of an IAM user. Give the host such keys, or let it assume a role.",
            StsActionKind.AssumeRole when duration > _maxOfChain =>
                $"No credentials of {duration} can be issued: the host's own are temporary, and a role that is assumed with such "
                + $"credentials works for at most {_maxOfChain} (role chaining). Set a shorter duration (Sts:Duration), or give the "
                + "host the keys of an IAM user.",
            _ => null,
        };
        if (wrong is not null && await sts.SignsWithTemporaryKeysAsync().ConfigureAwait(false))
        {
            throw new TemporaryCredentialsException(wrong);
        }
    }
}

using System.Globalization;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

/// <summary>Issues credentials of AWS Security Token Service. A session policy limits them to the requested documents.</summary>
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

    // The limit of AWS for a role that is assumed with the credentials of another role.
    private static readonly TimeSpan _maxOfChain = TimeSpan.FromHours(1);

    // Includes the retries of the client.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly CredentialsCache _cache = new(time, MostKept);

    public async ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Action is null)
        {
            throw new ArgumentException("The request has no Action.", nameof(request));
        }

        if (string.IsNullOrEmpty(request.Caller))
        {
            throw new ArgumentException(
                "The request has no caller. Set Caller to the authenticated user, so that no caller gets another's credentials.",
                nameof(request));
        }

        CheckKeys(request);
        CheckProof(request.Action);
        var duration = DurationOf(request);
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
                "The request has no status key. Set StatusKeys to the keys of the documents to read.", nameof(request));
        }

        // Any other text could be another object or a pattern.
        foreach (var wrong in request.StatusKeys.Where(key => key is null || !IsStatusKey(key)))
        {
            // The text may be a status URL, whose query is a credential.
            throw new ArgumentException(
                $"'{wrong?.Split('?')[0]}' is not a status key. Get it from "
                + $"{nameof(IOperationStatusStore)}.{nameof(IOperationStatusStore.GetStatusKey)}.", nameof(request));
        }
    }

    // All keys of the store have the prefix, and none of them is a pattern.
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
                    $"{what} must have {MinProof} to {most} characters; this one has {action.Proof.Length}. Pass it unchanged."),
                isCallersProof: true);
        }
    }

    /// <summary>Returns the duration in whole seconds.</summary>
    private TimeSpan DurationOf(TemporaryCredentialsRequest request)
    {
        var duration = request.Duration ?? options.Value.Duration;
        var longest = request.Action.Kind == StsActionKind.GetFederationToken ? _maxOfFederatedUser : _maxOfRole;
        return duration >= _minDuration && duration <= longest
            ? TimeSpan.FromSeconds((long)duration.TotalSeconds)
            : throw new ArgumentOutOfRangeException(
                nameof(request), duration, $"The duration of credentials from {request.Action} must be {_minDuration} to {longest}.");
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
                + "of an IAM user. Give the host such keys, or use AssumeRole.",
            StsActionKind.AssumeRole when duration > _maxOfChain =>
                $"Credentials for {duration} cannot be issued: the host's own credentials are temporary, which limits an assumed role to "
                + $"{_maxOfChain} (role chaining). Set a shorter duration (Sts:Duration), or give the host the keys of an IAM user.",
            _ => null,
        };
        if (wrong is not null && await sts.SignsWithTemporaryKeysAsync().ConfigureAwait(false))
        {
            throw new TemporaryCredentialsException(wrong);
        }
    }
}

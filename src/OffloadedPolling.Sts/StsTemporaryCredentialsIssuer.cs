using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

/// <summary>Temporary credentials of AWS's Security Token Service, whose session policy leaves them the documents asked for.</summary>
internal sealed class StsTemporaryCredentialsIssuer(
    StsConnection sts, S3Connection s3, IOperationStatusStore store, IOptions<StsOptions> options,
    TimeProvider time) : ITemporaryCredentialsIssuer
{
    // About 2 KB each.
    private const int MostKept = 10_000;

    // With the client's retries.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly CredentialsCache _cache = new(time, MostKept);

    public async ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken)
    {
        var order = CheckedCredentialsRequest.Create(
            request, options.Value.Duration, keys => SessionPolicy.For(s3.Bucket, s3.Region, keys), IsStatusKey);
        return await _cache.GetAsync(
            order.Key, order.Duration, request.RefusedAccessKeyId, () => FetchAsync(order), cancellationToken).ConfigureAwait(false);
    }

    // Every key that the store knows is under the prefix, and none of them can be read as a pattern.
    private bool IsStatusKey(string key) => store.GetOperationId(key) is not null && key.StartsWith(s3.KeyPrefix, StringComparison.Ordinal);

    private async Task<TemporaryCredentials> FetchAsync(CheckedCredentialsRequest order)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        try
        {
            await CheckHostsKeysAsync(order).ConfigureAwait(false);
            return await StsRequests.SendAsync(
                sts.Client, order.Action, options.Value.RoleArn, order.Caller, order.Policy, (int)order.Duration.TotalSeconds,
                timeout.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, CancellationToken.None))
        {
            throw StsErrors.ToException(order.Action, options.Value.RoleArn, failed);
        }
    }

    private async Task CheckHostsKeysAsync(CheckedCredentialsRequest order)
    {
        var way = order.Action.Kind;
        var matters = way == StsActionKind.GetFederationToken
            || (way == StsActionKind.AssumeRole && order.Duration > CredentialsDuration.LongestOfChain);
        if (!matters || !await sts.SignsWithTemporaryKeysAsync().ConfigureAwait(false))
        {
            return;
        }

        if (way == StsActionKind.GetFederationToken)
        {
            throw new TemporaryCredentialsException(
                "No federation token can be had: the host's own credentials are temporary, and AWS gives those to the keys of an IAM "
                + "user alone. Give the host such keys, or let it assume a role.");
        }

        CredentialsDuration.CheckChain(order.Duration);
    }
}

using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

/// <summary>Temporary credentials from AWS's Security Token Service. A session policy limits them to the requested documents.</summary>
internal sealed class StsTemporaryCredentialsIssuer(
    StsConnection sts, S3Connection s3, IOperationStatusStore store, IOptions<StsOptions> options, TimeProvider time)
    : ITemporaryCredentialsIssuer
{
    // About 2 KB each.
    private const int MostKept = 10_000;

    // Of a role that is assumed with credentials that come from a role themselves.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
    private static readonly TimeSpan _longestOfChain = TimeSpan.FromHours(1);

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
        var wrong = order.Action.Kind switch
        {
            StsActionKind.GetFederationToken =>
                "No federation token can be issued: the host's own credentials are temporary, and AWS issues such tokens only to the keys "
                + "of an IAM user. Give the host such keys, or let it assume a role.",
            StsActionKind.AssumeRole when order.Duration > _longestOfChain =>
                $"No credentials of {order.Duration} can be issued: the host's own are temporary, and a role that is assumed with such "
                + $"credentials works for at most {_longestOfChain} (role chaining). Set a shorter duration (Sts:Duration), or give the "
                + "host the keys of an IAM user.",
            _ => null,
        };
        if (wrong is not null && await sts.SignsWithTemporaryKeysAsync().ConfigureAwait(false))
        {
            throw new TemporaryCredentialsException(wrong);
        }
    }
}

using Amazon.Runtime;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.S3;

/// <summary>
/// Refuses the start with a registered <c>IAmazonS3</c> that hides its credentials: a decorator whose client signs with other keys than
/// status URLs would be signed with.
/// </summary>
internal sealed class S3SigningStart(
    IPresignedUrlIssuer issuer, S3Connection s3, SigningCredentialsSource credentials, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // An issuer of the host's own signs as it likes.
        if (issuer is S3PresignedUrlIssuer
            && s3.Client is not AmazonServiceClient && await FindOthersAsync().ConfigureAwait(false) is { } hidden)
        {
            throw hidden;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<StatusUrlException?> FindOthersAsync()
    {
        try
        {
            var keys = await credentials.TakeAsync(TimeSpan.Zero).ConfigureAwait(false);
            return (await SigningPlace.LearnAsync(s3, time).ConfigureAwait(false)).WhyNotOf(s3.Client, keys);
        }
        catch (Exception unknown) when (unknown is StatusUrlException or OperationStoreException or ArgumentException
            || AwsFailure.Is(unknown, CancellationToken.None))
        {
            // Without keys or a URL there is nothing to compare. The health check says what is wrong.
            return null;
        }
    }
}

using System.Text.Json;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Accepting;

/// <summary>
/// Finds the documents in a host's bucket that wait for a message that was never sent. Reads S3 and SQS directly.
/// </summary>
internal sealed class OrphanedDocuments(IServiceProvider host)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(150);

    private readonly HashSet<string> _sent = [];

    /// <summary>Waits until the host has settled its interrupted accepts and no document is orphaned.</summary>
    /// <returns>The number of documents.</returns>
    public async Task<int> WaitForNoneAsync(int atLeast = 1)
    {
        (int Documents, List<string> Orphaned) seen = (0, []);
        await Eventually.TrueAsync(
            async () =>
            {
                await host.GetRequiredService<AcceptSettlements>().WhenSettled.WaitAsync(_timeout);
                seen = await CountAsync();
                return seen.Documents >= atLeast && seen.Orphaned.Count == 0;
            },
            _timeout,
            () => $"of {seen.Documents} documents, these are orphaned: {string.Join(", ", seen.Orphaned)}");
        return seen.Documents;
    }

    /// <summary>Returns the number of documents and the IDs of those that are orphaned.</summary>
    public async Task<(int Documents, List<string> Orphaned)> CountAsync()
    {
        await ReceiveAsync();
        using var s3 = TestServers.NewS3Client();
        var bucket = host.GetRequiredService<IOptions<S3Options>>().Value.BucketName;
        var keys = ((await s3.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? [])
            .Select(found => found.Key).Where(key => key.EndsWith(".json", StringComparison.Ordinal)).ToList();
        var orphaned = new List<string>();
        foreach (var key in keys)
        {
            using var response = await s3.GetObjectAsync(bucket, key);
            var status = await JsonSerializer.DeserializeAsync(response.ResponseStream, OperationJson.Status);
            if (status is { State: OperationState.NotStarted } && !_sent.Contains(key))
            {
                orphaned.Add(status.Id);
            }
        }

        return (keys.Count, orphaned);
    }

    private async Task ReceiveAsync()
    {
        using var sqs = TestServers.NewSqsClient();
        var kind = host.GetRequiredService<IOffloadedOperations>().Kinds.Single();
        var request = new ReceiveMessageRequest
        {
            QueueUrl = host.GetRequiredService<IOptionsMonitor<OperationOptions>>().Get(kind).QueueUrl,
            MaxNumberOfMessages = 10,
            MessageAttributeNames = ["All"],
        };
        while ((await sqs.ReceiveMessageAsync(request)).Messages is { Count: > 0 } messages)
        {
            _sent.UnionWith(messages.Select(message => message.MessageAttributes["StatusKey"].StringValue));
        }
    }
}

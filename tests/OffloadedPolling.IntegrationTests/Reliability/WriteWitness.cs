using System.Collections.Concurrent;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>
/// A proxy in front of S3 that records every write. A request that reached it is forwarded even if the writer dies meanwhile.
/// </summary>
/// <remarks>
/// S3's object versions would be a better record. But in a versioned bucket, Ceph's gateway accepts every write with <c>If-None-Match</c>
/// and no write with <c>If-Match</c>.
/// </remarks>
internal sealed class WriteWitness : IAsyncDisposable
{
    private readonly ConcurrentQueue<DocumentWrite> _writes = new();

    private readonly RecordingProxy _proxy;

    private WriteWitness(RecordingProxy proxy) => _proxy = proxy;

    public Uri Address => _proxy.Address;

    public IReadOnlyCollection<DocumentWrite> Writes => _writes;

    public static async Task<WriteWitness> StartAsync()
    {
        var proxy = await RecordingProxy.StartAsync(TestServers.S3);
        var witness = new WriteWitness(proxy);
        proxy.Intercept = witness.RecordAsync;
        proxy.AfterUpstream = Confirm;
        return witness;
    }

    /// <summary>Returns the histories of all documents in the bucket, by operation ID.</summary>
    public async Task<IReadOnlyDictionary<string, DocumentHistory>> ReadAsync(string bucket)
    {
        using var s3 = TestServers.NewS3Client();
        var writes = _writes.ToLookup(write => write.Key);
        var histories = new Dictionary<string, DocumentHistory>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = "operations/" };
        for (var more = true; more;)
        {
            var page = await s3.ListObjectsV2Async(request);
            foreach (var found in (page.S3Objects ?? []).Where(found => found.Key.EndsWith(".json", StringComparison.Ordinal)))
            {
                histories.Add(Path.GetFileNameWithoutExtension(found.Key), new DocumentHistory(
                    found.Key, found.ETag.Trim('"'), writes[$"/{bucket}/{found.Key}"]));
            }

            request.ContinuationToken = page.NextContinuationToken;
            more = page.IsTruncated == true;
        }

        return histories;
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private async Task<bool> RecordAsync(HttpContext context)
    {
        if (context.Request.Method != "PUT" || !AwsAnswers.IsOfADocument(context))
        {
            return false;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.RequestAborted = CancellationToken.None;
        context.Request.Body = new MemoryStream(body.ToArray());
        var parent = context.Request.Headers.IfMatch.ToString().Trim('"');
        var write = new DocumentWrite(context.Request.Path, body.ToArray(), parent.Length > 0 ? parent : null);
        context.Items[typeof(DocumentWrite)] = write;
        _writes.Enqueue(write);
        return false;
    }

    private static void Confirm(HttpContext context)
    {
        if (context.Response.StatusCode == 200 && context.Items[typeof(DocumentWrite)] is DocumentWrite write)
        {
            context.Response.Headers.ETag.Should().Equal($"\"{write.Version}\"");
            write.Confirm();
        }
    }
}

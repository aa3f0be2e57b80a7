using System.Collections.Concurrent;
using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests a worker that cannot read the documents of the others: it stops receiving and becomes unhealthy.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class MisconfiguredWorkerTests(ITestOutputHelper output)
{
    private const int Operations = 200;

    private const int MaxReceiveCount = 3;

    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _together = 5 * _visibility;

    // In parallel, because they mostly wait.
    [Fact]
    public Task MisconfiguredWorker_FailsNothingAndIsUnhealthy() => Task.WhenAll(
        FailsNothingAsync("bucket", logged: 406), FailsNothingAsync("prefix", logged: 406), FailsNothingAsync("secret", logged: 404));

    private async Task FailsNothingAsync(string setting, int logged)
    {
        var runs = new ConcurrentDictionary<string, int>();
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(MaxReceiveCount);
        await using var host = await TestHost.CreateAsync(queueUrl: queue);
        var accepted = new List<string>();
        for (var operation = 0; operation < Operations; operation++)
        {
            accepted.Add((await host.Operations.AcceptAsync(new Parcel("Ada"))).Id);
        }

        // The misconfigured worker starts first, so that it meets the backlog.
        var bucket = setting == "bucket" ? await TestServers.NewBucketAsync() : host.Bucket;
        await using var wrong = await StartAsync(bucket, queue, deadLetters, runs, builder => Break(builder, setting));
        var watch = Stopwatch.StartNew();
        var health = wrong.Host.Services.GetRequiredService<IWorkerHealth>();
        await Eventually.TrueAsync(() => health.Problem is not null, Scale.Patience, () => "the misconfigured worker is healthy");
        await using var right = await StartAsync(host.Bucket, queue, deadLetters, runs, _ => { });
        await Eventually.TrueAsync(() => watch.Elapsed >= _together, Scale.Patience, () => "the time together is not over");
        var ends = await RunningWorker.EndsAsync(host, accepted);

        new Figures($"wrong-{setting}", output).Write(
            $"{Operations} operations, at most {ends.Max(end => end.Attempt)} deliveries of a message; ",
                $"{wrong.Host.Log.Entries.Count(entry => entry.Id is 412)} had no document");
        ends.Should().OnlyContain(end => end.State == OperationState.Succeeded);
        health.Problem.Should().NotBeNull("the worker is still misconfigured");
        wrong.Host.Log.Entries.Should().ContainSingle(entry => entry.Id == logged);
    }

    private static void Break(IOffloadedPollingBuilder builder, string setting)
    {
        switch (setting)
        {
            case "prefix":
                builder.Services.Configure<S3Options>(s3 => s3.KeyPrefix = "others/");
                break;
            case "secret":
                builder.Services.AddSingleton<IAmazonS3>(_ =>
                    TestServers.NewS3Client(
                        credentials: new BasicAWSCredentials(TestServers.AccessKey, "not-the-secret-key-of-this-user")));
                break;
        }
    }

    private static async Task<RunningWorker> StartAsync(
        string bucket, string queue, string deadLetters, ConcurrentDictionary<string, int> runs, Action<IOffloadedPollingBuilder> change)
    {
        var worker = await TestHost.CreateAsync(
            bucket: bucket,
            queueUrl: queue,
            operation: kind => (kind.VisibilityTimeout, kind.DeadLetterQueueUrl, kind.MaxConcurrency) = (_visibility, deadLetters, 2),
            build: builder =>
            {
                builder.Services.AddSingleton(runs);
                builder.AddHandler<Parcel, CountingHandler>().AddDeadLetterReader();
                change(builder);
            });
        return await RunningWorker.StartAsync(worker);
    }
}

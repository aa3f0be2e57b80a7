using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Reliability;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>Tests a claim that is written, but whose response never reaches the worker.</summary>
public sealed class LostClaimTests
{
    [Fact]
    public async Task Claim_ResponseIsLost_RunsInFirstAttempt()
    {
        TestHost? worker = null;
        var lostResponses = 0;
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.AfterUpstream = context =>
        {
            // Drops the responses to the claim, to the SDK's retries, and to the reads that would reveal the claim, until the worker
            // assumes an outage.
            var isForClaim = context.Request.Headers.IfMatch.Count > 0 || lostResponses > 0;
            if (AwsAnswers.IsOfADocument(context) && isForClaim && worker!.Log.Entries.All(entry => entry.Id != 404))
            {
                lostResponses++;
                context.Abort();
            }
        };
        await using var host = await TestHost.CreateAsync();
        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));
        var script = new HandlerScript();
        worker = await TestHost.CreateAsync(s3.Address, bucket: host.Bucket, queueUrl: host.QueueUrl, build: builder =>
        {
            builder.Services.AddSingleton(script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
        await using var running = await RunningWorker.StartAsync(worker);

        var end = (await RunningWorker.EndsAsync(host, [accepted.Id])).Single();

        (end.State, end.Attempt).Should().Be((OperationState.Succeeded, 1));
        script.Delivered.Should().ContainSingle();
        lostResponses.Should().BePositive();
        worker.Log.Entries.Should().Contain(entry => entry.Id == 404, "the claim seemed to fail");
    }
}

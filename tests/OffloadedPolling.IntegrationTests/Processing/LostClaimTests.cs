using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Reliability;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>A worker's claim is written, but the worker never hears of it.</summary>
public sealed class LostClaimTests
{
    [Fact]
    public async Task Claim_ResponseIsLost_RunsInFirstAttempt()
    {
        TestHost? worker = null;
        var answersLost = 0;
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.AfterUpstream = context =>
        {
            // Of the claim, of the SDK's retries, and of the reads that would tell that it was made, until the worker takes it for an
            // outage.
            var isOfTheClaim = context.Request.Headers.IfMatch.Count > 0 || answersLost > 0;
            if (AwsAnswers.IsOfADocument(context) && isOfTheClaim && worker!.Log.Entries.All(entry => entry.Id != 404))
            {
                answersLost++;
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
        answersLost.Should().BePositive();
        worker.Log.Entries.Should().Contain(entry => entry.Id == 404, "the claim seemed to fail");
    }
}

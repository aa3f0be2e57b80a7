using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Road;

/// <summary>What the library is for: polls do not reach the host, and writes are few.</summary>
public sealed class TwoHundredOrdersTests
{
    private const int Orders = 200;

    [Fact]
    public async Task TwoHundredOrders_FourWritesEach_AndTheHostSeesOnlyThePosts()
    {
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        await using var sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        using var settings = await OrdersSettings.CreateAsync(s3.Address, sqs.Address);
        await using var api = await OrdersProcess.StartAsync(settings.For("Api"));
        await using var worker = await OrdersProcess.StartAsync(settings.For("Worker"));
        await using var host = await RecordingProxy.StartAsync(api.Address);
        using var caller = new Caller();

        var ends = await Task.WhenAll(Enumerable.Range(0, Orders).Select(async _ =>
        {
            var accepted = await caller.PlaceAsync(host.Address);
            Assert.StartsWith(s3.Address.ToString(), accepted.StatusUrl, StringComparison.Ordinal);
            return await caller.WaitForTheEndAsync(accepted.StatusUrl);
        }));

        Assert.All(ends, end => Assert.Equal(OperationState.Succeeded, end.State));
        Assert.All(ends, end => Assert.Equal(1, end.Attempt));
        Assert.Equal(Orders, ends.Select(end => end.Id).Distinct().Count());

        var writes = s3.Requests.Where(request => request.Method == "PUT" && AwsAnswers.IsOfADocument(request.Path)).ToList();
        writes.Select(write => write.StatusCode).Should().BeSubsetOf([200, 412], "an end that meets the first progress is written again");
        var documents = writes.Where(write => write.StatusCode == 200).GroupBy(write => write.Path).ToList();
        documents.Should().HaveCount(Orders);
        // On a slow machine the end can overtake the first progress, which is then not written.
        documents.Should().OnlyContain(document => document.Count() == 3 || document.Count() == 4,
            "it is created, claimed, shows its first progress, and ends");
        Assert.True(s3.Requests.Count(request => request.Method == "GET") > Orders, "The polls went through the proxy in front of S3.");

        Assert.Equal(Orders, host.Requests.Count);
        Assert.All(host.Requests, request => Assert.Equal(("POST", "/order"), (request.Method, request.Path)));

        Assert.Equal(Orders, sqs.Requests.Count(request => request.Target == "AmazonSQS.SendMessage"));
    }
}

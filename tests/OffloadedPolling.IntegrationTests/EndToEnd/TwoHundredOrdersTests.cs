using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>The purpose of the library: polls do not reach the host, and writes are few.</summary>
public sealed class TwoHundredOrdersTests
{
    private const int Orders = 200;

    [Fact]
    public async Task TwoHundredOrders_FewWritesAndOnlyPostsReachHost()
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
            accepted.StatusUrl.Should().StartWith(s3.Address.ToString());
            return await caller.WaitForTheEndAsync(accepted.StatusUrl);
        }));

        ends.Should().AllSatisfy(end => end.State.Should().Be(OperationState.Succeeded));
        ends.Should().AllSatisfy(end => end.Attempt.Should().Be(1));
        ends.Select(end => end.Id).Distinct().Should().HaveCount(Orders);

        var writes = s3.Requests.Where(request => request.Method == "PUT" && AwsAnswers.IsOfADocument(request.Path)).ToList();
        writes.Select(write => write.StatusCode).Should().BeSubsetOf([200, 412],
            "the end is written again if it conflicts with the first progress");
        var documents = writes.Where(write => write.StatusCode == 200).GroupBy(write => write.Path).ToList();
        documents.Should().HaveCount(Orders);
        // On a slow machine the end can overtake the first progress, which is then not written.
        documents.Should().OnlyContain(document => document.Count() == 3 || document.Count() == 4,
            "the writes are creation, claim, first progress and end");
        s3.Requests.Count(request => request.Method == "GET")
            .Should().BeGreaterThan(Orders, "the polls went through the proxy in front of S3");

        host.Requests.Should().HaveCount(Orders);
        host.Requests.Should().AllSatisfy(request => (request.Method, request.Path).Should().Be(("POST", "/order")));

        sqs.Requests.Count(request => request.Target == "AmazonSQS.SendMessage").Should().Be(Orders);
    }
}

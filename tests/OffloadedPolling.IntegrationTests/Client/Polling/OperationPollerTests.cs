using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Client.Polling;

/// <summary>The poller against a running Orders with status documents on S3. A proxy records its requests to S3.</summary>
public sealed partial class OperationPollerTests : IAsyncLifetime
{
    private readonly List<OperationPoll> _polls = [];

    private readonly List<string> _pollersPaths = [];

    private RecordingProxy _s3 = null!;

    private OrdersSettings _settings = null!;

    private OrdersProcess? _orders;

    public async ValueTask InitializeAsync()
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _settings = await OrdersSettings.CreateAsync(_s3.Address, processingTime: "00:00:03");
    }

    public async ValueTask DisposeAsync()
    {
        if (_orders is not null)
        {
            await _orders.DisposeAsync();
        }

        await _s3.DisposeAsync();
        _settings.Dispose();
    }

    [Fact]
    public async Task WaitForCompletionAsync_Order_ReturnsResultAndPollsOnlyS3()
    {
        await StartAsync();
        var accepted = await PlaceAsync();
        var seen = new List<OperationStatus>();
        using var poller = NewPoller();

        var result = await poller.WaitForCompletionAsync<JsonElement>(accepted, new CallbackProgress(seen.Add));

        result.GetProperty("customer").GetString().Should().Be("Ada");
        seen[^1].State.Should().Be(OperationState.Succeeded);
        PollersRequests().Should().HaveCount(_polls.Count);
        _polls.Count.Should().BeInRange(1, 12);
        _polls[^1].Unnoticed.Should().NotBeNull();
    }

    [Fact]
    public async Task WaitForCompletionAsync_SendsETagAndNoIdentifyingHeaders()
    {
        await StartAsync(settings => settings["OffloadedPolling__MinProgressInterval"] = "00:00:00.2");
        using var poller = NewPoller(options => options.AtLeastEvery = TimeSpan.FromSeconds(0.3));

        await poller.WaitForCompletionAsync(await PlaceAsync());

        var requests = PollersRequests();
        requests.Should().AllSatisfy(request => request.Headers.Keys.Intersect(
            ["Authorization", "Cookie", "Referer", "Origin", "traceparent", "X-Api-Key"],
            StringComparer.OrdinalIgnoreCase).Should().BeEmpty());
        requests[0].Headers.Keys.Should().NotContain("If-None-Match");
        requests.Should().Contain(request =>
            request.Headers.ContainsKey("If-None-Match") && request.StatusCode == (int)HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task WaitForCompletionAsync_UrlExpires_SendsCredentialsOnlyToHost()
    {
        // S3 counts whole seconds.
        await StartAsync(settings => settings["OffloadedPolling__UrlLifetime"] = "00:00:02");
        var renewals = 0;
        using var poller = NewPoller(options =>
        {
            options.AtLeastEvery = TimeSpan.FromSeconds(0.5);
            options.AuthorizeRenewal = (request, _) =>
            {
                renewals++;
                request.Headers.Authorization = new("Bearer", "a-token-of-the-host");
                request.RequestUri!.AbsolutePath.Should().MatchRegex(RenewalPath());
                return ValueTask.CompletedTask;
            };
        });

        var ended = await poller.WaitForCompletionAsync(await PlaceAsync());

        ended.State.Should().Be(OperationState.Succeeded);
        renewals.Should().BeInRange(1, 5);
        _polls.Should().Contain(poll => poll.StatusCode == HttpStatusCode.Forbidden);
        PollersRequests().Should().AllSatisfy(request => request.Headers.Keys.Should().NotContain("Authorization"));
    }

    [Fact]
    public async Task WaitForCompletionAsync_OutOfStock_ThrowsWithProblem()
    {
        await StartAsync();
        using var poller = NewPoller();

        var failed = (await FluentActions.Awaiting(async () => await poller.WaitForCompletionAsync(await PlaceAsync("out-of-stock")))
            .Should().ThrowExactlyAsync<OperationFailedException>()).Which;

        failed.Problem.Title.Should().Be("Out of stock");
    }

    [Fact]
    public async Task WaitForCompletionAsync_DocumentDeleted_ThrowsMissing()
    {
        await StartAsync();
        var accepted = await PlaceAsync();
        using var poller = NewPoller();
        await poller.WaitForCompletionAsync(accepted);
        using var client = TestServers.NewS3Client();
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _settings.Bucket, Key = $"operations/{accepted.Id}.json" });

        var gone = (await FluentActions.Awaiting(() => poller.WaitForCompletionAsync(accepted))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        gone.Reason.Should().Be(OperationUnavailableReason.Missing);
        gone.ToString().Should().NotContainEquivalentOf("Signature");
    }

    [Fact]
    public async Task WaitForCompletionAsync_TimesOut_CanBeResumed()
    {
        await StartAsync();
        var accepted = await PlaceAsync();
        using var impatient = NewPoller(options => options.Timeout = TimeSpan.FromSeconds(0.5));

        var late = (await FluentActions.Awaiting(() => impatient.WaitForCompletionAsync(accepted))
            .Should().ThrowExactlyAsync<OperationTimeoutException>()).Which;
        using var poller = NewPoller();
        var ended = await poller.WaitForCompletionAsync(late.ResumeToken!);

        (ended.Id, ended.State).Should().Be((accepted.Id, OperationState.Succeeded));
    }

    [Fact]
    public async Task WatchAsync_S3IsBusy_Retries()
    {
        await StartAsync();
        var accepted = await PlaceAsync();
        var refused = 0;
        _s3.Intercept = context =>
        {
            var isPoll = context.Request.Query.ContainsKey("X-Amz-Signature") && refused < 2;
            if (isPoll)
            {
                refused++;
                context.Response.StatusCode = 503;
            }

            return Task.FromResult(isPoll);
        };
        using var poller = NewPoller();
        var states = new List<OperationState>();

        await foreach (var status in poller.WatchAsync(accepted))
        {
            states.Add(status.State);
        }

        refused.Should().Be(2);
        states[^1].Should().Be(OperationState.Succeeded);
        states.Distinct().Should().Equal(states.Distinct().Order());
    }

    [Fact]
    public async Task Estimate_OperationsWereMeasured_HasQuantiles()
    {
        await StartAsync();
        using var poller = NewPoller();
        var prior = await PlaceAsync();
        await poller.WaitForCompletionAsync(prior);
        (prior.Estimate?.Quantiles).Should().BeNull();

        // A new host uses the first host's measurements as soon as it has read them, which can be after its first accept.
        await _orders!.DisposeAsync();
        await StartAsync();
        AcceptedOperation? accepted = null;
        await Eventually.TrueAsync(
            async () => (accepted = await PlaceAsync()).Estimate?.Quantiles is not null, TimeSpan.FromSeconds(60),
            () => $"the estimate is {accepted?.Estimate}");
        OperationStatus? running = null;
        await Eventually.TrueAsync(
            async () => (running = await PollAsync(accepted!)).State != OperationState.NotStarted, TimeSpan.FromSeconds(60),
            () => $"the status is {running}");

        accepted!.Estimate!.Quantiles!.Should().HaveCount(OperationEstimate.QuantileLevels.Count);
        accepted.Estimate.Median.TotalSeconds.Should().BeInRange(2.5, 30);
        running!.State.Should().Be(OperationState.Running);
        (running.Estimate?.Quantiles?.Count).Should().Be(OperationEstimate.QuantileLevels.Count);
    }

    private static async Task<OperationStatus> PollAsync(AcceptedOperation accepted)
    {
        using var caller = new Caller();
        return await caller.PollAsync(accepted.StatusUrl);
    }

    private async Task StartAsync(Action<Dictionary<string, string>>? configure = null)
    {
        var settings = _settings.For("All");
        settings["OffloadedPolling__Operations__orders__ExpectedMedian"] = "00:00:03";
        settings["OffloadedPolling__Operations__orders__ExpectedUpper"] = "00:00:04";
        // Messages that a stopped process had received are redelivered after this time.
        settings["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:05";
        configure?.Invoke(settings);
        _orders = await OrdersProcess.StartAsync(settings);
    }

    private async Task<AcceptedOperation> PlaceAsync(string sku = "book")
    {
        using var caller = new Caller();
        using var response = await caller.PostAsync(_orders!.Address, $$"""{"customer":"Ada","items":[{"sku":"{{sku}}","quantity":1}]}""");
        var accepted = await OperationPoller.ReadAcceptedAsync(response);
        _pollersPaths.Add(new Uri(accepted.StatusUrl).AbsolutePath);
        return accepted;
    }

    private OperationPoller NewPoller(Action<OperationPollerOptions>? configure = null)
    {
        var options = new OperationPollerOptions { Timeout = TimeSpan.FromSeconds(60), Polled = _polls.Add };
        configure?.Invoke(options);
        return new OperationPoller(options);
    }

    // The host and the worker sign their requests in a header; the poller's URLs are presigned.
    private List<RecordedRequest> PollersRequests() =>
        [.. _s3.Requests.Where(request => request.Method == "GET"
            && _pollersPaths.Contains(request.Path) && !request.Headers.ContainsKey("x-amz-date"))];

    [GeneratedRegex("^/operations/[0-9a-f]{32}/url$")]
    private static partial Regex RenewalPath();

    private sealed class CallbackProgress(Action<OperationStatus> report) : IProgress<OperationStatus>
    {
        public void Report(OperationStatus value) => report(value);
    }
}

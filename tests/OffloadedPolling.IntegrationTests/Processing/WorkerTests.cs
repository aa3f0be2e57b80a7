using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>What a worker makes of messages and of handlers' ends.</summary>
public sealed class WorkerTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly Desk _desk = new();

    private readonly List<IHostedService> _started = [];

    private TestHost _host = null!;

    private RecordingProxy _s3 = null!;

    public async ValueTask InitializeAsync()
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(
            _s3.Address,
            options: options => (options.MinProgressInterval, options.ShutdownTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300)),
            operation: kind => (kind.VisibilityTimeout, kind.MaxConcurrency) = (TimeSpan.FromSeconds(2), 3),
            build: builder =>
            {
                builder.Services.AddSingleton(_desk);
                builder.AddHandler<Parcel, ParcelHandler>();
            });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task BadMessages_NeverRun_AndOthersGoOn()
    {
        await StartAsync();
        var waiting = await _host.Store.CreateAsync(Status.S3StoreTests.Waiting(), OperationMetadata.Empty, default);
        var ofAnotherKind = await _host.Store.CreateAsync(
            Status.S3StoreTests.Waiting("0123456789abcdef0123456789abcde1") with { Kind = "letters" }, OperationMetadata.Empty, default);
        await SendAsync("""{"To":"nobody"}""", null);
        await SendAsync("""{"To":"nobody"}""", "operations/ffffffffffffffffffffffffffffffff.json");
        await SendAsync("""{"To":"nobody"}""", "elsewhere/secret.json");
        await SendAsync("no json, but a secret", _host.Store.GetStatusKey(waiting.Status.Id));
        await SendAsync("null", _host.Store.GetStatusKey(waiting.Status.Id));
        await SendAsync("""{"To":"nobody"}""", _host.Store.GetStatusKey(ofAnotherKind.Status.Id));

        var good = await _host.Operations.AcceptAsync(new Parcel("Ada"));

        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(good.Id)).Status);
        await Eventually.TrueAsync(
            () => _host.Log.Entries.Select(entry => entry.Id).Intersect([410, 411, 412, 413]).Count() == 4, _timeout, () => "not all were logged");
        Assert.Equal(["Ada"], _desk.Delivered);
        Assert.Equal(OperationState.NotStarted, (await _host.Operations.GetAsync(waiting.Status.Id))!.Status);
        Assert.DoesNotContain(_host.Log.Entries, entry => entry.Text.Contains("secret\"", StringComparison.Ordinal) || entry.Text.Contains("a secret", StringComparison.Ordinal));

        // Left to the redrive policy: they come again.
        await StopAsync();
        var again = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                again.UnionWith((await _host.Queue.ReceiveAsync("parcels", 10, default)).Select(message => message.Id));
                return again.Count == 6;
            },
            _timeout, () => $"only {again.Count} came again");
    }

    [Fact]
    public async Task AHandlerThatThrows_IsTriedAgainAndItsTextStaysInside()
    {
        _desk.Throw["Bob"] = new InvalidOperationException("connection string: secret");
        await StartAsync();

        var accepted = await _host.Operations.AcceptAsync(new Parcel("Bob"));
        await Eventually.TrueAsync(() => _host.Log.Entries.Any(entry => entry.Id == 422), _timeout, () => "the exception was not logged");
        _desk.Throw.Clear();
        var end = await EndOfAsync(accepted.Id);

        Assert.Equal(OperationState.Succeeded, end.Status);
        Assert.True(end.Attempt > 1);
        Assert.DoesNotContain("secret", System.Text.Json.JsonSerializer.Serialize(end, OperationJson.Status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHandlerThatSaysFailed_IsNotTriedAgain()
    {
        _desk.Throw["Bob"] = new OperationFailedException("No such street", "Bob lives nowhere.");
        await StartAsync();

        var end = await EndOfAsync((await _host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        Assert.Equal((OperationState.Failed, 1, "No such street"), (end.Status, end.Attempt, end.Error!.Title));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task AResultTooLargeForTheDocument_EndsAsFailedAtOnce()
    {
        _desk.Result["Bob"] = new string('x', 20_000);
        await StartAsync();

        var end = await EndOfAsync((await _host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        Assert.Equal((OperationState.Failed, 1), (end.Status, end.Attempt));
        Assert.EndsWith("result-too-large", end.Error!.Type, StringComparison.Ordinal);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Progress_IsShown_AndCoalesced()
    {
        _desk.Steps["Ada"] = 50;
        await StartAsync();

        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        OperationStatus? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await _host.Operations.GetAsync(accepted.Id))!.PercentComplete is > 0 and < 100, _timeout, () => "no progress was seen");
        var end = await EndOfAsync(accepted.Id);

        Assert.StartsWith("step ", seen!.Message, StringComparison.Ordinal);
        Assert.Equal((100, null), (end.PercentComplete, end.Message));
        var writes = _s3.Requests.Count(request => request.Method == "PUT");
        var atMost = 3 + (int)Math.Ceiling((end.LastUpdatedAt - end.CreatedAt) / TimeSpan.FromMilliseconds(200));
        Assert.InRange(writes, 4, atMost);
    }

    [Fact]
    public async Task Progress_TooLargeForTheDocument_IsRefusedToTheHandler()
    {
        _desk.Message["Ada"] = new string('x', 20_000);
        await StartAsync();

        var end = await EndOfAsync((await _host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        Assert.Equal(OperationState.Succeeded, end.Status);
        Assert.IsType<StatusDocumentTooLargeException>(Assert.Single(_desk.Refused));
    }

    [Fact]
    public async Task HandlersAtOnce_AreBounded()
    {
        await StartAsync();

        var accepted = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => _host.Operations.AcceptAsync(new Parcel("Ada"))));
        await Task.WhenAll(accepted.Select(operation => EndOfAsync(operation.Id)));

        Assert.InRange(_desk.MostAtOnce, 1, 3);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task StopAsync_AHandlerThatOutlivesTheTimeout_IsCanceledAndItsMessageGivenBack()
    {
        _desk.Wait["Ada"] = true;
        await StartAsync();
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, _timeout, () => "the handler did not begin");

        await StopAsync();

        Assert.Equal(OperationState.Running, (await _host.Operations.GetAsync(accepted.Id))!.Status);
        Assert.Contains(_host.Log.Entries, entry => entry.Id == 423);
        var again = Assert.Single(await _host.Queue.ReceiveAsync("parcels", 1, default));
        Assert.True(again.ReceiveCount > 1);
    }

    private async Task StartAsync()
    {
        foreach (var service in _host.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
            _started.Add(service);
        }
    }

    private async Task StopAsync()
    {
        foreach (var service in _started)
        {
            await service.StopAsync(default);
        }

        _started.Clear();
    }

    private async Task<OperationStatus> EndOfAsync(string id)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(async () => (last = await _host.Operations.GetAsync(id))!.Status.IsTerminal(), _timeout, () => $"it is at {last}");
        return last!;
    }

    private async Task QueueIsEmptyAsync()
    {
        using var sqs = TestServers.NewSqsClient();
        await Eventually.TrueAsync(
            async () =>
            {
                var attributes = await sqs.GetQueueAttributesAsync(_host.QueueUrl, ["All"]);
                return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible == 0;
            },
            _timeout, () => "messages are left");
    }

    private async Task SendAsync(string body, string? statusKey)
    {
        using var sqs = TestServers.NewSqsClient();
        var request = new SendMessageRequest(_host.QueueUrl, body) { MessageAttributes = [] };
        if (statusKey is not null)
        {
            request.MessageAttributes["StatusKey"] = new MessageAttributeValue { DataType = "String", StringValue = statusKey };
        }

        await sqs.SendMessageAsync(request);
    }
}

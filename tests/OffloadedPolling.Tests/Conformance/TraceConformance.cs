using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Diagnostics;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The trace of an operation from its accept to its end, with any provider.</summary>
public abstract class TraceConformance<TProvider> : ConformanceSuite<TProvider>, IDisposable
    where TProvider : IProvider, new()
{
    private readonly HandlerScript _script = new();

    private readonly RecordedActivities _activities = new();

    private readonly Activity _request = new("POST /parcel");

    private protected override void Settings(OffloadedPollingOptions options) => options.ShutdownTimeout = TimeSpan.FromMilliseconds(300);

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(1), 3, 2);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    private ActivityTraceId Trace => _request.TraceId;

    [Fact]
    public async Task Operation_AcceptToEnd_IsOneTrace()
    {
        var accepted = await AcceptAsync(new Parcel("Ada", "tea"));
        var process = await ProcessedAsync();

        var (accept, send, handle) =
            (_activities.One(Trace, $"accept {Kind}"), _activities.One(Trace, $"send {Kind}"), _activities.One(Trace, $"handle {Kind}"));
        var create = _activities.One(Trace, "create status");
        var writes = _activities.Of(Trace).Where(activity => activity.DisplayName == "write status").ToList();
        ((ActivitySpanId[])[
            accept.ParentSpanId, create.ParentSpanId, send.ParentSpanId, process.ParentSpanId, handle.ParentSpanId,
            .. writes.Select(write => write.ParentSpanId)])
            .Should().Equal(_request.SpanId, accept.SpanId, accept.SpanId, send.SpanId, process.SpanId, process.SpanId, process.SpanId);
        writes.Select(write => Tag(write, "offloaded_polling.operation.status")).Should().Equal("Running", "Succeeded");
        ((Activity[])[create, .. writes])
            .Should().AllSatisfy(write => Tag(write, "offloaded_polling.write.outcome").Should().Be("written"));
        (accept.Kind, send.Kind, process.Kind, handle.Kind)
            .Should().Be((ActivityKind.Internal, ActivityKind.Producer, ActivityKind.Consumer, ActivityKind.Internal));
        process.HasRemoteParent.Should().BeTrue();
        _activities.Of(Trace).Should().AllSatisfy(activity =>
        {
            (Tag(activity, "offloaded_polling.operation.id"), Tag(activity, "offloaded_polling.operation.kind"))
                .Should().Be((accepted.Id, Kind));
            activity.Status.Should().Be(ActivityStatusCode.Unset);
            activity.Recorded.Should().BeTrue();
        });
    }

    [Fact]
    public async Task MessageSpans_FollowSemanticConventions()
    {
        await AcceptAsync(new Parcel("Ada"));
        var process = await ProcessedAsync();

        var send = _activities.One(Trace, $"send {Kind}");
        var receive = await ReceivedAsync(send);
        new[] { (send, "send"), (receive, "receive"), (process, "process") }.Should().AllSatisfy(each =>
        {
            var (activity, operation) = each;
            (Tag(activity, "messaging.system"), Tag(activity, "messaging.operation.name"), Tag(activity, "messaging.operation.type"), Tag(
                activity, "messaging.destination.name")).Should().Be((Host.Queue.MessagingSystem, operation, operation, Kind));
        });
        Host.Queue.MessagingSystem.Should().NotBe("_OTHER");
        (receive.Kind, receive.GetTagItem("messaging.batch.message_count"))
            .Should().Be(((ActivityKind Kind, object?))(ActivityKind.Client, (object?)1));
        receive.TraceId.Should().NotBe(Trace);
        Tag(process, "offloaded_polling.operation.attempt").Should().Be("1");
        receive.Links.Should().ContainSingle().Which.Tags!.Single(tag => tag.Key == "messaging.message.id").Value
            .Should().Be(Tag(process, "messaging.message.id"));
    }

    [Fact]
    public async Task ReceiveSpan_Batch_LinksToEachMessage()
    {
        _script.Wait["Ada"] = true;
        _request.Start();
        for (var sent = 0; sent < 3; sent++)
        {
            await Host.Operations.AcceptAsync(new Parcel("Ada"));
        }

        _request.Stop();

        await Eventually.TrueAsync(() => _script.Waiting == 3, Timeout, () => $"{_script.Waiting} of 3 were received");
        await Host.StopAsync();
        var receives = _activities.All.Where(activity => activity.DisplayName == $"receive {Kind}"
            && activity.Links.Any(link => link.Context.TraceId == Trace)).ToList();
        receives.Sum(receive => receive.Links.Count()).Should().Be(3);
        receives.Should().AllSatisfy(receive =>
            receive.Links.Should().HaveCount((int)receive.GetTagItem("messaging.batch.message_count")!));
    }

    [Theory]
    [InlineData("no trace context")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task ProcessSpan_InvalidTraceParent_StartsNewTrace(string traceParent)
    {
        _script.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == 1, Timeout, () => "the handler does not run");
        await Host.Queue.SendAsync(
            Kind,
            new OutgoingMessage { Body = """{"To":"Bob"}""", StatusKey = Host.Store.GetStatusKey(accepted.Id), TraceParent = traceParent },
            default);

        Activity? stray = null;
        await Eventually.TrueAsync(
            () => (stray = _activities.All.FirstOrDefault(activity =>
                Outcome(activity) == "owned_elsewhere" && Tag(activity, "offloaded_polling.operation.id") == accepted.Id)) is not null,
            Timeout, () => "the message was not processed");
        stray!.ParentSpanId.Should().Be(default(ActivitySpanId));
    }

    [Fact]
    public async Task ProcessSpan_OperationAlreadyEnded_ReportsOutcome()
    {
        var accepted = await AcceptAsync(new Parcel("Ada"));
        await ProcessedAsync();
        await Host.Queue.SendAsync(
            Kind,
            new OutgoingMessage { Body = """{"To":"Ada"}""", StatusKey = Host.Store.GetStatusKey(accepted.Id), TraceParent = _request.Id },
            default);

        var process = await ProcessedAsync("already_ended");

        (process.ParentSpanId, process.Status).Should().Be((_request.SpanId, ActivityStatusCode.Unset));
    }

    [Fact]
    public async Task Spans_HandlerThrows_RevealOnlyExceptionType()
    {
        _script.Throw["Bob"] = new InvalidOperationException("connection string: secret");
        await AcceptAsync(new Parcel("Bob"));

        var (first, last) = (await ProcessedAsync("retried"), await ProcessedAsync("failed"));

        ((Activity[])[first, last, .. _activities.Of(Trace).Where(activity => activity.DisplayName == $"handle {Kind}")])
            .Should().AllSatisfy(activity =>
                (activity.Status, Tag(activity, "error.type")).Should().Be((ActivityStatusCode.Error, "System.InvalidOperationException")));
        (Tag(first, "offloaded_polling.operation.attempt"), Tag(last, "offloaded_polling.operation.attempt")).Should().Be(("1", "2"));
        _activities.Of(Trace).Where(Reveals("secret").Invoke).Should().BeEmpty();
    }

    [Fact]
    public async Task Spans_HandlerFails_DoNotRevealProblem()
    {
        _script.Throw["Bob"] = new OperationFailedException(
            new OperationProblem { Type = "https://example.com/secret", Title = "a secret" });
        await AcceptAsync(new Parcel("Bob"));

        var process = await ProcessedAsync("failed");

        (process.Status, Tag(process, "error.type")).Should().Be((ActivityStatusCode.Error, typeof(OperationFailedException).FullName));
        _activities.Of(Trace).Where(Reveals("secret").Invoke).Should().BeEmpty();
    }

    [Fact]
    public async Task ProcessSpan_OperationIsCanceled_IsNotAnError()
    {
        _script.Wait["Ada"] = true;
        var accepted = await AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == 1, Timeout, () => "the handler does not run");
        await Host.Operations.CancelAsync(accepted.Id);

        var process = await ProcessedAsync("canceled");

        process.Status.Should().Be(ActivityStatusCode.Unset);
        _activities.Of(Trace).Should().Contain(activity =>
            activity.DisplayName == "write status"
            && Tag(activity, "offloaded_polling.operation.status") == "Canceled" && activity.ParentSpanId == process.SpanId);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.None)]
    [InlineData(ActivityTraceFlags.Recorded)]
    public async Task Spans_InheritSamplingOfRequest(ActivityTraceFlags flags)
    {
        await AcceptAsync(new Parcel("Ada"), flags);
        var process = await ProcessedAsync();

        new[] { _activities.One(Trace, $"send {Kind}"), process }
            .Should().AllSatisfy(activity => activity.ActivityTraceFlags.Should().Be(flags));
    }

    public void Dispose()
    {
        _request.Dispose();
        _activities.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<AcceptedOperation> AcceptAsync(Parcel parcel, ActivityTraceFlags flags = ActivityTraceFlags.Recorded)
    {
        _request.ActivityTraceFlags = flags;
        _request.Start();
        var accepted = await Host.Operations.AcceptAsync(parcel);
        _request.Stop();
        return accepted;
    }

    private async Task<Activity> ProcessedAsync(string outcome = "succeeded")
    {
        Activity? process = null;
        await Eventually.TrueAsync(
            () => (process = _activities.Of(Trace).FirstOrDefault(activity =>
                activity.DisplayName == $"process {Kind}" && Outcome(activity) == outcome)) is not null,
            Timeout, () => $"no message has outcome '{outcome}', only {string.Join(", ", _activities.Of(Trace).Select(Outcome))}");
        return process!;
    }

    private async Task<Activity> ReceivedAsync(Activity send)
    {
        Activity? receive = null;
        await Eventually.TrueAsync(
            () => (receive = _activities.All.FirstOrDefault(activity =>
                activity.Links.Any(link => link.Context.SpanId == send.SpanId))) is not null,
            Timeout, () => "no receive span links to it");
        return receive!;
    }

    private static Predicate<Activity> Reveals(string text) => activity =>
        activity.TagObjects.Any(tag => $"{tag.Value}".Contains(text, StringComparison.Ordinal))
        || activity.StatusDescription?.Contains(text, StringComparison.Ordinal) == true || activity.Events.Any();

    private static string? Outcome(Activity activity) => Tag(activity, "offloaded_polling.message.outcome");

    private static string? Tag(Activity activity, string name) => activity.GetTagItem(name)?.ToString();
}

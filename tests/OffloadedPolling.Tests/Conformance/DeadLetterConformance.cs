using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Diagnostics;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>
/// The obligations of <see cref="IDeadLetterQueue"/>, and how its reader ends operations whose message could not be processed.
/// </summary>
public abstract class DeadLetterConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const int MaxReceives = 10;

    private const int MaxResends = 3;

    private IDeadLetterQueue DeadLetters => Host.Services.GetRequiredService<IDeadLetterQueue>();

    private protected override void Settings(OperationOptions kind) => kind.VisibilityTimeout = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task ReceiveAsync_UndeletedDeadLetter_IsRedeliveredWithItsId()
    {
        await SendAsync(Host.Store.GetStatusKey(Id));
        var id = await DeliverTooOftenAsync();

        var (first, again) = (await ReceiveAsync(), await ReceiveAsync());

        (first.Id, first.Body, first.StatusKey).Should().Be((id, "{}", Host.Store.GetStatusKey(Id)));
        again.Id.Should().Be(id);
        again.ReceiptHandle.Should().NotBe(first.ReceiptHandle);
        DeadLetters.IsKnown(Kind).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReceiveAsync_StatusCreatedAt_MatchesMessage(bool sent)
    {
        DateTimeOffset? createdAt = sent ? new DateTimeOffset(2026, 11, 23, 10, 0, 0, 120, TimeSpan.Zero) : null;
        await Host.Queue.SendAsync(
            Kind, new OutgoingMessage { Body = "{}", StatusKey = Host.Store.GetStatusKey(Id), StatusCreatedAt = createdAt }, default);
        await DeliverTooOftenAsync();

        var letter = await ReceiveAsync();

        letter.StatusCreatedAt.Should().Be(createdAt);
    }

    [Fact]
    public async Task ReceiveAsync_DeletedOrSetAsideMessage_IsNotRedelivered()
    {
        await SendAsync("gone");
        await DeliverTooOftenAsync();
        await DeadLetters.DeleteAsync(Kind, await ReceiveAsync(), default);
        await SendAsync("aside");
        await DeliverTooOftenAsync();
        await DeadLetters.SetAsideAsync(Kind, await ReceiveAsync(), default);
        await SendAsync("stays");
        await DeliverTooOftenAsync();

        (await ReceiveAsync()).StatusKey.Should().Be("stays");
        (await ReceiveAsync()).StatusKey.Should().Be("stays");
    }

    [Fact]
    public async Task Reader_OperationNeverStarted_ResendsThreeTimesThenFails()
    {
        await using var reader = await StartReaderAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        for (var resends = 1; resends <= MaxResends; resends++)
        {
            await DeliverTooOftenAsync();
            await LoggedAsync(reader, 449, resends);
            var waiting = await Host.Store.GetAsync(accepted.Id, default);
            (waiting!.Status.State, waiting.Metadata.ReplacedMessageIds!.Split(' ').Length)
                .Should().Be((OperationState.NotStarted, resends));
        }

        await DeliverTooOftenAsync();
        var end = await EndOfAsync(accepted.Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, null));
        end.Error!.Type.Should().EndWith("given-up");
        await LoggedAsync(reader, 431);
    }

    [Fact]
    public async Task Reader_SendFailsRepeatedly_ResendsWhenQueueRecovers()
    {
        await using var reader = await StartReaderAsync(services => DecoratedQueue.Decorate(services, isShuffled: false));
        var queue = (DecoratedQueue)reader.Services.GetRequiredService<IOperationQueue>();
        queue.BeforeSend = () => throw new OperationQueueException("The queue is down.");
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await DeliverTooOftenAsync();
        await Eventually.TrueAsync(
            () => reader.Log.Entries.Count(entry => entry.Id == 434) > MaxResends + 1, Timeout, () => "the letter was not redelivered");

        queue.BeforeSend = () => { };
        await LoggedAsync(reader, 449);

        (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task Reader_OperationNeverStarted_ResendsOriginalContent()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        var sent = await DeliverAsync(MaxReceives);
        await using var reader = await StartReaderAsync();
        await MoveToDeadLettersAsync(sent);
        await LoggedAsync(reader, 449);

        var again = (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Subject;

        again.Should().BeEquivalentTo(new { sent.Body, sent.StatusKey, sent.StatusCreatedAt, sent.TraceParent });
        again.Id.Should().NotBe(sent.Id);
        await Eventually.TrueAsync(
            async () => await Provider.CountMessagesAsync(Kind) == 1, Timeout, () => "the dead letter was not deleted");
        (await Host.Store.GetAsync(accepted.Id, default))!.Metadata.ReplacedMessageIds.Should().Be(sent.Id);
    }

    [Fact]
    public async Task Reader_LetterOfEarlierDocument_LeavesNewOperationUnchanged()
    {
        var key = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var earlier = await Host.Operations.AcceptAsync(new Parcel("Ada"), key);
        var letter = await DeliverAsync(MaxReceives);
        await Host.Operations.DeleteAsync(earlier.Id);
        var later = await Host.Operations.AcceptAsync(new Parcel("Bob"), key);
        later.Id.Should().Be(earlier.Id);
        await MoveToDeadLettersAsync(letter);

        await using var reader = await StartReaderAsync();
        await LoggedAsync(reader, 446);

        (await Host.Operations.GetAsync(later.Id))!.State.Should().Be(OperationState.NotStarted);
        (await Host.Store.GetAsync(later.Id, default))!.Metadata.ReplacedMessageIds.Should().BeNull();
    }

    [Fact]
    public async Task Reader_CancelRequestedAndWorkerDied_EndsAsCanceled()
    {
        await using var reader = await StartReaderAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        var last = await DeliverAsync(MaxReceives);
        await BeginAsync(accepted.Id, last.Id, last.ReceiveCount);
        (await Host.Operations.CancelAsync(accepted.Id))!.State.Should().Be(OperationState.Running);

        await MoveToDeadLettersAsync(last);

        var end = await EndOfAsync(accepted.Id);
        (end.State, end.Error).Should().Be((OperationState.Canceled, null));
    }

    [Fact]
    public async Task Reader_DeadLetter_ContinuesTraceOfAccept()
    {
        using var activities = new RecordedActivities();
        await using var reader = await StartReaderAsync();
        using var request = new Activity("POST").Start();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        request.Stop();
        await ExhaustResendsAsync(accepted.Id);
        await DeliverTooOftenAsync();
        await Eventually.TrueAsync(
            () => activities.Of(request.TraceId).Any(activity => activity.DisplayName == $"process {Kind} dead letters"), Timeout,
            () => "there is no span");

        var process = activities.One(request.TraceId, $"process {Kind} dead letters");
        var end = activities.One(request.TraceId, "write status");
        (process.ParentSpanId, end.ParentSpanId).Should().Be((activities.One(request.TraceId, $"send {Kind}").SpanId, process.SpanId));
        (process.GetTagItem("offloaded_polling.message.outcome"), process.GetTagItem("error.type"), process.GetTagItem(
            "offloaded_polling.operation.id"), process.GetTagItem("messaging.system"))
            .Should().Be(((object?, object?, object?, object?))("given_up", "given_up", accepted.Id, Host.Queue.MessagingSystem));
        (end.GetTagItem("offloaded_polling.operation.status"), process.Status)
            .Should().Be(((object?, ActivityStatusCode Status))("Failed", ActivityStatusCode.Error));
        activities.All.Should().Contain(activity =>
            activity.DisplayName == $"receive {Kind} dead letters" && activity.Links.Any(link => link.Context.TraceId == request.TraceId));
    }

    [Fact]
    public async Task Reader_WorkerDiedOnEveryDelivery_EndsAsFailed()
    {
        await using var reader = await StartReaderAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        var last = await DeliverAsync(MaxReceives);
        await BeginAsync(accepted.Id, last.Id, last.ReceiveCount);
        await MoveToDeadLettersAsync(last);

        var end = await EndOfAsync(accepted.Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, (int?)MaxReceives));
        end.Error!.Detail.Should().Contain("10 times");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_OperationEndedOrOwnedByOtherMessage_IsUnchanged(bool hasEnded)
    {
        await using var reader = await StartReaderAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await (hasEnded ? Host.Operations.CancelAsync(accepted.Id) : BeginAsync(accepted.Id, owner: "another", attempt: 1));
        var before = await Host.Store.GetAsync(accepted.Id, default);

        await DeliverTooOftenAsync();
        await LoggedAsync(reader, 432);

        (await Host.Store.GetAsync(accepted.Id, default)).Should().Be(before);
    }

    [Fact]
    public async Task Reader_MessageWithoutDocument_IsKeptAndOthersAreRead()
    {
        await using var reader = await StartReaderAsync();
        await SendAsync(Host.Store.GetStatusKey(Id));
        await DeliverTooOftenAsync();
        await LoggedAsync(reader, 433);

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await ExhaustResendsAsync(accepted.Id);
        await DeliverTooOftenAsync();

        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Failed);
        reader.Log.Entries.Should().ContainSingle(entry => entry.Id == 433);
    }

    private Task<ConformanceHost> StartReaderAsync(Action<IServiceCollection>? decorate = null) =>
        ConformanceHost.StartAsync(Provider, operation: Settings, build: builder =>
        {
            builder.AddDeadLetterReader();
            decorate?.Invoke(builder.Services);
        });

    private async Task<ReceivedMessage> ReceiveAsync() => (await DeadLetters.ReceiveAsync(Kind, default)).Should().ContainSingle().Which;

    // Claims the operation, as a worker does before it dies.
    private async Task BeginAsync(string id, string owner, int attempt)
    {
        var found = await Host.Store.GetAsync(id, default);
        await Host.Store.UpdateAsync(
            found!.Status with { State = OperationState.Running, Attempt = attempt },
            new OperationMetadata { OwnerMessageId = owner, ClaimId = "c-1" }, found.Version, default);
    }

    private async Task ExhaustResendsAsync(string id)
    {
        var found = await Host.Store.GetAsync(id, default);
        await Host.Store.UpdateAsync(
            found!.Status with { LastUpdatedAt = found.Status.LastUpdatedAt.AddMilliseconds(1) },
            found.Metadata with { ReplacedMessageIds = "a b c" }, found.Version, default);
    }

    private async Task<string> DeliverTooOftenAsync()
    {
        var last = await DeliverAsync(MaxReceives);
        await MoveToDeadLettersAsync(last);
        return last.Id;
    }

    // A canceled receive may have used up a delivery.
    private async Task<ReceivedMessage> DeliverAsync(int times)
    {
        var message = (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which;
        while (message.ReceiveCount < times)
        {
            await Host.Queue.ReleaseAsync(Kind, [message], TimeSpan.Zero, default);
            message = (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which;
        }

        return message;
    }

    // SQS moves a message to the dead-letter queue when it would be received once more.
    private async Task MoveToDeadLettersAsync(ReceivedMessage message)
    {
        await Host.Queue.ReleaseAsync(Kind, [message], TimeSpan.Zero, default);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        try
        {
            var others = await Host.Queue.ReceiveAsync(Kind, 10, cancel.Token);
            others.Should().NotContain(other => other.Id == message.Id);
            await Host.Queue.ReleaseAsync(Kind, others, TimeSpan.Zero, default);
        }
        catch (OperationCanceledException)
        {
            // The message is not delivered.
        }
    }

    private static Task LoggedAsync(ConformanceHost host, int id, int times = 1) =>
        Eventually.TrueAsync(
            () => host.Log.Entries.Count(entry => entry.Id == id) == times, Timeout, () => $"{id} was not logged {times} time(s)");

    private Task SendAsync(string statusKey) =>
        Host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = statusKey }, default);
}

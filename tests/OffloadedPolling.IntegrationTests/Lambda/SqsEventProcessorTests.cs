using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Messages of a real queue, handed over as AWS Lambda does it.</summary>
public sealed class SqsEventProcessorTests : IAsyncLifetime
{
    private const int MaxReceiveCount = 2;

    private static readonly TimeSpan _timeLeft = TimeSpan.FromMinutes(1);

    private readonly HandlerScript _script = new();

    private readonly AmazonSQSClient _sqs = TestServers.NewSqsClient();

    private TestHost _host = null!;

    private string _deadLetters = null!;

    private SqsEvents _queue = null!;

    private SqsEventProcessor Processor => _host.Services.GetRequiredService<SqsEventProcessor>();

    public async ValueTask InitializeAsync()
    {
        (var queue, _deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(MaxReceiveCount);
        _queue = new SqsEvents(_sqs, queue);
        _host =
            await TestHost.CreateAsync(queueUrl: queue, operation: options => options.DeadLetterQueueUrl = _deadLetters, build: builder =>
            {
                builder.Services.AddSingleton(_script);
                builder.WithSqsEvents().AddHandler<Parcel, ParcelHandler>().AddDeadLetterReader();
            });
        foreach (var service in _host.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _sqs.Dispose();
    }

    [Fact]
    public async Task ABatch_OneThrows_ItAloneFails_AndTheOthersEnd()
    {
        _script.Throw["Bob"] = new InvalidOperationException("As told.");
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo");
        var messages = await ReceiveAllAsync(3);

        var failed = await ProcessAsync(SqsEvents.Event(messages, await ArnAsync()));

        failed.Should().Equal(messages.Single(message => message.Body.Contains("Bob", StringComparison.Ordinal)).MessageId);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded, OperationState.Running, OperationState.Succeeded);
        _script.Delivered.Order().Should().Equal("Ada", "Cleo");
    }

    [Fact]
    public async Task AMessage_IsProcessedInTheTraceOfItsAccept_WithALinkToTheInvocation()
    {
        using var activities = new RecordedActivities();
        using var request = new Activity("POST").Start();
        await AcceptAsync("Ada");
        request.Stop();

        using var invocation = new Activity("invocation").Start();
        await ProcessAsync(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()));

        var process = activities.One(request.TraceId, "process parcels");
        process.ParentSpanId.Should().Be(activities.One(request.TraceId, "send parcels").SpanId);
        process.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(invocation.SpanId);
        process.GetTagItem("offloaded_polling.message.outcome").Should().Be("succeeded");
    }

    [Fact]
    public async Task NoLoopReceives()
    {
        await AcceptAsync("Ada");

        // A loop that ran beside would have it, or most likely delete it: it is here, and for the first time.
        var message = (await ReceiveAllAsync(1)).Should().ContainSingle().Which;
        message.Attributes[MessageSystemAttributeName.ApproximateReceiveCount].Should().Be("1");
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 401 || entry.Id == 430);
    }

    [Fact]
    public async Task TheSameEventTwice_RunsOnce_AndIsDoneBothTimes()
    {
        var accepted = await AcceptAsync("Ada");
        var json = SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync());

        (await ProcessAsync(json)).Should().BeEmpty();
        (await ProcessAsync(json)).Should().BeEmpty();

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
        _script.Delivered.Should().ContainSingle();
    }

    [Fact]
    public async Task AnEmptyBatch_HasNoFailures() => (await ProcessAsync("""{"Records":[]}""")).Should().BeEmpty();

    [Fact]
    public async Task APoisonMessage_DeadLetters_AndItsOperationEndsAsFailed()
    {
        // The payload cannot be read: no handler is to blame, and none can end it.
        var accepted = (await _host.Operations.AcceptAsync(new Parcel("Ada"), default)).Id;
        var message = (await ReceiveAllAsync(1)).Single();
        await _sqs.DeleteMessageAsync(_host.QueueUrl, message.ReceiptHandle);
        await _sqs.SendMessageAsync(new SendMessageRequest(_host.QueueUrl, "no JSON") { MessageAttributes = message.MessageAttributes });

        var deadLetters = new SqsEvents(_sqs, _deadLetters);
        var until = TestContext.Current.CancellationToken;
        await Eventually.TrueAsync(
            async () =>
            {
                // It never began, so it is sent again before it is given up.
                await _queue.PumpAsync(ProcessAndReleaseAsync);
                await deadLetters.PumpAsync(input => Processor.ProcessAsync(input, _timeLeft, until));
                return (await _host.Operations.GetAsync(accepted, default))!.State == OperationState.Failed;
            },
            TimeSpan.FromMinutes(2),
            () => "it was never given up");

        _host.Log.Entries.Count(entry => entry.Id == 449).Should().Be(3);
        (await deadLetters.ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task ADeadLetterOfNobody_FailsAndIsSetAside()
    {
        await _sqs.SendMessageAsync(new SendMessageRequest(_deadLetters, "{}"));
        var deadLetters = new SqsEvents(_sqs, _deadLetters);
        var message = (await deadLetters.ReceiveAsync()).Single();

        var failed = await ProcessAsync(SqsEvents.Event([message], await SqsEvents.ArnAsync(_sqs, _deadLetters)));

        failed.Should().Equal(message.MessageId);
        _host.Log.Entries.Should().Contain(entry => entry.Id == 433);
    }

    [Fact]
    public async Task RecordsOfAnotherSource_FailWithAWord_AndTheRestIsDone()
    {
        var accepted = await AcceptAsync("Ada");
        var json = JsonNode.Parse(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))!;
        json["Records"]!.AsArray().Add(JsonNode.Parse(
            """{"messageId":"strange","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:strange"}"""));
        json["Records"]!.AsArray().Add(JsonNode.Parse(
            """{"messageId":"stream","eventSource":"aws:kinesis","eventSourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/a"}"""));

        (await ProcessAsync(json.ToJsonString())).Order().Should().Equal("strange", "stream");

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
        _host.Log.Entries.Count(entry => entry.Id == 450).Should().Be(2);
        _host.Log.Entries.Should().Contain(entry =>
            entry.Text.Contains("arn:aws:sqs:us-east-1:000000000000:strange", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AMessageThatLacksSomething_FailsWithAWord_AndTheRestIsDone()
    {
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo");
        var json = JsonNode.Parse(
            SqsEvents.Event((await ReceiveAllAsync(3)).OrderBy(message => message.Body, StringComparer.Ordinal), await ArnAsync()))!;
        var withoutCount = json["Records"]![0]!.AsObject();
        var withoutKey = json["Records"]![1]!.AsObject();
        withoutCount["attributes"]!.AsObject().Remove("ApproximateReceiveCount");
        withoutKey.Remove("messageAttributes");

        var failed = await ProcessAsync(json.ToJsonString());

        failed.Order().Should().Equal(new[] { (string)withoutCount["messageId"]!, (string)withoutKey["messageId"]! }.Order());
        _host.Log.Entries.Should().Contain(entry =>
            entry.Id == 451 && entry.Text.Contains("ApproximateReceiveCount", StringComparison.Ordinal));
        _host.Log.Entries.Should().Contain(entry => entry.Id == 410);
        (await StatesAsync(accepted)).Should().Equal(OperationState.NotStarted, OperationState.NotStarted, OperationState.Succeeded);
    }

    [Fact]
    public async Task AMessageWithoutAnId_FailsTheWholeBatch_AfterTheRestIsDone()
    {
        var accepted = await AcceptAsync("Ada");
        var json = JsonNode.Parse(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))!;
        json["Records"]!.AsArray().Insert(0, JsonNode.Parse("""{"body":"{}"}"""));

        await FluentActions.Awaiting(() => ProcessAsync(json.ToJsonString())).Should().ThrowExactlyAsync<InvalidSqsEventException>();

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
    }

    [Fact]
    public async Task WhenTheTimeIsOver_HandlersAreCanceled_AndTheirMessagesGivenBack()
    {
        _script.Wait["Ada"] = true;
        var accepted = await AcceptAsync("Ada");
        var message = (await ReceiveAllAsync(1)).Single();
        using var input = Input(SqsEvents.Event([message], await ArnAsync()));

        // Half of it: the handler begins, and is canceled.
        var failed = SqsEvents.Failures(await Processor.ProcessAsync(input, TimeSpan.FromSeconds(4), default));

        failed.Should().Equal(message.MessageId);
        _script.Waiting.Should().Be(1);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Running);
        var again = (await ReceiveAllAsync(1)).Single();
        (again.MessageId, again.Attributes[MessageSystemAttributeName.ApproximateReceiveCount]).Should().Be((message.MessageId, "2"));
    }

    [Fact]
    public async Task AHandlerThatDoesNotHear_IsAbandonedInTime()
    {
        _script.Deaf["Ada"] = true;
        await AcceptAsync("Ada");
        var message = (await ReceiveAllAsync(1)).Single();
        using var input = Input(SqsEvents.Event([message], await ArnAsync()));

        var failed = SqsEvents.Failures(await Processor.ProcessAsync(input, TimeSpan.FromSeconds(4), default));

        failed.Should().Equal(message.MessageId);
        _host.Log.Entries.Should().Contain(entry => entry.Id == 428);
        _script.Wake.SetResult();
    }

    [Fact]
    public async Task TheLastDelivery_ThatThrows_EndsTheOperation_AndIsDone()
    {
        _script.Throw["Ada"] = new InvalidOperationException("As told.");
        var accepted = await AcceptAsync("Ada");

        await Eventually.TrueAsync(
            async () =>
            {
                await _queue.PumpAsync(ProcessAndReleaseAsync);
                return (await StatesAsync(accepted))[0] == OperationState.Failed;
            },
            TimeSpan.FromSeconds(60),
            () => "it never ended");

        (await _host.Operations.GetAsync(accepted[0], default))!.Attempt.Should().Be(MaxReceiveCount);
        (await new SqsEvents(_sqs, _deadLetters).ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task WhatIsMeasured_IsWrittenBeforeTheAnswer()
    {
        await AcceptAsync("Ada");
        (await ProcessAsync(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))).Should().BeEmpty();

        var profile = await _host.Services.GetRequiredService<IDurationProfileStore>().GetAsync("parcels", default);
        profile.Should().NotBeNull();
    }

    [Fact]
    public async Task NoTimeLeft_IsRefused()
    {
        using var input = Input("""{"Records":[]}""");
        await FluentActions.Awaiting(() => Processor.ProcessAsync(input, TimeSpan.Zero))
            .Should().ThrowExactlyAsync<ArgumentOutOfRangeException>();
    }

    private async Task<string[]> AcceptAsync(params string[] to)
    {
        var accepted = new List<string>();
        foreach (var each in to)
        {
            accepted.Add((await _host.Operations.AcceptAsync(new Parcel(each), default)).Id);
        }

        return [.. accepted];
    }

    private async Task<OperationState[]> StatesAsync(string[] ids) =>
        await Task.WhenAll(ids.Select(async id => (await _host.Operations.GetAsync(id, default))!.State));

    private async Task<IReadOnlyList<Message>> ReceiveAllAsync(int count)
    {
        var received = new List<Message>();
        await Eventually.TrueAsync(
            async () =>
            {
                received.AddRange(await _queue.ReceiveAsync());
                return received.Count >= count;
            },
            TimeSpan.FromSeconds(30),
            () => $"{received.Count} of {count} messages came");
        received.Should().HaveCount(count);
        return received;
    }

    private Task<string> ArnAsync() => SqsEvents.ArnAsync(_sqs, _host.QueueUrl);

    private async Task<IReadOnlyList<string>> ProcessAsync(string json)
    {
        using var input = Input(json);
        return SqsEvents.Failures(await Processor.ProcessAsync(input, _timeLeft, TestContext.Current.CancellationToken));
    }

    // What fails comes again after its visibility timeout: at once, so that no test waits for it.
    private async Task<Stream> ProcessAndReleaseAsync(Stream input)
    {
        using var copy = new MemoryStream();
        await input.CopyToAsync(copy);
        copy.Position = 0;
        var answer = await Processor.ProcessAsync(copy, _timeLeft, default);
        var failed = SqsEvents.Failures(answer);
        answer.Position = 0;
        foreach (var record in JsonNode.Parse(copy.ToArray())!["Records"]!.AsArray().Where(record =>
            failed.Contains((string)record!["messageId"]!)))
        {
            await _sqs.ChangeMessageVisibilityAsync(_host.QueueUrl, (string)record!["receiptHandle"]!, 0);
        }

        return answer;
    }

    private static MemoryStream Input(string json) => new(Encoding.UTF8.GetBytes(json));
}

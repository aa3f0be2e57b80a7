using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Messages of a real queue, passed as AWS Lambda passes them.</summary>
public sealed class SqsEventProcessorTests : SqsEventProcessorTestBase
{
    [Fact]
    public async Task ProcessAsync_OneHandlerThrows_FailsOnlyItsMessage()
    {
        Script.Throw["Bob"] = new InvalidOperationException("Thrown by the test.");
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo");
        var messages = await ReceiveAllAsync(3);

        var failed = await ProcessAsync(SqsEvents.Event(messages, await ArnAsync()));

        failed.Should().Equal(messages.Single(message => message.Body.Contains("Bob", StringComparison.Ordinal)).MessageId);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded, OperationState.Running, OperationState.Succeeded);
        Script.Delivered.Order().Should().Equal("Ada", "Cleo");
    }

    [Fact]
    public async Task ProcessAsync_ContinuesAcceptTraceAndLinksInvocation()
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
    public async Task WithSqsEvents_HostIsRunning_DoesNotReceive()
    {
        await AcceptAsync("Ada");

        // A receive loop would have taken the message. It is still here, and is received for the first time.
        var message = (await ReceiveAllAsync(1)).Should().ContainSingle().Which;
        message.Attributes[MessageSystemAttributeName.ApproximateReceiveCount].Should().Be("1");
        Host.Log.Entries.Should().NotContain(entry => entry.Id == 401 || entry.Id == 430);
    }

    [Fact]
    public async Task ProcessAsync_SameEventTwice_RunsHandlerOnce()
    {
        var accepted = await AcceptAsync("Ada");
        var json = SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync());

        (await ProcessAsync(json)).Should().BeEmpty();
        (await ProcessAsync(json)).Should().BeEmpty();

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
        Script.Delivered.Should().ContainSingle();
    }

    [Fact]
    public async Task ProcessAsync_EmptyBatch_ReturnsNoFailures() => (await ProcessAsync("""{"Records":[]}""")).Should().BeEmpty();

    [Fact]
    public async Task ProcessAsync_PoisonMessage_EndsAsFailedFromDeadLetter()
    {
        // The payload is invalid: no handler runs, so none can end the operation.
        var accepted = (await Host.Operations.AcceptAsync(new Parcel("Ada"), default)).Id;
        var message = (await ReceiveAllAsync(1)).Single();
        await Sqs.DeleteMessageAsync(Host.QueueUrl, message.ReceiptHandle);
        await Sqs.SendMessageAsync(new SendMessageRequest(Host.QueueUrl, "no JSON") { MessageAttributes = message.MessageAttributes });

        var deadLetters = new SqsEvents(Sqs, DeadLetters);
        var until = TestContext.Current.CancellationToken;
        await Eventually.TrueAsync(
            async () =>
            {
                // The operation never started, so its message is sent again before the operation ends as failed.
                await Queue.PumpAsync(ProcessAndReleaseAsync);
                await deadLetters.PumpAsync(input => Processor.ProcessAsync(input, TimeLeft, until));
                return (await Host.Operations.GetAsync(accepted, default))!.State == OperationState.Failed;
            },
            TimeSpan.FromMinutes(2),
            () => "the operation has not ended as failed");

        Host.Log.Entries.Count(entry => entry.Id == 449).Should().Be(3);
        (await deadLetters.ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task ProcessAsync_TimeRunsOut_CancelsHandlerAndReturnsMessage()
    {
        Script.Wait["Ada"] = true;
        var accepted = await AcceptAsync("Ada");
        var message = (await ReceiveAllAsync(1)).Single();
        using var input = Input(SqsEvents.Event([message], await ArnAsync()));

        // Long enough for the handler to start, and to be canceled.
        var failed = SqsEvents.Failures(await Processor.ProcessAsync(input, TimeSpan.FromSeconds(4), default));

        failed.Should().Equal(message.MessageId);
        Script.Waiting.Should().Be(1);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Running);
        var again = (await ReceiveAllAsync(1)).Single();
        (again.MessageId, again.Attributes[MessageSystemAttributeName.ApproximateReceiveCount]).Should().Be((message.MessageId, "2"));
    }

    [Fact]
    public async Task Handler_IgnoresCancellation_IsAbandoned()
    {
        Script.Deaf["Ada"] = true;
        await AcceptAsync("Ada");
        var message = (await ReceiveAllAsync(1)).Single();
        using var input = Input(SqsEvents.Event([message], await ArnAsync()));

        var failed = SqsEvents.Failures(await Processor.ProcessAsync(input, TimeSpan.FromSeconds(4), default));

        failed.Should().Equal(message.MessageId);
        Host.Log.Entries.Should().Contain(entry => entry.Id == 428);
        Script.Wake.SetResult();
    }

    [Fact]
    public async Task ProcessAsync_LastDeliveryThrows_EndsAsFailed()
    {
        Script.Throw["Ada"] = new InvalidOperationException("Thrown by the test.");
        var accepted = await AcceptAsync("Ada");

        await Eventually.TrueAsync(
            async () =>
            {
                await Queue.PumpAsync(ProcessAndReleaseAsync);
                return (await StatesAsync(accepted))[0] == OperationState.Failed;
            },
            TimeSpan.FromSeconds(60),
            () => "the operation has not ended");

        (await Host.Operations.GetAsync(accepted[0], default))!.Attempt.Should().Be(MaxReceiveCount);
        (await new SqsEvents(Sqs, DeadLetters).ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task ProcessAsync_WritesDurationProfileBeforeReturning()
    {
        await AcceptAsync("Ada");
        (await ProcessAsync(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))).Should().BeEmpty();

        var profile = await Host.Services.GetRequiredService<IDurationProfileStore>().GetAsync("parcels", default);
        profile.Should().NotBeNull();
    }

    [Fact]
    public async Task ProcessAsync_NoTimeLeft_Throws()
    {
        using var input = Input("""{"Records":[]}""");
        await FluentActions.Awaiting(() => Processor.ProcessAsync(input, TimeSpan.Zero))
            .Should().ThrowExactlyAsync<ArgumentOutOfRangeException>();
    }

    // Makes failed messages visible at once, so that no test waits for the visibility timeout.
    private async Task<Stream> ProcessAndReleaseAsync(Stream input)
    {
        using var copy = new MemoryStream();
        await input.CopyToAsync(copy);
        copy.Position = 0;
        var answer = await Processor.ProcessAsync(copy, TimeLeft, default);
        var failed = SqsEvents.Failures(answer);
        answer.Position = 0;
        foreach (var record in JsonNode.Parse(copy.ToArray())!["Records"]!.AsArray().Where(record =>
            failed.Contains((string)record!["messageId"]!)))
        {
            await Sqs.ChangeMessageVisibilityAsync(Host.QueueUrl, (string)record!["receiptHandle"]!, 0);
        }

        return answer;
    }
}

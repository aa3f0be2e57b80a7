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
    public async Task ABatch_OneThrows_ItAloneFails_AndTheOthersEnd()
    {
        Script.Throw["Bob"] = new InvalidOperationException("As told.");
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo");
        var messages = await ReceiveAllAsync(3);

        var failed = await ProcessAsync(SqsEvents.Event(messages, await ArnAsync()));

        failed.Should().Equal(messages.Single(message => message.Body.Contains("Bob", StringComparison.Ordinal)).MessageId);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded, OperationState.Running, OperationState.Succeeded);
        Script.Delivered.Order().Should().Equal("Ada", "Cleo");
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
        Host.Log.Entries.Should().NotContain(entry => entry.Id == 401 || entry.Id == 430);
    }

    [Fact]
    public async Task TheSameEventTwice_RunsOnce_AndIsDoneBothTimes()
    {
        var accepted = await AcceptAsync("Ada");
        var json = SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync());

        (await ProcessAsync(json)).Should().BeEmpty();
        (await ProcessAsync(json)).Should().BeEmpty();

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
        Script.Delivered.Should().ContainSingle();
    }

    [Fact]
    public async Task AnEmptyBatch_HasNoFailures() => (await ProcessAsync("""{"Records":[]}""")).Should().BeEmpty();

    [Fact]
    public async Task APoisonMessage_DeadLetters_AndItsOperationEndsAsFailed()
    {
        // The payload cannot be read: no handler is to blame, and none can end it.
        var accepted = (await Host.Operations.AcceptAsync(new Parcel("Ada"), default)).Id;
        var message = (await ReceiveAllAsync(1)).Single();
        await Sqs.DeleteMessageAsync(Host.QueueUrl, message.ReceiptHandle);
        await Sqs.SendMessageAsync(new SendMessageRequest(Host.QueueUrl, "no JSON") { MessageAttributes = message.MessageAttributes });

        var deadLetters = new SqsEvents(Sqs, DeadLetters);
        var until = TestContext.Current.CancellationToken;
        await Eventually.TrueAsync(
            async () =>
            {
                // It never began, so it is sent again before it is given up.
                await Queue.PumpAsync(ProcessAndReleaseAsync);
                await deadLetters.PumpAsync(input => Processor.ProcessAsync(input, TimeLeft, until));
                return (await Host.Operations.GetAsync(accepted, default))!.State == OperationState.Failed;
            },
            TimeSpan.FromMinutes(2),
            () => "it was never given up");

        Host.Log.Entries.Count(entry => entry.Id == 449).Should().Be(3);
        (await deadLetters.ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task WhenTheTimeIsOver_HandlersAreCanceled_AndTheirMessagesGivenBack()
    {
        Script.Wait["Ada"] = true;
        var accepted = await AcceptAsync("Ada");
        var message = (await ReceiveAllAsync(1)).Single();
        using var input = Input(SqsEvents.Event([message], await ArnAsync()));

        // Half of it: the handler begins, and is canceled.
        var failed = SqsEvents.Failures(await Processor.ProcessAsync(input, TimeSpan.FromSeconds(4), default));

        failed.Should().Equal(message.MessageId);
        Script.Waiting.Should().Be(1);
        (await StatesAsync(accepted)).Should().Equal(OperationState.Running);
        var again = (await ReceiveAllAsync(1)).Single();
        (again.MessageId, again.Attributes[MessageSystemAttributeName.ApproximateReceiveCount]).Should().Be((message.MessageId, "2"));
    }

    [Fact]
    public async Task AHandlerThatDoesNotHear_IsAbandonedInTime()
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
    public async Task TheLastDelivery_ThatThrows_EndsTheOperation_AndIsDone()
    {
        Script.Throw["Ada"] = new InvalidOperationException("As told.");
        var accepted = await AcceptAsync("Ada");

        await Eventually.TrueAsync(
            async () =>
            {
                await Queue.PumpAsync(ProcessAndReleaseAsync);
                return (await StatesAsync(accepted))[0] == OperationState.Failed;
            },
            TimeSpan.FromSeconds(60),
            () => "it never ended");

        (await Host.Operations.GetAsync(accepted[0], default))!.Attempt.Should().Be(MaxReceiveCount);
        (await new SqsEvents(Sqs, DeadLetters).ReceiveAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task WhatIsMeasured_IsWrittenBeforeTheAnswer()
    {
        await AcceptAsync("Ada");
        (await ProcessAsync(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))).Should().BeEmpty();

        var profile = await Host.Services.GetRequiredService<IDurationProfileStore>().GetAsync("parcels", default);
        profile.Should().NotBeNull();
    }

    [Fact]
    public async Task NoTimeLeft_IsRefused()
    {
        using var input = Input("""{"Records":[]}""");
        await FluentActions.Awaiting(() => Processor.ProcessAsync(input, TimeSpan.Zero))
            .Should().ThrowExactlyAsync<ArgumentOutOfRangeException>();
    }

    // What fails comes again after its visibility timeout: at once, so that no test waits for it.
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

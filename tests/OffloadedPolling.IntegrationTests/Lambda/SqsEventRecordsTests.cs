using System.Text.Json.Nodes;
using Amazon.SQS.Model;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Events with records that no handler can process.</summary>
public sealed class SqsEventRecordsTests : SqsEventProcessorTestBase
{
    [Fact]
    public async Task ProcessAsync_DeadLetterWithoutDocument_FailsAndIsLogged()
    {
        await Sqs.SendMessageAsync(new SendMessageRequest(DeadLetters, "{}"));
        var deadLetters = new SqsEvents(Sqs, DeadLetters);
        var message = (await deadLetters.ReceiveAsync()).Single();

        var failed = await ProcessAsync(SqsEvents.Event([message], await SqsEvents.ArnAsync(Sqs, DeadLetters)));

        failed.Should().Equal(message.MessageId);
        Host.Log.Entries.Should().Contain(entry => entry.Id == 433);
    }

    [Fact]
    public async Task ProcessAsync_UnknownSources_FailAndOthersSucceed()
    {
        var accepted = await AcceptAsync("Ada");
        var json = JsonNode.Parse(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))!;
        json["Records"]!.AsArray().Add(JsonNode.Parse(
            """{"messageId":"strange","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:strange"}"""));
        json["Records"]!.AsArray().Add(JsonNode.Parse(
            """{"messageId":"stream","eventSource":"aws:kinesis","eventSourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/a"}"""));

        (await ProcessAsync(json.ToJsonString())).Order().Should().Equal("strange", "stream");

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
        Host.Log.Entries.Count(entry => entry.Id == 450).Should().Be(2);
        Host.Log.Entries.Should().Contain(entry =>
            entry.Text.Contains("arn:aws:sqs:us-east-1:000000000000:strange", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProcessAsync_IncompleteMessages_FailAndOthersSucceed()
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
        Host.Log.Entries.Should().Contain(entry =>
            entry.Id == 451 && entry.Text.Contains("ApproximateReceiveCount", StringComparison.Ordinal));
        Host.Log.Entries.Should().Contain(entry => entry.Id == 410);
        (await StatesAsync(accepted)).Should().Equal(OperationState.NotStarted, OperationState.NotStarted, OperationState.Succeeded);
    }

    [Fact]
    public async Task ProcessAsync_MessageWithoutId_ThrowsAfterOthersSucceed()
    {
        var accepted = await AcceptAsync("Ada");
        var json = JsonNode.Parse(SqsEvents.Event(await ReceiveAllAsync(1), await ArnAsync()))!;
        json["Records"]!.AsArray().Insert(0, JsonNode.Parse("""{"body":"{}"}"""));

        await FluentActions.Awaiting(() => ProcessAsync(json.ToJsonString())).Should().ThrowExactlyAsync<InvalidSqsEventException>();

        (await StatesAsync(accepted)).Should().Equal(OperationState.Succeeded);
    }
}

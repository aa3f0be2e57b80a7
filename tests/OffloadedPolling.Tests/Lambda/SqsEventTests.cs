using System.Text;
using OffloadedPolling.Lambda;

namespace OffloadedPolling.Tests.Lambda;

public sealed class SqsEventTests
{
    private const string Record = """
        { "messageId": "m1", "receiptHandle": "h1", "body": "{}", "eventSource": "aws:sqs",
          "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:orders",
          "attributes": { "ApproximateReceiveCount": "2" },
          "messageAttributes": { "StatusKey": { "stringValue": "operations/1.json", "dataType": "String" },
            "StatusCreatedAt": { "stringValue": "2026-11-23T10:00:00.120Z", "dataType": "String" },
            "traceparent": { "stringValue": "00-1", "dataType": "String" } } }
        """;

    [Fact]
    public async Task ToMessage_CompleteRecord_ReturnsMessage()
    {
        var batch = await ReadAsync($$"""{"Records":[{{Record}}]}""");

        var record = batch.Records.Should().ContainSingle().Which;
        record.IsFromSqs.Should().BeTrue();
        record.Missing.Should().BeNull();
        var message = record.ToMessage(5, receivedAt: 66, hiddenFor: TimeSpan.FromSeconds(77));
        (message.Id, message.ReceiptHandle, message.Body, message.StatusKey, message.TraceParent)
            .Should().Be(("m1", "h1", "{}", "operations/1.json", "00-1"));
        (message.ReceiveCount, message.MaxReceiveCount, message.ReceivedAt, message.HiddenFor).Should()
            .Be((2, (int?)5, (long?)66, TimeSpan.FromSeconds(77)));
        message.StatusCreatedAt.Should().Be(new DateTimeOffset(2026, 11, 23, 10, 0, 0, 120, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("\"messageId\": \"m1\"", "messageId")]
    [InlineData("\"receiptHandle\": \"h1\"", "receiptHandle")]
    [InlineData("\"body\": \"{}\"", "body")]
    [InlineData("\"ApproximateReceiveCount\": \"2\"", "attributes.ApproximateReceiveCount")]
    public async Task Missing_MemberAbsentOrWrongType_NamesIt(string member, string missing)
    {
        var without = await ReadAsync($$"""{"Records":[{{Record.Replace(member, "\"x\": 1", StringComparison.Ordinal)}}]}""");
        var ofAnotherType = await ReadAsync(
            $$"""{"Records":[{{Record.Replace(member, member.Split(':')[0] + ": [1]", StringComparison.Ordinal)}}]}""");

        without.Records.Single().Missing.Should().Be(missing);
        ofAnotherType.Records.Single().Missing.Should().Be(missing);
    }

    [Theory]
    [InlineData("\"body\": \"{}\"", "\"body\": \"\\ud800\"", "body")]
    [InlineData("\"messageId\": \"m1\"", "\"messageId\": \"\\udc00m1\"", "messageId")]
    [InlineData("\"operations/1.json\"", "\"\\ud800\"", null)]
    public async Task Missing_LoneSurrogate_AffectsOnlyItsRecord(string text, string broken, string? missing)
    {
        var batch = await ReadAsync(
            $$"""{"Records":[{{Record.Replace(text, broken, StringComparison.Ordinal)}},{{Record}}]}""");

        batch.Records[0].Missing.Should().Be(missing);
        batch.Records[1].Missing.Should().BeNull();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Missing_ReceiveCountBelowOne_NamesIt(string count)
    {
        var batch = await ReadAsync($$"""{"Records":[{{Record.Replace("\"2\"", $"\"{count}\"", StringComparison.Ordinal)}}]}""");

        batch.Records.Single().Missing.Should().Be("attributes.ApproximateReceiveCount");
    }

    [Theory]
    [InlineData("{ \"stringValue\": \"yesterday\", \"dataType\": \"String\" }", "messageAttributes.StatusCreatedAt")]
    [InlineData("{ \"binaryValue\": \"AAAA\", \"dataType\": \"Binary\" }", "messageAttributes.StatusCreatedAt")]
    [InlineData("\"2026-11-23T10:00:00.120Z\"", "messageAttributes.StatusCreatedAt")]
    [InlineData("null", null)]
    public async Task Missing_InvalidStatusCreatedAt_NamesIt(string attribute, string? missing)
    {
        var record = Record.Replace(
            "{ \"stringValue\": \"2026-11-23T10:00:00.120Z\", \"dataType\": \"String\" }", attribute, StringComparison.Ordinal);
        var batch = await ReadAsync($$"""{"Records":[{{record}}]}""");

        batch.Records.Single().Missing.Should().Be(missing);
    }

    [Theory]
    [InlineData("\"messageAttributes\": null")]
    [InlineData("\"messageAttributes\": []")]
    [InlineData("\"messageAttributes\": { \"StatusKey\": \"operations/1.json\" }")]
    [InlineData("\"messageAttributes\": { \"StatusKey\": { \"binaryValue\": \"AAAA\", \"dataType\": \"Binary\" } }")]
    public async Task ToMessage_StatusKeyIsNotText_HasNoStatusKey(string attributes)
    {
        var record = Record[..Record.IndexOf("\"messageAttributes\"", StringComparison.Ordinal)] + attributes + "}";
        var batch = await ReadAsync($$"""{"Records":[{{record}}]}""");

        batch.Records.Single().Missing.Should().BeNull();
        batch.Records.Single().ToMessage(null, 0, TimeSpan.Zero).StatusKey.Should().BeNull();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public async Task Missing_RecordIsNotObject_NamesMessageId(string record)
    {
        var batch = await ReadAsync($$"""{"Records":[{{record}}]}""");

        batch.Records.Single().Missing.Should().Be("messageId");
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{\"Records\":[", "not JSON")]
    [InlineData("[]", "it is a JSON Array, not an object.")]
    [InlineData("{}", "it has no 'Records' array. Its members are: none.")]
    [InlineData("{\"Records\":{}}", "Its members are: 'Records'.")]
    [InlineData("{\"version\":\"2.0\",\"routeKey\":\"$default\",\"body\":\"a payload\"}", "are: 'version', 'routeKey', 'body'.")]
    public async Task ReadAsync_NotSqsEvent_ThrowsAndDescribesInput(string json, string expected)
    {
        var refused = (await FluentActions.Awaiting(() => ReadAsync(json)).Should().ThrowExactlyAsync<InvalidSqsEventException>()).Which;

        refused.Message.Should().Contain(expected);
        refused.Message.Should().Contain("event source mapping");
        refused.ToString().Should().NotContain("a payload");
    }

    private static Task<SqsEvent> ReadAsync(string json) =>
        SqsEvent.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), TestContext.Current.CancellationToken);
}

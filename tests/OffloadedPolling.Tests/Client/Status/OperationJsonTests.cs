using System.Text.Json;

namespace OffloadedPolling.Tests.Client.Status;

public sealed class OperationJsonTests
{
    private static readonly string _whole = """
        {"id":"6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30","kind":"orders","status":"Running",
        "createdAt":"2026-11-23T10:00:00.000Z","lastUpdatedAt":"2026-11-23T10:00:04.120Z","expiresAt":"2026-11-24T10:00:04.120Z",
        "attempt":1,"percentComplete":40,"message":"Reserving stock","estimate":{"median":5.2,"upper":8.9,"quantiles":[1,2.5]},
        "resourceLocation":"/order/6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30","result":{"a":1},
        "error":{"type":"about:blank","title":"Out of stock","detail":"…","extra":true}}
        """.ReplaceLineEndings("");

    [Fact]
    public void Status_RoundTrip_IsUnchanged()
    {
        var read = JsonSerializer.Deserialize(_whole, OperationJson.Status)!;

        JsonSerializer.Serialize(read, OperationJson.Status).Should().Be(_whole);
        read.State.Should().Be(OperationState.Running);
        read.Estimate!.Median.Should().Be(TimeSpan.FromSeconds(5.2));
        read.Estimate.Quantiles!.Should().Equal(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));
        read.Error!.Extensions!["extra"].GetBoolean().Should().BeTrue();
    }

    [Fact]
    public void Status_UnknownMembers_AreIgnored()
    {
        var newer = _whole.Replace("\"attempt\":1", "\"attempt\":1,\"fromTheFuture\":{\"x\":[]}", StringComparison.Ordinal);

        JsonSerializer.Deserialize(newer, OperationJson.Status)!.Attempt.Should().Be(1);
    }

    [Fact]
    public void Status_AbsentMembers_AreNotWritten()
    {
        var shortest = """
            {"id":"a","kind":"k","status":"NotStarted","createdAt":"2026-11-23T10:00:00.000Z","lastUpdatedAt":"2026-11-23T10:00:00.000Z",
            "expiresAt":"2026-11-24T10:00:00.000Z"}
            """.ReplaceLineEndings("");

        var read = JsonSerializer.Deserialize(shortest, OperationJson.Status)!;

        read.Estimate.Should().BeNull();
        JsonSerializer.Serialize(read, OperationJson.Status).Should().Be(shortest);
    }

    [Theory]
    [InlineData("\"status\":\"Running\"", "\"status\":\"Exploded\"")]
    [InlineData("\"status\":\"Running\"", "\"status\":\"running\"")]
    [InlineData("\"status\":\"Running\"", "\"status\":\"Running, Failed\"")]
    [InlineData("\"status\":\"Running\"", "\"status\":1")]
    [InlineData("\"status\":\"Running\",", "")]
    [InlineData("\"median\":5.2", "\"median\":-1")]
    [InlineData("\"median\":5.2", "\"median\":1e300")]
    [InlineData("2026-11-23T10:00:04.120Z", "yesterday")]
    public void Status_InvalidDocument_Throws(string good, string bad) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize(_whole.Replace(good, bad, StringComparison.Ordinal), OperationJson.Status))
            .Should().ThrowExactly<JsonException>();

    [Fact]
    public void Accepted_ToString_OmitsStatusUrl()
    {
        var accepted = new AcceptedOperation
        {
            Id = "a", Status = OperationState.NotStarted, StatusUrl = "https://s3/x?X-Amz-Signature=abc", StatusUrlExpiresAt = default,
            RetryAfter = default,
        };

        accepted.ToString().Should().NotContain("X-Amz");
        JsonSerializer.Serialize(accepted, OperationJson.Accepted).Should().Contain("\"statusUrl\":\"https://s3/x?X-Amz-Signature=abc\"");
    }

    [Theory]
    [InlineData(OperationState.NotStarted, false)]
    [InlineData(OperationState.Running, false)]
    [InlineData(OperationState.Succeeded, true)]
    [InlineData(OperationState.Failed, true)]
    [InlineData(OperationState.Canceled, true)]
    public void IsTerminal_ReturnsTrueForTerminalStates(OperationState state, bool terminal) => state.IsTerminal().Should().Be(terminal);
}

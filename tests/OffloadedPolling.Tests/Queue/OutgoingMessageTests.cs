namespace OffloadedPolling.Tests.Queue;

public sealed class OutgoingMessageTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static readonly DateTimeOffset _createdAt = new(2026, 11, 23, 10, 0, 0, 120, TimeSpan.Zero);

    [Fact]
    public void SizeInBytes_IncludesBodyAndAttributes()
    {
        var message = new OutgoingMessage
        {
            Body = "{\"to\":\"Zoë\"}",
            StatusKey = "operations/1.json",
            StatusCreatedAt = _createdAt,
            TraceParent = Trace,
        };

        var attributes =
            new[] { ("StatusKey", "operations/1.json"), ("StatusCreatedAt", "2026-11-23T10:00:00.120Z"), ("traceparent", Trace) };
        message.SizeInBytes.Should().Be(13 + attributes.Sum(each => each.Item1.Length + "String".Length + each.Item2.Length));
    }

    [Fact]
    public void SizeInBytes_NoStatusCreatedAt_ExcludesIt() =>
        new OutgoingMessage { Body = "", StatusKey = "k" }.SizeInBytes.Should().Be("StatusKey".Length + "String".Length + 1);

    [Theory]
    [InlineData(Trace, Trace)]
    [InlineData(null, "00-1")]
    public void With_NewCreatedAtAndTrace_KeepsOtherProperties(string? trace, string expected)
    {
        var message =
            new OutgoingMessage { Body = "{}", StatusKey = "k", StatusCreatedAt = DateTimeOffset.UnixEpoch, TraceParent = "00-1" };

        message.With(_createdAt, trace).Should().BeEquivalentTo(
            new { Body = "{}", StatusKey = "k", StatusCreatedAt = _createdAt, TraceParent = expected });
    }

    [Fact]
    public void With_MessageWithoutTrace_KeepsSize()
    {
        var message = new OutgoingMessage { Body = "{}", StatusKey = "k", StatusCreatedAt = DateTimeOffset.UnixEpoch };

        message.With(_createdAt, Trace).SizeInBytes.Should().Be(message.SizeInBytes);
    }
}

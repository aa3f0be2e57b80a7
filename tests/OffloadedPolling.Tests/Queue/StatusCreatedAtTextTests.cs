using System.Text.Json;
using OffloadedPolling.Queue;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Queue;

public sealed class StatusCreatedAtTextTests
{
    [Theory]
    [InlineData("2026-11-23T10:00:00Z")]
    [InlineData("2026-11-23T10:00:00.1239999Z")]
    [InlineData("2026-11-23T12:30:00.5+02:30")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    public void Format_AnyInstant_MatchesStatusDocument(string instant)
    {
        var createdAt = DateTimeOffset.Parse(instant, null);
        using var document = JsonDocument.Parse(StatusDocument.Write(TestDocuments.Waiting() with { CreatedAt = createdAt }, 10_000));

        StatusCreatedAtText.Format(createdAt).Should().Be(document.RootElement.GetProperty("createdAt").GetString());
    }

    [Theory]
    [InlineData("2026-11-23T10:00:00.120Z", "2026-11-23T10:00:00.120Z")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("2026-11-23T10:00:00.1209999Z", "2026-11-23T10:00:00.120Z")]
    [InlineData("2026-11-23T12:00:00.120+02:00", "2026-11-23T10:00:00.120Z")]
    public void Read_Rfc3339Instant_ReturnsItInMilliseconds(string text, string expected) =>
        StatusCreatedAtText.Read(text).Should().Be(DateTimeOffset.Parse(expected, null)).And.HaveOffset(TimeSpan.Zero);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("1795514400000")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T10:00:00.120")]
    [InlineData("2026-13-23T10:00:00.120Z")]
    [InlineData(" 2026-11-23T10:00:00.120Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    public void Read_InvalidText_ReturnsNull(string? text) => StatusCreatedAtText.Read(text).Should().BeNull();
}

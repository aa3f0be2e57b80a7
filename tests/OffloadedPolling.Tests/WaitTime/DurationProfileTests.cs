using System.Globalization;
using System.Text;
using System.Text.Json;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationProfileTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_OneWorker_IsAtMost500Bytes()
    {
        var profile = DurationProfile.Empty.With(Measured.LogNormal(1000, sigma: 1), "0123456789ab", 10, _now);

        DurationProfileJson.Write(profile).Length.Should().BeInRange(100, 500);
    }

    [Fact]
    public void Write_MaximumWorkers_StaysUnderSizeLimit()
    {
        var profile = DurationProfile.Empty;
        for (var worker = 0; worker < 1100; worker++)
        {
            profile = profile.With(Measured.LogNormal(100, sigma: 1.5), worker.ToString("x12", CultureInfo.InvariantCulture), 1000, _now);
        }

        profile.Workers.Should().HaveCount(1000);
        DurationProfileJson.Write(profile).Length.Should().BeInRange(1000, StoredDurationProfile.MaxBytes);
    }

    [Fact]
    public void Read_WrittenProfile_IsEqualWithinOnePercent()
    {
        var written = DurationProfile.Empty.With(Measured.LogNormal(500, sigma: 1), "a", 10, _now)
            .With(Measured.LogNormal(30, sigma: 0.5), "b", 4, _now);

        var read = DurationProfileJson.Read(DurationProfileJson.Write(written));

        read.Evidence.Should().BeApproximately(written.Evidence, 0.1);
        read.UpdatedAt.Should().Be(_now.ToUnixTimeSeconds());
        read.Slots(_now).Should().Be(14);
        read.Histogram.Total.Should().BeApproximately(1, 5e-10);
        (read.Histogram.First, read.Histogram.Last).Should().Be((written.Histogram.First, written.Histogram.Last));
        for (var bin = 0; bin < DurationHistogram.Bins; bin++)
        {
            read.Histogram.Weight(bin).Should().BeInRange(written.Histogram.Weight(bin) * 0.99, written.Histogram.Weight(bin) * 1.01);
        }
    }

    [Fact]
    public void Write_OneDurationAtATime_ForgetsOldDespiteRounding()
    {
        var profile = DurationProfile.Empty.With(Measured.LogNormal(1000, sigma: 1), "a", 1, _now);
        for (var one = 0; one < 1000; one++)
        {
            profile = DurationProfileJson.Read(DurationProfileJson.Write(profile.With(Measured.Of(1, seconds: 5000), "a", 1, _now)));
        }

        profile.Histogram.Last.Should().Be(profile.Histogram.First);
        profile.Histogram.Total.Should().BeApproximately(1, 5e-10);
    }

    [Fact]
    public void With_WorkerNotSeenRecently_IsRemoved()
    {
        var profile = DurationProfile.Empty.With(Measured.Nothing, "a", 10, _now).With(Measured.Nothing, "b", 4, _now.AddSeconds(100));

        profile.Slots(_now.AddSeconds(150)).Should().Be(14);
        profile.Slots(_now.AddSeconds(151)).Should().Be(4);
        profile.Slots(_now.AddSeconds(251)).Should().Be(0);
        profile.Slots(_now.AddDays(-1)).Should().Be(0);
        profile.With(Measured.Nothing, "c", 1, _now.AddSeconds(151)).Workers.Keys.Order().Should().Equal("b", "c");
        (profile.Evidence, profile.Histogram.Total).Should().Be((0.0, 0.0));
    }

    [Fact]
    public void With_WorkerStops_RemovesOnlyThatWorker()
    {
        var profile = DurationProfile.Empty.With(Measured.Nothing, "a", 10, _now).With(Measured.Nothing, "b", 4, _now);

        profile.With(Measured.Of(1, seconds: 1), "a", 0, _now).Slots(_now).Should().Be(4);
    }

    [Fact]
    public void Read_UnknownMember_IsIgnored() =>
        Read("""{"first":80,"weights":[750,250],"evidence":12.5,"updatedAt":1795504612,"workers":{"a":[10,1795504612]}"""
            + ""","colour":"red"}""").Histogram.Weight(80).Should().Be(0.75);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("not json at all")]
    [InlineData("""{"first":80,"weights":[750,250],"evidence":12.5,"updatedAt":1""")]
    [InlineData("""{"first":80,"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":12.5,"updatedAt":1,"workers":null}""")]
    [InlineData("""{"first":-1,"weights":[1],"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":241,"weights":[1,1],"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":2147483647,"weights":[1],"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[-1,2],"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[1e999],"evidence":12.5,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":-1,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":1e999,"updatedAt":1,"workers":{}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":1,"updatedAt":1,"workers":{"a":null}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":1,"updatedAt":1,"workers":{"a":[1]}}""")]
    [InlineData("""{"first":80,"weights":[1],"evidence":1,"updatedAt":1,"workers":{"a":[-1,1]}}""")]
    public void Read_InvalidProfile_ThrowsJsonException(string json) =>
        FluentActions.Invoking(() => Read(json)).Should().ThrowExactly<JsonException>();

    [Theory]
    [InlineData("""{"first":0,"weights":[],"evidence":12,"updatedAt":-1,"workers":{}}""")]
    [InlineData(
        """{"first":241,"weights":[0],"evidence":12,"updatedAt":9223372036854775807,"workers":{"a":[2147483647,9223372036854775807]"""
        + ""","b":[2147483647,-9223372036854775808]}}""")]
    public void Read_NoWeights_ReturnsEmptyProfile(string json)
    {
        var read = Read(json);

        (read.Evidence, read.Histogram.Total, read.Slots(_now)).Should().Be((0.0, 0.0, 0));
        read.With(Measured.Of(3, seconds: 1), "c", 1, _now).Histogram.Total.Should().Be(1);
    }

    [Fact]
    public void Read_NewerFormat_ThrowsNotSupportedException() => FluentActions.Invoking(() =>
        Read("""{"first":80,"weights":[1000],"evidence":12.5,"updatedAt":1795504612,"workers":{},"format":2}"""))
        .Should().ThrowExactly<NotSupportedException>();

    [Fact]
    public void Read_EvidenceOutOfRange_IsClamped()
    {
        Read("""{"first":80,"weights":[1000],"evidence":1e-300,"updatedAt":1795504612,"workers":{}}""").Evidence.Should().Be(1);
        Read("""{"first":80,"weights":[1000],"evidence":1e300,"updatedAt":1795504612,"workers":{}}""").Evidence.Should().Be(1000);
    }

    private static DurationProfile Read(string json) => DurationProfileJson.Read(Encoding.UTF8.GetBytes(json));
}

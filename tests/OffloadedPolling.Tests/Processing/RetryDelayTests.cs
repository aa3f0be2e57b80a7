using OffloadedPolling.Processing;

namespace OffloadedPolling.Tests.Processing;

public sealed class RetryDelayTests
{
    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(30);

    [Fact]
    public void After_Defaults_GrowsFromTwoToSixtySeconds() => Delays(10, _visibility).Select(delay => delay.TotalSeconds)
        .Should().Equal(2, 4, 8, 16, 32, 60, 60, 60, 60);

    [Theory]
    [InlineData(3, 30)]
    [InlineData(4, 30)]
    [InlineData(5, 30)]
    [InlineData(10, 30)]
    [InlineData(10, 300)]
    [InlineData(100, 30)]
    [InlineData(10, 1)]
    public void After_AnyMaxAttempts_TotalCoversVisibilityTimeouts(int maxAttempts, int visibilitySeconds)
    {
        var delays = Delays(maxAttempts, TimeSpan.FromSeconds(visibilitySeconds));

        delays[0].Should().Be(TimeSpan.FromSeconds(2));
        delays.Should().BeInAscendingOrder();
        delays.Sum(delay => delay.TotalSeconds).Should().BeGreaterThanOrEqualTo((maxAttempts - 1) * visibilitySeconds);
    }

    [Fact]
    public void After_FirstOfTwoAttempts_ReturnsVisibilityTimeout() => Delays(2, _visibility).Should().Equal(_visibility);

    [Fact]
    public void After_UnlimitedAttempts_IsCappedAtTwiceVisibilityTimeout() =>
        RetryDelay.After(100_000, int.MaxValue, _visibility).Should().Be(2 * _visibility);

    [Fact]
    public void After_LongVisibilityTimeout_IsCappedAtTwelveHours() =>
        RetryDelay.After(2, 3, TimeSpan.FromHours(12)).Should().Be(TimeSpan.FromHours(12));

    private static TimeSpan[] Delays(int maxAttempts, TimeSpan visibility) =>
        [.. Enumerable.Range(1, maxAttempts - 1).Select(attempt => RetryDelay.After(attempt, maxAttempts, visibility))];
}

namespace OffloadedPolling.Tests.Polling;

public sealed class PollJitterTests
{
    [Theory]
    [InlineData(8, 8, 0, 6)]
    [InlineData(8, 8, 0.5, 8)]
    [InlineData(8, 8, 1, 10)]
    [InlineData(8, 2, 0, 7.5)]
    [InlineData(8, 2, 1, 8.5)]
    [InlineData(2, 8, 0, 1.5)]
    public void Apply_StaysWithinAQuarterOfTheSmallerDelay(double delay, double following, double random, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), PollJitter.Apply(TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(following), random));

    [Theory]
    [InlineData(4, 3, 10, 4)]
    [InlineData(2.5, 3, 10, 3.5)]
    [InlineData(11, 3, 10, 9)]
    [InlineData(1, 0, 0.25, 0)]
    [InlineData(1.5, 2, 2, 2)]
    [InlineData(2.5, 2, 2, 2)]
    [InlineData(1, 2, 2.5, 2)]
    public void Within_MirrorsAtTheBounds(double wait, double least, double most, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), PollJitter.Within(TimeSpan.FromSeconds(wait), TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most)));
}

namespace OffloadedPolling.Tests.Polling;

public sealed class PollBackoffTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(4, 16)]
    [InlineData(5, 30)]
    [InlineData(1_000_000, 30)]
    public void After_LiesBetweenNothingAndTheBound(int before, double most)
    {
        Assert.Equal(TimeSpan.Zero, PollBackoff.After(before, 0, null));
        Assert.Equal(TimeSpan.FromSeconds(most / 2), PollBackoff.After(before, 0.5, null));
        Assert.Equal(TimeSpan.FromSeconds(most), PollBackoff.After(before, 1, null));
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0.5, 1)]
    [InlineData(60, 60)]
    public void After_WhatTheServerAsksFor_IsTheLeast(double retryAfter, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), PollBackoff.After(0, 1, TimeSpan.FromSeconds(retryAfter)));
}

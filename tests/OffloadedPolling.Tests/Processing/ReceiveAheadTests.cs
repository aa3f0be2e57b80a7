using OffloadedPolling.Processing;

namespace OffloadedPolling.Tests.Processing;

public sealed class ReceiveAheadTests
{
    [Fact]
    public void MostToReceive_BeforeAnythingIsKnown_FillsTheSlotsAlone()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 4);

        ahead.MostToReceive(held: 0).Should().Be(4);
        ahead.MostToReceive(held: 3).Should().Be(1);
        ahead.MostToReceive(held: 4).Should().Be(0);
    }

    [Fact]
    public void MostToReceive_FastHandlers_AreFedTenAtATime()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 10);
        ahead.Record(TimeSpan.FromMilliseconds(50));

        ahead.MostToReceive(held: 0).Should().Be(10);
        ahead.MostToReceive(held: 20).Should().Be(10);
        ahead.MostToReceive(held: 21).Should().Be(0);
    }

    [Fact]
    public void MostToReceive_OneSlowRunAmongFastOnes_IsRememberedForAWhile()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 1);
        ahead.Record(TimeSpan.FromMilliseconds(3));
        ahead.Record(TimeSpan.FromSeconds(2.5));

        ahead.MostToReceive(held: 1).Should().Be(0, "what is received now would wait for the next slow run");
        for (var run = 0; run < 60; run++)
        {
            ahead.Record(TimeSpan.FromMilliseconds(3));
        }

        ahead.MostToReceive(held: 1).Should().Be(10);
    }

    [Fact]
    public void MostToReceive_SlowHandlers_KeepNothingFromOthers()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 1);
        ahead.Record(TimeSpan.FromMinutes(10));

        ahead.MostToReceive(held: 0).Should().Be(1);
        ahead.MostToReceive(held: 1).Should().Be(0);
    }
}

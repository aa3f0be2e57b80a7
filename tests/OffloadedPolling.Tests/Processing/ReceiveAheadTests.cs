using OffloadedPolling.Processing;

namespace OffloadedPolling.Tests.Processing;

public sealed class ReceiveAheadTests
{
    [Fact]
    public void MostToReceive_NothingMeasured_FillsOnlyFreeSlots()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 4);

        ahead.MostToReceive(held: 0).Should().Be(4);
        ahead.MostToReceive(held: 3).Should().Be(1);
        ahead.MostToReceive(held: 4).Should().Be(0);
    }

    [Fact]
    public void MostToReceive_FastHandlers_ReturnsTenUntilEnoughAreHeld()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 10);
        ahead.Record(TimeSpan.FromMilliseconds(50));

        ahead.MostToReceive(held: 0).Should().Be(10);
        ahead.MostToReceive(held: 20).Should().Be(10);
        ahead.MostToReceive(held: 21).Should().Be(0);
    }

    [Fact]
    public void MostToReceive_OneSlowRun_StopsReceivingAheadForAWhile()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 1);
        ahead.Record(TimeSpan.FromMilliseconds(3));
        ahead.Record(TimeSpan.FromSeconds(2.5));

        ahead.MostToReceive(held: 1).Should().Be(0, "a message received now would wait for the next slow run");
        for (var run = 0; run < 60; run++)
        {
            ahead.Record(TimeSpan.FromMilliseconds(3));
        }

        ahead.MostToReceive(held: 1).Should().Be(10);
    }

    [Fact]
    public void MostToReceive_SlowHandlers_DoesNotReceiveAhead()
    {
        var ahead = new ReceiveAhead(maxConcurrency: 1);
        ahead.Record(TimeSpan.FromMinutes(10));

        ahead.MostToReceive(held: 0).Should().Be(1);
        ahead.MostToReceive(held: 1).Should().Be(0);
    }
}

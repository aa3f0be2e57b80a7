namespace OrderClient;

/// <summary>How many orders are where.</summary>
internal sealed record Tally(int Waiting, int Running, int Done, int Failed, int Canceled, int Lost)
{
    public int Ended => Done + Failed + Canceled + Lost;

    public static Tally Of(IReadOnlyList<FollowedOrder> orders)
    {
        var outcomes = orders.CountBy(order => order.Outcome).ToDictionary();
        var running = orders.Count(order => order is { Outcome: Outcome.UnderWay, Sight.IsRunning: true });
        return new Tally(
            outcomes.GetValueOrDefault(Outcome.UnderWay) - running,
            running,
            outcomes.GetValueOrDefault(Outcome.Succeeded),
            outcomes.GetValueOrDefault(Outcome.Failed),
            outcomes.GetValueOrDefault(Outcome.Canceled),
            outcomes.GetValueOrDefault(Outcome.Unavailable) + outcomes.GetValueOrDefault(Outcome.NotPlaced) + outcomes.GetValueOrDefault(Outcome.Unanswered));
    }

    public override string ToString() =>
        $"{Done} done, {Failed} failed, {(Canceled == 0 ? "" : $"{Canceled} canceled, ")}{(Lost == 0 ? "" : $"{Lost} lost, ")}{Running} running, {Waiting} waiting";
}

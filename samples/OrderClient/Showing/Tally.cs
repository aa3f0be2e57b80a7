namespace OrderClient;

/// <summary>The number of orders in each known state.</summary>
internal sealed record Tally(int NotChecked, int Waiting, int Running, int Done, int Failed, int Canceled, int Lost)
{
    public int Ended => Done + Failed + Canceled + Lost;

    public static Tally Of(IReadOnlyList<FollowedOrder> orders)
    {
        var outcomes = orders.CountBy(order => order.Outcome).ToDictionary();
        var waiting = orders.Count(order => order is { Outcome: Outcome.UnderWay, LastProgress.IsWaiting: true });
        var running = orders.Count(order => order is { Outcome: Outcome.UnderWay, LastProgress.IsRunning: true });
        return new Tally(
            Math.Max(outcomes.GetValueOrDefault(Outcome.UnderWay) - waiting - running, 0),
            waiting,
            running,
            outcomes.GetValueOrDefault(Outcome.Succeeded),
            outcomes.GetValueOrDefault(Outcome.Failed),
            outcomes.GetValueOrDefault(Outcome.Canceled),
            orders.Count(order => order.Outcome is Outcome.Unavailable or Outcome.NotPlaced or Outcome.Unanswered));
    }

    public override string ToString()
    {
        var canceled = Canceled == 0 ? "" : $", {Canceled} canceled";
        var lost = Lost == 0 ? "" : $", {Lost} lost";
        var notChecked = NotChecked == 0 ? "" : $", {NotChecked} not polled yet";
        return $"{Done} done, {Failed} failed{canceled}{lost}, {Running} running, {Waiting} waiting{notChecked}";
    }
}

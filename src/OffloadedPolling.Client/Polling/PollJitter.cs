namespace OffloadedPolling.Client;

/// <summary>Spreads the looks of those who began at the same instant, so that they do not all come at another one.</summary>
internal static class PollJitter
{
    private const double Share = 0.25;

    /// <summary>A wait around <paramref name="delay"/>, which it is on average.</summary>
    /// <param name="delay">What the schedule asks for.</param>
    /// <param name="following">The delay that the schedule asks for after this one: where looks stand close, they stay in order.</param>
    /// <param name="random">From 0 to 1, even.</param>
    public static TimeSpan Apply(TimeSpan delay, TimeSpan following, double random) =>
        delay + (Share * ((2 * random) - 1) * (delay < following ? delay : following));

    /// <summary>Mirrors at its bounds what lies outside them, so that the looks do not heap up there; never before the lower one.</summary>
    public static TimeSpan Within(TimeSpan wait, TimeSpan least, TimeSpan most)
    {
        wait = wait < least ? least + (least - wait) : wait;
        wait = wait > most ? most - (wait - most) : wait;
        return wait < least ? least : wait;
    }
}

namespace OrderClient;

/// <summary>Prints the outcomes of the orders, and the requests that were needed.</summary>
internal static class Summary
{
    private static readonly (Outcome Outcome, string Words)[] _bad =
    [
        (Outcome.Failed, "failed"),
        (Outcome.Canceled, "canceled"),
        (Outcome.Unavailable, "with a status that can no longer be read"),
        (Outcome.NotPlaced, "not placed"),
        (Outcome.Unanswered, "without a response, so it is unknown whether the host accepted them"),
    ];

    /// <param name="output">The writer to print to.</param>
    /// <param name="orders">All orders of this run.</param>
    /// <param name="figures">The measurements.</param>
    /// <param name="host">The host's address.</param>
    public static void Write(TextWriter output, IReadOnlyList<FollowedOrder> orders, Figures figures, Uri host)
    {
        output.WriteLine($"{orders.Count(order => order.Outcome == Outcome.Succeeded)} of {orders.Count} succeeded.");
        foreach (var (outcome, words) in _bad)
        {
            WriteReasons(output, orders, outcome, words);
        }

        WritePolls(output, orders.Count(order => order.Outcome is not (Outcome.NotPlaced or Outcome.Unanswered)), figures);
        WriteHost(output, figures, host);
        WriteUnderWay(output, orders, host);
    }

    private static void WriteReasons(TextWriter output, IReadOnlyList<FollowedOrder> orders, Outcome outcome, string words)
    {
        var reasons = orders.Where(order => order.Outcome == outcome).CountBy(order => order.Reason ?? "");
        foreach (var (reason, count) in reasons.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine(reason == "" ? $"{count} {words}." : $"{count} {words}: {reason}");
        }
    }

    private static void WritePolls(TextWriter output, int followed, Figures figures)
    {
        var where = figures.StatusUrls is { } urls ? $" at {urls.GetLeftPart(UriPartial.Authority)}" : "";
        output.WriteLine($"Polls: {figures.Polls}{where}, {(double)figures.Polls / Math.Max(followed, 1):0.0} per order.");
        if (figures.Unnoticed is { Count: > 0 } unnoticed)
        {
            output.WriteLine($"Delay until an end was noticed: {unnoticed.Average(delay => delay.TotalSeconds):0.0} s on average, "
                + $"{unnoticed.Max().TotalSeconds:0.0} s at most, by the servers' clocks (accurate to about a second).");
        }
    }

    private static void WriteHost(TextWriter output, Figures figures, Uri host)
    {
        var name = $"The host at {host.GetLeftPart(UriPartial.Authority)}";

        // The poller does not expose status URLs that it has renewed, so their server is unknown.
        var apart = figures is { StatusUrls: null, Polls: > 0 } ? ", not counting polls" : "";
        var isHosts = figures.StatusUrls is { } urls && IsSame(host, urls);
        var polls = isHosts ? ", and the polls, because it replaces S3" : "";
        output.WriteLine($"{name} received from this client{apart}: POSTs {figures.Posts}, renewals {figures.Renewals}{polls}.");
    }

    private static void WriteUnderWay(TextWriter output, IReadOnlyList<FollowedOrder> orders, Uri host)
    {
        var left = orders.Where(order => order.Outcome == Outcome.UnderWay).ToList();
        if (left.Count == 0)
        {
            return;
        }

        output.WriteLine($"{left.Count} still in progress. {left[0].Reason}");
        if (left.Select(order => order.ResumeToken).OfType<string>().ToList() is { Count: > 0 } tokens)
        {
            output.WriteLine("To resume:");
            output.WriteLine(ResumeCommand.For(host, tokens));
        }
    }

    // A host on this machine has several names.
    private static bool IsSame(Uri one, Uri other) =>
        one.Port == other.Port && (one.IdnHost == other.IdnHost || (one.IsLoopback && other.IsLoopback));
}

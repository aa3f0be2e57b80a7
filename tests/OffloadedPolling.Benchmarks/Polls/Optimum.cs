using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// The fewest polls that give a mean delay if the true durations are known. They are found over a fine grid, for many prices of a poll, by
/// code that shares nothing with the library.
/// </summary>
internal sealed class Optimum
{
    private const int Points = 4000;

    private const int Prices = 240;

    private readonly List<PollingCost> _frontier = [];

    public Optimum(Lifetime lifetime)
    {
        var seconds = Grid(lifetime);
        var ended = Array.ConvertAll(seconds, lifetime.Ended);
        for (var i = 0; i < Prices; i++)
        {
            var price = lifetime.Mean * Math.Pow(10, -5 + (5.7 * i / (Prices - 1)));
            Add(PollingCost.Compute(lifetime, Follow(seconds, Solve(seconds, ended, price))));
        }
    }

    /// <summary>
    /// Returns the polls for a mean delay. For a delay between two schedules that are each the best for a price, the optimum alternates
    /// between both.
    /// </summary>
    public double CountAt(double delay)
    {
        for (var i = 1; i < _frontier.Count; i++)
        {
            if (delay <= _frontier[i].Delay)
            {
                var (left, right) = (_frontier[i - 1], _frontier[i]);
                return delay < left.Delay
                    ? throw new ArgumentOutOfRangeException(nameof(delay), delay, "The delay is shorter than the shortest computed one.")
                    : left.Count + ((right.Count - left.Count) * (delay - left.Delay) / (right.Delay - left.Delay));
            }
        }

        return _frontier[^1].Count;
    }

    // Like polls, the points are denser where the hazard rate is higher.
    private static double[] Grid(Lifetime lifetime)
    {
        const int Fine = 20_000;
        var end = lifetime.Quantile(1 - 1e-6);
        var (seconds, units) = (new double[Fine], new double[Fine]);
        for (var i = 1; i < Fine; i++)
        {
            seconds[i] = end * Math.Pow((double)i / (Fine - 1), 2);
            var (before, after) = (lifetime.Ended(seconds[i - 1]), lifetime.Ended(seconds[i]));
            units[i] = units[i - 1] + Math.Sqrt((((after - before) / (1 - before + 1e-12)) + 1e-9) * (seconds[i] - seconds[i - 1]));
        }

        var grid = new double[Points];
        for (var (i, fine) = (1, 0); i < Points; i++)
        {
            var wanted = units[^1] * i / (Points - 1);
            while (fine < Fine - 2 && units[fine + 1] < wanted)
            {
                fine++;
            }

            grid[i] = seconds[fine]
                + ((seconds[fine + 1] - seconds[fine]) * Math.Min((wanted - units[fine]) / (units[fine + 1] - units[fine]), 1));
        }

        return grid;
    }

    private static int[] Solve(double[] seconds, double[] ended, double price)
    {
        var passed = new double[Points];
        for (var i = 1; i < Points; i++)
        {
            passed[i] = passed[i - 1] + ((ended[i] + ended[i - 1]) / 2 * (seconds[i] - seconds[i - 1]));
        }

        var (costs, next) = (new double[Points], new int[Points]);
        costs[^1] = (1 - ended[^1]) * price;
        var furthest = Points - 1;
        for (var i = Points - 2; i >= 0; i--)
        {
            // From an earlier point, the best next poll is not later. So that of the following point limits the search.
            var least = double.MaxValue;
            for (var j = i + 1; j <= furthest; j++)
            {
                var cost = passed[j] - passed[i] - (ended[i] * (seconds[j] - seconds[i])) + costs[j];
                if (cost < least)
                {
                    (least, next[i]) = (cost, j);
                }
            }

            costs[i] = (price * (1 - ended[i])) + least;
            furthest = next[i];
        }

        return next;
    }

    private static Func<double, double> Follow(double[] seconds, int[] next)
    {
        var at = 0;
        return elapsed =>
        {
            if (at == Points - 1)
            {
                return seconds[^1] / 20;
            }

            at = next[at];
            return seconds[at] - elapsed;
        };
    }

    // The lower convex hull, by delay.
    private void Add(PollingCost cost)
    {
        if (_frontier.Count > 0 && cost.Delay <= _frontier[^1].Delay)
        {
            return;
        }

        while (_frontier.Count > 1 && Slope(_frontier[^2], _frontier[^1]) >= Slope(_frontier[^1], cost))
        {
            _frontier.RemoveAt(_frontier.Count - 1);
        }

        _frontier.Add(cost);
    }

    private static double Slope(PollingCost from, PollingCost to) => (to.Count - from.Count) / (to.Delay - from.Delay);
}

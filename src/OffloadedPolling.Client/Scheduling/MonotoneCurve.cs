namespace OffloadedPolling.Client;

/// <summary>A smooth curve through ascending points. It ascends between the points and is straight beyond them.</summary>
/// <remarks>F. N. Fritsch and J. Butland, A method for constructing local monotone piecewise cubic interpolants, 1984.</remarks>
internal sealed class MonotoneCurve
{
    private readonly double[] _x;

    private readonly double[] _y;

    private readonly double[] _slopes;

    private readonly double _slopeBelow;

    private readonly double _slopeBeyond;

    /// <param name="x">Two or more ascending values.</param>
    /// <param name="y">The same number of ascending values.</param>
    /// <param name="mostBelow">The largest slope below the first point.</param>
    /// <param name="leastBeyond">The smallest slope beyond the last point.</param>
    /// <param name="mostBeyond">The largest slope beyond the last point.</param>
    public MonotoneCurve(double[] x, double[] y, double mostBelow, double leastBeyond, double mostBeyond)
    {
        (_x, _y) = (x, y);
        _slopes = Slopes(x, y);

        // No steeper than between the last points, so that the extrapolation stays bounded.
        _slopeBelow = Math.Min(Math.Min(_slopes[0], (y[1] - y[0]) / (x[1] - x[0])), mostBelow);
        _slopeBeyond = Math.Min(Math.Max(Math.Min(_slopes[^1], (y[^1] - y[^2]) / (x[^1] - x[^2])), leastBeyond), mostBeyond);
    }

    public double At(double x)
    {
        if (x <= _x[0])
        {
            return _y[0] + (_slopeBelow * (x - _x[0]));
        }

        if (x >= _x[^1])
        {
            return _y[^1] + (_slopeBeyond * (x - _x[^1]));
        }

        var i = 0;
        while (x > _x[i + 1])
        {
            i++;
        }

        var width = _x[i + 1] - _x[i];
        var (s, rest) = ((x - _x[i]) / width, (_x[i + 1] - x) / width);
        return (_y[i] * (1 + (2 * s)) * rest * rest) + (_y[i + 1] * s * s * (3 - (2 * s)))
            + (width * s * rest * ((_slopes[i] * rest) - (_slopes[i + 1] * s)));
    }

    private static double[] Slopes(double[] x, double[] y)
    {
        var last = x.Length - 1;
        var slopes = new double[x.Length];
        for (var i = 1; i < last; i++)
        {
            var (before, after) = (Secant(i - 1), Secant(i));
            var (wide, wider) = ((2 * (x[i + 1] - x[i])) + (x[i] - x[i - 1]), (x[i + 1] - x[i]) + (2 * (x[i] - x[i - 1])));
            slopes[i] = (wide + wider) / ((wide / before) + (wider / after));
        }

        slopes[0] = last == 1 ? Secant(0) : End(Secant(0), Secant(1), x[1] - x[0], x[2] - x[1]);
        slopes[last] = last == 1 ? Secant(0) : End(Secant(last - 1), Secant(last - 2), x[last] - x[last - 1], x[last - 1] - x[last - 2]);
        return slopes;

        double Secant(int i) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    }

    private static double End(double near, double far, double nearWidth, double farWidth)
    {
        var slope = (((2 * nearWidth) + farWidth) * near / (nearWidth + farWidth)) - (nearWidth * far / (nearWidth + farWidth));
        return Math.Clamp(slope, near / 3, 3 * near);
    }
}

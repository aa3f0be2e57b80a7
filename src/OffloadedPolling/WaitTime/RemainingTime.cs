namespace OffloadedPolling.WaitTime;

/// <summary>What is left of an estimate when the work has been under way for a while.</summary>
internal static class RemainingTime
{
    /// <summary>
    /// The estimate counted from now. Past its median, the middle of what is left; past its upper bound, unknown: nothing is known then but
    /// that it is one of the slow ones.
    /// </summary>
    public static OperationEstimate? Of(OperationEstimate? estimate, TimeSpan elapsed)
    {
        if (estimate is null || elapsed >= estimate.Upper)
        {
            return null;
        }

        var upper = estimate.Upper - elapsed;
        var median = elapsed < estimate.Median ? estimate.Median - elapsed : upper / 2;
        return new OperationEstimate { Median = median, Upper = upper };
    }
}

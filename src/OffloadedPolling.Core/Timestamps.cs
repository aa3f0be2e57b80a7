namespace OffloadedPolling;

/// <summary>Timestamps of <see cref="TimeProvider.GetTimestamp"/>, which do not change when the clock is set.</summary>
internal static class Timestamps
{
    /// <summary>Returns the timestamp <paramref name="wait"/> after <paramref name="from"/>, by default after now.</summary>
    public static long After(TimeProvider time, TimeSpan wait, long? from = null) =>
        (from ?? time.GetTimestamp()) + (long)(wait.TotalSeconds * time.TimestampFrequency);
}

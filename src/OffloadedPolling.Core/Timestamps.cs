namespace OffloadedPolling;

/// <summary>Instants of <see cref="TimeProvider.GetTimestamp"/>, which no clock that is set can move.</summary>
internal static class Timestamps
{
    /// <summary>Returns the instant that lies <paramref name="wait"/> after <paramref name="from"/>, or after now.</summary>
    public static long After(TimeProvider time, TimeSpan wait, long? from = null) =>
        (from ?? time.GetTimestamp()) + (long)(wait.TotalSeconds * time.TimestampFrequency);
}

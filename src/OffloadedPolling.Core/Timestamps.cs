namespace OffloadedPolling;

/// <summary>Instants of <see cref="TimeProvider.GetTimestamp"/>, which no clock that is set can move.</summary>
public static class Timestamps
{
    /// <summary>The instant that lies so long after now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="wait">How long after.</param>
    /// <returns>A timestamp of the clock.</returns>
    public static long After(TimeProvider time, TimeSpan wait)
    {
        ArgumentNullException.ThrowIfNull(time);
        return time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
    }
}

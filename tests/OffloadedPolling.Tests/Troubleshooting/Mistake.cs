namespace OffloadedPolling.Tests.Troubleshooting;

/// <summary>A mistake that users make, and the message that they get for it.</summary>
/// <param name="What">What was forgotten or set wrongly.</param>
/// <param name="Seen">Where the message appears.</param>
/// <param name="Message">The message, or the part of it that does not depend on the machine.</param>
public sealed record Mistake(string What, Seen Seen, string Message)
{
    public override string ToString() => What;
}

/// <summary>Where a message appears.</summary>
public enum Seen
{
    /// <summary>An exception that stops the start.</summary>
    Start,

    /// <summary>A log entry at the start.</summary>
    Log,

    /// <summary>The description of the health check.</summary>
    HealthCheck,
}

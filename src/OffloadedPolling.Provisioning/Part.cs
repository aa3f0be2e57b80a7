namespace OffloadedPolling.Provisioning;

/// <summary>One part of a set-up. It has a value of its own in a configuration that others use as well.</summary>
/// <param name="name">The name that settings and reports give it.</param>
/// <param name="expected">A description of what is expected.</param>
/// <param name="value">The value to write.</param>
internal abstract class Part(string name, string expected, string value)
{
    public string Name => name;

    public string Expected => expected;

    public string Value => value;

    /// <summary>Why the part is not wanted; <see langword="null"/> if it is.</summary>
    public (ProvisioningState State, string Reason)? NotWanted { get; init; }

    /// <summary>What to say of the part wherever it is set up.</summary>
    public string? Warning { get; init; }

    /// <summary>Whether the value is known to be this library's, so that it can be removed when the part is switched off.</summary>
    public virtual bool IsNamed => false;

    /// <exception cref="PartException">The value cannot be read.</exception>
    public abstract Task<Current> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes the value, or removes it if it is <see langword="null"/>. Everything else in the configuration stays.</summary>
    /// <exception cref="PartException">The value cannot be written.</exception>
    public abstract Task WriteAsync(string? newValue, CancellationToken cancellationToken);

    public virtual bool Matches(string current) => current == value;
}

/// <summary>What a part has now: its value, or <see langword="null"/>. The state is set where the value does not tell it.</summary>
internal sealed record Current(string? Value, ProvisioningState? State = null, string? Reason = null)
{
    public bool MayBeOverwritten { get; init; } = true;
}

/// <summary>One part cannot be read or written. The others go on.</summary>
internal sealed class PartException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether the write may have taken effect.</summary>
    public bool MayBeWritten { get; init; }
}

namespace OffloadedPolling.Provisioning;

/// <summary>One part of a set-up. It has a value of its own in a configuration that others use as well.</summary>
/// <param name="Name">The name that settings and reports give it.</param>
/// <param name="Expected">A description of what is expected.</param>
/// <param name="Value">The value to write.</param>
internal abstract record Part(string Name, string Expected, string Value)
{
    /// <summary>What to report if the part is not wanted: that it is off or skipped, and why.</summary>
    public Finding? NotWanted { get; init; }

    /// <exception cref="PartException">The value cannot be read.</exception>
    public abstract Task<Finding> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes a value, or removes it if it is <see langword="null"/>. Everything else in the configuration stays.</summary>
    /// <exception cref="PartException">The value cannot be written.</exception>
    public abstract Task WriteAsync(string? newValue, CancellationToken cancellationToken);

    public virtual bool Matches(string current) => current == Value;

    protected Finding Found(string? current) => new(
        current is null ? ProvisioningState.Missing : Matches(current) ? ProvisioningState.InSync : ProvisioningState.Different, current);
}

/// <summary>What a part has now, and what to say about it.</summary>
internal sealed record Finding(ProvisioningState State, string? Value = null, string? Reason = null, bool MayBeOverwritten = true)
{
    public static Finding? OffUnless(bool isOn, string reason = "It is switched off.") =>
        isOn ? null : new(ProvisioningState.Off, Reason: reason);
}

/// <summary>One part cannot be read or written. The others go on.</summary>
internal sealed class PartException(string message, Exception? cause = null, bool mayBeWritten = false) : Exception(message, cause)
{
    public bool MayBeWritten => mayBeWritten;
}

/// <summary>One check or set-up, part by part.</summary>
internal sealed class ProvisioningRun(IEnumerable<Part> parts)
{
    private readonly OrderedDictionary<Part, Finding> _findings = [];
    private readonly Stack<(Part Part, Finding Before)> _applied = [];

    public IReadOnlyList<ProvisioningPart> Results => [.. _findings.Select(each => new ProvisioningPart(each.Key, each.Value))];

    /// <summary>Checks the parts. On request, applies what is missing or different.</summary>
    public async Task RunAsync(bool apply, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            var before = _findings[part] = await InspectAsync(part, cancellationToken).ConfigureAwait(false);
            if (apply && before is { MayBeOverwritten: true, State: ProvisioningState.Missing or ProvisioningState.Different })
            {
                _findings[part] = await ApplyAsync(part, before, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Rolls back what this run has applied, the last part first.</summary>
    public async Task RollBackAsync(string reason)
    {
        while (_applied.TryPop(out var last))
        {
            _findings[last.Part] = await RollBackAsync(last.Part, last.Before, reason).ConfigureAwait(false);
        }
    }

    private async Task<Finding> ApplyAsync(Part part, Finding before, CancellationToken cancellationToken)
    {
        // Pushed first: a write whose response is lost may have taken effect.
        _applied.Push((part, before));
        try
        {
            await part.WriteAsync(part.Value, cancellationToken).ConfigureAwait(false);
            return before with { State = ProvisioningState.Applied };
        }
        catch (PartException failed)
        {
            _applied.Pop();
            var after = failed.MayBeWritten ? await RollBackAsync(part, before, failed.Message).ConfigureAwait(false) : before;
            return after.State == ProvisioningState.RollbackFailed
                ? after
                : before with { State = ProvisioningState.Failed, Reason = failed.Message };
        }
    }

    private static async Task<Finding> RollBackAsync(Part part, Finding before, string reason)
    {
        try
        {
            // The configuration is read again, so that what others have changed meanwhile stays.
            var now = (await part.ReadAsync(CancellationToken.None).ConfigureAwait(false)).Value;
            if (now != before.Value)
            {
                await (now is not null && part.Matches(now) ? part.WriteAsync(before.Value, CancellationToken.None)
                    : throw new PartException($"It was changed meanwhile, and is now {now ?? "gone"}.")).ConfigureAwait(false);
            }

            return before with { State = ProvisioningState.RolledBack, Reason = $"It was rolled back. {reason}" };
        }
        catch (Exception failed) when (failed is OffloadedPollingException or PartException || AwsFailure.Is(failed, default))
        {
            var words = $"It could not be rolled back: {failed.Message} Restore it by hand. {reason}";
            return before with { State = ProvisioningState.RollbackFailed, Reason = words };
        }
    }

    private static async Task<Finding> InspectAsync(Part part, CancellationToken cancellationToken)
    {
        try
        {
            return part.NotWanted ?? await part.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PartException failed)
        {
            return new(ProvisioningState.Failed, Reason: failed.Message);
        }
    }
}

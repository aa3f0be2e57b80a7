namespace OffloadedPolling.Provisioning;

/// <summary>One part of a setup, with its own value in a shared configuration.</summary>
/// <param name="Name">The name in settings and reports.</param>
/// <param name="Expected">A description of the expected configuration.</param>
/// <param name="Value">The value to write.</param>
internal abstract record Part(string Name, string Expected, string Value)
{
    /// <summary>Gets the finding to report if the part is off or skipped.</summary>
    public Finding? NotWanted { get; init; }

    /// <exception cref="PartException">The value cannot be read.</exception>
    public abstract Task<Finding> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes a value, or removes it if it is <see langword="null"/>. The rest of the configuration stays unchanged.</summary>
    /// <exception cref="PartException">The value cannot be written.</exception>
    public abstract Task WriteAsync(string? newValue, CancellationToken cancellationToken);

    public virtual bool Matches(string current) => current == Value;

    protected Finding Found(string? current) => new(
        current is null ? ProvisioningState.Missing : Matches(current) ? ProvisioningState.InSync : ProvisioningState.Different, current);
}

/// <summary>The current value and state of a part.</summary>
internal sealed record Finding(ProvisioningState State, string? Value = null, string? Reason = null, bool MayBeOverwritten = true)
{
    public static Finding? OffUnless(bool isOn, string reason = "It is switched off.") =>
        isOn ? null : new(ProvisioningState.Off, Reason: reason);
}

/// <summary>The exception that is thrown when one part cannot be read or written. Other parts continue.</summary>
internal sealed class PartException(string message, Exception? cause = null, bool mayBeWritten = false) : Exception(message, cause)
{
    public bool MayBeWritten => mayBeWritten;
}

/// <summary>Runs a check or a setup, part by part.</summary>
internal sealed class ProvisioningRun(IEnumerable<Part> parts)
{
    private readonly OrderedDictionary<Part, Finding> _findings = [];
    private readonly Stack<(Part Part, Finding Before)> _applied = [];

    public IReadOnlyList<ProvisioningPart> Results => [.. _findings.Select(each => new ProvisioningPart(each.Key, each.Value))];

    /// <summary>Checks the parts and, on request, applies missing or different ones.</summary>
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

    /// <summary>Rolls back the parts that this run has applied, in reverse order.</summary>
    public async Task RollBackAsync(string reason)
    {
        while (_applied.TryPop(out var last))
        {
            _findings[last.Part] = await RollBackAsync(last.Part, last.Before, reason).ConfigureAwait(false);
        }
    }

    private async Task<Finding> ApplyAsync(Part part, Finding before, CancellationToken cancellationToken)
    {
        // Pushed first, because a write whose response is lost may have taken effect.
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
            // The configuration is read again to keep changes of others in the meantime.
            var now = (await part.ReadAsync(CancellationToken.None).ConfigureAwait(false)).Value;
            if (now != before.Value)
            {
                await (now is not null && part.Matches(now) ? part.WriteAsync(before.Value, CancellationToken.None)
                    : throw new PartException($"It was changed in the meantime, and is now {now ?? "missing"}.")).ConfigureAwait(false);
            }

            return before with { State = ProvisioningState.RolledBack, Reason = reason };
        }
        catch (Exception failed) when (failed is OffloadedPollingException or PartException || AwsFailure.Is(failed, default))
        {
            return before with
            {
                State = ProvisioningState.RollbackFailed,
                Reason = $"{failed.Message} Restore it manually. {reason}",
            };
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

namespace OffloadedPolling.Provisioning;

/// <summary>One check or set-up, part by part.</summary>
internal sealed class ProvisioningRun(IReadOnlyList<Part> parts)
{
    private readonly Dictionary<Part, ProvisioningPart> _results = [];

    private readonly Stack<(Part Part, Finding Before)> _applied = [];

    public IReadOnlyList<ProvisioningPart> Results => [.. parts.Where(_results.ContainsKey).Select(part => _results[part])];

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            Report(part, await InspectAsync(part, cancellationToken).ConfigureAwait(false));
        }
    }

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            var before = await InspectAsync(part, cancellationToken).ConfigureAwait(false);
            Report(part, before);
            if (before is { MayBeOverwritten: true, State: ProvisioningState.Missing or ProvisioningState.Different })
            {
                await ApplyAsync(part, before, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Rolls back what this run has applied, the last part first.</summary>
    public async Task RollBackAsync(string reason)
    {
        while (_applied.TryPop(out var last))
        {
            await RollBackAsync(last.Part, last.Before, reason).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(Part part, Finding before, CancellationToken cancellationToken)
    {
        // Pushed first: a write whose response is lost may have taken effect.
        _applied.Push((part, before));
        try
        {
            await part.WriteAsync(part.NotWanted is null ? part.Value : null, cancellationToken).ConfigureAwait(false);
            var reason = part.NotWanted is { } off ? $"{off.Reason} What an earlier set-up had added was removed." : before.Reason;
            Report(part, before with { State = ProvisioningState.Applied, Reason = reason });
        }
        catch (PartException failed)
        {
            _applied.Pop();
            if (failed.MayBeWritten)
            {
                await RollBackAsync(part, before, failed.Message).ConfigureAwait(false);
            }

            if (_results[part].State != ProvisioningState.RollbackFailed)
            {
                Report(part, before with { State = ProvisioningState.Failed, Reason = failed.Message });
            }
        }
    }

    private async Task RollBackAsync(Part part, Finding before, string reason)
    {
        try
        {
            // The configuration is read again, so that what others have changed meanwhile stays.
            var now = (await part.ReadAsync(CancellationToken.None).ConfigureAwait(false)).Value;
            var isOurs = part.NotWanted is null ? now == part.Value || (now is not null && part.IsNamed && part.Matches(now)) : now is null;
            if (now != before.Value && !isOurs)
            {
                throw new PartException($"It was changed meanwhile, and is now {now ?? "gone"}.");
            }

            if (now != before.Value)
            {
                await part.WriteAsync(before.Value, CancellationToken.None).ConfigureAwait(false);
            }

            Report(part, before with { State = ProvisioningState.RolledBack, Reason = $"It was rolled back. {reason}" });
        }
        catch (Exception failed) when (failed is OffloadedPollingException or PartException || AwsFailure.Is(failed, default))
        {
            var words = $"It could not be rolled back: {failed.Message} Restore it by hand. {reason}";
            Report(part, before with { State = ProvisioningState.RollbackFailed, Reason = words });
        }
    }

    private static async Task<Finding> InspectAsync(Part part, CancellationToken cancellationToken)
    {
        try
        {
            if (part.NotWanted is not { } notWanted)
            {
                var current = await part.ReadAsync(cancellationToken).ConfigureAwait(false);
                var state = current.State ?? (current.Value is null ? ProvisioningState.Missing
                    : part.Matches(current.Value) ? ProvisioningState.InSync
                    : ProvisioningState.Different);
                return new Finding(state, current.Value, current.Reason ?? part.Warning, current.MayBeOverwritten);
            }

            return part.IsNamed && await part.ReadAsync(cancellationToken).ConfigureAwait(false) is { Value: { } left }
                ? new Finding(ProvisioningState.Different, left, $"{notWanted.Reason} ApplyAsync removes what an earlier set-up added.")
                : new Finding(notWanted.State, null, notWanted.Reason);
        }
        catch (PartException failed)
        {
            // Whoever switches a part off may lack the permission to read it.
            return part.NotWanted is { } notWanted
                ? new Finding(notWanted.State, null, $"{notWanted.Reason} What an earlier set-up left is unknown: {failed.Message}")
                : new Finding(ProvisioningState.Failed, null, failed.Message);
        }
    }

    private void Report(Part part, Finding finding) => _results[part] = new ProvisioningPart(
        part.Name, finding.State, finding.Value ?? "none", part.NotWanted is null ? part.Expected : "nothing", finding.Reason);

    private sealed record Finding(ProvisioningState State, string? Value, string? Reason, bool MayBeOverwritten = true);
}

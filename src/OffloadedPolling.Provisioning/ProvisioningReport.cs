namespace OffloadedPolling.Provisioning;

/// <summary>The state of one part of a set-up.</summary>
public enum ProvisioningState
{
    /// <summary>The part is switched off, or no setting asks for it.</summary>
    Off,
    /// <summary>The part is on but cannot be set up here. The reason says why.</summary>
    Skipped,
    /// <summary>The resource is set up as expected.</summary>
    InSync,
    /// <summary>The resource does not have the part.</summary>
    Missing,
    /// <summary>The resource differs from what is expected.</summary>
    Different,
    /// <summary>The part was written.</summary>
    Applied,
    /// <summary>The service refused the part, or its configuration holds something unexpected. Nothing of it was changed.</summary>
    Failed,
    /// <summary>The part was written and then rolled back.</summary>
    RolledBack,
    /// <summary>The part was written and could not be rolled back. Fix it by hand.</summary>
    RollbackFailed,
}

/// <summary>One part of a set-up: what is there and what is expected.</summary>
public sealed class ProvisioningPart
{
    internal ProvisioningPart(Part part, Finding finding) => (Name, State, Actual, Expected, Reason) =
        (part.Name, finding.State, finding.Value ?? "none", part.NotWanted is null ? part.Expected : "nothing", finding.Reason);

    /// <summary>Gets the part's name.</summary>
    public string Name { get; }

    /// <summary>Gets the part's state.</summary>
    public ProvisioningState State { get; }

    /// <summary>Gets a description of what was found.</summary>
    public string Actual { get; }

    /// <summary>Gets a description of what is expected.</summary>
    public string Expected { get; }

    /// <summary>Gets the reason for the state and what to do, or <see langword="null"/> if there is nothing to say.</summary>
    public string? Reason { get; }

    /// <summary>Gets a value that indicates whether nothing is left to do for the part.</summary>
    public bool IsSettled => State is ProvisioningState.Off or ProvisioningState.InSync or ProvisioningState.Applied;

    /// <summary>Returns the part in one line.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString()
    {
        var details = State is ProvisioningState.Off or ProvisioningState.Skipped ? "" : $" Actual: {Actual}. Expected: {Expected}.";
        return $"{Name}: {State}.{details} {Reason}".TrimEnd();
    }
}

/// <summary>The result of a check or of a set-up. It prints itself for people, one line for each part.</summary>
public sealed class ProvisioningReport
{
    internal ProvisioningReport(string resource, IReadOnlyList<ProvisioningPart> parts, string? probe = null, bool? probePassed = null) =>
        (Resource, Parts, Probe, ProbePassed) = (resource, parts, probe, probePassed);

    /// <summary>Gets what was checked or set up: <c>the bucket 'my-status-bucket'</c>.</summary>
    public string Resource { get; }

    /// <summary>Gets the parts, in the order in which they are applied.</summary>
    public IReadOnlyList<ProvisioningPart> Parts { get; }

    /// <summary>Gets the result of writing and reading an object; <see langword="null"/> if that was not tried.</summary>
    public string? Probe { get; }

    /// <summary>Gets a value that indicates whether that worked; <see langword="null"/> if it was not tried.</summary>
    public bool? ProbePassed { get; }

    /// <summary>Gets a value that indicates whether every part that is on is as expected and the probe did not fail.</summary>
    public bool IsInSync => ProbePassed is not false && Parts.All(part => part.IsSettled);

    /// <summary>Returns the report in lines.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString()
    {
        var lines = Parts.Select(part => part.ToString()).Prepend($"{Resource}:");
        return string.Join('\n', Probe is null ? lines : lines.Append($"Probe: {Probe}"));
    }
}

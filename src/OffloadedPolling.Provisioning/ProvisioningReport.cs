namespace OffloadedPolling.Provisioning;

/// <summary>The state of one part of a setup.</summary>
public enum ProvisioningState
{
    /// <summary>The part is switched off, or no setting requires it.</summary>
    Off,
    /// <summary>The part is on but cannot be set up here. See the reason.</summary>
    Skipped,
    /// <summary>The resource is set up as expected.</summary>
    InSync,
    /// <summary>The resource does not have the part.</summary>
    Missing,
    /// <summary>The resource differs from the expected setup.</summary>
    Different,
    /// <summary>The part was written.</summary>
    Applied,
    /// <summary>The service rejected the part, or the configuration has unexpected content. The part was not applied.</summary>
    Failed,
    /// <summary>The part was written and then rolled back.</summary>
    RolledBack,
    /// <summary>The part was written but could not be rolled back. Fix it manually.</summary>
    RollbackFailed,
}

/// <summary>One part of a setup, with its actual and its expected configuration.</summary>
public sealed class ProvisioningPart
{
    internal ProvisioningPart(Part part, Finding finding) => (Name, State, Actual, Expected, Reason) =
        (part.Name, finding.State, finding.Value ?? "none", part.NotWanted is null ? part.Expected : "nothing", finding.Reason);

    /// <summary>Gets the name of the part.</summary>
    public string Name { get; }

    /// <summary>Gets the state of the part.</summary>
    public ProvisioningState State { get; }

    /// <summary>Gets a description of the actual configuration.</summary>
    public string Actual { get; }

    /// <summary>Gets a description of the expected configuration.</summary>
    public string Expected { get; }

    /// <summary>Gets the reason for the state and what to do, or <see langword="null"/>.</summary>
    public string? Reason { get; }

    /// <summary>Gets a value that indicates whether the part requires no action.</summary>
    public bool IsSettled => State is ProvisioningState.Off or ProvisioningState.InSync or ProvisioningState.Applied;

    /// <summary>Returns a description of the part in one line.</summary>
    /// <returns>A human-readable text.</returns>
    public override string ToString()
    {
        var details = State is ProvisioningState.Off or ProvisioningState.Skipped ? "" : $" Actual: {Actual}. Expected: {Expected}.";
        return $"{Name}: {State}.{details} {Reason}".TrimEnd();
    }
}

/// <summary>The result of a check or a setup. Its text has one line for each part.</summary>
public sealed class ProvisioningReport
{
    internal ProvisioningReport(string resource, IReadOnlyList<ProvisioningPart> parts, string? probe = null, bool? probePassed = null) =>
        (Resource, Parts, Probe, ProbePassed) = (resource, parts, probe, probePassed);

    /// <summary>Gets the checked resource, such as <c>the bucket 'my-status-bucket'</c>.</summary>
    public string Resource { get; }

    /// <summary>Gets the parts, in the order in which they are applied.</summary>
    public IReadOnlyList<ProvisioningPart> Parts { get; }

    /// <summary>Gets the result of the write and read test, or <see langword="null"/> if it did not run.</summary>
    public string? Probe { get; }

    /// <summary>Gets a value that indicates whether the test passed, or <see langword="null"/> if it did not run.</summary>
    public bool? ProbePassed { get; }

    /// <summary>Gets a value that indicates whether all enabled parts are as expected and the test did not fail.</summary>
    public bool IsInSync => ProbePassed is not false && Parts.All(part => part.IsSettled);

    /// <summary>Returns the report, with one line for each part.</summary>
    /// <returns>A human-readable text.</returns>
    public override string ToString()
    {
        var lines = Parts.Select(part => part.ToString()).Prepend($"{Resource}:");
        return string.Join('\n', Probe is null ? lines : lines.Append($"Probe: {Probe}"));
    }
}

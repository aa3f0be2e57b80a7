namespace OffloadedPolling.Provisioning;

/// <summary>What <see cref="StatusBucket"/> found or did. It prints itself for people, a line for each part.</summary>
public sealed class StatusBucketReport
{
    internal StatusBucketReport(string bucket, IReadOnlyList<StatusBucketPart> parts, string? probe, bool? probePassed) =>
        (Bucket, Parts, Probe, ProbePassed) = (bucket, parts, probe, probePassed);

    /// <summary>The bucket's name.</summary>
    public string Bucket { get; }

    /// <summary>The parts, in the order in which they are applied.</summary>
    public IReadOnlyList<StatusBucketPart> Parts { get; }

    /// <summary>What came of writing and reading an object as host and callers do; <see langword="null"/> where that was not tried.</summary>
    public string? Probe { get; }

    /// <summary>Whether writing and reading worked at the end; <see langword="null"/> where that was not tried.</summary>
    public bool? ProbePassed { get; }

    /// <summary>Whether every part that is on is as it should be, and writing and reading did not fail.</summary>
    public bool IsAsItShouldBe => ProbePassed is not false && Parts.All(part => part.IsSettled);

    /// <summary>The report in lines.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString() =>
        string.Join('\n', Parts.Select(part => part.ToString()).Prepend($"Bucket '{Bucket}':").Concat(Probe is null ? [] : [$"Probe: {Probe}"]));
}

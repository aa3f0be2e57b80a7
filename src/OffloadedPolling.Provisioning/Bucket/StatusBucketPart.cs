namespace OffloadedPolling.Provisioning;

/// <summary>One part of the bucket's set-up: what is, and what should be.</summary>
public sealed class StatusBucketPart
{
    internal StatusBucketPart(string name, StatusBucketPartState state, string @is, string shouldBe, string? reason) =>
        (Name, State, Is, ShouldBe, Reason) = (name, state, @is, shouldBe, reason);

    /// <summary>What it is called: as its switch in <see cref="StatusBucketOptions"/>.</summary>
    public string Name { get; }

    /// <summary>How it stands.</summary>
    public StatusBucketPartState State { get; }

    /// <summary>What was found, in words.</summary>
    public string Is { get; }

    /// <summary>What should be, in words.</summary>
    public string ShouldBe { get; }

    /// <summary>Why it stands so, and what to do; <see langword="null"/> where there is nothing to say.</summary>
    public string? Reason { get; }

    internal bool IsOn { get; init; } = true;

    /// <summary>Whether nothing is left to do for it.</summary>
    public bool IsSettled => State is StatusBucketPartState.Off or StatusBucketPartState.AsItShouldBe or StatusBucketPartState.Applied;

    /// <summary>The part in one line.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString() =>
        (State is StatusBucketPartState.Off or StatusBucketPartState.LeftOut ? $"{Name}: {State}." : $"{Name}: {State}. Is: {Is}. Should be: {ShouldBe}.")
        + (Reason is null ? "" : $" {Reason}");

    internal StatusBucketPart With(StatusBucketPartState state, string? reason) => new(Name, state, Is, ShouldBe, reason) { IsOn = IsOn };
}

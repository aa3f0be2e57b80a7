namespace OffloadedPolling.Provisioning;

/// <summary>What a part found in the bucket.</summary>
/// <param name="State">As it should be, missing, different or refused.</param>
/// <param name="Is">What is, in words.</param>
/// <param name="Reason">What else is to be said.</param>
/// <param name="Before">The document that was read, to be put back.</param>
/// <param name="After">The document with the part in it, or without what is left of it; where it is to be applied.</param>
internal sealed record Finding(StatusBucketPartState State, string Is, string? Reason = null, BucketDocument? Before = null, BucketDocument? After = null)
{
    public bool IsToBeApplied => State is StatusBucketPartState.Missing or StatusBucketPartState.Different;

    public static Finding Right(string @is, string? reason = null) => new(StatusBucketPartState.AsItShouldBe, @is, reason);

    public static Finding Refused(string @is, string reason) => new(StatusBucketPartState.Refused, @is, reason);

    /// <param name="wasThere">Whether something of this library's own is there that differs.</param>
    /// <param name="is">What is, in words.</param>
    /// <param name="before">What was read.</param>
    /// <param name="after">What is to be written.</param>
    /// <param name="reason">What else is to be said.</param>
    public static Finding Wrong(bool wasThere, string @is, BucketDocument? before, BucketDocument? after, string? reason = null) =>
        new(wasThere ? StatusBucketPartState.Different : StatusBucketPartState.Missing, @is, reason, before, after);
}

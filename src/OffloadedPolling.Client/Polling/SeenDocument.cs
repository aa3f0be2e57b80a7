namespace OffloadedPolling.Client;

/// <summary>The newest document seen, and its age, which does not depend on the caller's clock.</summary>
internal sealed class SeenDocument
{
    private readonly TimeProvider _time;

    private readonly long _startedAt;

    private byte[]? _body;

    // When the previous poll began: a document that is new now was written later.
    private long? _polledAt;

    private long _seenAt;

    /// <param name="time">Measures elapsed time.</param>
    /// <param name="isNew">Whether the operation was just accepted, which counts as a poll; a repeated accept does not.</param>
    public SeenDocument(TimeProvider time, bool isNew)
    {
        _time = time;
        _startedAt = _seenAt = time.GetTimestamp();
        _polledAt = isNew ? _seenAt : null;
    }

    public OperationStatus? Status { get; private set; }

    public string? ETag { get; private set; }

    /// <summary>Gets the newest document's age when it was first seen; <see langword="null"/> if its answer did not say.</summary>
    public TimeSpan? AgeAtFirstSight { get; private set; }

    /// <summary>Gets the newest document's age.</summary>
    public TimeSpan Age => (AgeAtFirstSight ?? TimeSpan.Zero) + _time.GetElapsedTime(_seenAt);

    /// <summary>Gets how long the operation has been under way, as far as this watch and its documents tell.</summary>
    public TimeSpan UnderWay
    {
        get
        {
            var watched = _time.GetElapsedTime(_startedAt);
            var told = Status is null ? TimeSpan.Zero : Status.LastUpdatedAt - Status.CreatedAt + Age;
            return told > watched ? told : watched;
        }
    }

    /// <summary>Takes the outcome of a poll, and returns whether it is a new document.</summary>
    /// <param name="reading">A document, or that there is no new one.</param>
    /// <param name="polledAt">When the poll began.</param>
    public bool Take(StatusReading reading, long polledAt)
    {
        // From a cache or another replica: nothing of it counts, so that the next poll asks again for what is newer than the newest.
        if (reading.Status is { } older && IsOlder(older))
        {
            return false;
        }

        var isNew = reading.Status is not null && !reading.Answer.Body.AsSpan().SequenceEqual(_body);
        if (isNew)
        {
            AgeAtFirstSight = AgeOf(reading.Status!, reading.Answer.Date);
            (Status, _body, _seenAt) = (reading.Status, reading.Answer.Body, _time.GetTimestamp());
        }

        ETag = reading.Status is null ? ETag : Sendable(reading.Answer.ETag);
        _polledAt = polledAt;
        return isNew;
    }

    // Two documents may be of the same millisecond. A state never changes to an earlier one.
    private bool IsOlder(OperationStatus status) =>
        Status is not null
        && (status.LastUpdatedAt < Status.LastUpdatedAt || (status.LastUpdatedAt == Status.LastUpdatedAt && status.State < Status.State));

    // Requests carry ASCII only. Without the tag, each poll gets the whole document.
    private static string? Sendable(string? etag) => etag is not null && etag.All(letter => letter is >= ' ' and <= '~') ? etag : null;

    private TimeSpan? AgeOf(OperationStatus status, DateTimeOffset? date)
    {
        if (date is null)
        {
            return null;
        }

        var age = date.Value - status.LastUpdatedAt;
        var most = _polledAt is { } before ? _time.GetElapsedTime(before) : TimeSpan.MaxValue;
        return age < TimeSpan.Zero ? TimeSpan.Zero : age < most ? age : most;
    }
}

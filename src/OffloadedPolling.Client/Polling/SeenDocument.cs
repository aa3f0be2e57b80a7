namespace OffloadedPolling.Client;

/// <summary>Tracks the newest document and its age, independently of the caller's clock.</summary>
internal sealed class SeenDocument
{
    private readonly TimeProvider _time;

    private readonly long _startedAt;

    private byte[]? _body;

    // When the previous poll began. A new document was written after that.
    private long? _polledAt;

    private long _seenAt;

    /// <param name="time">The time provider that measures elapsed time.</param>
    /// <param name="isNew">Whether the operation was just accepted. This counts as a poll, but a repeated accept does not.</param>
    public SeenDocument(TimeProvider time, bool isNew)
    {
        _time = time;
        _startedAt = _seenAt = time.GetTimestamp();
        _polledAt = isNew ? _seenAt : null;
    }

    public OperationStatus? Status { get; private set; }

    public string? ETag { get; private set; }

    /// <summary>Gets the newest document's age when it was received; <see langword="null"/> if the response had no date.</summary>
    public TimeSpan? AgeAtFirstSight { get; private set; }

    /// <summary>Gets the newest document's age.</summary>
    public TimeSpan Age => (AgeAtFirstSight ?? TimeSpan.Zero) + _time.GetElapsedTime(_seenAt);

    /// <summary>Gets the time since the operation was accepted, as far as this watch and its documents show.</summary>
    public TimeSpan UnderWay
    {
        get
        {
            var watched = _time.GetElapsedTime(_startedAt);
            var told = Status is null ? TimeSpan.Zero : Status.LastUpdatedAt - Status.CreatedAt + Age;
            return told > watched ? told : watched;
        }
    }

    /// <summary>Records the outcome of a poll, and returns whether it is a new document.</summary>
    /// <param name="reading">A document, or an unchanged document.</param>
    /// <param name="polledAt">When the poll began.</param>
    public bool Take(StatusReading reading, long polledAt)
    {
        // An older document comes from a cache or another replica. Its ETag is ignored too, so the next poll requests a newer one.
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

    // Two documents may have the same millisecond. A state never changes to an earlier one.
    private bool IsOlder(OperationStatus status) =>
        Status is not null
        && (status.LastUpdatedAt < Status.LastUpdatedAt || (status.LastUpdatedAt == Status.LastUpdatedAt && status.State < Status.State));

    // Request headers support only ASCII. Without the tag, each poll gets the whole document.
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

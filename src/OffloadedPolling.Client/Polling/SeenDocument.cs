namespace OffloadedPolling.Client;

/// <summary>The newest document seen, and how old it is, without a look at the caller's clock.</summary>
internal sealed class SeenDocument
{
    private readonly TimeProvider _time;

    private readonly long _begunAt;

    private byte[]? _body;

    // When the look before was begun: what is new now was written later.
    private long? _lookedAt;

    private long _seenAt;

    /// <param name="time">Measures.</param>
    /// <param name="isNew">Whether the operation was just accepted, which counts as a poll; a repeated accept does not.</param>
    public SeenDocument(TimeProvider time, bool isNew)
    {
        _time = time;
        _begunAt = _seenAt = time.GetTimestamp();
        _lookedAt = isNew ? _seenAt : null;
    }

    public OperationStatus? Status { get; private set; }

    public string? ETag { get; private set; }

    /// <summary>How old the newest document was when it was first seen; <see langword="null"/> if its answer did not say.</summary>
    public TimeSpan? AgeAtFirstSight { get; private set; }

    /// <summary>How old the newest document is now.</summary>
    public TimeSpan Age => (AgeAtFirstSight ?? TimeSpan.Zero) + _time.GetElapsedTime(_seenAt);

    /// <summary>For how long the operation has been under way, as far as this watch and its documents tell.</summary>
    public TimeSpan UnderWay
    {
        get
        {
            var watched = _time.GetElapsedTime(_begunAt);
            var told = Status is null ? TimeSpan.Zero : Status.LastUpdatedAt - Status.CreatedAt + Age;
            return told > watched ? told : watched;
        }
    }

    /// <summary>Takes an answered look.</summary>
    /// <param name="reading">A document, or that there is no new one.</param>
    /// <param name="askedAt">When the look was begun.</param>
    /// <returns>Whether it is a new document.</returns>
    public bool Take(StatusReading reading, long askedAt)
    {
        // From a cache or another replica: nothing of it counts, so that the next look asks again for what is newer than the newest.
        if (reading.Status is { } older && IsOlder(older))
        {
            return false;
        }

        var isNews = reading.Status is not null && !reading.Answer.Body.AsSpan().SequenceEqual(_body);
        if (isNews)
        {
            AgeAtFirstSight = AgeOf(reading.Status!, reading.Answer.Date);
            (Status, _body, _seenAt) = (reading.Status, reading.Answer.Body, _time.GetTimestamp());
        }

        ETag = reading.Status is null ? ETag : Sendable(reading.Answer.ETag);
        _lookedAt = askedAt;
        return isNews;
    }

    // Two documents may be of the same millisecond. A state is never left for an earlier one.
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
        var most = _lookedAt is { } before ? _time.GetElapsedTime(before) : TimeSpan.MaxValue;
        return age < TimeSpan.Zero ? TimeSpan.Zero : age < most ? age : most;
    }
}

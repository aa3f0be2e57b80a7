namespace OffloadedPolling.Tests.Shared;

/// <summary>Status documents for tests.</summary>
internal static class TestDocuments
{
    public const string Id = "0123456789abcdef0123456789abcdef";

    /// <summary>Returns the status of an operation that was just accepted.</summary>
    public static OperationStatus Waiting(string id = Id) => new()
    {
        Id = id,
        Kind = "parcels",
        State = OperationState.NotStarted,
        CreatedAt = DateTimeOffset.UnixEpoch,
        LastUpdatedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(100),
    };
}

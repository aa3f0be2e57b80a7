using OffloadedPolling.Processing;

namespace OffloadedPolling.Tests.Processing;

public sealed class OwnershipTests
{
    [Theory]
    [InlineData(OperationState.NotStarted, null, null, 1, "Run")]
    [InlineData(OperationState.NotStarted, null, null, 5, "Run")]
    [InlineData(OperationState.Running, "mine", 1, 2, "Run")]
    [InlineData(OperationState.Running, "mine", 2, 2, "Anothers")]
    [InlineData(OperationState.Running, "mine", 3, 2, "Anothers")]
    [InlineData(OperationState.Running, "other", 1, 2, "Anothers")]
    [InlineData(OperationState.Succeeded, "mine", 1, 2, "Ended")]
    [InlineData(OperationState.Failed, "other", 1, 1, "Ended")]
    [InlineData(OperationState.Canceled, null, null, 1, "Ended")]
    public void Of_ForEachStateAndOwner(OperationState state, string? owner, int? attempt, int receiveCount, string claim) =>
        Assert.Equal(claim, Ownership.Of(Stored(state, owner, attempt), Message(receiveCount)).ToString());

    [Theory]
    [InlineData(OperationState.Running, "mine", 2, true)]
    [InlineData(OperationState.Running, "mine", 3, false)]
    [InlineData(OperationState.Running, "other", 2, false)]
    [InlineData(OperationState.Succeeded, "mine", 2, false)]
    public void IsHeldBy_TheDeliveryInTheDocument(OperationState state, string owner, int attempt, bool held) =>
        Assert.Equal(held, Ownership.IsHeldBy(Stored(state, owner, attempt), Message(receiveCount: 2)));

    private static StoredOperation Stored(OperationState state, string? owner, int? attempt) => new(
        new OperationStatus { Id = "a", Kind = "k", Status = state, CreatedAt = default, LastUpdatedAt = default, ExpiresAt = default, Attempt = attempt },
        new OperationMetadata { OwnerMessageId = owner }, "v");

    private static ReceivedMessage Message(int receiveCount) => new() { Id = "mine", ReceiptHandle = "r", Body = "{}", ReceiveCount = receiveCount };
}

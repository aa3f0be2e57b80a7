using System.Globalization;
using OffloadedPolling.Status;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Status;

public sealed class OwnershipTests
{
    [Theory]
    [InlineData(OperationState.NotStarted, null, null, 1, "Run")]
    [InlineData(OperationState.NotStarted, null, null, 5, "Run")]
    [InlineData(OperationState.Running, "mine", 1, 2, "Run")]
    [InlineData(OperationState.Running, "mine", 2, 2, "OwnedElsewhere")]
    [InlineData(OperationState.Running, "mine", 3, 2, "OwnedElsewhere")]
    [InlineData(OperationState.Running, "other", 1, 2, "OwnedElsewhere")]
    [InlineData(OperationState.Succeeded, "mine", 1, 2, "Ended")]
    [InlineData(OperationState.Failed, "other", 1, 1, "Ended")]
    [InlineData(OperationState.Canceled, null, null, 1, "Ended")]
    public void Decide_AnyStateAndOwner_ReturnsClaim(OperationState state, string? owner, int? attempt, int receiveCount, string claim) =>
        Ownership.Decide(Stored(state, owner, attempt), Message(receiveCount), int.MaxValue).ToString().Should().Be(claim);

    [Theory]
    [InlineData(OperationState.NotStarted, null, null, 1, "Cancel")]
    [InlineData(OperationState.Running, "mine", 1, 2, "Cancel")]
    [InlineData(OperationState.Running, "mine", 2, 2, "OwnedElsewhere")]
    [InlineData(OperationState.Running, "other", 1, 2, "OwnedElsewhere")]
    [InlineData(OperationState.Succeeded, "mine", 1, 2, "Ended")]
    public void Decide_CancelRequested_ReturnsClaim(OperationState state, string? owner, int? attempt, int receiveCount, string claim) =>
        Ownership.Decide(Stored(state, owner, attempt, cancelRequested: true), Message(receiveCount), int.MaxValue).ToString()
            .Should().Be(claim);

    [Theory]
    [InlineData(OperationState.NotStarted, null, null, 4, "Run")]
    [InlineData(OperationState.Running, "mine", 2, 3, "Run")]
    [InlineData(OperationState.Running, "mine", 3, 4, "GiveUp")]
    [InlineData(OperationState.Running, "mine", 4, 5, "GiveUp")]
    [InlineData(OperationState.Running, "other", 3, 4, "OwnedElsewhere")]
    [InlineData(OperationState.Failed, "mine", 3, 4, "Ended")]
    public void Decide_MaxThreeAttempts_ReturnsClaim(OperationState state, string? owner, int? attempt, int receiveCount, string claim) =>
        Ownership.Decide(Stored(state, owner, attempt), Message(receiveCount), maxAttempts: 3).ToString().Should().Be(claim);

    [Theory]
    [InlineData("mine", "OwnedElsewhere")]
    [InlineData("other mine", "OwnedElsewhere")]
    [InlineData("other", "Run")]
    [InlineData(null, "Run")]
    public void Decide_MessageReplaced_IsOwnedElsewhere(string? replaced, string claim)
    {
        var waiting = Stored(OperationState.NotStarted, null, null);
        var stored = waiting with { Metadata = waiting.Metadata with { ReplacedMessageIds = replaced } };

        Ownership.Decide(stored, Message(3), int.MaxValue).ToString().Should().Be(claim);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("2026-11-23T10:00:00.123Z", true)]
    [InlineData("2026-11-23T10:00:00.1239999Z", true)]
    [InlineData("2026-11-23T10:00:00.124Z", false)]
    public void IsOfSameGeneration_ComparesMilliseconds(string? createdAt, bool same)
    {
        var stored = new StoredOperation(
            TestDocuments.Waiting() with { CreatedAt = Instant("2026-11-23T10:00:00.1234567Z") }, OperationMetadata.Empty, "v");
        var message = new ReceivedMessage
        {
            Id = "m", ReceiptHandle = "r", Body = "{}", ReceiveCount = 1, StatusCreatedAt = createdAt is null ? null : Instant(createdAt),
        };

        Ownership.IsOfSameGeneration(stored, message).Should().Be(same);
    }

    [Theory]
    [InlineData(OperationState.NotStarted, null, true)]
    [InlineData(OperationState.Running, "mine", true)]
    [InlineData(OperationState.Running, "other", false)]
    [InlineData(OperationState.Succeeded, "mine", false)]
    [InlineData(OperationState.Failed, "mine", false)]
    [InlineData(OperationState.Canceled, null, false)]
    public void IsDeadLettered_OnlyForOwnerOrWaitingOperation(OperationState state, string? owner, bool deadLettered) =>
        Ownership.IsDeadLettered(Stored(state, owner, 1), Message(receiveCount: 11)).Should().Be(deadLettered);

    [Theory]
    [InlineData(OperationState.Running, "mine", 2, true)]
    [InlineData(OperationState.Running, "mine", 3, false)]
    [InlineData(OperationState.Running, "other", 2, false)]
    [InlineData(OperationState.Succeeded, "mine", 2, false)]
    public void IsHeldBy_OnlyForDeliveryInDocument(OperationState state, string owner, int attempt, bool held) =>
        Ownership.IsHeldBy(Stored(state, owner, attempt), Message(receiveCount: 2)).Should().Be(held);

    [Theory]
    [InlineData(OperationState.NotStarted, null)]
    [InlineData(OperationState.Running, "mine")]
    [InlineData(OperationState.Succeeded, "mine")]
    public void Decide_MessageOfEarlierDocument_IsSuperseded(OperationState state, string? owner)
    {
        var stored = Stored(state, owner, 1);
        var message = Message(receiveCount: 1, stored.Status.CreatedAt.AddMilliseconds(1));

        Ownership.Decide(stored, message, int.MaxValue).Should().Be(ClaimDecision.Superseded);
        Ownership.IsHeldBy(stored, message).Should().BeFalse();
        Ownership.IsDeadLettered(stored, message).Should().BeFalse();
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static StoredOperation Stored(OperationState state, string? owner, int? attempt, bool cancelRequested = false) => new(
        new OperationStatus
        {
            Id = "a", Kind = "k", State = state, CreatedAt = default, LastUpdatedAt = default, ExpiresAt = default, Attempt = attempt,
        },
        new OperationMetadata { OwnerMessageId = owner, CancelRequested = cancelRequested }, "v");

    private static ReceivedMessage Message(int receiveCount, DateTimeOffset? createdAt = null) => new()
    {
        Id = "mine", ReceiptHandle = "r", Body = "{}", ReceiveCount = receiveCount, StatusCreatedAt = createdAt,
    };
}

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>The rule that a history breaks deliberately, to prove that the test detects it.</summary>
internal enum Rules
{
    All,

    /// <summary>The store ignores versions.</summary>
    WithoutCompareAndSwap,

    /// <summary>The store forgets which message owns an operation.</summary>
    WithoutOwner,

    /// <summary>The store forgets cancellation requests.</summary>
    WithoutCancelMark,

    /// <summary>A duplicate's dead letter has the id of the message that owns the operation.</summary>
    DeadLettersHaveOwnerId,

    /// <summary>There is no dead-letter reader.</summary>
    WithoutDeadLetterReader,

    /// <summary>The worker deletes messages before their operations have ended.</summary>
    DeletesBeforeEnd,

    /// <summary>Messages are lost when they are sent.</summary>
    LosesMessages,

    /// <summary>The policy lets through documents that it should refuse.</summary>
    WithoutRefusal,

    /// <summary>The store writes documents that callers cannot read.</summary>
    WithoutReadBack,

    /// <summary>Messages do not contain the creation time of their document.</summary>
    WithoutStatusCreatedAt,
}

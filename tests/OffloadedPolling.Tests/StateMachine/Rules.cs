namespace OffloadedPolling.Tests.StateMachine;

/// <summary>What can be broken on purpose, to see that it is noticed.</summary>
internal enum Rules
{
    All,

    /// <summary>The store writes whatever version was read.</summary>
    WithoutCompareAndSwap,

    /// <summary>The store forgets which message owns an operation.</summary>
    WithoutOwner,

    /// <summary>The store forgets that somebody asked to cancel.</summary>
    WithoutCancelMark,

    /// <summary>A duplicate's dead letter comes under the owner's id.</summary>
    AnyDeadLetterIsTheOwners,

    /// <summary>Nobody reads dead letters.</summary>
    WithoutDeadLetterReader,

    /// <summary>The worker deletes a message before its operation has ended.</summary>
    DeletesBeforeTheEnd,

    /// <summary>A send that failed is not made good by the next accept: its message is lost.</summary>
    LosesMessages,

    /// <summary>What a policy refuses is written all the same.</summary>
    WithoutRefusal,

    /// <summary>The store writes what callers cannot read back.</summary>
    WithoutReadBack,

    /// <summary>No message tells for which document it was sent.</summary>
    WithoutGenerations,
}

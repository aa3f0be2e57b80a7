namespace OffloadedPolling.Lambda;

/// <summary>A queue whose messages come as events, and what is done about them.</summary>
internal interface IEventSource
{
    /// <summary>The kind whose queue it is.</summary>
    string Kind { get; }

    string QueueUrl { get; }

    /// <summary>Processes one invocation's messages of this queue.</summary>
    /// <param name="records">The messages; none lacks anything.</param>
    /// <param name="stop">Cancels handlers.</param>
    /// <param name="abandon">Gives messages back even if their handlers do not end.</param>
    /// <param name="answer">Ends the wait for what abandoned messages still have to do: the function has to answer.</param>
    /// <returns>Those that are to be delivered again.</returns>
    Task<IReadOnlyList<EventRecord>> ProcessAsync(IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer);
}

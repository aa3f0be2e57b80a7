using System.Net;

namespace OffloadedPolling.Client;

/// <summary>One poll of a status URL, for measurements. Renewals at the host do not count.</summary>
public sealed class OperationPoll
{
    /// <summary>Gets the number of the poll in this wait, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the status code of the answer; <see langword="null"/> if there is none.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Gets why the poll failed, in words that are safe to log; <see langword="null"/> if it succeeded or was refused.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets a value indicating whether the poll returned a document that had not been seen before.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Gets the document that was read, new or not.</summary>
    public OperationStatus? Status { get; init; }

    /// <summary>
    /// Gets how long the end of the operation went unnoticed, by the servers' clocks: at least 0, and at most the time since the previous
    /// poll. It is accurate to about a second, because the <c>Date</c> header has whole seconds.
    /// </summary>
    /// <value><see langword="null"/> for a document that is not terminal, and for an answer without a <c>Date</c>.</value>
    public TimeSpan? Unnoticed { get; init; }
}

using System.Net;

namespace OffloadedPolling.Client;

/// <summary>Describes one poll, for measurements. Requests for a new status URL are not polls.</summary>
public sealed class OperationPoll
{
    /// <summary>Gets the number of the poll in this wait, starting at 1.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the status code of the response; <see langword="null"/> if there was no response.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Gets the reason why the poll failed; <see langword="null"/> if it succeeded or was refused. It is safe to log.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets a value that indicates whether the poll returned a new document.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Gets the document that the poll returned, whether new or not.</summary>
    public OperationStatus? Status { get; init; }

    /// <summary>
    /// Gets the time from the end of the operation to this poll, by the servers' clocks. It is accurate to about a second, because the
    /// <c>Date</c> header has whole seconds.
    /// </summary>
    /// <value>
    /// At least 0, and at most the time since the previous poll. <see langword="null"/> if the document is not terminal or not new, or if
    /// the response has no <c>Date</c> header.
    /// </value>
    public TimeSpan? Unnoticed { get; init; }
}

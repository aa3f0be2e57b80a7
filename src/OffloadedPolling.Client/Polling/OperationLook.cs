using System.Net;

namespace OffloadedPolling.Client;

/// <summary>One look at a status URL, for those who measure. Renewals at the host are none.</summary>
public sealed class OperationLook
{
    /// <summary>Which look of this wait it was, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What was answered; <see langword="null"/> if nothing was.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Why the look told nothing, in words that are safe to log; <see langword="null"/> for a look that did, and for a refusal.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether it showed a document that had not been seen before.</summary>
    public required bool IsNews { get; init; }

    /// <summary>The document that was read, news or not.</summary>
    public OperationStatus? Status { get; init; }

    /// <summary>
    /// For the terminal document: how long the end went unnoticed, by the servers' clocks. Known to about a second, since the <c>Date</c>
    /// header has whole seconds; at least 0, and at most the time since the look before.
    /// </summary>
    /// <value><see langword="null"/> for other documents, and where the answer has no <c>Date</c>.</value>
    public TimeSpan? Unnoticed { get; init; }
}

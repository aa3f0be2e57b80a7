using System.Globalization;

namespace OffloadedPolling.Status;

/// <summary>The problems that the library itself writes into status documents.</summary>
internal static class Problems
{
    private const string Prefix = "urn:offloaded-polling:problem:";

    /// <summary>The document was created, but its message could not be sent: the work never begins.</summary>
    public static OperationProblem NotSent { get; } = new()
    {
        Type = Prefix + "not-sent",
        Title = "The work could not be queued",
        Detail = "The operation was not accepted and will not run. Send the request again.",
    };

    /// <summary>The document was created, but no queue takes its message: it is too large, or has characters that cannot be sent.</summary>
    public static OperationProblem PayloadRefused { get; } = new()
    {
        Type = Prefix + "payload-refused",
        Title = "The request cannot be queued",
        Detail = "It is too large, or it contains characters that are not allowed. The operation was not accepted and will not run.",
    };

    /// <summary>The work was queued, but no status URL could be made: nobody could learn what came of it.</summary>
    public static OperationProblem NotIssued { get; } = new()
    {
        Type = Prefix + "not-issued",
        Title = "No address to look at the status could be made",
        Detail = "The operation was not accepted and will not run. Send the request again.",
    };

    /// <summary>A policy of the host's refused the document that the operation ended with. Nothing of that is told.</summary>
    public static OperationProblem StatusRefused { get; } = new()
    {
        Type = Prefix + "status-refused",
        Title = "What the work came to is not shown",
        Detail = "The operation has ended, but its outcome may not be published.",
    };

    /// <summary>What the handler came to, its result or its problem, could not be serialized or read back. Nothing of it is told.</summary>
    public static OperationProblem ResultInvalid { get; } = new()
    {
        Type = Prefix + "result-invalid",
        Title = "The result could not be written to the status document",
        Detail = "The operation has ended and will not run again. Check whether its work was done before you send the request again.",
    };

    /// <summary>Gets each problem with its longest text.</summary>
    public static IEnumerable<OperationProblem> Longest =>
    [
        NotSent,
        PayloadRefused,
        NotIssued,
        StatusRefused,
        ResultInvalid,
        HandlerFailed(int.MaxValue),
        GivenUp(int.MaxValue),
        ResultTooLarge(new StatusDocumentTooLargeException("", int.MaxValue, int.MaxValue, int.MaxValue)),
    ];

    /// <summary>Returns whether the library wrote a problem, not the handler.</summary>
    public static bool IsOwn(OperationProblem problem) => problem.Type.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The handler threw at its last try, too.</summary>
    public static OperationProblem HandlerFailed(int attempts) => new()
    {
        Type = Prefix + "handler-failed",
        Title = "The work could not be done",
        Detail = attempts == 1 ? "It was tried once." : string.Create(CultureInfo.InvariantCulture, $"It was tried {attempts} times."),
    };

    /// <summary>The work was begun as often as is allowed and never came to an end, or could not be begun.</summary>
    public static OperationProblem GivenUp(int? attempts) => new()
    {
        Type = Prefix + "given-up",
        Title = "The work was given up",
        Detail = attempts switch
        {
            null => "It could not be begun.",
            1 => "It was begun once and did not come to an end.",
            _ => string.Create(CultureInfo.InvariantCulture, $"It was begun {attempts} times and never came to an end."),
        },
    };

    /// <summary>The handler's result does not fit into a status document.</summary>
    public static OperationProblem ResultTooLarge(StatusDocumentTooLargeException tooLarge) => new()
    {
        Type = Prefix + "result-too-large",
        Title = "The result is too large for the status document",
        Detail = $"The status document would have {tooLarge.Size} bytes; {tooLarge.Limit} are allowed.",
    };
}

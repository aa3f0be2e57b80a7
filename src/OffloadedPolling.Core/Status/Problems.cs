using System.Globalization;

namespace OffloadedPolling.Status;

/// <summary>The problems that the library itself writes into status documents.</summary>
internal static class Problems
{
    private const string Prefix = "urn:offloaded-polling:problem:";
    private const string PartlyDone = " Check whether it was partly done before you send the request again.";

    /// <summary>The document was created, but the message could not be sent.</summary>
    public static OperationProblem NotSent { get; } = Create(
        "not-sent", "The work could not be queued", "The operation was not accepted and will not run. Send the request again.");

    /// <summary>The document was created, but the queue refused the message because of its size or its characters.</summary>
    public static OperationProblem PayloadRefused { get; } = Create(
        "payload-refused", "The request cannot be queued",
        "The request is too large, or it contains characters that are not allowed. The operation was not accepted and will not run.");

    /// <summary>The document was created, but no status URL could be issued.</summary>
    public static OperationProblem NotIssued { get; } = Create(
        "not-issued", "The status URL could not be created",
        "The operation was not accepted and will not run. Send the request again.");

    /// <summary>A policy of the host refused the operation's last document. Nothing of it is published.</summary>
    public static OperationProblem StatusRefused { get; } = Create(
        "status-refused", "The result was withheld", "The operation has ended. Its result is not available.");

    /// <summary>The handler's result or problem could not be serialized or read back. Nothing of it is published.</summary>
    public static OperationProblem ResultInvalid { get; } = Create(
        "result-invalid", "The result could not be written to the status document",
        "The operation has ended and will not run again. Check whether its work was done before you send the request again.");

    /// <summary>Gets each problem with its longest text.</summary>
    public static IEnumerable<OperationProblem> Longest =>
    [
        NotSent, PayloadRefused, NotIssued, StatusRefused, ResultInvalid, HandlerFailed(int.MaxValue), GivenUp(int.MaxValue),
        ResultTooLarge(new StatusDocumentTooLargeException("", int.MaxValue, int.MaxValue, int.MaxValue)),
    ];

    /// <summary>Returns whether the library wrote a problem, not the handler.</summary>
    public static bool IsOwn(OperationProblem problem) => problem.Type.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The handler threw in the last attempt.</summary>
    public static OperationProblem HandlerFailed(int attempts) => Create(
        "handler-failed", "The work failed",
        (attempts == 1 ? "The work was attempted once."
            : string.Create(CultureInfo.InvariantCulture, $"The work was attempted {attempts} times.")) + PartlyDone);

    /// <summary>The work was started the maximum number of times and never ended, or could not be started.</summary>
    public static OperationProblem GivenUp(int? attempts) => Create("given-up", "The work did not finish", attempts switch
    {
        null => "The work could not be started.",
        1 => "The work was started once and stopped unexpectedly." + PartlyDone,
        _ => string.Create(
            CultureInfo.InvariantCulture, $"The work was started {attempts} times and stopped unexpectedly each time.{PartlyDone}"),
    });

    /// <summary>The handler's result or problem does not fit into a status document.</summary>
    public static OperationProblem ResultTooLarge(StatusDocumentTooLargeException tooLarge) => Create(
        "result-too-large", "The outcome is too large for the status document",
        $"The operation has ended and will not run again. Its status document would have {tooLarge.Size} bytes; {tooLarge.Limit} are "
        + "allowed. Check whether its work was done before you send the request again.");

    private static OperationProblem Create(string type, string title, string detail) =>
        new() { Type = Prefix + type, Title = title, Detail = detail };
}

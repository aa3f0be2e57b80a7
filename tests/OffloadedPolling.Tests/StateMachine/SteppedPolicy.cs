using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A policy that lets no secret through. It removes the secret, refuses the document, or fails.
/// </summary>
internal sealed class SteppedPolicy(Interleaver interleaver, Rules rules) : IStatusDocumentPolicy
{
    /// <summary>A text that handlers write and callers must not read.</summary>
    public const string Secret = "secret";

    private volatile bool _refused;

    private volatile bool _ended;

    /// <summary>
    /// Stops refusing documents, but still removes secrets. With <see cref="Rules.WithoutRefusal"/>, there are no refusals to stop.
    /// </summary>
    public void End() => _ended = rules != Rules.WithoutRefusal;

    public OperationStatus Apply(OperationStatus document)
    {
        if (!_ended && interleaver.Next(4) == 0)
        {
            _refused = true;
            return rules == Rules.WithoutRefusal
                ? document
                : throw (interleaver.Next(2) == 0
                    ? new StatusDocumentRefusedException("As told.")
                    : new InvalidOperationException("As told."));
        }

        return document with
        {
            Message = document.Message == Secret ? "told" : document.Message,
            Error = document.Error?.Detail == Secret ? null : document.Error,
        };
    }

    /// <summary>Returns what is wrong with a written document, or <see langword="null"/>.</summary>
    public string? Check(OperationStatus written) => written switch
    {
        { Message: Secret } or { Error.Detail: Secret } => "a secret passed the policy",
        { Error.Type: var type } when type == Problems.StatusRefused.Type && !_refused => "the policy refused nothing",
        { Error.Type: var type } when type == Problems.StatusRefused.Type
            && written is not { Result: null, Message: null, ResourceLocation: null, PercentComplete: null } =>
            "a refused document is not minimal",
        _ => null,
    };
}

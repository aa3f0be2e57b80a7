using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A policy that lets nothing secret through: now it takes the secret out, now it refuses the document, and now it fails.
/// </summary>
internal sealed class SteppedPolicy(Interleaver interleaver, Rules rules) : IStatusDocumentPolicy
{
    /// <summary>What handlers say and callers must not read.</summary>
    public const string Secret = "secret";

    private volatile bool _refused;

    private volatile bool _ended;

    /// <summary>
    /// From now on it refuses nothing, but still takes out. Without its refusals, it goes on, and nothing keeps the history from resting.
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

    /// <summary>What is wrong with a document that was written, if anything is.</summary>
    public string? Judge(OperationStatus written) => written switch
    {
        { Message: Secret } or { Error.Detail: Secret } => "a secret came past the policy",
        { Error.Type: var type } when type == Problems.StatusRefused.Type && !_refused => "nobody refused it",
        { Error.Type: var type } when type == Problems.StatusRefused.Type
            && written is not { Result: null, Message: null, ResourceLocation: null, PercentComplete: null } =>
            "a refused document is not bare",
        _ => null,
    };
}

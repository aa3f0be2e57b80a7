namespace OffloadedPolling;

/// <summary>
/// Receives every status document before it is written, and can change or refuse it. Use it to keep from callers what they must not read:
/// whoever has a status URL reads the whole document.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe: there is one for the whole host;</item>
/// <item>MUST NOT have side effects or wait: one write calls it again each time that another writer came first;</item>
/// <item>MUST NOT change the library's own members.</item>
/// </list>
/// A policy that throws, breaks these rules, or returns a document that cannot be written or read back, refuses it. Add the policy with
/// <c>AddStatusDocumentPolicy</c> in every host that writes documents: hosts that accept or cancel operations, workers, and hosts that read
/// dead letters.
/// </remarks>
public interface IStatusDocumentPolicy
{
    /// <summary>Returns the document to write.</summary>
    /// <param name="document">The document, as the policies added before this one left it.</param>
    /// <returns>
    /// The document, or a copy that differs only in <see cref="OperationStatus.Message"/>, <see cref="OperationStatus.Result"/>,
    /// <see cref="OperationStatus.Error"/>, <see cref="OperationStatus.ResourceLocation"/>, <see cref="OperationStatus.PercentComplete"/>
    /// or <see cref="OperationStatus.Estimate"/>.
    /// </returns>
    /// <exception cref="StatusDocumentRefusedException">
    /// The document must not be written. An accept fails; progress fails in the handler; an operation that ends becomes <c>Failed</c>
    /// without a retry, with problem <c>status-refused</c>; one that is canceled or begins is written without the host's values.
    /// </exception>
    OperationStatus Apply(OperationStatus document);
}

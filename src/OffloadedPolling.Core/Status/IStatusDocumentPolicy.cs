namespace OffloadedPolling;

/// <summary>
/// Sees every status document before it is written, and may change or refuse it: the place to keep from callers what they must not read,
/// since whoever holds a status URL reads the whole document.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe: there is one for the whole host;</item>
/// <item>MUST NOT have effects, nor wait for anything: one write asks again each time that another writer came first;</item>
/// <item>MUST leave the members alone that are the library's own.</item>
/// </list>
/// A policy that throws anything, breaks these rules, or makes a document that cannot be written or read back, has refused. Add it with
/// <c>AddStatusDocumentPolicy</c> in every host that writes:
/// where operations are accepted or canceled, where they are worked on, and where dead letters are read.
/// </remarks>
public interface IStatusDocumentPolicy
{
    /// <summary>Judges a document that is about to be written.</summary>
    /// <param name="document">The document, as the policies added before this one left it.</param>
    /// <returns>
    /// It, or a copy that differs in <see cref="OperationStatus.Message"/>, <see cref="OperationStatus.Result"/>,
    /// <see cref="OperationStatus.Error"/>, <see cref="OperationStatus.ResourceLocation"/>, <see cref="OperationStatus.PercentComplete"/>
    /// or <see cref="OperationStatus.Estimate"/>. All else is the library's.
    /// </returns>
    /// <exception cref="StatusDocumentRefusedException">
    /// It must not be written. An accept fails then; progress is refused to the handler; an operation that ends is <c>Failed</c> at once,
    /// without a retry, with problem <c>status-refused</c>; what is <c>Canceled</c> or begins is written so, with nothing of the host's in
    /// it.
    /// </exception>
    OperationStatus Apply(OperationStatus document);
}

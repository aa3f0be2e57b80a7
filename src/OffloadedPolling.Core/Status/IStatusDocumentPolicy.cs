namespace OffloadedPolling;

/// <summary>
/// Checks every status document before it is written, and can change or refuse it. Use it to withhold data from callers: anyone who has a
/// status URL can read the whole document.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe: one instance serves the whole host;</item>
/// <item>MUST NOT have side effects or wait: a write calls the policy again whenever another writer was faster;</item>
/// <item>MUST NOT change the library's own members.</item>
/// </list>
/// If a policy throws, breaks these rules, or returns a document that cannot be written or read back, the document is refused.
/// <para>
/// Add the policy with <c>AddStatusDocumentPolicy</c> in every host that writes documents: hosts that accept or cancel operations, workers
/// and hosts that read dead letters.
/// </para>
/// </remarks>
public interface IStatusDocumentPolicy
{
    /// <summary>Returns the document to write.</summary>
    /// <param name="document">The document, with the changes of the policies that were added earlier.</param>
    /// <returns>
    /// The document, or a copy that differs only in <see cref="OperationStatus.Message"/>, <see cref="OperationStatus.Result"/>,
    /// <see cref="OperationStatus.Error"/>, <see cref="OperationStatus.ResourceLocation"/>, <see cref="OperationStatus.PercentComplete"/>
    /// or <see cref="OperationStatus.Estimate"/>.
    /// </returns>
    /// <exception cref="StatusDocumentRefusedException">
    /// The document must not be written. An accept throws this exception. A progress report throws it in the handler. An operation that
    /// ends becomes <c>Failed</c> without a retry, with the problem <c>status-refused</c>. If the operation starts or is canceled, the
    /// document is written without the host's values.
    /// </exception>
    OperationStatus Apply(OperationStatus document);
}

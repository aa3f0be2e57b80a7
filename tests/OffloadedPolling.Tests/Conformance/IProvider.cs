using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>An implementation of all ports, with a bucket and a queue, or a file, of its own.</summary>
public interface IProvider : IAsyncDisposable
{
    /// <summary>Makes what the implementation needs from outside.</summary>
    Task PrepareAsync();

    /// <summary>Chooses the implementation. Called for each host on this provider; they share its documents and messages.</summary>
    void Choose(IOffloadedPollingBuilder builder);

    /// <summary>Sets what the implementation asks of a kind, such as its queue.</summary>
    void Configure(string kind, OperationOptions options);

    /// <summary>Puts bytes where a document would lie, past the port.</summary>
    Task PutDocumentAsync(string statusKey, string body);

    /// <summary>Removes a document, past the port.</summary>
    Task DeleteDocumentAsync(string statusKey);

    /// <summary>Counts the documents, past the port.</summary>
    Task<int> CountDocumentsAsync();

    /// <summary>Counts a kind's messages, received ones among them, past the port.</summary>
    Task<int> CountMessagesAsync(string kind);
}

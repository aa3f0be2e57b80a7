using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>An implementation of all ports with its own bucket and queue, or its own file.</summary>
public interface IProvider : IAsyncDisposable
{
    /// <summary>Creates the external resources that the implementation needs.</summary>
    Task PrepareAsync();

    /// <summary>Registers the implementation with a host. All hosts of this provider share its documents and messages.</summary>
    void Choose(IOffloadedPollingBuilder builder);

    /// <summary>Sets the options that the implementation requires for a kind, such as its queue.</summary>
    void Configure(string kind, OperationOptions options);

    /// <summary>Writes text in place of a document, bypassing the port.</summary>
    Task PutDocumentAsync(string statusKey, string body);

    /// <summary>Deletes a document, bypassing the port.</summary>
    Task DeleteDocumentAsync(string statusKey);

    /// <summary>Counts the documents, bypassing the port.</summary>
    Task<int> CountDocumentsAsync();

    /// <summary>Counts a kind's messages, including received ones, bypassing the port.</summary>
    Task<int> CountMessagesAsync(string kind);
}

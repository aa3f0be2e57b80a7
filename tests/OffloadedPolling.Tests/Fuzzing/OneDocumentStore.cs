using System.Globalization;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>An in-memory store of one document that counts its versions.</summary>
internal sealed class OneDocumentStore : IOperationStatusStore
{
    /// <summary>The id of the message that owns a running operation.</summary>
    public const string Owner = "m-1";

    private int _version;

    public StoredOperation Stored { get; private set; } = null!;

    public void Put(OperationStatus status) => Stored = Next(
        status, new OperationMetadata { OwnerMessageId = status.State == OperationState.Running ? Owner : null });

    public string GetStatusKey(string id) => $"operations/{id}.json";

    public string? GetOperationId(string statusKey) => statusKey == GetStatusKey(TestDocuments.Id) ? TestDocuments.Id : null;

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        throw new OperationStatusConflictException(GetStatusKey(status.Id));

    public Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(id == TestDocuments.Id ? Stored : null);

    public Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken) =>
        Task.FromResult(id == TestDocuments.Id && Stored.Version != version ? Stored : null);

    public Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken) =>
        version == Stored.Version
            ? Task.FromResult(Stored = Next(status, metadata))
            : throw new OperationStatusConflictException(GetStatusKey(status.Id));

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private StoredOperation Next(OperationStatus status, OperationMetadata metadata) =>
        new(status, metadata, (++_version).ToString(CultureInfo.InvariantCulture));
}

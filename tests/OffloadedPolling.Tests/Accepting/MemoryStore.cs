using System.Collections.Concurrent;
using System.Globalization;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>An in-memory store that can be slow, fail, or lose its responses.</summary>
internal sealed class MemoryStore : IOperationStatusStore
{
    private readonly ConcurrentDictionary<string, StoredOperation> _documents = new();

    private int _version;

    private int _conflicts;

    /// <summary>Runs before each request. It may wait or throw.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after each request, before its response.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>The requests so far: create, get, update.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The cancellation tokens of the create requests.</summary>
    public ConcurrentQueue<CancellationToken> Creations { get; } = new();

    /// <summary>The number of create requests that found a document.</summary>
    public int Conflicts => Volatile.Read(ref _conflicts);

    public IReadOnlyCollection<StoredOperation> Documents => [.. _documents.Values];

    public string GetStatusKey(string id) => $"operations/{id}.json";

    public string? GetOperationId(string statusKey) => throw new NotSupportedException();

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken)
    {
        Creations.Enqueue(cancellationToken);
        return AnswerAsync("create", () =>
        {
            var created = Next(status, metadata);
            if (_documents.TryAdd(status.Id, created))
            {
                return created;
            }

            Interlocked.Increment(ref _conflicts);
            throw new OperationStatusConflictException(GetStatusKey(status.Id));
        });
    }

    public Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken) =>
        AnswerAsync("get", () => _documents.GetValueOrDefault(id));

    public Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken) =>
        AnswerAsync("update", () =>
        {
            var updated = Next(status, metadata);
            return _documents.TryGetValue(status.Id, out var before)
                && before.Version == version && _documents.TryUpdate(status.Id, updated, before)
                ? updated
                : throw new OperationStatusConflictException(GetStatusKey(status.Id));
        });

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private StoredOperation Next(OperationStatus status, OperationMetadata metadata) =>
        new(status, metadata, Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture));

    private async Task<T> AnswerAsync<T>(string request, Func<T> effect)
    {
        Requests.Enqueue(request);
        await Before(request);
        var result = effect();
        await After(request);
        return result;
    }
}

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>The ports of one process. Every request is a step, and may fail before or after it is carried out.</summary>
internal sealed class SteppedPorts(
    Interleaver interleaver, SteppedProcess process, ModelStore store, ModelQueue queue, Faults faults, Rules rules, SteppedTime time)
    : IOperationStatusStore, IOperationQueue, IDeadLetterQueue, IPresignedUrlIssuer, IWaitTimeEstimator
{
    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(30);

    public string GetStatusKey(string id) => id;

    public string? GetOperationId(string statusKey) => statusKey;

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        StoreAsync(() => store.Create(status, metadata));

    public Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken) => StoreAsync(() => store.Find(id));

    public Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken) =>
        StoreAsync(() => store.Find(id) is { } found && found.Version != version ? found : null);

    public Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken) =>
        StoreAsync(() => store.Update(status, metadata, version));

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => StoreAsync(() =>
    {
        store.Remove(id);
        return true;
    });

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => StoreAsync(() => default(string));

    public ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken) => ValueTask.FromResult(1024 * 1024);

    public Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken) => QueueAsync(() =>
    {
        if (rules != Rules.LosesMessages)
        {
            queue.Send(message);
        }

        return true;
    });

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        QueueAsync(() => queue.TryExtend(message) ? _visibility : default(TimeSpan?));

    public Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken) => default;

    public Task<string?> CheckAsync(string kind, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    Task IDeadLetterQueue.CheckAsync(string kind, CancellationToken cancellationToken) => Task.CompletedTask;

    public bool IsKnown(string kind) => true;

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) => QueueAsync(() =>
    {
        queue.Delete(message);
        return true;
    });

    // A message whose document was deleted is set aside for an operator, who deletes it.
    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) => QueueAsync(() =>
    {
        store.MayBeSetAside(message.StatusKey!);
        queue.Delete(message);
        return true;
    });

    public ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StatusUrl("https://example.com/status?signature=x", time.GetUtcNow() + lifetime));

    public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) => default;

    private Task<T> StoreAsync<T>(Func<T> effect) =>
        interleaver.StepAsync(process, () => faults.AroundStore(effect, () => new OperationStoreException("As told.")));

    private Task<T> QueueAsync<T>(Func<T> effect) =>
        interleaver.StepAsync(process, () => faults.Around(effect, () => new OperationQueueException("As told.")));
}

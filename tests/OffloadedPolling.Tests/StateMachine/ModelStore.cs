using System.Collections.Concurrent;
using System.Text.Json;
using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Stores the documents and checks every write to them. A version behaves as in S3: it changes with the document, not with the metadata.
/// </summary>
internal sealed class ModelStore(Rules rules, ModelQueue queue, HandlerEnds ends, SteppedPolicy? policy, int maxAttempts)
{
    private readonly Dictionary<string, StoredOperation> _documents = [];

    private readonly HashSet<string> _cancelAsked = [];

    private readonly ConcurrentDictionary<string, bool> _cancelPromised = new();

    private readonly Dictionary<string, int> _removed = [];

    private int _versions;

    public IReadOnlyCollection<StoredOperation> All => _documents.Values;

    /// <summary>Gets how the operations ended: <c>Succeeded</c>, <c>Failed handler-failed</c> and so on.</summary>
    public IEnumerable<string> Ends => All.Select(operation => operation.Status is { Error: { } error } failed
        ? $"{failed.State} {error.Type[(error.Type.LastIndexOf(':') + 1)..]}"
        : $"{operation.Status.State}");

    /// <summary>Gets the first broken guarantee. It is not thrown, because the code under test might catch it.</summary>
    public string? Broken { get; private set; }

    public StoredOperation? Find(string id) => _documents.GetValueOrDefault(id);

    public void AskedToCancel(string id) => _cancelAsked.Add(id);

    /// <summary>Records that a caller was told that a running operation will be canceled.</summary>
    public void PromisedToCancel(string id) => _cancelPromised[id] = true;

    /// <summary>Gets how many documents were deleted or have expired.</summary>
    public int Removals { get; private set; }

    /// <summary>Returns whether a document of the operation was deleted or has expired, after the given number of removals.</summary>
    public bool WasRemoved(string id, int since = 0) => _removed.GetValueOrDefault(id) > since;

    /// <summary>Deletes a document, or lets it expire.</summary>
    public void Remove(string id)
    {
        if (_documents.Remove(id))
        {
            _removed[id] = ++Removals;
            _cancelPromised.TryRemove(id, out _);
        }
    }

    public void MayBeSetAside(string id) => Broken ??= WasRemoved(id) ? null : "an operation's document is missing";

    public StoredOperation Create(OperationStatus status, OperationMetadata metadata)
    {
        if (_documents.ContainsKey(status.Id))
        {
            throw new OperationStatusConflictException(status.Id);
        }

        Check(status);
        Broken ??= JudgeAccept(status, metadata) ?? policy?.Check(status);
        return _documents[status.Id] = new StoredOperation(status, metadata, $"{++_versions}");
    }

    public StoredOperation Update(OperationStatus status, OperationMetadata metadata, string version)
    {
        if (!_documents.TryGetValue(status.Id, out var before))
        {
            throw new OperationStatusConflictException(status.Id);
        }

        if (before.Version != version && rules != Rules.WithoutCompareAndSwap)
        {
            throw new OperationStatusConflictException(status.Id);
        }

        Check(status);
        metadata = rules switch
        {
            Rules.WithoutOwner => metadata with { OwnerMessageId = null },
            Rules.WithoutCancelMark => metadata with { CancelRequested = false },
            _ => metadata,
        };
        var after = new StoredOperation(status, metadata, status == before.Status ? version : $"{++_versions}");
        Broken ??= Judge(before, after) ?? JudgeAccept(status, metadata) ?? policy?.Check(status);
        return _documents[status.Id] = after;
    }

    // As every store does. Here, only a handler's result can be unreadable.
    private void Check(OperationStatus status)
    {
        if (status.Result is not null && rules != Rules.WithoutReadBack)
        {
            StatusDocument.Write(status, StatusDocument.MaxBytes);
        }
        else if (status.Result is not null
            && StatusReading.Document(JsonSerializer.SerializeToUtf8Bytes(status, OperationJson.Status), null, null).Status is null)
        {
            Broken ??= "a document was written that callers cannot read";
        }
    }

    private static string? JudgeAccept(OperationStatus status, OperationMetadata metadata) =>
        metadata.PayloadFingerprint is not null
        && status.Error?.Type == Problems.NotSent.Type ? "an operation with a key ended as not sent" : null;

    private string? Judge(StoredOperation before, StoredOperation after) => (before.Status, after.Status) switch
    {
        ({ State: var ended }, _) when ended.IsTerminal() => $"a terminal {ended} changed to {after.Status.State}",
        ({ State: OperationState.Running }, { State: OperationState.NotStarted }) => "a running operation waits again",
        ({ State: OperationState.Running, Attempt: var attempt }, { State: OperationState.Running, Attempt: var later })
            when later < attempt => "an older delivery took over",
        ({ State: OperationState.Running }, { State: OperationState.Running })
            when before.Metadata.OwnerMessageId != after.Metadata.OwnerMessageId => "another message took over",
        (_, { State: OperationState.Running, Attempt: var attempt })
            when attempt != before.Status.Attempt && _cancelPromised.ContainsKey(after.Status.Id) =>
            "an operation restarted after its cancellation was promised",
        (_, { State: OperationState.Canceled }) when !_cancelAsked.Contains(after.Status.Id) => "nobody requested the cancellation",
        (_, { State: OperationState.Running }) when !IsOfThisDocument(after) => "a message of an earlier document took over",
        ({ State: OperationState.Running, Attempt: { } attempt }, { State: OperationState.Canceled })
            when !WasRemoved(after.Status.Id)
                && ends.HasReturned(after.Status.Id, attempt) && queue.ReceivesOf(before.Metadata.OwnerMessageId!) == attempt =>
            "an operation was canceled although its handler had returned",
        (_, { Error.Type: var type, Attempt: var attempt })
            when type == Problems.ResultInvalid.Type && !ends.HasReturned(after.Status.Id, attempt ?? 0) =>
            "a result is invalid although no handler returned",
        (_, { Error.Type: var type }) when type == Problems.GivenUp(1).Type && !MayBeGivenUp(before) =>
            "an operation was given up although another message owns it",
        _ when before.Metadata.CancelRequested && !after.Metadata.CancelRequested => "a cancellation request was lost",
        _ when before.Metadata.PayloadFingerprint != after.Metadata.PayloadFingerprint => "a fingerprint changed",
        _ when after.Status.LastUpdatedAt <= before.Status.LastUpdatedAt => "a newer document has no later timestamp",
        _ => null,
    };

    // Decided independently of the library: by the payload that the document was created for.
    private bool IsOfThisDocument(StoredOperation running) =>
        rules == Rules.WithoutOwner
        || running.Metadata.PayloadFingerprint is not { } fingerprint
        || SteppedCaller.FingerprintsOf(queue.BodyOf(running.Metadata.OwnerMessageId!)).Contains(fingerprint);

    // Decided independently of the library: by what the queue did.
    private bool MayBeGivenUp(StoredOperation before) =>
        before.Status.State == OperationState.NotStarted
        || queue.IsDead(before.Metadata.OwnerMessageId!)
        || (before.Status.Attempt >= maxAttempts && queue.ReceivesOf(before.Metadata.OwnerMessageId!) > before.Status.Attempt);
}

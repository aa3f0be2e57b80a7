namespace OffloadedPolling.Tests.Shared;

/// <summary>Does what it is told with each document, and keeps what it saw.</summary>
internal sealed class ParcelPolicy : IStatusDocumentPolicy
{
    /// <summary>Lets everything through unless set.</summary>
    public Func<OperationStatus, OperationStatus> Judge { get; set; } = document => document;

    public OperationStatus Apply(OperationStatus document) => Judge(document);

    /// <summary>Refuses documents of a state.</summary>
    public void Refuse(OperationState state) =>
        Judge = document => document.State == state ? throw new StatusDocumentRefusedException($"no {state} today.") : document;
}

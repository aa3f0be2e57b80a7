namespace OffloadedPolling.Tests.Shared;

/// <summary>A policy whose decision the test sets.</summary>
internal sealed class ParcelPolicy : IStatusDocumentPolicy
{
    /// <summary>Accepts every document by default.</summary>
    public Func<OperationStatus, OperationStatus> Judge { get; set; } = document => document;

    public OperationStatus Apply(OperationStatus document) => Judge(document);

    /// <summary>Rejects documents in a state.</summary>
    public void Refuse(OperationState state) =>
        Judge = document => document.State == state ? throw new StatusDocumentRefusedException($"no {state} today.") : document;
}

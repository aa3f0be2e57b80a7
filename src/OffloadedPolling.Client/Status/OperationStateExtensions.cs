namespace OffloadedPolling.Client;

/// <summary>Questions to an <see cref="OperationState"/>.</summary>
public static class OperationStateExtensions
{
    /// <summary>Whether the operation has ended, so that nothing about it changes any more.</summary>
    /// <param name="state">The state asked about.</param>
    /// <returns><see langword="true"/> for <c>Succeeded</c>, <c>Failed</c> and <c>Canceled</c>.</returns>
    public static bool IsTerminal(this OperationState state) =>
        state is OperationState.Succeeded or OperationState.Failed or OperationState.Canceled;
}

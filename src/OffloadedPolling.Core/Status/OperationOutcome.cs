using System.Text.Json;

namespace OffloadedPolling.Status;

/// <summary>How an operation ends.</summary>
internal sealed record OperationOutcome(OperationState State, JsonElement? Result = null, OperationProblem? Problem = null)
{
    /// <summary>The location of the outcome; <see langword="null"/> leaves what the document says.</summary>
    public string? ResourceLocation { get; init; }

    public static OperationOutcome Canceled { get; } = new(OperationState.Canceled);

    public static OperationOutcome Succeeded(JsonElement? result) => new(OperationState.Succeeded, result);

    public static OperationOutcome Failed(OperationProblem problem) => new(OperationState.Failed, Problem: problem);
}

using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>How far an operation has come.</summary>
/// <remarks>
/// <c>NotStarted → Running → Succeeded | Failed | Canceled</c>, also straight from <c>NotStarted</c> to <c>Failed</c> or <c>Canceled</c>.
/// The first terminal state that is written stands for ever.
/// </remarks>
[JsonConverter(typeof(OperationStateConverter))]
public enum OperationState
{
    /// <summary>Accepted; no worker has begun.</summary>
    NotStarted,

    /// <summary>A worker has begun.</summary>
    Running,

    /// <summary>Done; the document may carry a result. Terminal.</summary>
    Succeeded,

    /// <summary>Ended without success; the document carries a problem. Terminal.</summary>
    Failed,

    /// <summary>Ended because somebody asked for it. Terminal.</summary>
    Canceled,
}

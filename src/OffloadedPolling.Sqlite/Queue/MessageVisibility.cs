using System.Globalization;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Which messages can be received: those that wait, those whose visibility timeout is over, and those that were received in the future. The
/// last were received before the clock was set back, and would stay hidden for as long as it was set back by; a few seconds are no matter.
/// </summary>
internal static class MessageVisibility
{
    public const string IsVisible = "(visible_at <= $now OR received_at > $now + 5000)";

    // With <>, which no index can seek by: SQLite would seek by "visible_at > 0" and visit every message whose timeout is over.
    /// <summary>
    /// A message that a worker has received and has not released. One whose dead letter was received is in no worker's hands.
    /// </summary>
    public const string IsReceived = $"visible_at <> 0 AND receive_count <= {MaxReceives}";

    /// <summary>A message that a worker has at the moment.</summary>
    public const string IsInFlight = $"{IsReceived} AND visible_at > $now AND received_at <= $now + 5000";

    /// <summary>A message that has deliveries left.</summary>
    public const string IsAlive = $"receive_count < {MaxReceives}";

    /// <summary>A message that was delivered as often as it is. Its last receiver may still hold it.</summary>
    public const string IsDead = $"receive_count >= {MaxReceives}";

    // What the SQS console proposes.
    private const string MaxReceives = "10";

    /// <summary>How often a message is delivered before it is a dead letter.</summary>
    public static int MaxReceiveCount { get; } = int.Parse(MaxReceives, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// SQL conditions for messages that can be received: waiting messages, those whose visibility timeout has ended, and those received in the
/// future. The last were received before the clock was set back, and would otherwise stay hidden. A few seconds are tolerated.
/// </summary>
internal static class MessageVisibility
{
    public const string IsVisible = "(visible_at <= $now OR received_at > $now + 5000)";

    // <> instead of >: SQLite cannot use an index to find rows by it. With visible_at > 0, it would use one and visit every message whose
    // timeout has ended.
    /// <summary>
    /// A message that a worker has received and not released. A message whose dead letter was received is not held by a worker.
    /// </summary>
    public const string IsReceived = $"visible_at <> 0 AND receive_count <= {MaxReceives}";

    /// <summary>A message that a worker currently holds.</summary>
    public const string IsInFlight = $"{IsReceived} AND visible_at > $now AND received_at <= $now + 5000";

    /// <summary>A message that has deliveries left.</summary>
    public const string IsAlive = $"receive_count < {MaxReceives}";

    /// <summary>A message that has no deliveries left. Its last receiver may still hold it.</summary>
    public const string IsDead = $"receive_count >= {MaxReceives}";

    // The default of the SQS console.
    private const string MaxReceives = "10";

    /// <summary>The number of deliveries after which a message is a dead letter.</summary>
    public static int MaxReceiveCount { get; } = int.Parse(MaxReceives, CultureInfo.InvariantCulture);
}

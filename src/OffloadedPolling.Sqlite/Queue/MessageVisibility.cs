using System.Globalization;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Which messages can be received: those that wait, those whose visibility timeout is over, and those that were received in the future. The
/// last were received before the clock was set back, and would stay hidden for as long as it was set back by; a few seconds are no matter.
/// </summary>
internal static class MessageVisibility
{
    public const string IsVisible = "(visible_at <= $now OR received_at > $now + 5000)";

    // Said twice, since an index serves it that holds received messages alone.
    public const string IsHidden = "visible_at > 0 AND visible_at > $now AND received_at <= $now + 5000";

    /// <summary>A message that has deliveries left.</summary>
    public const string IsAlive = $"receive_count < {MaxReceives}";

    /// <summary>A message that was delivered as often as it is. Its last receiver may still hold it.</summary>
    public const string IsDead = $"receive_count >= {MaxReceives}";

    // What the SQS console proposes.
    private const string MaxReceives = "10";

    /// <summary>How often a message is delivered before it is a dead letter.</summary>
    public static int MaxReceiveCount { get; } = int.Parse(MaxReceives, CultureInfo.InvariantCulture);
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Accepting;

/// <summary>The bounds of accepts: each has one deadline, and what it leaves in doubt is settled in the background.</summary>
internal sealed class AcceptBounds(
    AcceptSettlements settlements, IOptions<OffloadedPollingOptions> options, TimeProvider time, ILogger<AcceptBounds> logger)
{
    public AcceptSettlements Settlements => settlements;

    /// <summary>Begins an accept of a kind.</summary>
    /// <exception cref="OperationStoreException">Accepts of the kind are refused for the moment.</exception>
    public AcceptDeadline Begin(OperationKind kind, CancellationToken caller) => new(kind, options.Value.AcceptTimeout, time, logger, caller);
}

using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreConformance<SqliteProvider>;

public sealed class SqliteQueueTests : QueueConformance<SqliteProvider>;

public sealed class SqliteIssuerTests : IssuerConformance<SqliteProvider>;

public sealed class SqliteEstimatorTests : EstimatorConformance<SqliteProvider>;

public sealed class SqliteProfileTests : ProfileConformance<SqliteProvider>;

public sealed class SqliteMeasuringTests : MeasuringConformance<SqliteProvider>;

public sealed class SqliteAcceptTests : AcceptConformance<SqliteProvider>;

public sealed class SqliteWorkerTests : WorkerConformance<SqliteProvider>;

[Collection(WholeMachine.Name)]
public sealed class SqliteBacklogTests : BacklogConformance<SqliteProvider>;

public sealed class SqliteHandlerTokenTests : HandlerTokenConformance<SqliteProvider>;

public sealed class SqliteDeadLetterTests : DeadLetterConformance<SqliteProvider>;

public sealed class SqlitePolicyTests : PolicyConformance<SqliteProvider>;

public sealed class SqliteDeletionTests : DeletionConformance<SqliteProvider>;

public sealed class SqliteTraceTests : TraceConformance<SqliteProvider>;

public sealed class SqliteEndsTests : EndsConformance<SqliteProvider>;

public sealed class SqliteRetryTests : RetryConformance<SqliteProvider>;

public sealed class WholeSqliteProviderTests : WholeProvider<SqliteProvider>;

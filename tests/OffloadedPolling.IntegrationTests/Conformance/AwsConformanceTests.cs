using OffloadedPolling.IntegrationTests.Reliability;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.IntegrationTests.Conformance;

public sealed class AwsStoreTests : StoreConformance<AwsProvider>;

public sealed class AwsQueueTests : QueueConformance<AwsProvider>;

public sealed class AwsIssuerTests : IssuerConformance<AwsProvider>;

public sealed class AwsEstimatorTests : EstimatorConformance<AwsProvider>;

public sealed class AwsProfileTests : ProfileConformance<AwsProvider>;

public sealed class AwsMeasuringTests : MeasuringConformance<AwsProvider>;

public sealed class AwsAcceptTests : AcceptConformance<AwsProvider>;

public sealed class AwsWorkerTests : WorkerConformance<AwsProvider>;

[Collection(ReliabilityRuns.Name)]
public sealed class AwsBacklogTests : BacklogConformance<AwsProvider>;

public sealed class AwsHandlerTokenTests : HandlerTokenConformance<AwsProvider>;

public sealed class AwsDeadLetterTests : DeadLetterConformance<AwsProvider>;

public sealed class AwsPolicyTests : PolicyConformance<AwsProvider>;

public sealed class AwsDeletionTests : DeletionConformance<AwsProvider>;

public sealed class AwsTraceTests : TraceConformance<AwsProvider>;

public sealed class AwsEndsTests : EndsConformance<AwsProvider>;

public sealed class AwsRetryTests : RetryConformance<AwsProvider>;

public sealed class WholeAwsProviderTests : WholeProvider<AwsProvider>;

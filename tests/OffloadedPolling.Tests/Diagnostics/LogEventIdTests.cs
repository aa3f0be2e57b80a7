using System.Reflection;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class LogEventIdTests
{
    private static readonly Dictionary<string, int> _ids = new()
    {
        ["FailedAcceptNotEnded"] = 101,
        ["SettingsOfUnknownKind"] = 102,
        ["KeyedAcceptNotFinished"] = 103,
        ["TooManySettlements"] = 104,
        ["AcceptsShut"] = 105,
        ["AcceptsOpened"] = 106,
        ["KeyedAcceptLeftNothing"] = 107,
        ["KindWithoutHandler"] = 108,
        ["ReadDeniedTakenAsMissing"] = 201,
        ["CredentialLifeUnknown"] = 202,
        ["CredentialRefreshFailed"] = 203,
        ["ProfileReadDeniedTakenAsMissing"] = 204,
        ["ConditionsIgnored"] = 205,
        ["ConditionsUnknown"] = 206,
        ["QueueAttributesUnknown"] = 301,
        ["ReceiveFailed"] = 302,
        ["MessagesNotDeleted"] = 303,
        ["RetentionShorterThanQueues"] = 304,
        ["MessageIncomplete"] = 305,
        ["MessageCorrupt"] = 306,
        ["WorkerStarted"] = 401,
        ["WorkerStopping"] = 402,
        ["WorkerStopped"] = 403,
        ["StoreOutageBegan"] = 404,
        ["StoreOutageEnded"] = 405,
        ["ReceivingSuspended"] = 406,
        ["ReceivingResumed"] = 407,
        ["MessageOfEarlierDocument"] = 408,
        ["VisibilityLimitMet"] = 409,
        ["MessageWithoutStatusKey"] = 410,
        ["MessageBodyUnreadable"] = 411,
        ["UnknownStatusKey"] = 412,
        ["OperationOfAnotherKind"] = 413,
        ["MessageLeft"] = 414,
        ["MessageHeldTooLong"] = 415,
        ["OperationNotTaken"] = 416,
        ["MessageNotExtended"] = 417,
        ["OperationNotPolled"] = 418,
        ["CancelCallbackThrew"] = 419,
        ["OperationEnded"] = 420,
        ["OperationFailed"] = 421,
        ["HandlerThrew"] = 422,
        ["HandlerStopped"] = 423,
        ["OperationLost"] = 424,
        ["ResultTooLarge"] = 425,
        ["ProgressNotWritten"] = 426,
        ["HandlerThrewAtLast"] = 427,
        ["HandlerAbandoned"] = 428,
        ["DeadLetterOfAnotherKind"] = 429,
        ["DeadLetterReaderStarted"] = 430,
        ["OperationGivenUp"] = 431,
        ["DeadLetterObsolete"] = 432,
        ["DeadLetterWithoutDocument"] = 433,
        ["DeadLetterLeft"] = 434,
        ["DeadLettersNotReceived"] = 435,
        ["ProfileUnreadable"] = 436,
        ["ProfileNotRead"] = 437,
        ["ProfileNotWritten"] = 438,
        ["NotEstimated"] = 439,
        ["ProfileNewer"] = 440,
        ["PolicyFailed"] = 441,
        ["StatusRedacted"] = 442,
        ["EstimateUnusable"] = 443,
        ["ResultInvalid"] = 444,
        ["WrittenReduced"] = 445,
        ["DeadLetterOfEarlierDocument"] = 446,
        ["HandlerBlocked"] = 447,
        ["DeliveryAbandoned"] = 448,
        ["OperationResent"] = 449,
        ["RecordsOfUnknownSource"] = 450,
        ["RecordIncomplete"] = 451,
        ["RetryNotWritten"] = 460,
        ["PartApplied"] = 501,
        ["PartFailed"] = 502,
        ["PartRolledBack"] = 503,
        ["PartSkipped"] = 504,
        ["PartWarning"] = 505,
        ["BucketProbeFailed"] = 506,
        ["PartRollbackFailed"] = 507,
        ["BucketProbeObjectLeft"] = 508,
        ["RequestFailed"] = 601,
        ["HttpsDemanded"] = 602,
        ["DatabaseOpened"] = 701,
        ["BoundToWildcard"] = 702,
        ["QueueDepthUnknown"] = 703,
        ["ExpiredNotDeleted"] = 704,
        ["FileLost"] = 705,
        ["FileFound"] = 706,
    };

    [Fact]
    public void EventIds_AreThoseThatOperatorsFilterBy()
    {
        var found = new[] { typeof(OffloadedPolling.Diagnostics.Log), typeof(OffloadedPolling.Log), typeof(OffloadedPolling.Provisioning.Log), typeof(AspNetCore.Log),
            typeof(OffloadedPolling.Sqlite.Log) }
            .SelectMany(log => log.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(method => (method.Name, method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(message => message.EventId is not null)
            .ToDictionary(message => message.Name, message => message.EventId!.Value);

        found.Should().Equal(_ids);
    }
}

using System.Diagnostics;

namespace OffloadedPolling.Diagnostics;

/// <summary>What spans tell of how it ended. Exceptions are named by their type: their texts are for the host's own log.</summary>
internal static class ActivityOutcomes
{
    public static void Fail(this Activity? activity, string errorType)
    {
        activity?.SetStatus(ActivityStatusCode.Error);
        activity?.SetTag(TagNames.ErrorType, errorType);
    }

    public static void Fail(this Activity? activity, Exception thrown) => activity.Fail(thrown.GetType().FullName!);

    /// <summary>What came of a message.</summary>
    public static void CameTo(this Activity? activity, string messageOutcome) => activity?.SetTag(TagNames.MessageOutcome, messageOutcome);

    /// <summary>What came of a message, which is a failure.</summary>
    public static void CameTo(this Activity? activity, string messageOutcome, Exception thrown)
    {
        activity.CameTo(messageOutcome);
        activity.Fail(thrown);
    }
}

namespace OffloadedPolling.Diagnostics;

/// <summary>What came of one write of a status document.</summary>
internal static class WriteOutcomes
{
    public const string Written = "written";

    /// <summary>Another writer came first. The change is decided anew on what that one wrote.</summary>
    public const string Conflict = "conflict";

    /// <summary>The store could not be reached or refuses.</summary>
    public const string Failed = "failed";

    /// <summary>Whoever wanted it gave up.</summary>
    public const string Canceled = "canceled";
}

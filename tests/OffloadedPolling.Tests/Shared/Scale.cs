namespace OffloadedPolling.Tests.Shared;

/// <summary>The size of the runs: short by default, long with <c>OFFLOADEDPOLLING_TEST_LONG=1</c>.</summary>
internal static class Scale
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("OFFLOADEDPOLLING_TEST_LONG") == "1";

    /// <summary>How long a run waits for its operations to end.</summary>
    public static TimeSpan Patience { get; } = IsLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(90);

    public static int Of(int inShort, int inLong) => IsLong ? inLong : inShort;
}

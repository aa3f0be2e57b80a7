namespace OffloadedPolling.WaitTime;

/// <summary>A duration profile as it is stored.</summary>
/// <param name="First">The bin of the first weight.</param>
/// <param name="Weights">The weights, which sum up to a thousand.</param>
/// <param name="Evidence">How many durations they rest on.</param>
/// <param name="UpdatedAt">When it was written, in seconds since 1970.</param>
/// <param name="Workers">By their ids, the slots of each worker and when it was seen, in seconds since 1970.</param>
/// <param name="Format">How it is laid out; 1 where it does not say.</param>
internal sealed record DurationProfileDocument(
    int First,
    List<double> Weights,
    double Evidence,
    long UpdatedAt,
    Dictionary<string, long[]?> Workers,
    int Format = 1);

using System.Diagnostics.Metrics;

namespace OffloadedPolling.Tests.Diagnostics;

/// <summary>The library's instruments.</summary>
internal static class Instruments
{
    /// <summary>Returns the instruments of one host.</summary>
    public static IReadOnlyList<Instrument> Of(IMeterFactory host)
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == OffloadedPollingInstrumentation.MeterName && ReferenceEquals(instrument.Meter.Scope, host))
            {
                found.Add(instrument);
            }
        };
        listener.Start();
        return found;
    }
}

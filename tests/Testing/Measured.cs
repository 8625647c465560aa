using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LeadOrchestrator.Testing;

/// <summary>Hears every measurement of the product's meter while it lives, from whichever test of this process.</summary>
public sealed class Measured : IDisposable
{
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, double> _sums = new();

    /// <summary>Begins to listen.</summary>
    public Measured()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "LeadOrchestrator" && !instrument.IsObservable)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What was heard, as <c>name tag=value tag=value</c>, with the sum of its measurements.</summary>
    public IReadOnlyDictionary<string, double> Sums => _sums;

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var (name, tag) in tags)
        {
            key += $" {name}={tag}";
        }

        _sums.AddOrUpdate(key, value, (_, sum) => sum + value);
    }
}

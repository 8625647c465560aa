using System.Text;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>What one stretch of load came to. Only answers with 2xx are in <see cref="Latency"/>.</summary>
internal sealed class LoopResult
{
    private const int ShownBytes = 300;
    private long _errors;
    private string? _firstError;

    /// <summary>Answers with 2xx, with their latency.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>Other answers, and broken connections.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>What the first error was; null = there was none.</summary>
    public string? FirstError => _firstError;

    /// <summary>From the first request to the last answer.</summary>
    public double Seconds { get; set; }

    /// <summary>Answers with 2xx per second.</summary>
    public double PerSecond => Latency.Count / Seconds;

    /// <summary>Notes an answer.</summary>
    public void Note(int status, long micros, Connection connection)
    {
        if (status is >= 200 and < 300)
        {
            Latency.Add(micros);
        }
        else
        {
            Failed($"{status} {Encoding.UTF8.GetString(connection.Body.AsSpan(0, Math.Min(ShownBytes, connection.Body.Length)))}");
        }
    }

    /// <summary>Notes that there was no answer, or a bad one.</summary>
    public void Failed(string what)
    {
        Interlocked.Increment(ref _errors);
        Interlocked.CompareExchange(ref _firstError, what, null);
    }

    /// <summary>Nothing is reported of a target that failed.</summary>
    /// <exception cref="BenchException">There was an error.</exception>
    public LoopResult OrThrow(string target) => Errors == 0
        ? this
        : throw new BenchException($"{target} failed {Errors} of {Errors + Latency.Count} requests, so nothing is reported. The first: {FirstError}");
}

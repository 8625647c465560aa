namespace LeadOrchestrator.Bench.Measuring;

/// <summary>What a stretch of work cost, in seconds of CPU.</summary>
/// <param name="App">Of the server under test.</param>
/// <param name="Postgres">Of PostgreSQL, all of it.</param>
/// <param name="Machine">Of everything on the machine.</param>
/// <param name="Wall">Seconds that went by.</param>
internal sealed record Usage(double App, double Postgres, double Machine, double Wall);

/// <summary>Reads <see cref="Usage"/> since its making.</summary>
internal sealed class UsageMeter(int app, int postmaster)
{
    private readonly double _app = ProcessTimes.Cpu(app);
    private readonly double _postgres = ProcessTimes.CpuWithChildren(postmaster);
    private readonly double _machine = ProcessTimes.Machine();
    private readonly long _start = Driving.MonotonicClock.Now;

    /// <summary>Since the beginning.</summary>
    public Usage Read() => new(
        ProcessTimes.Cpu(app) - _app, ProcessTimes.CpuWithChildren(postmaster) - _postgres, ProcessTimes.Machine() - _machine,
        (Driving.MonotonicClock.Now - _start) / 1e6);
}

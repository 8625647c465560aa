using System.Diagnostics;

namespace LeadOrchestrator.Launcher;

/// <summary>Plain lines with the seconds since the start; the same in a terminal and in a log of a build server.</summary>
internal sealed class Progress(TextWriter output)
{
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(10);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Since the command began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Prints one line.</summary>
    public void Say(string line) => output.WriteLine(FormattableString.Invariant($"[{_clock.Elapsed.TotalSeconds,5:0.0} s] {line}"));

    /// <summary>Says what is being done, says so again every ten seconds, and says when it is done.</summary>
    public async Task WhileAsync(string doing, Task work)
    {
        Say($"{doing} …");
        var own = Stopwatch.StartNew();
        using var done = new CancellationTokenSource();
        while (await Task.WhenAny(work, Task.Delay(Pulse, done.Token)) != work)
        {
            Say(FormattableString.Invariant($"{doing}: {own.Elapsed.TotalSeconds:0} s so far"));
        }

        await done.CancelAsync();
        await work;
        Say(FormattableString.Invariant($"{doing}: done in {own.Elapsed.TotalSeconds:0.0} s"));
    }
}

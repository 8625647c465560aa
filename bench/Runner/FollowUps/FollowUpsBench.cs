using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Benches;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>
/// <c>followups</c>: what the engine that sends promises, judged by what Twilio saw: no text after a STOP, an outage made good within the law and the pace of each number,
/// nobody late because of somebody else's many texts, a greeting at once beside them, and holds that cost nobody anything.
/// </summary>
internal sealed class FollowUpsBench(TestBed bed, BenchOptions options)
{
    /// <summary>As the tables call it.</summary>
    public const string Name = "followups";

    /// <summary>Runs all of it; <c>--case</c>: stop, greeting, lateness, holds, backlog.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var parts = new Parts(Name, options);
        var follow = await FollowUpBed.CreateAsync(bed, cancel);
        return
        [
            .. await parts.RunAsync("stop", () => new StopRace(follow, options.IsFull).RunAsync(cancel)),
            .. await parts.RunAsync("greeting", () => new GreetingBesideMany(bed, follow).RunAsync(cancel)),
            .. await parts.RunAsync("lateness", () => new Lateness(follow).RunAsync(cancel)),
            .. await parts.RunAsync("holds", () => new HeldBacklog(bed, follow, options.IsFull).RunAsync(cancel)),
            .. await parts.RunAsync("backlog", () => new Backlog(follow, options.IsFull).RunAsync(cancel)),
        ];
    }

    /// <summary>A figure of it.</summary>
    /// <param name="most">What it must not exceed; null = nothing is promised.</param>
    public static ReportLine Line(string what, string unit, double value, double? most) => ReportLine.Promise(Name, what, unit, Samples.Rounded(value), most);
}

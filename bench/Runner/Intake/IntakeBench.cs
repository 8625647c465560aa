using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Benches;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>
/// <c>intake</c>: whether every quote request becomes one lead, whatever the network, the CRM and the own processes do: by the poll alone, from webhooks that
/// are shuffled and repeated, in a flood, with 500 tenants, among malformed bodies.
/// </summary>
internal sealed class IntakeBench(TestBed bed, BenchOptions options)
{
    /// <summary>As the tables call it.</summary>
    public const string Name = "intake";

    /// <summary>Runs all of it; <c>--case</c>: poll, shuffle, flood, tenants, malformed. A part that cannot be measured says why, and the others go on.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var fresh = new Lazy<Task<FreshProcesses>>(() => FreshProcesses.CreateAsync(bed, Name, cancel));
        var parts = new Parts(Name, options);
        return
        [
            .. await parts.RunAsync("poll", () => new PollOnly(options.IsFull).RunAsync(cancel)),
            .. await parts.RunAsync("shuffle", () => new ShuffledRepeats(options.IsFull).RunAsync(cancel)),
            .. await parts.RunAsync("flood", async () => await new Flood(bed, await fresh.Value, options).RunAsync(cancel)),
            .. await parts.RunAsync("malformed", async () => await new Malformed(bed, await fresh.Value, options.IsFull).RunAsync(cancel)),
            .. await parts.RunAsync("tenants", async () => await new ManyTenants(bed, options).RunAsync(cancel)),
        ];
    }
}

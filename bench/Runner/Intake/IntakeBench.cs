using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Testing;
using Npgsql;

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
        return
        [
            .. await PartAsync("poll", () => new PollOnly(options.IsFull).RunAsync(cancel)),
            .. await PartAsync("shuffle", () => new ShuffledRepeats(options.IsFull).RunAsync(cancel)),
            .. await PartAsync("flood", async () => await new Flood(bed, await fresh.Value, options).RunAsync(cancel)),
            .. await PartAsync("malformed", async () => await new Malformed(bed, await fresh.Value, options.IsFull).RunAsync(cancel)),
            .. await PartAsync("tenants", async () => await new ManyTenants(bed, options).RunAsync(cancel)),
        ];
    }

    private async Task<IReadOnlyList<ReportLine>> PartAsync(string part, Func<Task<IReadOnlyList<ReportLine>>> run)
    {
        if (options.Case is not null && !part.Contains(options.Case, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        try
        {
            Benchmarks.Say($"{Name}: {part}");
            return await run();
        }
        catch (Exception exception) when (exception is BenchException or EventuallyException or NpgsqlException or HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            Benchmarks.Say($"{Name}: {part} FAILED: {exception.Message}");
            return [new ReportLine(Name, $"{part}: not measured", "", null, null, null, null, null, null, 1) { Note = exception.Message.Split('\n')[0], IsBroken = true }];
        }
    }
}

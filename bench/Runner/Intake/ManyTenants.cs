using System.Globalization;
using System.Text;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>500 tenants, each with a key of its own at the CRM, polled by one Orchestrator: a round in which nothing is new, all of them due at the same moment.</summary>
internal sealed class ManyTenants(TestBed bed, BenchOptions options)
{
    private const int Tenants = 500;
    private const double RoundSeconds = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly Samples _samples = new(IntakeBench.Name);

    /// <summary>Runs it on a database of its own; the tenants come over the API, as an operator makes them.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var fresh = await FreshProcesses.CreateAsync(bed, "tenants", cancel);
        await using var orchestrator = await fresh.StartOrchestratorAsync(cancel, [.. Franchises.Settings]);
        Benchmarks.Say($"intake: tenants: making {Tenants}");
        using (var franchises = await Franchises.SignInAsync(orchestrator.Url, cancel))
        {
            await franchises.AddAsync(Tenants, cancel);
            for (var number = 0; number < Tenants; number++)
            {
                await franchises.PutAccountAsync(number, "shopmonkey", new { apiKey = $"bench-key-{number}", companyId = $"bench-company-{number:000}" }, cancel);
            }
        }

        Benchmarks.Say($"intake: tenants: waiting for the first poll of {Tenants}");
        await PolledAsync(fresh, "SELECT count(*) FROM poll_states WHERE polled_at IS NOT NULL", cancel);
        await Databases.ExecuteAsync(fresh.ProductDatabase, "ANALYZE", cancel);

        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        for (var round = 0; round < options.Rounds; round++)
        {
            await MeasureRoundAsync(fresh, orchestrator, postmaster, cancel);
        }

        return [.. _samples.Lines(Targets.Peer).Select(Judged)];
    }

    private async Task MeasureRoundAsync(FreshProcesses fresh, Server orchestrator, int postmaster, CancellationToken cancel)
    {
        var lists = await ListsAsync();
        var meter = new UsageMeter(orchestrator.ProcessId, postmaster);
        var since = await Databases.ValueAsync<DateTime>(fresh.ProductDatabase, """
            WITH due AS (UPDATE poll_states SET next_poll_at = clock_timestamp() RETURNING 1) SELECT clock_timestamp() FROM due LIMIT 1
            """, cancel);
        await PolledAsync(fresh, $"SELECT count(*) FROM poll_states WHERE polled_at >= '{since.ToString("o", CultureInfo.InvariantCulture)}'", cancel);
        var usage = meter.Read();
        _samples.Add(new Metric($"{Tenants} tenants: a round in which nothing is new", "s", false), Targets.Product, usage.Wall);
        _samples.Add(new Metric($"{Tenants} tenants: CPU of the Orchestrator and PostgreSQL in a round", "s", false), Targets.Product, usage.App + usage.Postgres);
        _samples.Add(new Metric($"{Tenants} tenants: CPU of the Orchestrator alone", "s", false), Targets.Product, usage.App);
        _samples.Add(new Metric($"{Tenants} tenants: requests to the CRM in a round", "count", false), Targets.Product, await ListsAsync() - lists);
    }

    private static ReportLine Judged(ReportLine line) => line.Metric.Contains("a round in which", StringComparison.Ordinal) || line.Metric.Contains("and PostgreSQL", StringComparison.Ordinal)
        ? line with { Limit = RoundSeconds, Note = line.Product <= RoundSeconds ? "kept" : "BROKEN", IsBroken = line.Product > RoundSeconds }
        : line;

    private static async Task PolledAsync(FreshProcesses fresh, string count, CancellationToken cancel)
    {
        var polled = 0L;
        for (var start = MonotonicClock.Now; (polled = await Databases.ValueAsync<long>(fresh.ProductDatabase, count, cancel)) < Tenants; await Task.Delay(LookEvery, cancel))
        {
            if (MonotonicClock.Now - start > Patience.TotalMicroseconds)
            {
                throw new BenchException($"After {Patience.TotalSeconds} s only {polled} of {Tenants} tenants were polled to the end.");
            }
        }
    }

    private async Task<long> ListsAsync() =>
        long.Parse(Encoding.UTF8.GetString(await bed.AskVendorsAsync(HttpRequestBytes.Get(FakeShopmonkey.ListsPath))), CultureInfo.InvariantCulture);
}

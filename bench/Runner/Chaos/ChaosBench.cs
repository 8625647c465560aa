using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>
/// <c>chaos</c>: what is left when things die. PostgreSQL is stopped and started under webhooks, Orchestrators are killed at random instants
/// and at named points; then the vendors' ledger is compared with the database. Nothing lost, nothing twice.
/// </summary>
internal sealed class ChaosBench(BenchOptions options)
{
    private const string Bench = "chaos";
    private const int StopsInARound = 2;
    private const int RandomKillsInARound = 40;
    private const int KillsAtEachPointInARound = 2;

    // Of --full, as many as in a run of five rounds.
    private const int RandomKills = 200;
    private const int KillsAtEachPoint = 10;
    private const int Batches = 5;
    private const int BatchesOfPoints = 6;

    /// <summary>Runs all of it: a round is 2 stops, 40 kills at random instants and 2 at each point. <c>--full</c> is five to six times as many kills, and goes on where an interrupted run stopped.
    /// <c>--case</c>: stops, kills, chat.</summary>
    /// <exception cref="BenchException">The system did not come up, or not again.</exception>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        try
        {
            return
            [
                .. Wants("stops") ? Lines(await new PostgresStops(options.Rounds * StopsInARound).RunAsync(cancel)) : [],
                .. Wants("kills") ? Lines(await KillAsync(cancel)) : [],
                .. Wants("chat") ? await ChatChaos.RunAsync(cancel) : [],
            ];
        }
        catch (EventuallyException exception)
        {
            throw new BenchException(exception.Message, exception);
        }
    }

    private bool Wants(string part) => options.Case is null || part.Contains(options.Case, StringComparison.OrdinalIgnoreCase);

    private async Task<KillTally> KillAsync(CancellationToken cancel)
    {
        if (!options.IsFull)
        {
            return await new Kills(options.Rounds * RandomKillsInARound, options.Rounds * KillsAtEachPointInARound).RunAsync(cancel);
        }

        var tally = await ChaosProgress.ReadAsync(cancel);
        while (tally.Batches < Math.Max(Batches, BatchesOfPoints))
        {
            var kills = new Kills(tally.Batches < Batches ? RandomKills : 0, tally.Batches < BatchesOfPoints ? KillsAtEachPoint : 0);
            tally = tally.With(await kills.RunAsync(cancel));
            await ChaosProgress.KeepAsync(tally, cancel);
            Benchmarks.Say($"chaos: {tally.Random} random kills and {tally.Aimed} at points so far; lost {tally.Lost}, twice {tally.Doubled}");
        }

        ChaosProgress.Forget();
        return tally;
    }

    private static IEnumerable<ReportLine> Lines(StopTally tally) =>
    [
        Count($"webhooks accepted at 50/s over {tally.Recoveries.Count} stops of PostgreSQL", tally.Accepted, null),
        Count("… of these missing in the database", tally.Missing, 0),
        Count("… answers that are neither 2xx nor 503", tally.Wrong, 0),
        Count("… lost or texted twice", tally.Problems.Count, 0),
        Seconds("… accepting again after a start, median", tally.Recoveries.Order().ElementAt(tally.Recoveries.Count / 2), null),
        Seconds("… accepting again after a start, longest", tally.Recoveries.Max(), 5),
    ];

    private static IEnumerable<ReportLine> Lines(KillTally tally) =>
    [
        Count("kill -9 of Orchestrators at random instants", tally.Random, null),
        Count("kill -9 of Orchestrators at named points", tally.Aimed, null),
        Count("… quote requests meanwhile", tally.Leads, null),
        Count("… lost", tally.Lost, 0),
        Count("… sent twice", tally.Doubled, 0),
        Count("… where Twilio and the database disagree", tally.Disagreements, 0),
        Count("… neither sent nor lost: a person decides", tally.Undecided, null),
    ];

    private static ReportLine Count(string what, int count, int? most) => ReportLine.Promise(Bench, what, "count", count, most);

    private static ReportLine Seconds(string what, TimeSpan time, double? most) => ReportLine.Promise(Bench, what, "s", Math.Round(time.TotalSeconds, 2), most);
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// Two hundred clients want one slot at the same moment, fifty times: one of them gets it, nothing overlaps, and each of the others hears of other times. Judged from outside: by the
/// answers, and by the table as a stranger reads it.
/// </summary>
internal sealed class BookingBench(TestBed bed)
{
    private const int Clients = 200;
    private const int Rounds = 50;
    private const string AdminEmail = "bench@example.com";
    private const string AdminPassword = "a-long-bench-password";
    private static readonly Guid Location = Guid.Parse("0199a000-0000-7000-8000-00000000b001");
    private static readonly Guid Service = Guid.Parse("0199a000-0000-7000-8000-00000000b002");

    private readonly Histogram _latency = new();

    /// <summary>Runs the rounds, and gives one line for each figure.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var fresh = await FreshProcesses.CreateAsync(bed, "booking", cancel);
        await using var orchestrator = await fresh.StartOrchestratorAsync(cancel, ("ADMIN_EMAIL", AdminEmail), ("ADMIN_PASSWORD", AdminPassword));
        var leads = await SeedAsync(fresh, cancel);
        using var staff = await SignInAsync(orchestrator, cancel);
        var starts = await FreeHoursAsync(staff, cancel);
        Benchmarks.Say($"booking: {Clients} clients on one slot, {starts.Count} times");
        var tally = new Tally();
        foreach (var startsAt in starts)
        {
            await RunRoundAsync(staff, leads, startsAt, tally, cancel);
        }

        var overlaps = await Databases.ValueAsync<long>(fresh.ProductDatabase, """
            SELECT count(*) FROM appointments a JOIN appointments b ON b.bay_id = a.bay_id AND b.id > a.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
            WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
            """, cancel);
        var stored = await Databases.ValueAsync<long>(fresh.ProductDatabase, "SELECT count(*) FROM appointments WHERE status = 'confirmed'", cancel);
        return
        [
            Exactly("slots with one winner", tally.OneWinner, Rounds),
            Exactly("bookings stored", stored, Rounds),
            Exactly("bookings that overlap", overlaps, 0),
            Exactly("losers that got other times", tally.LosersWithOthers, Rounds * (Clients - 1)),
            Exactly("other times that were taken already", tally.TakenOffered, 0),
            Exactly("answers that were neither 201 nor 409", tally.Other, 0),
            Time("answer p50", 0.5), Time("answer p99", 0.99),
        ];

        ReportLine Time(string metric, double share) => new("booking", metric, "ms", Samples.Rounded(_latency.Milliseconds(share)), null, null, null, null, null, Rounds);
    }

    private async Task RunRoundAsync(HttpClient staff, IReadOnlyList<Guid> leads, string startsAt, Tally tally, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(leads.Select(lead => BookAsync(staff, lead, startsAt, cancel)));
        var winners = answers.Count(answer => answer.Status == HttpStatusCode.Created);
        tally.OneWinner += winners == 1 ? 1 : 0;
        tally.Taken.Add(startsAt);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created))
        {
            tally.Other += answer.Status == HttpStatusCode.Conflict ? 0 : 1;
            tally.LosersWithOthers += answer.Others.Count > 0 ? 1 : 0;
            tally.TakenOffered += answer.Others.Count(tally.Taken.Contains);
        }
    }

    private async Task<(HttpStatusCode Status, IReadOnlyList<string> Others)> BookAsync(HttpClient staff, Guid lead, string startsAt, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await staff.PostAsJsonAsync("/api/appointments", new { leadId = lead, locationId = Location, serviceId = Service, startsAt }, cancel);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        _latency.Add((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        return (answer.StatusCode, body.TryGetProperty("alternatives", out var others) ? [.. others.EnumerateArray().Select(other => other.GetString()!)] : []);
    }

    // A shop that never closes, so that the hour of the run does not matter.
    private static async Task<IReadOnlyList<Guid>> SeedAsync(FreshProcesses fresh, CancellationToken cancel)
    {
        await Databases.ExecuteAsync(fresh.ProductDatabase, $"""
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ('{fresh.TenantId}', '{Location}', 'Bench', 'America/Chicago', now(), now());
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            SELECT '{fresh.TenantId}', gen_random_uuid(), '{Location}', day, '00:00', '24:00' FROM generate_series(1, 7) AS day;
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            VALUES ('{fresh.TenantId}', '{Service}', '{Location}', 'Tint', 19900, 60, true, 'manual', '2020-01-01', now());
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            SELECT '{fresh.TenantId}', ('0199a000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, '{Location}', 'api', 'bench-' || number, 'contacted', 'America/Chicago', now(), now(), now()
            FROM generate_series(1, {Clients}) AS number;
            """, cancel);
        return [.. Enumerable.Range(1, Clients).Select(number => Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"0199a000-0000-7000-8000-{number:x12}")))];
    }

    private static async Task<HttpClient> SignInAsync(Server orchestrator, CancellationToken cancel)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = orchestrator.Url };
        using var answer = await client.PostAsJsonAsync("/api/auth/sessions", new { email = AdminEmail, password = AdminPassword }, cancel);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("accessToken").GetString());
        return client;
    }

    // The slots begin every half hour and take an hour: every other one, so that each round's winner leaves the next round's slot free.
    private static async Task<IReadOnlyList<string>> FreeHoursAsync(HttpClient staff, CancellationToken cancel)
    {
        var slots = await staff.GetFromJsonAsync<JsonElement>($"/api/locations/{Location}/slots?serviceId={Service}", cancel);
        var starts = slots.GetProperty("items").EnumerateArray().Select(slot => slot.GetProperty("startsAt").GetString()!).Where(start => start[14..16] == "00").Take(Rounds).ToList();
        return starts.Count == Rounds ? starts : throw new BenchException($"The shop offers {starts.Count} hours instead of {Rounds}, so nothing is reported.");
    }

    private static ReportLine Exactly(string metric, long value, long wanted) => new("booking", metric, "", value, null, wanted, null, null, null, Rounds)
    {
        Note = value == wanted ? "kept" : "BROKEN", IsBroken = value != wanted,
    };

    private sealed class Tally
    {
        public HashSet<string> Taken { get; } = [];

        public long OneWinner { get; set; }

        public long LosersWithOthers { get; set; }

        public long TakenOffered { get; set; }

        public long Other { get; set; }
    }
}

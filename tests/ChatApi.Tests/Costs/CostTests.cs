using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Tests.Costs;

/// <summary>A franchise's own limits, and what its staff read of what was spent.</summary>
public sealed class CostTests(Scene scene) : IClassFixture<Scene>, IAsyncDisposable
{
    private static readonly AiModel Model = AiModels.Find(Providers.Claude, "claude-sonnet-5-5")!;

    [Fact]
    public async Task A_hundred_turns_at_once_overspend_a_dollar_by_nothing()
    {
        await LimitAsync("day", 1_000_000);
        var customers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => scene.CustomerAsync()));

        var ends = await Task.WhenAll(customers.Select(async customer => (await customer.AskAsync("How much is ceramic tint?"))[^1]));

        ends.ShouldContain(end => end.Type == "answer.completed");
        var (spent, reserved) = (await SumAsync("spent_micros"), await SumAsync("reserved_micros"));
        (spent + reserved).ShouldBeLessThanOrEqualTo(1_000_000);
        reserved.ShouldBe(0);
        spent.ShouldBe(await scene.Database.ScalarAsync<long>("SELECT sum(cost_micros)::bigint FROM ai_calls"));
    }

    [Fact]
    public async Task A_server_of_ones_own_answers_by_a_model_that_no_table_has_and_the_cap_holds_for_it()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "We open at eight." });
            await OwnModel.ChunkAsync(http, new { }, "stop", OwnModel.Usage(1000, 20));
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene, model: "llama-3.1-70b");
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Hi"))[^1].Text("content").ShouldBe("We open at eight.");
        (await scene.Database.ScalarAsync<long>("SELECT cost_micros FROM ai_calls WHERE session_id = $1", customer.SessionId)).ShouldBe((1000 * 5 / 2) + (20 * 10), "the dearest that OpenAI has");
        await LimitAsync("day", await SumAsync("spent_micros") + 1000);
        await customer.AskAsync("And on Sunday?");

        model.Requests.Count.ShouldBe(1);
        (await SumAsync("spent_micros + reserved_micros")).ShouldBeLessThan(await scene.Database.ScalarAsync<long>("SELECT limit_micros FROM ai_limits WHERE period = 'day'"));
    }

    [Fact]
    public async Task A_month_has_a_limit_over_all_its_days_whatever_runs_at_once()
    {
        var (session, messageId) = await AnswerAsync();
        await scene.Database.ExecuteAsync(
            "INSERT INTO ai_budgets (tenant_id, id, day, limit_micros, spent_micros) VALUES ($1, $2, '2026-11-02', 10000000, 400000), ($1, $3, '2026-10-31', 10000000, 9000000)",
            scene.TenantId, Guid.CreateVersion7(), Guid.CreateVersion7());
        var budget = scene.Chat.Get<Budget>();
        var one = (await budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None))!;
        var used = await scene.Database.ScalarAsync<long>("SELECT sum(spent_micros + reserved_micros)::bigint FROM ai_budgets WHERE day >= '2026-11-01'");
        await LimitAsync("month", used + (one.Micros * 7) + 3);

        var reservations = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None)));

        reservations.Count(reservation => reservation is not null).ShouldBe(7);
        (await scene.Database.ScalarAsync<long>("SELECT sum(spent_micros + reserved_micros)::bigint FROM ai_budgets WHERE day >= '2026-11-01'")).ShouldBe(used + (one.Micros * 7));
        foreach (var open in reservations.OfType<Reservation>().Append(one))
        {
            await budget.SettleAsync(scene.TenantId, open.CallId, Reservation.NotBilled("test"), CancellationToken.None);
        }

        await scene.Database.ExecuteAsync("DELETE FROM ai_budgets WHERE day < '2026-11-23'");
    }

    [Fact]
    public async Task A_budget_that_ends_behind_a_tool_is_told_as_such()
    {
        await using var server = await scene.StartAsync(("OPENAI_API_KEY", null));
        var before = await scene.CustomerAsync(server);
        await before.AskAsync("Hi");
        var first = await scene.Database.ScalarAsync<long>("SELECT reserved_micros FROM ai_calls WHERE session_id = $1", before.SessionId);
        await LimitAsync("day", await SumAsync("spent_micros") + first);
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Let me look.", "opening_hours", []));
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Hi");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100."));
        (await scene.Database.ColumnAsync<string>(
            "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId))
            .ShouldBe(["no_answer budget_exhausted"]);
    }

    [Fact]
    public async Task From_the_soft_limit_on_the_cheaper_model_is_asked_first()
    {
        var customer = await scene.CustomerAsync();
        Provider(await customer.AskAsync("Hi")).ShouldBe("claude");
        var spent = await SumAsync("spent_micros");
        await LimitAsync("day", spent * 100, softPercent: 1);

        Provider(await customer.AskAsync("Hi again")).ShouldBe("openai");
        await LimitAsync("day", 10_000_000, softPercent: 100);
        Provider(await customer.AskAsync("And again")).ShouldBe("claude");

        static string Provider(IReadOnlyList<SeenFrame> frames) => frames[^1].Data.GetProperty("usage").GetProperty("provider").GetString()!;
    }

    [Theory]
    [InlineData("provider")]
    [InlineData("model")]
    [InlineData("location")]
    [InlineData("day")]
    [InlineData("conversation")]
    public async Task Costs_are_summed_by_what_is_asked_for_and_are_exactly_the_ledger(string groupBy)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("It is $250."));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("It is $399.00."));
        await (await scene.CustomerAsync()).AskAsync("How much?");
        await (await scene.CustomerAsync()).AskAsync("When?");
        using var staff = scene.Staff(Roles.Manager);

        var report = await staff.GetFromJsonAsync<JsonElement>($"/api/chat/costs?from=2026-11-01&to=2026-11-30&groupBy={groupBy}&limit=200");

        var ledger = await scene.Database.ScalarAsync<long>("SELECT sum(cost_micros)::bigint FROM ai_calls");
        report.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("costMicros").GetInt64()).ShouldBe(ledger);
        report.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("cacheWriteTokens").GetInt64()).ShouldBe(await scene.Database.ScalarAsync<long>("SELECT sum(cache_write_tokens)::bigint FROM ai_calls"));
        report.GetProperty("totalMicros").GetInt64().ShouldBe(ledger);
        report.GetProperty("calls").GetInt64().ShouldBe(await scene.Database.ScalarAsync<long>("SELECT count(*) FROM ai_calls"));
        var conversations = await scene.Database.ScalarAsync<long>("SELECT count(DISTINCT session_id) FROM ai_calls");
        report.GetProperty("perConversationMicros").GetInt64().ShouldBe((long)Math.Round((decimal)ledger / conversations, MidpointRounding.AwayFromZero));
        report.GetProperty("perAppointmentMicros").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_is_the_same_for_all_customers_of_a_shop_is_read_from_the_vendors_cache_and_the_saving_is_told()
    {
        await (await scene.CustomerAsync()).AskAsync("How much?");
        scene.Sandbox.Clock.Advance(TimeSpan.FromMinutes(1)); // the prompt of the next one has another time in it
        var second = await scene.CustomerAsync();
        await second.AskAsync("When are you open?");
        using var staff = scene.Staff(Roles.Owner);

        var report = await staff.GetFromJsonAsync<JsonElement>("/api/chat/costs?from=2026-11-01&to=2026-11-30");

        var (input, read) = (await CallAsync("input_tokens", second), await CallAsync("cache_read_tokens", second));
        read.ShouldBeGreaterThan(input / 2);
        var (allRead, written) = (await scene.Database.ScalarAsync<long>("SELECT sum(cache_read_tokens)::bigint FROM ai_calls"), await scene.Database.ScalarAsync<long>("SELECT sum(cache_write_tokens)::bigint FROM ai_calls"));
        written.ShouldBeGreaterThan(0);
        report.GetProperty("cacheSavingMicros").GetInt64().ShouldBe((long)((allRead * 1.90m) - (written * 0.50m)));

        Task<long> CallAsync(string column, Customer customer) => scene.Database.ScalarAsync<long>($"SELECT {column} FROM ai_calls WHERE session_id = $1", customer.SessionId);
    }

    [Fact]
    public async Task What_was_only_held_or_was_moved_is_no_appointment_and_a_booking_is_one()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("Hi");
        using var staff = scene.Staff(Roles.Owner);
        var none = await AppointmentsAsync();

        await AddAsync("cancelled", "expired", 0, 9);
        await AddAsync("cancelled", "replaced", 0, 10);
        await AddAsync("cancelled", "replaced", 2, 11);
        (await AppointmentsAsync()).ShouldBe(none);
        await AddAsync("confirmed", null, 1, 12);
        await AddAsync("cancelled", "cancelled_by_customer", 2, 13);

        (await AppointmentsAsync()).ShouldBe(none + 2);
        await scene.Database.ExecuteAsync("DELETE FROM appointments");

        async Task<long> AppointmentsAsync() =>
            (await staff.GetFromJsonAsync<JsonElement>("/api/chat/costs?from=2026-11-01&to=2026-11-30")).GetProperty("appointments").GetInt64();

        Task<int> AddAsync(string status, string? reason, long revision, int hour) => scene.Database.ExecuteAsync("""
            INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, status_reason, price_cents, revision, created_at, updated_at)
            SELECT s.tenant_id, $2, s.lead_id, $3, (SELECT c.id FROM service_catalog c LIMIT 1), (SELECT b.id FROM bays b WHERE b.location_id = $3 LIMIT 1),
                '2026-11-25'::timestamptz + $7 * interval '1 hour', '2026-11-25'::timestamptz + ($7 + 1) * interval '1 hour', $4, $5, 39900, $6, $8, $8
            FROM chat_sessions s WHERE s.id = $1
            """, customer.SessionId, Guid.CreateVersion7(), scene.LocationId, status, reason ?? (object)DBNull.Value, revision, hour, scene.Sandbox.Clock.Now.UtcDateTime);
    }

    [Fact]
    public async Task Costs_come_in_pages_of_their_keys()
    {
        await (await scene.CustomerAsync()).AskAsync("One");
        await (await scene.CustomerAsync()).AskAsync("Two");
        using var staff = scene.Staff(Roles.Owner);
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = await staff.GetFromJsonAsync<JsonElement>($"/api/chat/costs?groupBy=conversation&limit=1&from=2026-11-01&to=2026-11-30{(cursor is null ? "" : $"&cursor={cursor}")}");
            keys.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        keys.Distinct().Count().ShouldBe(keys.Count);
        keys.Count.ShouldBe((int)await scene.Database.ScalarAsync<long>("SELECT count(DISTINCT session_id) FROM ai_calls"));
    }

    [Fact]
    public async Task Costs_are_for_managers_and_a_senseless_question_is_told_how_to_ask()
    {
        using var advisor = scene.Staff(Roles.Advisor);
        using var manager = scene.Staff(Roles.Manager);

        (await scene.Chat.Http.GetAsync("/api/chat/costs")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await advisor.GetAsync("/api/chat/costs")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await manager.GetAsync("/api/chat/costs?groupBy=weather")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.GetAsync("/api/chat/costs?from=2026-12-01&to=2026-11-01")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.GetAsync("/api/chat/costs")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await manager.GetAsync("/api/chat/costs?from=yesterday")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.GetAsync("/api/chat/costs?to=2026-13-01")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.GetAsync("/api/chat/costs?from=&to=&cursor=")).StatusCode.ShouldBe(HttpStatusCode.OK);
        // 23:30 of the day before, and 18:00, in Chicago.
        var instants = await manager.GetFromJsonAsync<JsonElement>("/api/chat/costs?from=2026-11-02T05:30:00Z&to=2026-11-24T00:00:00Z");
        (instants.GetProperty("from").GetString(), instants.GetProperty("to").GetString()).ShouldBe(("2026-11-01", "2026-11-23"));
        (await manager.GetAsync("/api/chat/costs?from=9999-12-31T23:59:59Z&to=9999-12-31T23:59:59Z")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await manager.GetAsync("/api/chat/costs?to=0001-01-01")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await manager.GetAsync("/api/chat/costs?to=9999-12-31")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync() => await scene.Database.ExecuteAsync("DELETE FROM ai_limits");

    private Task<int> LimitAsync(string period, long micros, int softPercent = 80) => scene.Database.ExecuteAsync("""
        INSERT INTO ai_limits (tenant_id, id, period, limit_micros, soft_percent, updated_at) VALUES ($1, $2, $3, $4, $5, now())
        ON CONFLICT (tenant_id, period) DO UPDATE SET limit_micros = excluded.limit_micros, soft_percent = excluded.soft_percent
        """, scene.TenantId, Guid.CreateVersion7(), period, micros, softPercent);

    private Task<long> SumAsync(string column) => scene.Database.ScalarAsync<long>($"SELECT coalesce(sum({column}), 0)::bigint FROM ai_budgets WHERE day = '2026-11-23'");

    private async Task<(SessionKey Session, Guid MessageId)> AnswerAsync()
    {
        var customer = await scene.CustomerAsync();
        var frames = await customer.AskAsync("Hi");
        return (new SessionKey(scene.TenantId, customer.SessionId), Guid.Parse(frames[^1].MessageId));
    }
}

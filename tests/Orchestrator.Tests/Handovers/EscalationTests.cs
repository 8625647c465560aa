using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Handovers;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Handovers;

/// <summary>A customer who wants a person is nobody's for as long as it takes: staff are told again and again, at growing distances, until one takes them. Two Orchestrators run.</summary>
public sealed class EscalationTests(EscalationTests.TwoOrchestrators shop) : IClassFixture<EscalationTests.TwoOrchestrators>, IAsyncLifetime
{
    private static readonly LocationHours Weekdays = new("America/Chicago", [.. Enumerable.Range(1, 5).Select(day => new OpenSpan(day, new TimeOnly(8, 0), new TimeOnly(17, 0)))]);

    public sealed class TwoOrchestrators : Shop
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await StartAsync();
        }
    }

    public async ValueTask InitializeAsync()
    {
        shop.Sandbox.Faults.Clear();
        await shop.SetClockAsync(Shop.Monday10);
    }

    public async ValueTask DisposeAsync() => await shop.Database.ExecuteAsync("UPDATE handovers SET taken_at = now() WHERE taken_at IS NULL");

    [Fact]
    public async Task Staff_are_told_at_once_and_again_until_somebody_takes_it()
    {
        const string staff = "+15125559001";
        var lead = await WaitingAsync("+15125552301", staff);

        var first = await ToldAsync(staff, 1);
        first[0].Body.ShouldBe("Acme Tint Austin: Ann, 2021 Honda Civic wants a person in the chat: a scratch. Take it: http://localhost:3000/console");
        await shop.SetClockAsync("2026-11-23T16:02:05Z");
        (await ToldAsync(staff, 2))[1].Body.ShouldContain("for 2 min");
        await shop.Database.ExecuteAsync("UPDATE handovers SET taken_at = now() WHERE lead_id = $1", lead);
        await shop.SetClockAsync("2026-11-23T18:00:00Z");

        var other = await WaitingAsync("+15125552302", "+15125559002");
        await ToldAsync("+15125559002", 1); // by then the first would have been told again, too
        shop.Sandbox.Twilio.SentTo(staff).Count.ShouldBe(2);
        other.ShouldNotBe(lead);
    }

    [Theory]
    [InlineData("won", "+15125552310", "+15125559010")]
    [InlineData("lost", "+15125552311", "+15125559011")]
    public async Task A_lead_that_staff_close_waits_for_nobody_any_more(string outcome, string phone, string staff)
    {
        var lead = await WaitingAsync(phone, staff);
        await ToldAsync(staff, 1);
        using var advisor = await shop.SignedInAsync("advisor");

        (await advisor.PostAsJsonAsync($"/api/leads/{lead}/closure", new { outcome })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM handovers WHERE lead_id = $1 AND (taken_at IS NULL OR taken_by IS NULL)", lead)).ShouldBe(0);
    }

    [Fact]
    public async Task Outside_the_shops_hours_nobody_is_woken()
    {
        const string staff = "+15125559003";
        var lead = await GreetedAsync("+15125552303");
        await shop.SetClockAsync("2026-11-24T04:00:00Z"); // 22:00
        await WaitAsync(lead, staff);

        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<DateTime>("SELECT next_alert_at FROM handovers WHERE lead_id = $1", lead)
            == new DateTime(2026, 11, 24, 14, 0, 0, DateTimeKind.Utc), "the alert to wait for 8:00");
        shop.Sandbox.Twilio.SentTo(staff).ShouldBeEmpty();
        await shop.SetClockAsync("2026-11-24T14:00:05Z");
        await ToldAsync(staff, 1);
    }

    [Fact]
    public async Task An_alert_that_Twilio_took_and_dropped_is_not_repeated()
    {
        const string staff = "+15125559004";
        var lead = await GreetedAsync("+15125552304");
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.AcceptThenDrop });
        await WaitAsync(lead, staff);

        (await Eventually.ValueAsync(() => shop.Database.ColumnAsync<string>("SELECT a.status FROM staff_alerts a WHERE a.address = $1", staff), all => all is ["unknown"], "the alert to end"))
            .Count.ShouldBe(1);
        shop.Sandbox.Twilio.SentTo(staff).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Staff_without_a_phone_get_an_email()
    {
        var lead = await GreetedAsync("+15125552305");
        await WaitAsync(lead, null, "boss@acme-tint.example");

        (await Eventually.ValueAsync(() => shop.Database.ColumnAsync<string>("SELECT status FROM staff_alerts WHERE address = 'boss@acme-tint.example'"), all => all.Count == 1 && all[0] != "handed_over", "the email"))
            .ShouldBe(["accepted"]);
    }

    [Fact]
    public async Task Where_nobody_is_named_the_franchises_owners_and_managers_get_an_email()
    {
        await EmployAsync();
        var lead = await GreetedAsync("+15125552308");
        await WaitAsync(lead, null);

        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<int>("SELECT alerts FROM handovers WHERE lead_id = $1", lead) > 0, "somebody to be told");
        (await shop.Database.ColumnAsync<string>("""
            SELECT DISTINCT a.address FROM staff_alerts a JOIN handovers h ON h.tenant_id = a.tenant_id AND h.id = a.handover_id WHERE h.lead_id = $1 AND a.address LIKE 'escalated-%' ORDER BY 1
            """, lead)).ShouldBe(["escalated-manager@acme-tint.example", "escalated-owner@acme-tint.example"]);
    }

    [Fact]
    public async Task Where_no_text_reaches_the_named_staff_the_owners_are_told_by_email()
    {
        await EmployAsync();
        var lead = await GreetedAsync("+15125552312");
        await WaitAsync(lead, "+15005550009"); // takes no texts, Twilio says (21614)
        await Eventually.TrueAsync(async () => (await AlertsAsync(lead)).Contains("1 refused +15005550009"), "the first text to be refused");

        await shop.SetClockAsync("2026-11-23T16:02:05Z");

        await Eventually.TrueAsync(async () => (await AlertsAsync(lead)).Contains("2 accepted escalated-owner@acme-tint.example"), "the owner to be told");
    }

    [Fact]
    public async Task Where_the_named_staff_do_not_come_the_owners_are_told_as_well()
    {
        const string staff = "+15125559013";
        await EmployAsync();
        var lead = await WaitingAsync("+15125552313", staff);
        await ToldAsync(staff, 1);
        await shop.SetClockAsync("2026-11-23T16:02:05Z");
        await ToldAsync(staff, 2);
        (await AlertsAsync(lead)).ShouldAllBe(alert => alert.EndsWith(staff, StringComparison.Ordinal));

        await shop.SetClockAsync("2026-11-23T16:07:10Z");

        await ToldAsync(staff, 3);
        await Eventually.TrueAsync(async () => (await AlertsAsync(lead)).Contains("3 accepted escalated-owner@acme-tint.example"), "the owner to be told");
    }

    [Fact]
    public async Task A_text_that_waits_in_a_persons_conversation_is_told_to_staff_after_two_minutes()
    {
        const string staff = "+15125559008", phone = "+15125552309";
        var lead = await WaitingAsync(phone, staff);
        await ToldAsync(staff, 1);
        await shop.Database.ExecuteAsync("UPDATE handovers SET taken_at = now() WHERE lead_id = $1", lead);

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Are you still there?");
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>("SELECT count(*) FROM handovers WHERE lead_id = $1 AND taken_at IS NULL", lead) == 1, "the text to wait");
        shop.Sandbox.Twilio.SentTo(staff).Count.ShouldBe(1);
        await shop.SetClockAsync("2026-11-23T16:02:30Z");

        (await ToldAsync(staff, 2))[1].Body.ShouldContain("wants a person in the chat, for 2 min: Are you still there?");
    }

    [Fact]
    public async Task A_hold_keeps_alerts_back_and_who_said_stop_is_not_told()
    {
        const string staff = "+15125559006";
        await shop.Sandbox.Twilio.ReceiveAsync(staff, "STOP");
        var lead = await WaitingAsync("+15125552306", staff);
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<int>("SELECT alerts FROM handovers WHERE lead_id = $1", lead) == 1, "the round to pass");
        shop.Sandbox.Twilio.SentTo(staff).ShouldBeEmpty();

        var held = await GreetedAsync("+15125552307");
        await shop.Database.ExecuteAsync("""
            INSERT INTO holds (tenant_id, id, scope, lead_id, reason, taken_by, taken_at) SELECT tenant_id, gen_random_uuid(), 'lead', id, 'test', gen_random_uuid(), now() FROM leads WHERE id = $1
            """, held);
        await WaitAsync(held, "+15125559007");
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<bool>("SELECT next_alert_at > wanted_at FROM handovers WHERE lead_id = $1", held), "the hold to be seen");
        shop.Sandbox.Twilio.SentTo("+15125559007").ShouldBeEmpty();
    }

    [Fact]
    public async Task Whom_to_tell_is_set_by_managers_and_bad_numbers_are_named()
    {
        var location = await shop.LocationAsync();
        using var manager = await shop.SignedInAsync("manager");
        using var advisor = await shop.SignedInAsync("advisor");
        var path = $"/api/locations/{location}/staff-contacts";

        (await (await manager.PutAsJsonAsync(path, new { phones = new[] { "(512) 555-0188" }, emails = new[] { " Boss@Example.com " } })).Content.ReadFromJsonAsync<JsonElement>())
            .GetRawText().ShouldBe("""{"phones":["+15125550188"],"emails":["boss@example.com"]}""");
        (await advisor.GetFromJsonAsync<JsonElement>(path)).GetProperty("phones")[0].GetString().ShouldBe("+15125550188");
        (await advisor.PutAsJsonAsync(path, new { phones = Array.Empty<string>(), emails = Array.Empty<string>() })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var wrong = await manager.PutAsJsonAsync(path, new { phones = new[] { "12" }, emails = new[] { "nobody" } });
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var told = await wrong.Content.ReadAsStringAsync();
        told.ShouldContain("phones[0]");
        told.ShouldContain("emails[0]");
        (await manager.GetAsync($"/api/locations/{Guid.CreateVersion7()}/staff-contacts")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await manager.PutAsJsonAsync(path, new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void The_distances_grow_and_end_at_two_hours() =>
        Enumerable.Range(1, 8).Select(alerts => Escalation.After(alerts).TotalMinutes).ShouldBe([2, 5, 15, 30, 60, 120, 120, 120]);

    [Theory]
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z")]
    [InlineData("2026-11-27T23:30:00Z", "2026-11-30T14:00:00Z")] // Friday evening, then Monday 8:00
    public void While_the_shop_is_closed_staff_are_told_when_it_opens(string now, string from) =>
        Escalation.From(Weekdays, DateTimeOffset.Parse(now, null)).ShouldBe(DateTimeOffset.Parse(from, null));

    [Fact]
    public void Where_no_hours_are_known_the_night_is_left_alone() =>
        Escalation.From(Weekdays with { Days = [] }, DateTimeOffset.Parse("2026-11-24T04:00:00Z", null)).ShouldBe(DateTimeOffset.Parse("2026-11-24T14:00:00Z", null));

    // Whoever comes first hires them.
    private async Task EmployAsync()
    {
        foreach (var (role, isDisabled) in new[] { ("owner", false), ("manager", false), ("manager", true), ("advisor", false) })
        {
            await shop.Database.ExecuteAsync("""
                INSERT INTO users (tenant_id, id, email, password_hash, name, role, disabled_at, created_at, updated_at)
                SELECT id, gen_random_uuid(), $1, 'x', 'X', $2, CASE WHEN $3 THEN now() END, now(), now() FROM tenants ORDER BY created_at LIMIT 1
                ON CONFLICT DO NOTHING
                """, $"escalated-{role}{(isDisabled ? "-gone" : "")}@acme-tint.example", role, isDisabled);
        }
    }

    private Task<IReadOnlyList<string>> AlertsAsync(Guid lead) => shop.Database.ColumnAsync<string>("""
        SELECT a.number || ' ' || a.status || ' ' || a.address FROM staff_alerts a JOIN handovers h ON h.tenant_id = a.tenant_id AND h.id = a.handover_id WHERE h.lead_id = $1 ORDER BY 1
        """, lead);

    private async Task<Guid> WaitingAsync(string phone, string staff)
    {
        var lead = await GreetedAsync(phone);
        await WaitAsync(lead, staff);
        return lead;
    }

    private async Task<Guid> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        return (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
    }

    // As the Chat API opens it, with this one to be told.
    private async Task WaitAsync(Guid lead, string? phone, string? email = null)
    {
        await shop.Database.ExecuteAsync("""
            INSERT INTO staff_contacts (tenant_id, id, location_id, phones, emails, updated_at)
            SELECT tenant_id, gen_random_uuid(), location_id, array_remove(ARRAY[nullif($2, '')], NULL), array_remove(ARRAY[nullif($3, '')], NULL), now() FROM leads WHERE id = $1
            ON CONFLICT (tenant_id, location_id) DO UPDATE SET phones = excluded.phones, emails = excluded.emails
            """, lead, phone ?? "", email ?? "");
        await shop.Database.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            SELECT l.tenant_id, gen_random_uuid(), l.location_id, d, '08:00', '17:00' FROM leads l, generate_series(1, 5) d
            WHERE l.id = $1 AND NOT EXISTS (SELECT 1 FROM location_hours h WHERE h.location_id = l.location_id)
            """, lead);
        await shop.Database.ExecuteAsync("""
            WITH session AS (INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'human', now(), now() FROM leads WHERE id = $1 RETURNING tenant_id, id, lead_id)
            INSERT INTO handovers (tenant_id, id, session_id, lead_id, wish, wanted_at, next_alert_at) SELECT tenant_id, gen_random_uuid(), id, lead_id, 'a scratch', $2::timestamptz, $2::timestamptz FROM session
            """, lead, shop.Sandbox.Clock.Now.UtcDateTime.ToString("O"));
    }

    private Task<IReadOnlyList<Sandbox.Twilio.Text>> ToldAsync(string phone, int count) => Eventually.ValueAsync(
        () => Task.FromResult(shop.Sandbox.Twilio.SentTo(phone)), texts => texts.Count == count, $"{phone} to be told {count} times");
}

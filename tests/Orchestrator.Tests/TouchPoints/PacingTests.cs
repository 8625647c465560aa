using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>Two processes send by one number with its carriers' pace: what was planned for many waits, and who asked does not.</summary>
public sealed class PacingTests : Shop
{
    private const int Many = 12;
    private WebApplication _app = null!;
    private HttpClient _admin = null!;

    protected override bool StartsOne => false;

    [Fact]
    public async Task While_many_wait_for_a_slow_number_a_greeting_goes_out_at_once()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "1"));
        await PlanForManyAsync();
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE reason = 'sender_is_paced' AND slot_at IS NOT NULL") >= Many - 3, "the others to have a place");

        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551501"));

        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'next_day' AND status IN ('sent', 'delivered')")).ShouldBeLessThan(Many);
        // However many processes: no two have one place, and each has the time of its segments.
        var slots = await Database.ColumnAsync<DateTime>("SELECT slot_at FROM touch_points WHERE slot_at IS NOT NULL ORDER BY slot_at");
        slots.Zip(slots.Skip(1), (before, after) => after - before).ShouldAllBe(gap => gap >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_first_text_that_goes_to_a_number_says_who_writes_although_another_one_was_to_be_the_first()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "1"));
        await PlanForManyAsync();
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE reason = 'sender_is_paced' AND slot_at IS NOT NULL") >= Many - 3, "the others to have a place");

        // A member of staff writes to each of those who wait, at the moment in which their step is due.
        await Database.ExecuteAsync("""
            WITH due AS (
                UPDATE touch_points SET due_at = '2026-11-23T15:00:00Z', slot_at = NULL WHERE step = 'next_day' AND status = 'scheduled' RETURNING tenant_id, lead_id
            )
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, content, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), lead_id, 'staff-1', 'sms', 'scheduled', 'It is $399.', '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z' FROM due
            """);
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'staff-1' AND status NOT IN ('sent', 'delivered')") == 0, "what staff wrote to go out");

        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'staff-1'")).ShouldBeGreaterThanOrEqualTo(Many - 5);
        (await Database.ColumnAsync<string>("""
            SELECT a.address FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id
            WHERE t.step = 'staff-1' AND a.body NOT LIKE '%STOP%' AND NOT EXISTS (
                SELECT 1 FROM message_attempts b JOIN touch_points u ON u.id = b.touch_point_id WHERE u.step = 'next_day' AND b.address = a.address)
            """)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_for_its_place_goes_out_at_it()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "20"));
        await PlanForManyAsync();

        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'next_day' AND status IN ('sent', 'delivered')") == Many, "all to be sent");
        (await Database.ScalarAsync<int>("SELECT segments FROM number_paces")).ShouldBeGreaterThanOrEqualTo(Many);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts")).ShouldBe(Many);
    }

    [Fact]
    public async Task However_many_workers_and_franchises_share_a_number_no_two_have_one_place()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "1"));
        var (tenant, other) = (await TenantAsync(), await this.OtherTenantAsync());
        var store = _app.Services.GetRequiredService<SenderPaceStore>();
        var account = AccountOf("+15125550111");

        var taken = await Task.WhenAll(Enumerable.Range(0, 24).Select(worker => Task.Run(() =>
            store.TakeAsync(worker % 2 == 0 ? tenant : other, account, [new PacedText(1, false, null), new PacedText(2, false, null)], CancellationToken.None))));

        var places = taken.SelectMany(take => take.Decisions).Select(decision => decision.WaitUntil).OfType<DateTimeOffset>().Order().ToList();
        places.Count.ShouldBeGreaterThan(40, "the first few go at once");
        places.Zip(places.Skip(1), (before, after) => after - before).ShouldAllBe(gap => gap >= TimeSpan.FromSeconds(0.99));
        // 72 segments at one a second.
        (places[^1] - taken.Min(take => take.Now)).ShouldBeGreaterThan(TimeSpan.FromSeconds(68));
    }

    [Fact]
    public async Task Who_enters_the_number_of_another_account_slows_it_not_down()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "1"));
        var store = _app.Services.GetRequiredService<SenderPaceStore>();
        var greedy = AccountOf("+15125550112", "AC99999999999999999999999999999999");
        await store.TakeAsync(await this.OtherTenantAsync(), greedy, [.. Enumerable.Repeat(new PacedText(1, false, null), 50)], CancellationToken.None);

        var (decisions, _) = await store.TakeAsync(await TenantAsync(), AccountOf("+15125550112"), [new PacedText(1, false, null)], CancellationToken.None);

        decisions.ShouldHaveSingleItem().ShouldBe(PaceDecision.Go);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM number_paces WHERE convert_from(sender_hash, 'LATIN1') LIKE '%5550112%'")).ShouldBe(0, "nobody reads whose number it is");
    }

    [Fact]
    public async Task A_day_that_two_franchises_share_is_full_for_both()
    {
        await UseAsync(("TWILIO_SEGMENTS_PER_SECOND", "1"));
        var store = _app.Services.GetRequiredService<SenderPaceStore>();
        var account = AccountOf("+15125550113") with { SegmentsPerSecond = 0, DailySegments = 100 };
        await store.TakeAsync(await TenantAsync(), account, [.. Enumerable.Repeat(new PacedText(1, false, null), 90)], CancellationToken.None);

        var (decisions, _) = await store.TakeAsync(await this.OtherTenantAsync(), account, [new PacedText(1, false, null), new PacedText(1, true, null)], CancellationToken.None);

        decisions.Select(decision => decision.Reason).ShouldBe(["daily_limit_reached", null], "the last tenth is kept for who has just asked");
    }

    [Fact]
    public async Task When_the_day_is_full_what_was_planned_for_many_waits_for_the_next_and_greetings_go_on()
    {
        await UseAsync(("TWILIO_DAILY_SEGMENTS", "100"));
        await Database.ExecuteAsync("""
            INSERT INTO sender_paces (tenant_id, id, sender, next_free_at, first_free_at, day, segments)
            VALUES ($1, gen_random_uuid(), '+15005550006', now(), now(), (now() AT TIME ZONE 'America/Los_Angeles')::date, 90)
            """, await TenantAsync());
        await PlanForManyAsync();

        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE reason = 'daily_limit_reached'") == Many, "all to wait for tomorrow");
        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551502"));
    }

    [Fact]
    public async Task A_sender_with_too_many_stops_holds_what_was_planned_for_many_and_greets_on()
    {
        await UseAsync();
        var tenant = await TenantAsync();
        var greeted = await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551503");
        await this.SentAsync(greeted);
        await Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT t.tenant_id, uuid_at(clock_timestamp()), t.id, n, 'sms', '+15125551503', '', 'accepted', now() FROM touch_points t CROSS JOIN generate_series(10, 110) n WHERE t.lead_id = $1 AND t.step = 'greeting'
            """, greeted);
        await Database.ExecuteAsync("""
            INSERT INTO consent_events (tenant_id, id, contact_id, kind, channel, source, wording, occurred_at)
            SELECT tenant_id, uuid_at(clock_timestamp()), id, 'opted_out', 'sms', 'x', 'stop', now() FROM contacts WHERE tenant_id = $1
            UNION ALL SELECT tenant_id, uuid_at(clock_timestamp()), id, 'opted_out', 'sms', 'y', 'stop', now() FROM contacts WHERE tenant_id = $1
            """, tenant);
        await PlanContactAsync(tenant);
        await _app.Services.GetRequiredService<SenderHealth>().RunOnceAsync(CancellationToken.None);
        _app.Services.GetRequiredService<SenderHealth>().Of(tenant).Reason.ShouldBe("too_many_opt_outs");

        await PlanForManyAsync();

        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE reason = 'too_many_opt_outs'") == Many, "all to wait");
        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551504"));
        (await Http.GetStringAsync("/health")).ShouldContain("text_reputation");
    }

    [Fact]
    public async Task While_the_carriers_take_no_text_of_the_number_everything_waits_until_one_arrives()
    {
        await UseAsync();
        var (tenant, health) = (await TenantAsync(), _app.Services.GetRequiredService<SenderHealth>());
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 30034 });
        await this.StepAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551505"), "greeting", "failed");
        await Eventually.TrueAsync(() => health.Of(tenant).HoldsAll, "the callback to be heeded");

        var second = await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551506");
        await Eventually.TrueAsync(async () => await this.StepAsync(second, "greeting", "scheduled") == "sender_is_blocked", "the greeting to wait");
        (await Http.GetStringAsync("/health")).ShouldContain("twilio_30034");

        // A quarter of an hour later a probe arrives.
        await Database.ExecuteAsync("UPDATE message_attempts SET error_code = NULL, provider_status = 'delivered' WHERE address = '+15125551505'");
        await health.LookAsync(tenant, CancellationToken.None);
        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551507"));
        (await Http.GetStringAsync("/health")).ShouldNotContain("twilio_30034");
    }

    [Theory]
    [InlineData("refused", null, "twilio_20003", null)]
    [InlineData("refused", null, "twilio_20101", null)] // no code that we know, and one of the account
    [InlineData("refused", null, "twilio_403", null)]
    [InlineData("accepted", "undelivered", "twilio_30034", null)]
    [InlineData("accepted", "undelivered", "twilio_30003", "too_many_errors")]
    [InlineData("refused", null, "twilio_21614", "too_many_errors")]
    public async Task A_key_that_was_dead_and_a_number_that_was_blocked_are_no_error_rate_once_they_are_mended(string status, string? word, string code, string? reason)
    {
        await UseAsync();
        var (tenant, health) = (await TenantAsync(), _app.Services.GetRequiredService<SenderHealth>());
        var lead = await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551509");
        await this.SentAsync(lead);
        await Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, provider_status, error_code, started_at)
            SELECT t.tenant_id, uuid_at(clock_timestamp()), t.id, n, 'sms', '+15125551509', '', $2, $3, $4, now() FROM touch_points t CROSS JOIN generate_series(10, 110) n
            WHERE t.lead_id = $1 AND t.step = 'greeting'
            """, lead, status, word, code);
        await Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, provider_status, started_at)
            SELECT t.tenant_id, uuid_at(clock_timestamp() + interval '1 second'), t.id, n, 'sms', '+15125551509', '', 'accepted', 'delivered', now()
            FROM touch_points t CROSS JOIN generate_series(111, 211) n WHERE t.lead_id = $1 AND t.step = 'greeting'
            """, lead);

        await health.LookAsync(tenant, CancellationToken.None);

        health.Of(tenant).Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task That_the_carriers_took_a_text_for_spam_is_told_of_although_the_next_one_arrives()
    {
        await UseAsync();
        var health = _app.Services.GetRequiredService<SenderHealth>();
        health.MustLook(await TenantAsync(), "failed", TwilioErrors.Of(30007)).ShouldBeTrue("nobody knows yet");
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 30007 });
        await this.StepAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551510"), "greeting", "failed");
        await this.StepAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551511"), "greeting", "delivered");

        var conditions = _app.Services.GetRequiredService<TenantConditions>();
        await Eventually.TrueAsync(async () => conditions.Of(SenderHealth.Check, await TenantAsync())?.State == "twilio_30007", "the check to fail");
        health.MustLook(await TenantAsync(), "failed", TwilioErrors.Of(30007)).ShouldBeFalse("a hundred more say nothing new");
        health.MustLook(await TenantAsync(), "failed", TwilioErrors.Of(30034)).ShouldBeTrue();
        await health.RunOnceAsync(CancellationToken.None);
        conditions.Of(SenderHealth.Check, await TenantAsync())!.Fix.ShouldContain("spam");
        conditions.Of(VendorVerdicts.Check, await TenantAsync()).ShouldBeNull("the number is not blocked");
    }

    [Fact]
    public async Task A_mended_key_is_well_with_the_next_text_that_Twilio_takes_and_a_blocked_number_with_the_next_one_that_arrives()
    {
        await UseAsync();
        var (tenant, verdicts, conditions) = (await TenantAsync(), _app.Services.GetRequiredService<VendorVerdicts>(), _app.Services.GetRequiredService<TenantConditions>());
        await HeedAsync(20003);
        verdicts.Arrived(tenant);
        StateIs("twilio_20003");
        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551512"));
        await Eventually.TrueAsync(() => conditions.Of(VendorVerdicts.Check, tenant) is null, "the text that Twilio took to be heeded");

        await HeedAsync(30034);
        verdicts.Accepted(tenant);
        StateIs("twilio_30034");
        verdicts.Arrived(tenant);
        StateIs(null);

        void StateIs(string? state) => (conditions.Of(VendorVerdicts.Check, tenant)?.State).ShouldBe(state);

        async Task HeedAsync(int code)
        {
            await using var transaction = await Database.Lead.BeginAsync(tenant, CancellationToken.None);
            await verdicts.HeedAsync(transaction, Guid.Empty, "+15125551512", TwilioErrors.Of(code), "attempt of the test", CancellationToken.None);
        }
    }

    [Fact]
    public async Task That_the_carriers_take_texts_again_says_nothing_of_a_dead_key()
    {
        await UseAsync();
        var (tenant, health, conditions) = (await TenantAsync(), _app.Services.GetRequiredService<SenderHealth>(), _app.Services.GetRequiredService<TenantConditions>());
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 30034 });
        await this.StepAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551513"), "greeting", "failed");
        await Eventually.TrueAsync(() => health.Of(tenant).HoldsAll, "the callback to be heeded");
        conditions.Failed(VendorVerdicts.Check, tenant, "twilio_20003", "The key is dead.");

        await Database.ExecuteAsync("UPDATE message_attempts SET error_code = NULL, provider_status = 'delivered' WHERE address = '+15125551513'");
        await health.LookAsync(tenant, CancellationToken.None);

        health.Of(tenant).HoldsAll.ShouldBeFalse();
        conditions.Of(VendorVerdicts.Check, tenant)?.State.ShouldBe("twilio_20003");
        conditions.Of(VendorVerdicts.Check, tenant).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_text_that_arrived_although_its_answer_was_lost_stops_nobody()
    {
        await UseAsync();
        var (tenant, health) = (await TenantAsync(), _app.Services.GetRequiredService<SenderHealth>());
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.AcceptThen500, Count = 1 });
        await this.StepAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551508"), "greeting", "delivered");
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>(
            "SELECT error_code IS NOT NULL AND provider_status = 'delivered' FROM message_attempts WHERE address = '+15125551508'"), "the lost answer to be noted as well");

        await health.LookAsync(tenant, CancellationToken.None);

        health.Of(tenant).ShouldBe(Throttle.None);
    }

    private static TwilioAccount AccountOf(string number, string sid = "AC11111111111111111111111111111111") => new(new Uri("http://127.0.0.1"), sid, "token", number, null, 1);

    private async Task UseAsync(params (string Name, string? Value)[] changes)
    {
        _app = await StartAsync(changes);
        if (changes.Length > 0)
        {
            await StartAsync(changes);
        }

        _admin = await SignedInAsync();
    }

    // A second person who said stop: 2 of 102.
    private Task<int> PlanContactAsync(Guid tenant) => Database.ExecuteAsync("""
        WITH made AS (
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, gen_random_uuid(), '+15125551599', '2026-11-23Z', '2026-11-23Z') RETURNING id
        )
        INSERT INTO consent_events (tenant_id, id, contact_id, kind, channel, source, wording, occurred_at)
        SELECT $1, uuid_at(clock_timestamp()), id, 'opted_out', 'sms', 'z', 'stop', now() FROM made
        """, tenant);

    private async Task PlanForManyAsync()
    {
        var tenant = await TenantAsync();
        var location = await LocationAsync();
        await Database.ExecuteAsync($"""
            WITH people AS (
                INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
                SELECT '{tenant}', md5('contact' || n)::uuid, '+1512556' || (1000 + n), '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {Many}) n
            ), asked AS (
                INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, phone, phone_type, timezone, external_created_at, created_at, updated_at)
                SELECT '{tenant}', md5('lead' || n)::uuid, '{location}', md5('contact' || n)::uuid, 'api', 'order-' || n, 'contacted', '+1512556' || (1000 + n), 'mobile',
                    'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {Many}) n
            )
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT '{tenant}', gen_random_uuid(), md5('lead' || n)::uuid, 'next_day', 'sms', 'scheduled', '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
            FROM generate_series(1, {Many}) n
            """);
    }
}

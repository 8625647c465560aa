using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>Sweeps and comparisons: what the polls missed, what is gone without a word, and a difference that must be nothing.</summary>
public sealed class LongLookTests : PollingShop
{
    [Fact]
    public async Task An_order_that_was_deleted_without_a_trace_is_lost_after_the_sweep()
    {
        var app = await StartAsync();
        var (kept, gone) = (await SilentQuoteAsync("+15125550123"), await SilentQuoteAsync("+15125550124"));
        await PollAsync(app);
        await LeadAsync(gone.OrderId);
        await DeleteAsync(gone.OrderId);

        await LookAsync(app);

        await LeadAsync(gone.OrderId, "lost");
        (await LeadAsync(kept.OrderId))["deleted_at"].ShouldBeNull();
        var run = await LastRunAsync(CrmSweep.Job);
        (run["status"], run["done"]).ShouldBe(("succeeded", 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_appointment_that_vanished_is_gone_after_the_sweep_and_one_that_is_there_stays(bool isDishonest)
    {
        var app = await StartAsync();
        var (kept, gone) = (await SilentQuoteAsync("+15125550123"), await SilentQuoteAsync("+15125550124"));
        await PollAsync(app);
        await LeadAsync(kept.OrderId, "contacted");
        await LeadAsync(gone.OrderId, "contacted");
        AddAppointment("kept", kept.OrderId, "2026-12-10T16:00:00.000Z");
        AddAppointment("gone", gone.OrderId, "2026-12-11T16:00:00.000Z");
        await PollAsync(app);
        await LeadAsync(kept.OrderId, "booked");
        await LeadAsync(gone.OrderId, "booked");
        // Beyond the two days that a sweep looks at.
        await SetClockAsync("2026-11-27T16:00:00Z");
        await Sandbox.Crm.DeleteAsync("appointment", "gone", leavesRow: false, deliver: false);
        if (isDishonest)
        {
            Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.DishonestPager, Operation = "appointment.list", Count = Fault.Always });
        }

        await LookAsync(app);

        (await LeadAsync(gone.OrderId, "contacted"))["status_reason"].ShouldBe("appointment_gone_from_crm");
        (await LeadAsync(kept.OrderId))["status"].ShouldBe("booked");
        (await Database.ColumnAsync<string>("SELECT external_id FROM crm_appointments WHERE external_id IN ('kept', 'gone')")).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task What_a_shop_had_in_its_calendar_before_it_came_to_us_takes_its_time()
    {
        var app = await StartAsync();
        var order = (await SilentQuoteAsync("+15125550123")).OrderId;
        AddAppointment("long ago", order, "2026-12-10T16:00:00.000Z", createdDate: "2026-11-13T15:59:00.000Z");
        AddAppointment("over", order, "2026-11-20T16:00:00.000Z", createdDate: "2026-11-10T15:59:00.000Z");
        await PollAsync(app);
        (await CountAsync("crm_appointments")).ShouldBe(0);

        await LookAsync(app);

        await Eventually.TrueAsync(async () => await CountAsync("crm_appointments WHERE starts_at = '2026-12-10T16:00Z'") == 1, "the appointment to take its time");
        (await CountAsync("webhook_events WHERE external_id = 'over'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_appointment_of_a_shop_that_has_no_order_yet_takes_time_there()
    {
        var app = await StartAsync();
        AddAppointment("first of all", null, "2026-12-10T16:00:00.000Z", location: "6287a4044d1a723b10eff1b1");

        await PollAsync(app);

        await Eventually.TrueAsync(async () => await CountAsync(
            "crm_appointments a JOIN locations l ON l.id = a.location_id WHERE a.external_id = 'first of all' AND l.external_id = '6287a4044d1a723b10eff1b1'") == 1, "the shop to be known with its appointment");
    }

    [Fact]
    public async Task Upcoming_appointments_are_asked_for_together()
    {
        var app = await StartAsync();
        for (var number = 0; number < 30; number++)
        {
            AddAppointment($"a{number}", (await SilentQuoteAsync($"+1512555{2000 + number}")).OrderId, $"2026-12-{number % 20 + 10}T16:00:00.000Z");
        }

        await PollAsync(app);
        await Eventually.TrueAsync(async () => await CountAsync("crm_appointments WHERE external_id LIKE 'a%'") == 30, "the appointments to be known");
        await SetClockAsync("2026-11-27T16:00:00Z");
        var asked = Calls("appointment.get");

        await LookAsync(app);

        Calls("appointment.get").ShouldBe(asked);
        (await CountAsync("crm_appointments WHERE external_id LIKE 'a%'")).ShouldBe(30);
    }

    [Fact]
    public async Task A_service_that_vanished_is_not_offered_after_the_sweep()
    {
        var app = await StartAsync();
        await PollAsync(app);
        await LookAsync(app);
        var id = (await Database.ScalarAsync<string>(
            "SELECT c.external_id FROM service_catalog c JOIN locations l ON l.id = c.location_id WHERE l.external_id = $1 AND c.active ORDER BY c.external_id LIMIT 1", Crm.AustinId))!;
        var others = await CountAsync($"service_catalog WHERE active AND external_id <> '{id}'");
        await Sandbox.Crm.DeleteAsync("canned_service", id, leavesRow: false, deliver: false);

        await LookAsync(app);

        (await CountAsync($"service_catalog WHERE external_id = '{id}' AND active")).ShouldBe(0);
        (await CountAsync($"service_catalog WHERE active AND external_id <> '{id}'")).ShouldBe(others);
    }

    [Fact]
    public async Task A_sweep_finds_what_was_committed_later_than_any_overlap()
    {
        var app = await StartAsync();
        await PollAsync(app);
        var late = await SilentQuoteAsync("+15125550123", quote => quote with { CreatedDate = Sandbox.Clock.Now.AddHours(-20) });
        await PollAsync(app);
        (await CountAsync($"webhook_events WHERE external_id = '{late.OrderId}'")).ShouldBe(0);

        await LookAsync(app);

        await TouchAsync(late.OrderId, "sent", "delivered");
    }

    [Fact]
    public async Task A_sweep_brings_over_shops_that_no_order_has_named_with_their_services()
    {
        var app = await StartAsync();
        await PollAsync(app);

        await LookAsync(app);

        (await CountAsync($"locations WHERE external_id IN ('{Crm.AustinId}', '{Crm.PhoenixId}') AND synced_at IS NOT NULL")).ShouldBe(2);
        (await CountAsync($"service_catalog c JOIN locations l ON l.id = c.location_id WHERE l.external_id = '{Crm.PhoenixId}' AND c.active")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_key_that_may_not_list_its_shops_sweeps_all_the_same()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Status = 403, Operation = "location.list", Count = Fault.Always });
        var app = await StartAsync();
        await PollAsync(app);

        await LookAsync(app);

        (await LastRunAsync(CrmSweep.Job))["status"].ShouldBe("succeeded");
    }

    [Fact]
    public async Task A_comparison_takes_in_every_order_there_ever_was_without_greeting_it_and_nothing_is_missing_after_it()
    {
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.DishonestPager);
        var app = await StartAsync();
        List<string> orders = [];
        for (var number = 0; number < 130; number++)
        {
            orders.Add((await SilentQuoteAsync($"+1512555{2000 + number}", quote => quote with { CreatedDate = Sandbox.Clock.Now.AddDays(-3 - number) })).OrderId);
        }

        await PollAsync(app);
        (await CountAsync("leads")).ShouldBeLessThanOrEqualTo(1);
        await LookAsync(app);

        await Eventually.TrueAsync(async () => await CountAsync("leads") == 131, "all of them to be leads");
        (await CountAsync("touch_points WHERE reason = 'order_too_old'")).ShouldBe(130);
        (await CountAsync("poll_states WHERE missing = 0 AND compared_at IS NOT NULL AND swept_at IS NOT NULL AND looked_by IS NULL")).ShouldBe(1);
        (await LastRunAsync(CrmComparison.Job))["done"].ShouldBe(130);
        orders.Count.ShouldBe(130);
    }

    [Fact]
    public async Task An_order_that_cannot_be_taken_in_is_missing_until_somebody_looks()
    {
        var app = await StartAsync();
        await PollAsync(app);
        await SilentQuoteAsync("+15125550123", quote => quote with { CreatedDate = Sandbox.Clock.Now.AddDays(-5), Customize = row => row["locationId"] = null });
        await LookAsync(app);
        await Eventually.TrueAsync(async () => await CountAsync("webhook_events WHERE status = 'dead' AND reason = 'no_location'") == 1, "the event to be dead");

        await LookAsync(app);

        (await Database.ScalarAsync<long>("SELECT missing FROM poll_states")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_done_is_done_once_an_hour_and_once_a_night()
    {
        var app = await StartAsync();
        await PollAsync(app);
        await LookAsync(app);
        await LooksOf(app).RunOnceAsync(await TenantAsync(), await StateAsync(app), CancellationToken.None);
        (await CountAsync($"job_executions WHERE job = '{CrmSweep.Job}'")).ShouldBe(1);

        await SetClockAsync("2026-11-23T17:30:00Z");
        await LooksOf(app).RunOnceAsync(await TenantAsync(), await StateAsync(app), CancellationToken.None);
        (await CountAsync($"job_executions WHERE job = '{CrmSweep.Job}'")).ShouldBe(2);
        (await CountAsync($"job_executions WHERE job = '{CrmComparison.Job}'")).ShouldBe(1);

        // Three in the morning at the shop.
        await SetClockAsync("2026-11-24T09:01:00Z");
        await LooksOf(app).RunOnceAsync(await TenantAsync(), await StateAsync(app), CancellationToken.None);
        (await CountAsync($"job_executions WHERE job = '{CrmComparison.Job}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_long_look_that_somebody_has_is_not_begun_again_and_one_whose_process_died_is()
    {
        var app = await StartAsync();
        await PollAsync(app);
        var tenant = await TenantAsync();
        (await StoreOf(app).TakeLongLookAsync(tenant, CancellationToken.None)).ShouldBeTrue();
        (await StoreOf(app).TakeLongLookAsync(tenant, CancellationToken.None)).ShouldBeFalse();
        await LookAsync(app);
        (await CountAsync($"job_executions WHERE job = '{CrmSweep.Job}'")).ShouldBe(0);

        await Database.ExecuteAsync("UPDATE poll_states SET looked_by = gen_random_uuid()");

        (await StoreOf(app).RenewLongLookAsync(tenant, CancellationToken.None)).ShouldBeFalse();
        await LookAsync(app);
        (await CountAsync($"job_executions WHERE job = '{CrmSweep.Job}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_sweep_that_the_CRM_does_not_answer_says_so_and_is_not_done()
    {
        var app = await StartAsync();
        await PollAsync(app);
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.List500, Operation = "customer.list", Count = 1 });

        await Should.ThrowAsync<ShopmonkeyException>(() => LookAsync(app));

        var run = await LastRunAsync(CrmSweep.Job);
        (run["status"], run["error"]).ShouldBe(("failed", "shopmonkey_500"));
        (await CountAsync("poll_states WHERE swept_at IS NULL AND looked_by IS NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task Runs_that_found_nothing_are_forgotten_after_two_days_and_all_after_thirty()
    {
        var app = await StartAsync();
        await PollAsync(app);
        await Database.ExecuteAsync("""
            INSERT INTO job_executions (tenant_id, id, job, status, done, started_at, finished_at)
            SELECT t.id, gen_random_uuid(), j.job, j.status, j.done, $1::timestamptz - j.age, $1::timestamptz - j.age FROM tenants t CROSS JOIN (VALUES
                ('quiet old', 'succeeded', 0, interval '3 days'), ('quiet', 'succeeded', 0, interval '1 day'), ('found', 'succeeded', 1, interval '3 days'),
                ('failed', 'failed', 0, interval '3 days'), ('found old', 'succeeded', 1, interval '31 days'), ('failed old', 'failed', 0, interval '31 days')) j (job, status, done, age)
            """, Sandbox.Clock.Now.UtcDateTime);

        await LookAsync(app);

        (await Database.ColumnAsync<string>("SELECT job FROM job_executions WHERE job NOT LIKE 'shopmonkey%' ORDER BY job")).ShouldBe(["failed", "found", "quiet"]);
    }

    [Fact]
    public async Task An_order_that_was_no_lead_is_judged_again_after_its_shop_has_changed()
    {
        var app = await StartAsync();
        var quote = await SilentQuoteAsync("+15125550123", quote => quote with { Customize = row => { row["name"] = "Estimate"; row["coalescedName"] = "Estimate"; row["workflowStatusId"] = "elsewhere"; } });
        await PollAsync(app);
        await EventAsync(quote.OrderId, "ignored");
        await LookAsync(app);
        (await Database.ScalarAsync<int>("SELECT attempts FROM webhook_events WHERE external_id = $1", quote.OrderId)).ShouldBe(1);

        await Database.ExecuteAsync("UPDATE locations SET lead_workflow_status_ids = '{elsewhere}', updated_at = $1", Sandbox.Clock.Now.AddMinutes(5).UtcDateTime);
        await Database.ExecuteAsync("UPDATE poll_states SET swept_at = NULL");
        await LookAsync(app);

        await Eventually.TrueAsync(
            async () => await CountAsync($"webhook_events WHERE external_id = '{quote.OrderId}' AND status IN ('done', 'ignored') AND processed_at >= (SELECT max(started_at) FROM job_executions WHERE job = 'shopmonkey_sweep')") == 1,
            "the event to be worked on again");
    }

    private static LongLooks LooksOf(WebApplication app) => app.Services.GetRequiredService<LongLooks>();

    private async Task<PollState> StateAsync(WebApplication app) => await StoreOf(app).ReadAsync(await TenantAsync(), CancellationToken.None);

    // A sweep and a comparison, whenever the last ones were.
    private async Task LookAsync(WebApplication app) =>
        await LooksOf(app).RunOnceAsync(await TenantAsync(), (await StateAsync(app)) with { SweptAt = null, ComparedAt = null }, CancellationToken.None);

    private void AddAppointment(string id, string? orderId, string startsAt, string createdDate = "2026-11-23T15:59:00.000Z", string? location = null) => Sandbox.Crm.Put("appointment", new JsonObject
    {
        ["id"] = id, ["companyId"] = TestVariables.ShopmonkeyCompanyId, ["locationId"] = location ?? Crm.AustinId, ["orderId"] = orderId, ["startDate"] = startsAt,
        ["endDate"] = startsAt.Replace("T16", "T17", StringComparison.Ordinal), ["confirmationStatus"] = "Confirmed", ["createdDate"] = createdDate,
    });

    private async Task DeleteAsync(string orderId)
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = 1 });
        using var crm = new HttpClient { BaseAddress = Sandbox.Url };
        crm.DefaultRequestHeaders.Authorization = new("Bearer", "sandbox-shopmonkey-key");
        using var deleted = await crm.DeleteAsync($"/v3/order/{orderId}");
        deleted.EnsureSuccessStatusCode();
        await Sandbox.SettledAsync();
    }
}

using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>The poll beside the webhooks: what they lose is found, once, by one of however many Orchestrators.</summary>
public sealed class ShopmonkeyPollerTests : PollingShop
{
    private const string Phone = "+15125550123";

    [Fact]
    public async Task A_quote_whose_webhook_is_lost_becomes_a_lead_and_is_texted()
    {
        await StartAsync(EachSecond);

        var quote = await SilentQuoteAsync(Phone);

        await LeadAsync(quote.OrderId);
        await TouchAsync(quote.OrderId, "sent", "delivered");
        (await Database.ScalarAsync<string>("SELECT origin FROM webhook_events WHERE external_id = $1", quote.OrderId)).ShouldBe("poll");
    }

    [Fact]
    public async Task A_change_that_webhook_and_poll_both_tell_is_one_event_one_lead_and_one_text()
    {
        var app = await StartAsync();
        var quote = await QuoteAsync(Phone);
        await LeadAsync(quote.OrderId);

        (await PollAsync(app)).ShouldBeNull();
        var second = await SilentQuoteAsync("+15125550124");
        (await PollAsync(app)).ShouldBeNull();
        await Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "order", Sandbox.Crm.Row("order", second.OrderId)!));
        await LeadAsync(second.OrderId);

        foreach (var order in new[] { quote.OrderId, second.OrderId })
        {
            await TouchAsync(order, "sent", "delivered");
            (await CountAsync($"webhook_events WHERE external_id = '{order}'")).ShouldBe(1);
            (await CountAsync($"touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = '{order}' AND t.step = 'greeting'")).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_number_and_a_change_of_its_order_that_one_poll_finds_are_greeted()
    {
        var app = await StartAsync();
        var quote = await SilentQuoteAsync("");
        await PollAsync(app);
        (await TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("no_phone");

        var crm = Sandbox.Crm;
        await crm.UpdateAsync("customer", quote.CustomerId, row => row["phoneNumbers"] = new JsonArray(new JsonObject { ["number"] = Phone, ["primary"] = true, ["type"] = "Mobile" }), deliver: false);
        await crm.UpdateOrderAsync(quote.OrderId, row => row["name"] = "New Quote - Ceramic", deliver: false);
        await PollAsync(app);

        await TouchAsync(quote.OrderId, "sent", "delivered");
        Sandbox.Twilio.SentTo(Phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_and_a_deletion_are_found_under_the_keys_of_their_webhooks()
    {
        var app = await StartAsync();
        var quote = await SilentQuoteAsync(Phone);
        await PollAsync(app);
        await LeadAsync(quote.OrderId);

        await Sandbox.Crm.UpdateOrderAsync(quote.OrderId, row => row["name"] = "New Quote - Ceramic", deliver: false);
        await PollAsync(app);
        await Eventually.TrueAsync(async () => (string?)(await LeadAsync(quote.OrderId))["service_interest"] == "Ceramic", "the change to be taken in");
        await Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "order", Sandbox.Crm.Row("order", quote.OrderId)!));
        await Sandbox.Crm.DeleteOrderAsync(quote.OrderId, deliver: false);
        await PollAsync(app);
        await LeadAsync(quote.OrderId, "lost");
        await Sandbox.Crm.DeliverAsync(new CrmEvent("DELETE", "order", Sandbox.Crm.Row("order", quote.OrderId)!));

        (await Database.ColumnAsync<string>($"SELECT operation FROM webhook_events WHERE external_id = '{quote.OrderId}' ORDER BY id")).ShouldBe(["INSERT", "UPDATE", "DELETE"]);
    }

    [Fact]
    public async Task A_first_poll_looks_back_two_days_and_never_greets_old_leads()
    {
        var app = await StartAsync();
        var old = await SilentQuoteAsync(Phone, quote => quote with { CreatedDate = Sandbox.Clock.Now.AddHours(-30) });
        var older = await SilentQuoteAsync("+15125550124", quote => quote with { CreatedDate = Sandbox.Clock.Now.AddHours(-50) });

        await PollAsync(app);

        var touch = await TouchAsync(old.OrderId, "suppressed");
        touch["reason"].ShouldBe("order_too_old");
        (await CountAsync($"webhook_events WHERE external_id = '{older.OrderId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_quiet_poll_asks_once_for_each_topic_finds_nothing_and_says_so()
    {
        var app = await StartAsync();
        await PollAsync(app);
        var before = Lists();

        (await PollAsync(app)).ShouldBeNull();

        // The catalog's two topics are not due again.
        (Lists() - before).ShouldBe(PollTopic.All.Count - 2);
        var run = await LastRunAsync();
        (run["status"], run["done"]).ShouldBe(("succeeded", 0));
        ((int)run["seen"]!).ShouldBe((int)run["skipped"]!);

        // The inbox, too, asks the CRM meanwhile.
        int Lists() => Sandbox.Calls.Count(call => call.Operation is "order.list" or "customer.list" or "appointment.list" or "vehicle.list");
    }

    [Fact]
    public async Task Three_hundred_and_fifty_quotes_in_a_second_come_in_whatever_the_pager_draws_and_within_the_keys_minute()
    {
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.DishonestPager);
        var app = await StartAsync();
        var begin = Sandbox.Clock.Now;
        for (var number = 0; number < 350; number++)
        {
            await SilentQuoteAsync($"+1512{5_550_000 + number}", quote => quote with { CreatedDate = begin.AddMilliseconds(number * 1000 / 350 - 2000) });
        }

        (await PollAsync(app)).ShouldBeNull();

        // The sample order that the CRM always has is the one more.
        await Eventually.TrueAsync(async () => await CountAsync("leads") == 351, "all of them to be leads");
        (await CountAsync("(SELECT external_id FROM leads GROUP BY 1 HAVING count(*) > 1) twice")).ShouldBe(0);
        Sandbox.Calls.Count(call => call.Vendor == Vendor.Shopmonkey).ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_filter_that_is_ignored_costs_requests_and_no_lead()
    {
        var app = await StartAsync();
        await PollAsync(app);
        var mark = await MarkAsync("order.createdDate");
        await SilentQuoteAsync("+15125550188", quote => quote with { CreatedDate = Sandbox.Clock.Now.AddDays(-9) });
        var quote = await SilentQuoteAsync(Phone);
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.IgnoreFilter, Operation = "order.list", Count = Fault.Always });
        // A test's clock moves in steps; a mark is where it stood when its poll began.
        await Eventually.TrueAsync(() => app.Services.GetRequiredService<TimeProvider>().GetUtcNow() > mark, "the clock to move");

        (await PollAsync(app)).ShouldBeNull();

        (await MarkAsync("order.createdDate")).ShouldBeGreaterThan(mark);
        await LeadAsync(quote.OrderId);

        Sandbox.Faults.Clear();
        (await PollAsync(app)).ShouldBeNull();
        (await MarkAsync("order.createdDate")).ShouldBeGreaterThan(mark);
    }

    [Fact]
    public async Task A_key_that_may_not_see_vehicles_brings_quotes_at_the_usual_pace()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Status = 403, Operation = "vehicle.list", Count = Fault.Always });
        var app = await StartAsync();
        var quote = await SilentQuoteAsync(Phone);

        for (var poll = 0; poll < 4; poll++)
        {
            (await PollAsync(app)).ShouldBe("shopmonkey_403");
        }

        await LeadAsync(quote.OrderId);
        (await CountAsync("poll_marks WHERE topic = 'vehicle.updatedDate'")).ShouldBe(0);
        (await CountAsync("poll_states WHERE failures = 4 AND next_poll_at < clock_timestamp() + interval '1 second'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_that_was_revoked_costs_one_request_a_poll()
    {
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.Denied);
        var app = await StartAsync();

        for (var poll = 0; poll < 3; poll++)
        {
            (await PollAsync(app)).ShouldBe("shopmonkey_401");
        }

        Sandbox.Calls.Count(call => call.Operation == "order.list").ShouldBe(3);
        Sandbox.Calls.Count(call => call.Operation == "vehicle.list").ShouldBe(0);
    }

    [Fact]
    public async Task What_the_list_shows_late_is_found_by_the_overlap()
    {
        var app = await StartAsync();
        await PollAsync(app);
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.ListLag, Seconds = 3600, Count = Fault.Always });
        var quote = await SilentQuoteAsync(Phone);
        (await PollAsync(app)).ShouldBeNull();
        (await CountAsync($"webhook_events WHERE external_id = '{quote.OrderId}'")).ShouldBe(0);

        Sandbox.Faults.Clear();
        await PollAsync(app);

        await LeadAsync(quote.OrderId);
    }

    [Fact]
    public async Task A_poller_that_died_is_followed_by_another_within_seconds()
    {
        await StartAsync(EachSecond);
        await Eventually.TrueAsync(async () => await CountAsync("poll_marks") > 0, "a first poll");

        // As a process leaves it that is killed in mid-poll: claimed for a minute by somebody who gives no sign of life.
        await Database.ExecuteAsync(
            "UPDATE poll_states SET claimed_by = gen_random_uuid(), lease_until = clock_timestamp() + interval '60 seconds', next_poll_at = clock_timestamp() - interval '1 second', fence = fence + 1");
        var quote = await SilentQuoteAsync(Phone);

        await Eventually.TrueAsync(async () => await CountAsync($"leads WHERE external_id = '{quote.OrderId}'") == 1, "the lead to be there", TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_poller_that_was_given_up_moves_no_mark_and_ends_nobody_elses_claim()
    {
        var app = await StartAsync();
        await PollAsync(app);
        var mark = await MarkAsync("order.createdDate");
        await Database.ExecuteAsync("UPDATE poll_states SET next_poll_at = '2020-01-01Z'");
        var claim = (await StoreOf(app).ClaimAsync(16, CancellationToken.None)).Single();
        await Database.ExecuteAsync("UPDATE poll_states SET fence = fence + 1, claimed_by = gen_random_uuid()");

        (await PollsOf(app).RunAsync(claim, CancellationToken.None)).ShouldBeNull();

        (await MarkAsync("order.createdDate")).ShouldBe(mark);
        (await CountAsync("poll_states WHERE claimed_by IS NOT NULL AND lease_until IS NOT NULL")).ShouldBe(1);
        (await StoreOf(app).RenewAsync(claim, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_Orchestrators_poll_a_tenant_one_at_a_time()
    {
        await StartAsync(EachSecond);
        await StartAsync(EachSecond);
        List<Quote> quotes = [];
        for (var number = 0; number < 20; number++)
        {
            quotes.Add(await SilentQuoteAsync($"+1512555{1000 + number}"));
            await Database.ExecuteAsync("UPDATE poll_states SET next_poll_at = '2020-01-01Z' WHERE claimed_by IS NULL");
        }

        foreach (var quote in quotes)
        {
            await LeadAsync(quote.OrderId);
        }

        (await CountAsync("(SELECT external_id FROM webhook_events GROUP BY 1 HAVING count(*) > 1) twice")).ShouldBe(0);
        (await CountAsync("""
            job_executions a JOIN job_executions b ON a.job = 'shopmonkey_poll' AND b.job = 'shopmonkey_poll' AND a.id < b.id
                AND a.error IS NULL AND b.error IS NULL AND a.finished_at > b.started_at AND b.finished_at > a.started_at
            """)).ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_without_an_account_is_asked_for_again_in_five_minutes_and_is_not_late()
    {
        var app = await StartAsync(("SHOPMONKEY_API_KEY", null), ("SHOPMONKEY_TENANT_ID", null));
        var claim = (await StoreOf(app).ClaimAsync(16, CancellationToken.None)).ShouldHaveSingleItem();

        await PollsOf(app).RunAsync(claim, CancellationToken.None);

        (await CountAsync("poll_states WHERE reason = 'no_account' AND polled_at IS NULL AND next_poll_at > clock_timestamp() + interval '4 minutes'")).ShouldBe(1);
        (await StoreOf(app).ClaimAsync(16, CancellationToken.None)).ShouldBeEmpty();
        await StoreOf(app).MakeDueAsync(claim.TenantId, CancellationToken.None);
        (await StoreOf(app).ClaimAsync(16, CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stop_gives_the_tenant_back_at_once()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Hang, Seconds = 30, Operation = "order.list", Count = Fault.Always });
        var app = await StartAsync(EachSecond);
        await Eventually.TrueAsync(async () => await CountAsync("poll_states WHERE lease_until IS NOT NULL") == 1, "a poll to hang");

        await StopAsync(app);

        (await CountAsync("poll_states WHERE lease_until IS NULL AND next_poll_at <= clock_timestamp()")).ShouldBe(1);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task A_CRM_whose_clock_is_ten_minutes_off_loses_nothing(int minutes)
    {
        Sandbox.Clock.Freeze(); // ours stands still between its readings: one that runs would be some seconds further on when this machine is slow
        await using var ours = await HttpClock.StartAsync(Sandbox.Clock.Now.AddMinutes(-minutes));
        var app = await StartAsync(("TEST_CLOCK_URL", ours.Url.ToString()));
        (await PollAsync(app)).ShouldBeNull();
        for (var round = 0; round < 3; round++)
        {
            Sandbox.Clock.Advance(TimeSpan.FromMinutes(3));
            ours.Now = Sandbox.Clock.Now.AddMinutes(-minutes);
            await Eventually.TrueAsync(() => (app.Services.GetRequiredService<TimeProvider>().GetUtcNow() - ours.Now).Duration() < TimeSpan.FromSeconds(1), "the clock to be read");
            var quote = await SilentQuoteAsync($"+1512555012{round}");

            (await PollAsync(app)).ShouldBeNull();

            (await CountAsync($"webhook_events WHERE external_id = '{quote.OrderId}'")).ShouldBe(1, $"round {round}");
        }

        (await Database.ScalarAsync<long>("SELECT clock_skew_ms FROM poll_states")).ShouldBeInRange((minutes * 60_000) - 2_000, (minutes * 60_000) + 2_000);
    }

    [Fact]
    public async Task A_customer_who_was_changed_without_a_webhook_is_told_as_the_webhook_would_have_told()
    {
        var app = await StartAsync();
        var quote = await SilentQuoteAsync(Phone);
        await PollAsync(app);
        using var crm = new HttpClient { BaseAddress = Sandbox.Url };
        crm.DefaultRequestHeaders.Authorization = new("Bearer", "sandbox-shopmonkey-key");
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });
        using var changed = await crm.PutAsync($"/v3/customer/{quote.CustomerId}", new StringContent("""{"lastName":"Married"}""", null, "application/json"));
        changed.EnsureSuccessStatusCode();

        await PollAsync(app);
        Sandbox.Faults.Clear();
        await Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", Sandbox.Crm.Row("customer", quote.CustomerId)!));

        (await Database.RowsAsync("SELECT origin, operation FROM webhook_events WHERE topic = 'customer'")).ShouldHaveSingleItem()["origin"].ShouldBe("poll");
    }
}

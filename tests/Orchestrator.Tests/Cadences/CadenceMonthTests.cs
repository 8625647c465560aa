using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>Leads through their weeks, with the clock in our hand: what the simulation says is what happens.</summary>
public sealed class CadenceMonthTests : Shop
{
    private const string SaturdayNight = "2026-11-22T04:30:00Z";
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
        Sandbox.Clock.Freeze();
    }

    [Fact]
    public async Task What_a_simulation_says_of_a_month_is_what_then_happens()
    {
        await SetClockAsync(SaturdayNight);
        var lead = await LeadAsync("+15125550601", "ann@example.com");
        using var staff = await SignedInAsync();
        var simulated = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead, startsAt = SaturdayNight })).Content.ReadFromJsonAsync<JsonElement>();
        var touches = simulated.GetProperty("touches").EnumerateArray().ToList();
        touches.Count.ShouldBe(4);

        foreach (var touch in touches)
        {
            await SetClockAsync(touch.GetProperty("at").GetString()!);
            await StepAsync(lead, touch.GetProperty("step").GetString()!, "sent", "delivered");
        }

        await SetClockAsync("2026-12-31T18:00:00Z");
        await _app.Services.GetRequiredService<CadenceRound>().RunOnceAsync(CancellationToken.None);
        var real = await Database.RowsAsync("SELECT * FROM touch_points WHERE lead_id = $1 ORDER BY sent_at", lead);
        real.Select(row => $"{row["step"]} {row["channel"]} {row["variant"]} {Minute(row["sent_at"])}").ShouldBe(touches.Select(touch =>
            $"{touch.GetProperty("step").GetString()} {touch.GetProperty("channel").GetString()} {touch.GetProperty("variant").GetString()} {Minute(touch.GetProperty("at").GetDateTime())}"));
        real.Skip(1).Select(row => Minute(row["due_at"])).ShouldBe(touches.Skip(1).Select(touch => Minute(touch.GetProperty("dueAt").GetDateTime())));
        Minute(real[0]["deferred_from"]).ShouldBe(Minute(DateTime.Parse(SaturdayNight, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)));
        var texts = Sandbox.Phones.MessagesOf("+15125550601").Select(text => text.Body).ToList();
        var said = touches.Where(touch => touch.GetProperty("channel").GetString() == "sms").Select(touch => touch.GetProperty("text").GetString()!.Split("{link}")).ToList();
        texts.Count.ShouldBe(said.Count);
        texts.Zip(said).ShouldAllBe(pair => pair.First.StartsWith(pair.Second[0], StringComparison.Ordinal) && pair.First.EndsWith(pair.Second[1], StringComparison.Ordinal));
        Sandbox.SendGrid.Sent.ShouldHaveSingleItem().Text.ShouldContain("You asked us for a quote for your 2021 Honda Civic.");
    }

    [Fact]
    public async Task An_address_that_is_known_of_a_number_counts_for_all_who_come_with_it()
    {
        // 9:00 in Austin is 5:00 in Honolulu, where the CRM has this number's customer.
        await SetClockAsync("2026-11-23T15:00:00Z");
        await QuoteAsync("+15125550607", change: quote => quote with { State = "HI" });
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE address_state LIKE 'HI%'") == 1, "the CRM's lead to be there");
        var lead = await LeadAsync("+15125550607", null);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'cancelled', reason = 'test' WHERE lead_id <> $1", lead);

        using var staff = await SignedInAsync();
        await TwoFranchises.OkAsync(await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Good morning" }));

        (await StepAsync(lead, "staff-1", "scheduled", "sent", "delivered"))["status"].ShouldBe("scheduled");
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<string>("SELECT reason FROM touch_points WHERE lead_id = $1 AND step = 'staff-1'", lead) == "outside_legal_hours", "the text to wait");
        Sandbox.Twilio.SentTo("+15125550607").ShouldBeEmpty();
        await SetClockAsync("2026-11-23T18:30:00Z");
        await StepAsync(lead, "staff-1", "sent", "delivered");
    }

    [Fact]
    public async Task A_text_of_staff_outlives_the_longest_closing_of_a_state()
    {
        await SetClockAsync("2027-06-17T15:00:00Z");
        var lead = await LeadAsync("+15125550608", null);
        await StepAsync(lead, "greeting", "sent", "delivered");
        await Database.ExecuteAsync("UPDATE leads SET address_state = 'PA' WHERE id = $1", lead);
        await SetClockAsync("2027-06-18T01:30:00Z");
        using var staff = await SignedInAsync();
        await TwoFranchises.OkAsync(await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "See you" }));
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<string>("SELECT reason FROM touch_points WHERE lead_id = $1 AND step = 'staff-1'", lead) == "outside_legal_hours", "the text to wait");

        // Juneteenth is a Saturday in 2027: Friday, Saturday and Sunday are closed in Pennsylvania.
        await SetClockAsync("2027-06-21T13:00:30Z");
        await StepAsync(lead, "staff-1", "sent", "delivered");
    }

    [Fact]
    public async Task A_reply_by_text_ends_what_is_planned_and_nothing_more_comes()
    {
        await SetClockAsync(Monday10);
        var lead = await LeadAsync("+15125550602", null);
        await StepAsync(lead, "next_day", "scheduled");

        await Sandbox.Twilio.ReceiveAsync("+15125550602", "How much is it?", null, null);

        (await StepAsync(lead, "next_day", "cancelled"))["reason"].ShouldBe("replied");
        await SetClockAsync("2026-12-24T18:00:00Z");
        await _app.Services.GetRequiredService<CadenceRound>().RunOnceAsync(CancellationToken.None);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(2);
    }

    [Fact]
    public async Task A_reply_in_the_chat_ends_what_is_planned_and_takes_what_is_claimed_from_its_worker()
    {
        await SetClockAsync(Monday10);
        var lead = await LeadAsync("+15125550603", null);
        await StepAsync(lead, "next_day", "scheduled");
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sending', fence = 7, lease_until = clock_timestamp() + interval '1 minute' WHERE lead_id = $1 AND step = 'next_day'", lead);

        await SayInTheChatAsync(lead);

        var touch = await StepAsync(lead, "next_day", "cancelled");
        (touch["reason"], touch["fence"]).ShouldBe(("replied", 8L), "its worker holds an old number now");
        (await Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
    }

    [Theory]
    [InlineData("text", "replied", "+15125550631")]
    [InlineData("chat", "replied", "+15125550632")]
    [InlineData("staff", "staff_took_over", "+15125550633")]
    [InlineData("takeover", "human_takeover", "+15125550634")]
    public async Task Who_is_spoken_with_about_one_request_is_not_followed_up_about_their_others_and_each_request_is_still_greeted(string way, string reason, string phone)
    {
        await SetClockAsync(Monday10);
        List<Guid> leads = [await LeadAsync(phone, null), await LeadAsync(phone, null), await LeadAsync(phone, null)];
        foreach (var lead in leads)
        {
            await StepAsync(lead, "next_day", "scheduled");
        }

        await Database.ExecuteAsync("UPDATE touch_points SET status = 'scheduled', due_at = '2026-11-24T17:00:00Z' WHERE lead_id = $1 AND step = 'greeting'", leads[0]);

        await SpeakAsync(way, leads[1], phone);

        foreach (var lead in leads)
        {
            (await StepAsync(lead, "next_day", "cancelled"))["reason"].ShouldBe(reason);
        }

        (await StepAsync(leads[0], "greeting", "scheduled"))["reason"].ShouldBeNull();
        (await Database.ColumnAsync<string>("SELECT DISTINCT status FROM leads WHERE phone = $1", phone)).ShouldBe([reason == "replied" ? "engaged" : "contacted"]);
    }

    [Fact]
    public async Task A_reply_ends_what_is_planned_for_the_same_persons_other_number_too()
    {
        await SetClockAsync(Monday10);
        var (first, second) = (await LeadAsync("+15125550635", "same@example.com"), await LeadAsync("+15125550636", "same@example.com"));
        await StepAsync(first, "next_day", "scheduled");
        await StepAsync(second, "next_day", "scheduled");

        await Sandbox.Twilio.ReceiveAsync("+15125550636", "How much is it?", null, null);

        (await StepAsync(first, "next_day", "cancelled"))["reason"].ShouldBe("replied");
        (await StepAsync(second, "next_day", "cancelled"))["reason"].ShouldBe("replied");
    }

    [Fact]
    public async Task A_step_of_a_lead_whose_order_left_its_column_ends_when_it_is_due_however_it_came_to_be_planned()
    {
        await SetClockAsync(Monday10);
        var lead = await LeadAsync("+15125550637", null);
        await StepAsync(lead, "next_day", "scheduled");
        await Database.ExecuteAsync("UPDATE leads SET status_reason = 'not_in_a_lead_column' WHERE id = $1", lead);

        await SetClockAsync("2026-11-24T16:31:00Z");

        (await StepAsync(lead, "next_day", "cancelled"))["reason"].ShouldBe("not_in_a_lead_column");
    }

    [Fact]
    public async Task An_opt_out_ends_it_for_good()
    {
        await SetClockAsync(Monday10);
        var lead = await LeadAsync("+15125550604", null);
        await StepAsync(lead, "next_day", "scheduled");
        await Sandbox.Twilio.ReceiveAsync("+15125550604", "STOP", null, null);
        (await StepAsync(lead, "next_day", "cancelled"))["reason"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task What_was_planned_at_the_moment_of_a_reply_or_a_takeover_ends_when_it_is_due()
    {
        await SetClockAsync(Monday10);
        var (replied, takenOver) = (await LeadAsync("+15125550605", null), await LeadAsync("+15125550606", null));
        await StepAsync(replied, "next_day", "scheduled");
        await StepAsync(takenOver, "next_day", "scheduled");
        await Database.ExecuteAsync("UPDATE leads SET status = 'engaged' WHERE id = $1", replied);
        await Database.ExecuteAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT tenant_id, id, id, 'human', now(), now() FROM leads WHERE id = $1
            """, takenOver);

        await SetClockAsync("2026-11-24T16:31:00Z");

        (await StepAsync(replied, "next_day", "cancelled"))["reason"].ShouldBe("replied");
        (await StepAsync(takenOver, "next_day", "cancelled"))["reason"].ShouldBe("human_takeover");
        Sandbox.Phones.MessagesOf("+15125550606").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_lead_keeps_the_version_it_began_with_and_its_shops_own_comes_before_the_tenants()
    {
        await SetClockAsync(Monday10);
        using var staff = await SignedInAsync();
        var (north, south) = (await LocationAsync(), await LocationAsync());
        var old = await ActivateAsync(staff, "old", null);
        var first = await LeadAsync("+15125550607", null, south);
        await StepAsync(first, "old_step", "scheduled");
        await ActivateAsync(staff, "new", null);
        await ActivateAsync(staff, "north", north);
        var (second, third) = (await LeadAsync("+15125550608", null, south), await LeadAsync("+15125550609", null, north));
        await StepAsync(second, "new_step", "scheduled");
        await StepAsync(third, "north_step", "scheduled");

        await SetClockAsync("2026-11-24T16:31:00Z");

        (await StepAsync(first, "old_step", "sent", "delivered"))["cadence_id"].ShouldBe(old);
        Sandbox.Phones.MessagesOf("+15125550607")[^1].Body.ShouldStartWith("old says: Acme Tint North http");
        Sandbox.Phones.MessagesOf("+15125550609")[0].Body.ShouldStartWith("north greets: Acme Tint North http");
    }

    private async Task<Guid> ActivateAsync(HttpClient staff, string word, Guid? locationId)
    {
        using var made = await staff.PostAsJsonAsync("/api/cadences", new
        {
            name = word, locationId,
            steps = new object[]
            {
                new { name = "greeting", channel = "sms", variants = new[] { new { text = word + " greets: {shop} {link} Reply STOP to opt out." } } },
                new { name = word + "_step", channel = "sms", delayDays = 1, variants = new[] { new { text = word + " says: {shop} {link}" } } },
            },
        });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        using var activated = await staff.PostAsync($"/api/cadences/{id}/activation", null);
        activated.EnsureSuccessStatusCode();
        return id;
    }

    private async Task SpeakAsync(string way, Guid lead, string phone)
    {
        switch (way)
        {
            case "text":
                await Sandbox.Twilio.ReceiveAsync(phone, "How much is it?", null, null);
                break;
            case "chat":
                await SayInTheChatAsync(lead);
                break;
            case "staff":
                using (var staff = await SignedInAsync())
                using (var answer = await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "We can do Tuesday at ten." }))
                {
                    answer.EnsureSuccessStatusCode();
                }

                break;
            default:
                var session = await SessionAsync(lead);
                await using (var transaction = await Database.Lead.BeginAsync(session.TenantId, CancellationToken.None))
                {
                    await _app.Services.GetRequiredService<MessageStore>().EndPlannedAsync(transaction, session.SessionId, evenReplies: true, CancellationToken.None);
                    await transaction.CommitAsync(CancellationToken.None);
                }

                break;
        }
    }

    private async Task SayInTheChatAsync(Guid lead) => (await _app.Services.GetRequiredService<MessageStore>().AskAsync(
        await SessionAsync(lead), "Hello?", Guid.CreateVersion7(), CancellationToken.None)).ShouldNotBeNull();

    private async Task<SessionKey> SessionAsync(Guid lead)
    {
        var tenant = await TenantAsync();
        await using var transaction = await Database.Lead.BeginAsync(tenant, CancellationToken.None);
        var session = await _app.Services.GetRequiredService<SessionStore>().EnsureAsync(transaction, lead, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return new SessionKey(tenant, session);
    }

    private async Task<Guid> LeadAsync(string phone, string? email, Guid? locationId = null)
    {
        using var staff = await SignedInAsync();
        using var answer = await staff.PostAsJsonAsync("/api/leads", new
        {
            locationId = locationId ?? await LocationAsync(), firstName = "Ann", phone, email, vehicle = "2021 Honda Civic",
        });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private async Task<IReadOnlyDictionary<string, object?>> StepAsync(Guid lead, string step, params string[] statuses) => (await Eventually.ValueAsync(
        async () => (await Database.RowsAsync("SELECT * FROM touch_points WHERE lead_id = $1 AND step = $2", lead, step)).SingleOrDefault(),
        row => row is not null && statuses.Contains((string?)row["status"]), $"{step} to be {string.Join(" or ", statuses)}"))!;

    private static string Minute(object? at) => ((DateTime)at!).ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

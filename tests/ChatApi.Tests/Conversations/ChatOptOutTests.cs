using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Who says "no more" in the chat hears no more by whichever address we know of them, and who wants a rest has one.</summary>
public sealed class ChatOptOutTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task A_tap_ends_emails_of_who_has_no_number_and_is_confirmed_once()
    {
        var (leadId, customer) = await ByEmailAsync("ann1@example.com");

        (await customer.SendAsync(HttpMethod.Post, "/opt-out", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await customer.SendAsync(HttpMethod.Post, "/opt-out", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await IsOutAsync(leadId, "ann1@example.com");
        (await customer.HistoryAsync()).ShouldHaveSingleItem().GetProperty("content").GetString().ShouldBe("We will not write to you any more. This chat stays open.");
    }

    [Fact]
    public async Task STOP_in_the_chat_ends_emails_of_who_has_no_number()
    {
        var (leadId, customer) = await ByEmailAsync("ann2@example.com");

        await customer.AskAsync("STOP");

        await IsOutAsync(leadId, "ann2@example.com");
    }

    [Fact]
    public async Task A_no_whose_process_died_before_it_could_say_so_is_confirmed_once_when_the_page_sends_it_again()
    {
        var (leadId, customer) = await ByEmailAsync("ann17@example.com");
        var messageId = Guid.CreateVersion7();
        await scene.Chat.Get<ChatOptOuts>().EndAsync(new(scene.TenantId, customer.SessionId), "STOP", isDoubtful: false, CancellationToken.None); // and no further

        await customer.AskAsync("STOP", messageId);
        await customer.AskAsync("STOP", messageId);

        await IsOutAsync(leadId, "ann17@example.com");
        (await customer.HistoryAsync()).Count(message => message.GetProperty("content").GetString() == "We will not write to you any more. This chat stays open.").ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_comes_again_after_START_ends_nothing_a_second_time()
    {
        var (leadId, customer) = await ByEmailAsync("ann15@example.com");
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550148', now(), now())", scene.TenantId, contact);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2, phone = '+15125550148' WHERE id = $1", leadId, contact);
        var messageId = Guid.CreateVersion7();
        var first = await customer.AskAsync("stop", messageId);
        await IsOutAsync(leadId, "ann15@example.com");
        await using (var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None))
        {
            await scene.Chat.Get<ContactStore>().OptInAsync(transaction, contact, new ConsentEvidence("sms", "message SM1", "START"), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        var again = await customer.AskAsync("stop", messageId);

        again[0].MessageId.ShouldBe(first[0].MessageId);
        (await scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue("they texted START since");
        (await scene.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", leadId)).ShouldBe("opted_in");
    }

    [Fact]
    public async Task The_assistant_ends_emails_of_who_has_no_number()
    {
        var (leadId, customer) = await ByEmailAsync("ann3@example.com");
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "stop_contacting_me", new JsonObject()));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("I've taken you off the list."));

        (await customer.AskAsync("I have had quite a lot of these"))[^1].Text("content").ShouldBe("I've taken you off the list.");

        await IsOutAsync(leadId, "ann3@example.com", "replied"); // as every message ends it, before any tool is asked for
    }

    [Fact]
    public async Task Who_has_a_number_and_an_address_hears_by_neither()
    {
        var (leadId, customer) = await ByEmailAsync("ann4@example.com");
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550144', now(), now())", scene.TenantId, contact);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);

        await customer.SendAsync(HttpMethod.Post, "/opt-out", new { });

        await IsOutAsync(leadId, "ann4@example.com");
        (await scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stranger_with_the_customers_link_ends_their_own_number_and_nothing_else()
    {
        var (leadId, customer) = await ByEmailAsync("ann16@example.com");
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550145', now(), now())", scene.TenantId, contact);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);

        await customer.AskAsync("You have the wrong number");

        (await scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL AND wrong_number_at IS NOT NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue();
        (await scene.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", leadId)).ShouldBe("inquiry");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = 'ann16@example.com' AND unsubscribed_at IS NOT NULL")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Wrong number, I don't know any of this", "Thank you for telling us. We will not text this number any more, and this link no longer opens the conversation.", false)]
    [InlineData("Número equivocado", "Gracias por avisarnos. Ya no enviaremos mensajes a este número, y este enlace ya no abre la conversación.", false)]
    [InlineData("STOP", "We will not text or email you any more. This chat stays open. To get texts again, text START to our number.", true)]
    public async Task A_stranger_who_says_so_hears_that_it_has_ended_and_opens_the_chat_no_more(string words, string notice, bool staysOpen)
    {
        var (leadId, code) = await scene.LeadAsync();
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, now(), now())", scene.TenantId, contact, $"+1737{Random.Shared.Next(2_000_000, 9_999_999)}");
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);
        var customer = await Customer.OpenAsync(scene.Chat, code);

        await customer.AskAsync(words);
        (await customer.HistoryAsync()).Select(message => message.GetProperty("content").GetString()).ShouldContain(notice);

        var again = await scene.Chat.Http.PostAsJsonAsync("/api/chat/sessions", new { code });
        again.StatusCode.ShouldBe(staysOpen ? HttpStatusCode.Created : HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_has_neither_is_opted_out_all_the_same()
    {
        var (leadId, code) = await scene.LeadAsync();
        var customer = await Customer.OpenAsync(scene.Chat, code);

        await customer.SendAsync(HttpMethod.Post, "/opt-out", new { });

        (await scene.Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads WHERE id = $1", leadId)).ShouldBe("opted_out opted_out");
    }

    [Fact]
    public async Task A_pause_lets_what_is_planned_wait_for_thirty_days_and_leaves_what_concerns_an_appointment()
    {
        var (leadId, code) = await scene.LeadAsync();
        await PlanAsync(leadId, "next_day", "2026-11-24T16:30:00Z");
        var customer = await Customer.OpenAsync(scene.Chat, code);

        (await customer.SendAsync(HttpMethod.Post, "/pause", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await customer.SendAsync(HttpMethod.Post, "/pause", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent); // twice is once

        (await scene.Database.ColumnAsync<string>("""
            SELECT status || ' ' || reason || ' ' || to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || (expires_at - due_at)::text FROM touch_points WHERE lead_id = $1
            """, leadId)).ShouldBe(["scheduled paused_by_customer 2026-12-23 16:30 1 day"]);
        (await scene.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", leadId)).ShouldBe("contacted");
        (await customer.HistoryAsync()).ShouldHaveSingleItem().GetProperty("content").GetString()
            .ShouldBe("We will not write to you before Wednesday, December 23. What concerns an appointment of yours still comes. This chat stays open.");
    }

    [Fact]
    public async Task A_pause_counts_for_what_is_planned_for_another_request_with_the_same_phone_but_for_its_greeting()
    {
        var (leadId, code) = await scene.LeadAsync();
        var (otherId, _) = await scene.LeadAsync();
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550149', now(), now())", scene.TenantId, contact);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $3 WHERE id IN ($1, $2)", leadId, otherId, contact);
        await PlanAsync(otherId, "greeting", "2026-11-24T14:30:00Z");
        await PlanAsync(otherId, "next_day", "2026-11-24T16:30:00Z");
        var customer = await Customer.OpenAsync(scene.Chat, code);

        await customer.SendAsync(HttpMethod.Post, "/pause", new { });

        (await scene.Database.ColumnAsync<string>(
            "SELECT concat_ws(' ', step, reason, to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')) FROM touch_points WHERE lead_id = $1 ORDER BY step", otherId))
            .ShouldBe(["greeting 2026-11-24 14:30", "next_day paused_by_customer 2026-12-23 16:30"]);
    }

    [Fact]
    public async Task A_long_no_with_an_emoji_where_its_evidence_ends_counts()
    {
        var (leadId, customer) = await ByEmailAsync("ann5@example.com");

        await customer.AskAsync($"Please stop texting me. {new string('a', 475)}😡 really");

        await IsOutAsync(leadId, "ann5@example.com");
    }

    [Fact]
    public async Task A_doubtful_no_is_one_item_for_a_person_however_many_ways_to_write_end()
    {
        var (leadId, customer) = await ByEmailAsync("ann6@example.com");
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550146', now(), now())", scene.TenantId, contact);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);

        await customer.AskAsync("Not interested");

        await IsOutAsync(leadId, "ann6@example.com");
        (await scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue();
        (await scene.Database.ColumnAsync<string>("SELECT kind FROM review_items WHERE lead_id = $1", leadId)).ShouldBe(["doubtful_opt_out"]);

        await customer.AskAsync("Not interested");
        await customer.AskAsync("How did you get my number?");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM review_items WHERE lead_id = $1", leadId)).ShouldBe(2, "one for other words, which nobody has read");
    }

    [Theory]
    [InlineData("ann21@example.com", "cancel", "confirmed", "2026-11-24T15:00:00Z", false)]
    [InlineData("ann22@example.com", "Cancel it please", "held", "2026-11-24T17:00:00Z", false)]
    [InlineData("ann23@example.com", "END", "confirmed", "2026-11-24T19:00:00Z", false)]
    [InlineData("ann24@example.com", "cancel", "cancelled", "2026-11-25T15:00:00Z", true)]
    [InlineData("ann25@example.com", "cancel", "confirmed", "2026-11-20T15:00:00Z", true)]
    [InlineData("ann26@example.com", "stop", "confirmed", "2026-11-25T17:00:00Z", true)]
    [InlineData("ann27@example.com", "cancel texts", "confirmed", "2026-11-25T19:00:00Z", true)]
    public async Task Cancel_is_about_the_appointment_of_who_has_one(string email, string words, string status, string startsAt, bool isOptOut)
    {
        var (leadId, customer) = await ByEmailAsync(email);
        await BookAsync(leadId, status, startsAt);

        await customer.AskAsync(words);

        (await scene.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", leadId)).ShouldBe(isOptOut ? "opted_out" : "inquiry");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = $1 AND unsubscribed_at IS NOT NULL", email)).ShouldBe(isOptOut ? 1 : 0);
    }

    private async Task<(Guid LeadId, Customer Customer)> ByEmailAsync(string email)
    {
        var (leadId, code) = await scene.LeadAsync();
        await scene.Database.ExecuteAsync("UPDATE leads SET email = $2 WHERE id = $1", leadId, email);
        await PlanAsync(leadId, "next_day", "2026-11-24T16:30:00Z", "email");
        return (leadId, await Customer.OpenAsync(scene.Chat, code));
    }

    private Task<int> PlanAsync(Guid leadId, string step, string dueAt, string channel = "sms") => scene.Database.ExecuteAsync("""
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 'scheduled', $6::timestamptz, $6::timestamptz + interval '1 day', $6::timestamptz - interval '1 day', $6::timestamptz - interval '1 day')
        """, scene.TenantId, Guid.CreateVersion7(), leadId, step, channel, dueAt);

    private Task<int> BookAsync(Guid leadId, string status, string startsAt) => scene.Database.ExecuteAsync("""
        INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, status_reason, price_cents, expires_at, created_at, updated_at)
        SELECT l.tenant_id, gen_random_uuid(), l.id, l.location_id, c.id, b.id, $2::timestamptz, $2::timestamptz + interval '1 hour', $3,
            CASE WHEN $3 = 'cancelled' THEN 'cancelled_by_customer' END, 39900, CASE WHEN $3 = 'held' THEN $4::timestamptz + interval '10 minutes' END, now(), now()
        FROM leads l JOIN service_catalog c ON c.location_id = l.location_id JOIN bays b ON b.location_id = l.location_id
        WHERE l.id = $1
        """, leadId, startsAt, status, scene.Sandbox.Clock.Now.UtcDateTime);

    private async Task IsOutAsync(Guid leadId, string email, string ended = "opted_out")
    {
        (await scene.Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads WHERE id = $1", leadId)).ShouldBe("opted_out opted_out");
        (await scene.Database.ColumnAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE lead_id = $1", leadId)).ShouldBe([$"cancelled {ended}"]);
        (await scene.Database.ColumnAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = $1", email)).ShouldBe([true]);
        (await scene.Database.ColumnAsync<string>("""
            SELECT e.channel || ' ' || e.kind FROM consent_events e JOIN email_addresses a ON a.tenant_id = e.tenant_id AND a.id = e.email_address_id WHERE a.email = $1 AND e.lead_id = $2
            """, email, leadId)).ShouldBe(["chat opted_out"]);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Replies;

/// <summary>What the assistant answers to a text goes out by text: once, soon or not at all, and never against the person's word. Two Orchestrators run; the Chat API is the row that it writes.</summary>
public sealed partial class ReplyTests(ReplyTests.TwoOrchestrators shop) : IClassFixture<ReplyTests.TwoOrchestrators>, IAsyncLifetime
{
    private const string Signed = "\n- AI assistant of Acme Tint Austin";
    private const string Night = "2026-11-24T09:30:00Z"; // 3:30 in Texas

    public sealed class TwoOrchestrators : Shop
    {
        private WebApplication _second = null!;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            _second = await StartAsync();
        }

        public T Get<T>() where T : notnull => _second.Services.GetRequiredService<T>();
    }

    public async ValueTask InitializeAsync()
    {
        shop.Sandbox.Faults.Clear();
        await shop.SetClockAsync(Shop.Monday10);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_answer_to_a_text_goes_out_once_and_stands_in_the_thread()
    {
        const string phone = "+15125552101";
        var lead = await AskedAsync(phone, "How much is tint?");

        await AnswerAsync(lead, "Ceramic tint is $399.00.");

        await ReplyAsync(lead, "delivered");
        shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Body).Skip(1).ShouldBe([$"Ceramic tint is $399.00.{Signed}"]);
        (await shop.Database.ColumnAsync<bool>("""
            SELECT a.is_reply FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id WHERE t.lead_id = $1 ORDER BY a.started_at
            """, lead)).ShouldBe([false, true]);
    }

    [Theory]
    [InlineData("book", "done", "+15125552151", true)]
    [InlineData("cancel", "done", "+15125552152", true)]
    [InlineData("book", "failed", "+15125552153", false)]
    [InlineData("free_slots", "done", "+15125552154", false)]
    public async Task Who_texts_gets_the_link_to_what_they_can_tap(string tool, string state, string phone, bool hasLink)
    {
        var lead = await AskedAsync(phone, "Tuesday at ten please");
        var answer = await BeginAnswerAsync(lead, "I'm holding Tuesday at 10. Open the link and tap Confirm.", "complete", "stop");
        await shop.Database.ExecuteAsync("""
            WITH place AS (UPDATE chat_sessions SET last_seq = last_seq + 1 WHERE lead_id = $1 RETURNING tenant_id, id, last_seq)
            INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
            SELECT tenant_id, gen_random_uuid(), id, last_seq, $2, 'answer.tool', json_build_object('messageId', $2, 'name', $3, 'state', $4)::text, now() FROM place
            """, lead, answer, tool, state);

        await EndAnswerAsync(answer);

        await ReplyAsync(lead, "delivered");
        var sent = shop.Sandbox.Twilio.SentTo(phone)[^1].Body;
        sent.ShouldStartWith("I'm holding Tuesday at 10. Open the link and tap Confirm.");
        var code = System.Text.RegularExpressions.Regex.Match(sent, @"/c/(\S+)").Groups[1].Value;
        (code.Length > 0).ShouldBe(hasLink);
        (await shop.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM chat_codes WHERE lead_id = $1 AND code_hash = sha256(convert_to($2, 'UTF8')))", lead, code)).ShouldBe(hasLink);
    }

    [Fact]
    public async Task A_text_is_a_question_and_an_order_is_none()
    {
        var lead = await AskedAsync("+15125552102", "Are you open?");
        (await QuestionsAsync(lead)).ShouldBe("sms");

        foreach (var (phone, order) in new[] { ("+15125552103", "STOP"), ("+15125552104", "HELP"), ("+15125552105", "wrong number"), ("+15125552106", "START") })
        {
            (await QuestionsAsync(await AskedAsync(phone, order))).ShouldBe("none", order);
        }
    }

    [Fact]
    public async Task An_immediate_answer_goes_out_by_night_and_what_was_planned_does_not()
    {
        const string phone = "+15125552107";
        var lead = await GreetedAsync(phone);
        await shop.SetClockAsync(Night);
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Are you awake?");

        await AnswerAsync(lead, "I am; the shop opens at 8.");

        await ReplyAsync(lead, "delivered");
        var text = shop.Sandbox.Twilio.SentTo(phone)[^1];
        text.Body.ShouldBe($"I am; the shop opens at 8.{Signed}");
        text.ValidityPeriod!.Value.ShouldBeInRange(1, 15 * 60); // the carrier's queue does not make it late
    }

    [Fact]
    public async Task An_answer_that_is_late_is_given_to_staff_who_may_send_it_by_day()
    {
        const string phone = "+15125552108";
        var lead = await AskedAsync(phone, "Hello?");
        await shop.SetClockAsync("2026-11-23T16:14:00Z");

        await AnswerAsync(lead, "Hello!");

        (await ReplyAsync(lead, "needs_review"))["reason"].ShouldBe("reply_too_late");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
        using var staff = await shop.SignedInAsync();
        var item = (await staff.GetFromJsonAsync<JsonElement>($"/api/review-items?leadId={lead}")).GetProperty("items")[0];
        item.GetProperty("sentence").GetString()!.ShouldContain("quarter of an hour");
        (await staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id")}/resolution", new { action = "send_again" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ReplyAsync(lead, "delivered");
        shop.Sandbox.Twilio.SentTo(phone)[^1].Body.ShouldBe($"Hello!{Signed}");
    }

    [Fact]
    public async Task The_first_answer_by_text_says_that_an_assistant_gives_it_and_the_next_ones_do_not()
    {
        const string phone = "+15125552120";
        var lead = await AskedAsync(phone, "¿Cuánto cuesta?");
        await AnswerAsync(lead, "Cuesta $399.00. ¿Le busco una cita?");
        await ReplyAsync(lead, "delivered");

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "¿Abren mañana?");
        await AnswerAsync(lead, "Sí, mañana a las 8.");

        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo(phone).Count == 3, "the second answer to go out");
        shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Body).Skip(1)
            .ShouldBe(["Cuesta $399.00. ¿Le busco una cita?\n- asistente de IA de Acme Tint Austin", "Sí, mañana a las 8."]);
    }

    [Fact]
    public async Task STOP_between_question_and_answer_ends_the_answer()
    {
        const string phone = "+15125552109";
        var lead = await AskedAsync(phone, "How much?");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");

        await AnswerAsync(lead, "It is $399.00.");

        (await ReplyAsync(lead, "suppressed"))["reason"].ShouldBe("opted_out");
        // Also of those that the carrier would have refused.
        shop.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Count(call => call.Request?["To"]?.ToString() == phone).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_in_whose_place_a_person_answers_is_cancelled_and_the_one_that_fetched_them_is_sent()
    {
        const string phone = "+15125552110";
        var lead = await AskedAsync(phone, "How much?");
        await shop.Database.ExecuteAsync("UPDATE chat_sessions SET mode = 'human' WHERE lead_id = $1", lead);
        await AnswerAsync(lead, "It is $399.00.");
        (await ReplyAsync(lead, "cancelled"))["reason"].ShouldBe("human_takeover");

        var other = await AskedAsync("+15125552111", "I want a person");
        await shop.Database.ExecuteAsync("UPDATE chat_sessions SET mode = 'human' WHERE lead_id = $1", other);
        await AnswerAsync(other, "A person answers here soon.", wantsPerson: true);
        await ReplyAsync(other, "delivered");
    }

    [Fact]
    public async Task An_answer_that_is_still_being_said_when_a_member_of_staff_writes_is_not_sent()
    {
        const string phone = "+15125552115";
        var lead = await AskedAsync(phone, "How much?");
        var answer = await BeginAnswerAsync(lead, "It is $399.00.", "complete", "stop");
        using var staff = await shop.SignedInAsync("advisor");

        (await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Joe here: $350 for you." })).EnsureSuccessStatusCode();
        await EndAnswerAsync(answer);

        (await ReplyAsync(lead, "cancelled"))["reason"].ShouldBe("human_takeover");
        await shop.SentAsync(lead, "staff-1");
        shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Body).Skip(1).ShouldBe(["Joe here: $350 for you."]);
        (await shop.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE lead_id = $1", lead)).ShouldBe("ai");
    }

    [Fact]
    public async Task An_answer_that_Twilio_does_not_take_while_a_member_of_staff_writes_is_not_tried_again()
    {
        const string phone = "+15125552116";
        var lead = await AskedAsync(phone, "How much?");
        // As a worker leaves it while Twilio has it, which has no room for it and says so late.
        await shop.Database.ExecuteAsync("""
            INSERT INTO holds (tenant_id, id, scope, lead_id, reason, taken_by, taken_at) SELECT tenant_id, gen_random_uuid(), 'lead', id, 'test', gen_random_uuid(), now() FROM leads WHERE id = $1
            """, lead);
        await AnswerAsync(lead, "It is $399.00.");
        await ReplyAsync(lead, "scheduled");
        await shop.Database.ExecuteAsync("""
            UPDATE touch_points SET status = 'sending', reason = NULL, is_held = false, fence = fence + 1, attempts = 1, handed_over_at = now(), lease_until = now() + interval '1 minute'
            WHERE lead_id = $1 AND step LIKE 'reply-%'
            """, lead);
        using var staff = await shop.SignedInAsync("advisor");

        (await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Joe here: $350 for you." })).EnsureSuccessStatusCode();
        var reply = await ReplyAsync(lead, "sending");
        shop.Get<OutcomeWriter>().Add(new EndedCall(
            new HandedOver(new TouchPointClaim((Guid)reply["tenant_id"]!, (Guid)reply["id"]!, (long)reply["fence"]!), new DueTouchPoint
            {
                LeadId = lead, Step = (string)reply["step"]!, Attempts = 0, MaxAttempts = 10_000, ExpiresAt = (DateTime)reply["expires_at"]!, Phone = phone, PhoneType = "mobile",
                LeadStatus = "engaged", IsTest = false, FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Acme Tint Austin",
            }, Guid.CreateVersion7()), new SendOutcome.NotSent("twilio_429", TimeSpan.Zero), shop.Sandbox.Clock.Now));

        (await ReplyAsync(lead, "cancelled", "scheduled"))["reason"].ShouldBe("staff_took_over");
    }

    [Fact]
    public async Task What_was_not_said_to_its_end_is_not_sent_and_staff_hear_of_it_unless_it_was_voided()
    {
        var lead = await AskedAsync("+15125552112", "How much?");
        await AnswerAsync(lead, "It is", "superseded", "superseded");
        await AnswerAsync(lead, "It is $3", "interrupted", "owner_lost");

        (await Eventually.ValueAsync(
            () => shop.Database.ColumnAsync<string>("SELECT kind || ' ' || reason FROM review_items WHERE lead_id = $1", lead), items => items.Count > 0, "a review item"))
            .ShouldBe(["reply_not_sent answer_cut_off"]);
        shop.Sandbox.Twilio.SentTo("+15125552112").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Twilio_takes_the_answer_and_drops_the_line_and_it_is_not_sent_twice()
    {
        const string phone = "+15125552113";
        var lead = await AskedAsync(phone, "How much?");
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.AcceptThenDrop });

        await AnswerAsync(lead, "It is $399.00.");

        await ReplyAsync(lead, "delivered", "sent");
        shop.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.StartsWith("It is $399.00.", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task The_next_text_does_not_end_the_answer_to_the_last_one()
    {
        const string phone = "+15125552114";
        var lead = await AskedAsync(phone, "How much?");
        await shop.Database.ExecuteAsync("""
            INSERT INTO holds (tenant_id, id, scope, lead_id, reason, taken_by, taken_at) SELECT tenant_id, gen_random_uuid(), 'lead', id, 'test', gen_random_uuid(), now() FROM leads WHERE id = $1
            """, lead);
        await AnswerAsync(lead, "It is $399.00.");
        await ReplyAsync(lead, "scheduled");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "And how long?");

        await shop.Database.ExecuteAsync("UPDATE holds SET released_at = now(), released_by = taken_by WHERE lead_id = $1", lead);

        await ReplyAsync(lead, "delivered");
    }

    [Fact]
    public async Task After_the_shop_deletes_a_duplicate_order_a_text_is_about_the_one_that_stands()
    {
        const string phone = "+15125552141";
        var stands = await GreetedAsync(phone);
        var duplicate = await shop.QuoteAsync(phone);
        var gone = (Guid)(await shop.LeadAsync(duplicate.OrderId))["id"]!;
        await shop.Sandbox.Crm.DeleteOrderAsync(duplicate.OrderId);
        await shop.LeadAsync(duplicate.OrderId, "lost");

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "How much for the rear window?");

        (await QuestionsAsync(stands)).ShouldBe("sms");
        (await QuestionsAsync(gone)).ShouldNotBe("sms");
        await AnswerAsync(stands, "It is $199.00.");
        await ReplyAsync(stands, "delivered");
    }

    [Fact]
    public async Task Who_asks_although_their_only_order_is_deleted_is_answered_and_staff_may_write()
    {
        const string phone = "+15125552142";
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        await shop.Sandbox.Crm.DeleteOrderAsync(quote.OrderId);
        await shop.LeadAsync(quote.OrderId, "lost");

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Can you still do it?");
        await AnswerAsync(lead, "Yes, any day this week.");
        await ReplyAsync(lead, "delivered");
        using var staff = await shop.SignedInAsync();
        await TwoFranchises.OkAsync(await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Tuesday at ten?" }));

        await shop.StepAsync(lead, "staff-1", "delivered");
    }

    private async Task<Guid> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        return (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
    }

    private async Task<Guid> AskedAsync(string phone, string text)
    {
        var lead = await GreetedAsync(phone);
        await shop.Sandbox.Twilio.ReceiveAsync(phone, text);
        return lead;
    }

    // As the Chat API ends an answer.
    private async Task AnswerAsync(Guid lead, string content, string status = "complete", string finish = "stop", bool wantsPerson = false)
    {
        var id = await BeginAnswerAsync(lead, content, status, finish);
        if (wantsPerson)
        {
            await shop.Database.ExecuteAsync("""
                INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, created_at) SELECT tenant_id, gen_random_uuid(), 'person_wanted', id, $2, 'asked', now() FROM leads WHERE id = $1
                """, lead, id);
        }

        await EndAnswerAsync(id);
    }

    // It has its place in the thread, and nobody looks at it yet.
    private async Task<Guid> BeginAnswerAsync(Guid lead, string content, string status, string finish)
    {
        var id = Guid.CreateVersion7();
        await shop.Database.ExecuteAsync("""
            WITH place AS (UPDATE chat_sessions SET last_seq = last_seq + 1, answered_seq = asked_seq WHERE lead_id = $1 RETURNING tenant_id, id, last_seq, asked_seq)
            , message AS (
                INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, finish_reason, covers_seq, created_at, completed_at, dispatched_at)
                SELECT tenant_id, $2, id, last_seq, 'assistant', 'sms', $3, $4, $5, asked_seq, now(), now(), now() FROM place)
            SELECT 1
            """, lead, id, content, status, finish);
        return id;
    }

    private Task<int> EndAnswerAsync(Guid id) => shop.Database.ExecuteAsync("UPDATE chat_messages SET dispatched_at = NULL WHERE id = $1", id);

    private Task<IReadOnlyDictionary<string, object?>> ReplyAsync(Guid lead, params string[] statuses) => Eventually.ValueAsync(
        async () => (await shop.Database.RowsAsync("SELECT * FROM touch_points WHERE lead_id = $1 AND step LIKE 'reply-%'", lead)).SingleOrDefault(),
        touch => statuses.Contains((string?)touch?["status"]), $"the reply of {lead} to be {string.Join(" or ", statuses)}")!;

    private async Task<string?> QuestionsAsync(Guid lead) => await shop.Database.ScalarAsync<string>(
        "SELECT CASE WHEN asked_seq > answered_seq THEN asked_channel ELSE 'none' END FROM chat_sessions WHERE lead_id = $1", lead);
}

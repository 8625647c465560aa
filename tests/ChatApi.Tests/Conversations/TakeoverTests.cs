using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>A person of the shop and the assistant in one conversation: each answers what the other has not, and whoever asks for a person gets one without a model.</summary>
public sealed partial class TakeoverTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Script = "Ceramic tint is $399.00.";
    private HttpClient _staff = null!;

    public ValueTask InitializeAsync()
    {
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        _staff = scene.Staff(Roles.Advisor);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _staff.Dispose();
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 10000000");
    }

    [Fact]
    public async Task What_staff_have_answered_is_not_answered_again_when_the_conversation_is_given_back()
    {
        var customer = await TakenAsync();
        await customer.AskAsync("Can you do Friday?");
        await SayAsync(customer, "No, Monday 9:00");
        var other = await TakenAsync();
        await other.AskAsync("How much is tint?");
        await GiveBackAsync(customer);
        await GiveBackAsync(other);

        await AnsweredAsync(other); // by then the first would have been answered, too
        (await AnswersAsync(customer)).ShouldBeEmpty();

        (await customer.AskAsync("And how much?"))[^1].Type.ShouldBe("answer.completed");
        scene.Sandbox.Model.Calls[^1].Turns.Select(turn => turn.Text).ShouldContain("[a person of the shop wrote:] No, Monday 9:00");
    }

    [Fact]
    public async Task Who_sends_a_message_again_that_staff_have_answered_waits_for_nothing()
    {
        var (customer, id) = (await TakenAsync(), Guid.CreateVersion7());
        await customer.AskAsync("Can you do Friday?", id);
        await SayAsync(customer, "No, Monday 9:00");
        await GiveBackAsync(customer);

        var again = await customer.AskAsync("Can you do Friday?", id);

        again[0].Type.ShouldBe("message.created");
        again.ShouldNotContain(frame => frame.Type == "answer.started");
    }

    [Fact]
    public async Task Who_waits_behind_an_answer_while_staff_text_waits_for_nothing_any_more()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(250);
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "opening_hours", [])); // who has used a tool gives way to no other answer
        scene.Sandbox.Model.Enqueue(new ModelAnswer(string.Join(' ', Enumerable.Repeat("Ceramic film looks rich and keeps its color.", 30))));
        var customer = await scene.CustomerAsync();
        using var first = await customer.AskAndWatchAsync("How does film look?");
        await first.UntilAsync(frame => frame.Type == "answer.delta");
        using var second = await customer.AskAndWatchAsync("And can you do Friday?");
        await second.UntilAsync(frame => frame.Type == "message.created");

        await AppendAsync(new NewThreadMessage(customer.SessionId, MessageRoles.Staff, MessageChannels.Sms, "Friday at nine is fine."));
        var seen = await second.ToEndAsync();

        seen.ShouldContain(frame => frame.Type == "message.created" && frame.Text("content") == "Friday at nine is fine.");
        (await customer.SendAsync(HttpMethod.Post, "/stop", new { })).EnsureSuccessStatusCode();
        (await first.ToEndAsync())[^1].Text("reason").ShouldBe("stopped");
    }

    [Fact]
    public async Task What_staff_send_again_with_the_same_id_is_said_once_whatever_has_changed_since()
    {
        var customer = await TakenAsync();
        var message = new { content = "We can do Monday at nine.", clientMessageId = Guid.CreateVersion7() };

        using var first = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", message);
        await GiveBackAsync(customer);
        using var again = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", message);
        using var empty = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "\u0000\u0001" });

        empty.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (first.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.Created));
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND role = 'staff'", customer.SessionId)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_written_after_the_last_words_of_staff_is_answered_when_the_conversation_is_given_back()
    {
        var customer = await TakenAsync();
        await customer.AskAsync("Can you do Friday?");
        await SayAsync(customer, "No, Monday 9:00");
        await customer.AskAsync("Fine. And how much?");

        await GiveBackAsync(customer);

        (await AnsweredAsync(customer)).ShouldBe(Script);
        scene.Sandbox.Model.Calls[^1].Question.ShouldBe("Fine. And how much?");
    }

    [Fact]
    public async Task A_question_that_waits_in_a_persons_conversation_is_told_to_staff_again_until_somebody_answers()
    {
        var customer = await TakenAsync();
        (await WaitsAsync(customer)).ShouldBeFalse();

        await customer.AskAsync("Are you still there?");
        await customer.AskAsync("Hello?");

        (await WaitsAsync(customer)).ShouldBeTrue();
        (await scene.Database.ColumnAsync<string>("SELECT wish || ' ' || (next_alert_at - wanted_at)::text FROM handovers WHERE session_id = $1 AND taken_at IS NULL", customer.SessionId))
            .ShouldBe(["Are you still there? 00:02:00"]);
        await SayAsync(customer, "Yes.");
        (await WaitsAsync(customer)).ShouldBeFalse();
        await customer.AskAsync("Good. Friday then?");
        (await WaitsAsync(customer)).ShouldBeTrue("what comes later waits anew");
        await _staff.PostAsync($"{customer.Path}/takeover", null);
        (await WaitsAsync(customer)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_assistant_answers_and_what_is_an_order_waits_for_nobody()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("How much is tint?");
        (await WaitsAsync(customer)).ShouldBeFalse();

        var taken = await TakenAsync();
        await TextAsync(taken, "HELP", isQuestion: false);
        (await WaitsAsync(taken)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("I want to talk to a person", "A person of the shop answers from now on.")]
    [InlineData("Quiero hablar con una persona, por favor", "Desde ahora le contesta una persona del taller.")]
    [InlineData("Comuníqueme con el gerente", "Desde ahora le contesta una persona del taller.")]
    [InlineData("me puede llamar alguien", "Desde ahora le contesta una persona del taller.")]
    public async Task Who_asks_for_a_person_gets_one_without_a_model(string words, string answer)
    {
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 0");
        var customer = await scene.CustomerAsync();
        var calls = scene.Sandbox.Model.Calls.Count;

        var frames = await customer.AskAsync(words);

        frames[^1].Text("content").ShouldBe(answer);
        frames.ShouldContain(frame => frame.Type == "mode.changed" && frame.Text("mode") == "human");
        scene.Sandbox.Model.Calls.Count.ShouldBe(calls);
        (await scene.Database.ColumnAsync<string>("""
            SELECT r.kind || ' ' || r.reason || ' ' || (r.evidence ->> 'said') FROM review_items r JOIN chat_sessions s ON s.lead_id = r.lead_id WHERE s.id = $1
            """, customer.SessionId)).ShouldBe([$"person_wanted asked {words}"]);
        (await WaitsAsync(customer)).ShouldBeTrue();
        (await customer.AskAsync("Hello?")).Select(frame => frame.Type).ShouldBe(["message.created"], "the assistant is silent");
    }

    [Fact]
    public async Task Who_texts_for_a_person_gets_one_without_a_model()
    {
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 0");
        var customer = await scene.CustomerAsync();

        await TextAsync(customer, "can i speak with a representative");
        await TextAsync(customer, "please");

        (await AnsweredAsync(customer)).ShouldBe("A person of the shop answers from now on.");
        (await scene.Database.ScalarAsync<string>("SELECT channel FROM chat_messages WHERE session_id = $1 AND role = 'assistant'", customer.SessionId)).ShouldBe("sms");
        (await WaitsAsync(customer)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Hola, ¿cuánto cuesta?", "es")]
    [InlineData("How much is it?", "en")]
    [InlineData("ok", null)]
    public async Task The_language_that_a_customer_writes_is_kept(string words, string? language)
    {
        var customer = await scene.CustomerAsync();

        await customer.AskAsync(words);
        await customer.AskAsync("399?"); // of no language

        (await scene.Database.ScalarAsync<string?>("SELECT language FROM chat_sessions WHERE id = $1", customer.SessionId)).ShouldBe(language);
        (await (await customer.SendAsync(HttpMethod.Get, "")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("language").GetString().ShouldBe(language);
    }

    [Fact]
    public async Task What_staff_write_to_who_texts_goes_out_by_text()
    {
        var customer = await TakenAsync();
        var lead = await PhoneAsync(customer);
        await TextAsync(customer, "Can you do Friday?");

        using var said = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "No, Monday 9:00" });

        said.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await said.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("channel").GetString().ShouldBe("sms");
        (await scene.Database.ColumnAsync<string>("""
            SELECT concat_ws(' ', t.step, t.channel, t.status, t.content, m.role) FROM touch_points t JOIN chat_messages m ON m.id = t.message_id WHERE t.lead_id = $1
            """, lead)).ShouldBe(["staff-1 sms scheduled No, Monday 9:00 staff"]);
        await customer.AskAsync("I am here now");
        await SayAsync(customer, "Good.");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(1, "who writes in the chat reads it there");
    }

    [Fact]
    public async Task Who_said_stop_by_text_is_not_texted_by_staff_who_hear_so()
    {
        var customer = await TakenAsync();
        var lead = await PhoneAsync(customer);
        await TextAsync(customer, "STOP", isQuestion: false);
        await scene.Database.ExecuteAsync("UPDATE contacts c SET opted_out_at = now() FROM leads l WHERE l.id = $1 AND c.id = l.contact_id", lead);

        using var said = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "Please stay" });
        using var tooLong = await _staff.PostAsJsonAsync($"{(await TextingAsync()).Path}/staff-messages", new { content = new string('x', 1_601) });

        said.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await said.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("opted_out");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(0);
        (await customer.HistoryAsync()).ShouldNotContain(message => message.GetProperty("role").GetString() == "staff");
        tooLong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(MessageChannels.Email, null)]
    [InlineData(MessageChannels.Sms, "wrong_number")]
    public async Task A_stranger_with_a_wrong_number_ends_texts_to_it_and_no_emails_of_staff(string channel, string? reason)
    {
        var customer = await TakenAsync();
        var lead = await EmailAsync(customer);
        await PhoneAsync(customer);
        await scene.Database.ExecuteAsync("UPDATE contacts c SET opted_out_at = now(), wrong_number_at = now() FROM leads l WHERE l.id = $1 AND c.id = l.contact_id", lead);
        await WriteAsync(customer, "Can you do Friday?", channel, isQuestion: false);

        using var said = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "No, Monday 9:00" });

        var answer = await said.Content.ReadFromJsonAsync<JsonElement>();
        (said.StatusCode, answer.TryGetProperty("reason", out var why) ? why.GetString() : null).ShouldBe((reason is null ? HttpStatusCode.Created : HttpStatusCode.Conflict, reason));
    }

    [Fact]
    public async Task What_staff_write_to_who_writes_emails_goes_out_by_email()
    {
        var customer = await TakenAsync();
        var lead = await EmailAsync(customer);
        await WriteAsync(customer, "Can you do Friday?", MessageChannels.Email, isQuestion: false);
        (await WaitsAsync(customer)).ShouldBeTrue();

        using var said = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "No, Monday 9:00" });

        said.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await said.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("channel").GetString().ShouldBe("email");
        (await scene.Database.ColumnAsync<string>("""
            SELECT concat_ws(' ', t.step, t.channel, t.status, t.content, m.role) FROM touch_points t JOIN chat_messages m ON m.id = t.message_id WHERE t.lead_id = $1
            """, lead)).ShouldBe(["staff-1 email scheduled No, Monday 9:00 staff"]);
        (await WaitsAsync(customer)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("unsubscribed_at = now()", "unsubscribed")]
    [InlineData("suppressed_at = now(), suppression = 'address_bounced'", "address_bounced")]
    public async Task Whom_no_email_may_reach_still_waits_and_staff_hear_so(string change, string reason)
    {
        var customer = await TakenAsync();
        var lead = await EmailAsync(customer);
        await WriteAsync(customer, "Can you do Friday?", MessageChannels.Email, isQuestion: false);
        await scene.Database.ExecuteAsync($"UPDATE email_addresses e SET {change} FROM leads l WHERE l.id = $1 AND e.email = l.email", lead);

        using var said = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "No, Monday 9:00" });

        said.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await said.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe(reason);
        (await customer.HistoryAsync()).ShouldNotContain(message => message.GetProperty("role").GetString() == "staff");
        (await WaitsAsync(customer)).ShouldBeTrue();
    }

    private async Task<Guid> EmailAsync(Customer customer)
    {
        var lead = await scene.Database.ScalarAsync<Guid>("SELECT lead_id FROM chat_sessions WHERE id = $1", customer.SessionId);
        await scene.Database.ExecuteAsync("UPDATE leads SET email = $2 WHERE id = $1", lead, $"{lead:N}@example.com");
        await scene.Database.ExecuteAsync("INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at) VALUES ($1, $2, $3, now(), now())", scene.TenantId, Guid.CreateVersion7(), $"{lead:N}@example.com");
        return lead;
    }

    private async Task<Customer> TextingAsync()
    {
        var customer = await TakenAsync();
        await PhoneAsync(customer);
        await TextAsync(customer, "Hello?");
        return customer;
    }

    private async Task<Guid> PhoneAsync(Customer customer)
    {
        var (lead, contact) = (await scene.Database.ScalarAsync<Guid>("SELECT lead_id FROM chat_sessions WHERE id = $1", customer.SessionId), Guid.CreateVersion7());
        var phone = $"+1512{Random.Shared.Next(2_000_000, 9_999_999)}";
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, now(), now())", scene.TenantId, contact, phone);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2, phone = $3, phone_type = 'mobile' WHERE id = $1", lead, contact, phone);
        return lead;
    }

    private async Task<Customer> TakenAsync()
    {
        var customer = await scene.CustomerAsync();
        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return customer;
    }

    private async Task SayAsync(Customer customer, string content) =>
        (await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content })).StatusCode.ShouldBe(HttpStatusCode.Created);

    private async Task GiveBackAsync(Customer customer) => (await _staff.DeleteAsync($"{customer.Path}/takeover")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private async Task<string> AnsweredAsync(Customer customer) =>
        (await Eventually.ValueAsync(() => AnswersAsync(customer), answers => answers.Count > 0, "an answer"))[0];

    private Task<IReadOnlyList<string>> AnswersAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT content FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND status = 'complete' ORDER BY seq", customer.SessionId);

    private Task<bool> WaitsAsync(Customer customer) =>
        scene.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM handovers WHERE session_id = $1 AND taken_at IS NULL)", customer.SessionId);

    private Task TextAsync(Customer customer, string text, bool isQuestion = true) => WriteAsync(customer, text, MessageChannels.Sms, isQuestion);

    private Task WriteAsync(Customer customer, string text, string channel, bool isQuestion = true) =>
        AppendAsync(new NewThreadMessage(customer.SessionId, MessageRoles.Customer, channel, text) { IsQuestion = isQuestion });

    private async Task AppendAsync(NewThreadMessage message)
    {
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        await scene.Chat.Get<MessageStore>().AppendAsync(transaction, message, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}

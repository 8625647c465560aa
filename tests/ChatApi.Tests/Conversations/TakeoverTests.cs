using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>A person of the shop and the assistant in one conversation: each answers what the other has not, and whoever asks for a person gets one without a model.</summary>
public sealed class TakeoverTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
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
    public async Task What_staff_send_again_with_the_same_id_is_said_once()
    {
        var customer = await TakenAsync();
        var message = new { content = "We can do Monday at nine.", clientMessageId = Guid.CreateVersion7() };

        using var first = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", message);
        using var again = await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", message);

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

    [Fact]
    public async Task Who_takes_over_while_staff_text_the_lead_waits_and_has_it()
    {
        var (leadId, code) = await scene.LeadAsync();
        var customer = await Customer.OpenAsync(scene.Chat, code);

        // A text of staff takes the leads first, and then the session.
        var answer = await BesideAsync(
            "SELECT 1 FROM leads WHERE tenant_id = @tenantId AND id = @leadId FOR NO KEY UPDATE", "UPDATE chat_sessions SET last_seq = last_seq WHERE tenant_id = @tenantId AND lead_id = @leadId",
            leadId, () => _staff.PostAsync($"{customer.Path}/takeover", null));

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Who_wants_a_rest_while_a_text_of_theirs_comes_in_has_it()
    {
        var (leadId, code) = await scene.LeadAsync();
        await scene.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            VALUES ($1, gen_random_uuid(), $2, 'next_day', 'sms', 'scheduled', '2026-11-24T16:30:00Z', '2026-11-25Z', '2026-11-23Z', '2026-11-23Z')
            """, scene.TenantId, leadId);
        var customer = await Customer.OpenAsync(scene.Chat, code);

        var answer = await BesideAsync(
            "UPDATE chat_sessions SET last_seq = last_seq WHERE tenant_id = @tenantId AND lead_id = @leadId", "UPDATE touch_points SET updated_at = updated_at WHERE tenant_id = @tenantId AND lead_id = @leadId",
            leadId, () => customer.SendAsync(HttpMethod.Post, "/pause", new { }));

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    // Two that wait for each other in a ring. The one that has waited longer is ended by the database: the request.
    private async Task<HttpResponseMessage> BesideAsync(string first, string second, Guid leadId, Func<Task<HttpResponseMessage>> request)
    {
        await using var other = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        await other.ExecuteAsync(first, new { leadId }, CancellationToken.None);
        var asked = request();
        await Eventually.TrueAsync(
            async () => await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0, "the request to wait");
        await other.ExecuteAsync(second, new { leadId }, CancellationToken.None);
        await other.CommitAsync(CancellationToken.None);
        return await asked;
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
        (await Eventually.ValueAsync(() => AnswersAsync(customer), answers => answers.Count > 0, "an answer", TimeSpan.FromSeconds(30)))[0];

    private Task<IReadOnlyList<string>> AnswersAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT content FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND status = 'complete' ORDER BY seq", customer.SessionId);

    private Task<bool> WaitsAsync(Customer customer) =>
        scene.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM handovers WHERE session_id = $1 AND taken_at IS NULL)", customer.SessionId);

    private async Task TextAsync(Customer customer, string text, bool isQuestion = true)
    {
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        await scene.Chat.Get<MessageStore>().AppendAsync(
            transaction, new NewThreadMessage(customer.SessionId, MessageRoles.Customer, MessageChannels.Sms, text) { IsQuestion = isQuestion }, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}

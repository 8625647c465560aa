using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Who texts is answered by text: the answer is a row that the Orchestrator takes over.</summary>
public sealed class TextAnswerTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Script = "Ceramic tint is $399.00.";

    public ValueTask InitializeAsync()
    {
        scene.Sandbox.Faults.Clear();
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 10000000");

    [Fact]
    public async Task Several_texts_get_one_answer_that_is_to_be_texted_and_stands_in_the_chat()
    {
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much is tint?");
        await TextAsync(customer, "For a Civic");

        var answer = await AnswerAsync(customer);

        (answer["channel"], answer["content"], answer["dispatched_at"]).ShouldBe(("sms", Script, null));
        (await ToSendAsync()).ShouldContain((Guid)answer["id"]!);
        (await customer.HistoryAsync()).Select(message => message.GetProperty("channel").GetString()).ShouldBe(["sms", "sms", "sms"]);
        var call = scene.Sandbox.Model.Calls[^1];
        call.Turns.Count(turn => turn.Role == "user").ShouldBe(2);
        call.System.ShouldContain("at most 280 characters");
    }

    [Fact]
    public async Task Who_texts_is_told_of_the_link_and_not_of_a_card_that_they_do_not_see()
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "book", new JsonObject { ["service"] = "Full Car Ceramic Tint", ["startsAt"] = "2026-11-24T10:00" }));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("I'm holding Tuesday at 10 for you. Open the link in this text and tap Confirm to book it."));
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "Tuesday at ten please");

        var answer = await AnswerAsync(customer);

        answer["content"].ShouldBe("I'm holding Tuesday at 10 for you. Open the link in this text and tap Confirm to book it.");
        var call = scene.Sandbox.Model.Calls[^1];
        call.ToolResults.ShouldHaveSingleItem().ShouldContain("opening the link in this text");
        call.ToolResults[0].ShouldNotContain("card");
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        (await scene.Chat.Get<MessageStore>().TakeAnswerAsync(transaction, (Guid)answer["id"]!, CancellationToken.None))!.IsAboutCards.ShouldBeTrue();
    }

    [Fact]
    public async Task A_text_that_comes_while_its_answer_is_made_voids_it_and_one_answer_covers_both()
    {
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 300 });
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much is tint?");
        await Eventually.TrueAsync(() => scene.Sandbox.Faults.Waiting.Count == 0, "the silent model is asked");

        await TextAsync(customer, "For a Civic");

        await AnswerAsync(customer);
        (await StatusesAsync(customer)).ShouldBe(["superseded", "complete"]);
    }

    [Fact]
    public async Task Who_texts_and_then_writes_in_the_chat_is_answered_in_the_chat()
    {
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much is tint?");

        var frames = await customer.AskAsync("I am here now");

        frames[^1].Type.ShouldBe("answer.completed");
        (await scene.Database.ColumnAsync<string>("SELECT channel FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND status = 'complete'", customer.SessionId)).ShouldBe(["chat"]);
    }

    [Fact]
    public async Task While_a_person_answers_nothing_is_made()
    {
        var customer = await scene.CustomerAsync();
        var other = await scene.CustomerAsync();
        await scene.Database.ExecuteAsync("UPDATE chat_sessions SET mode = 'human' WHERE id = $1", customer.SessionId);
        await TextAsync(customer, "Hello?");
        await TextAsync(other, "Hello?");

        await AnswerAsync(other); // by then the first would have been answered, too
        (await StatusesAsync(customer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_is_in_the_thread_and_is_no_question()
    {
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "HELP", isQuestion: false);
        (await scene.Database.ScalarAsync<long>("SELECT asked_seq FROM chat_sessions WHERE id = $1", customer.SessionId)).ShouldBe(0);
        (await customer.HistoryAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_picture_is_told_to_the_model()
    {
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "", pictures: ["https://vendor.example/picture"]);

        await AnswerAsync(customer);

        scene.Sandbox.Model.Calls[^1].Question.ShouldBe("(a picture was sent)");
        (await customer.HistoryAsync())[0].GetProperty("pictures").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_not_half_a_text_the_other_model_gives_a_whole_one()
    {
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.CutAfterTokens, AfterTokens = 2 });
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much?");

        var answer = await AnswerAsync(customer);

        (answer["content"], answer["provider"]).ShouldBe((Script, "openai"));
    }

    [Fact]
    public async Task Both_vendors_down_say_so_once_in_the_customers_language_and_staff_have_one_item()
    {
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.ErrorStatus, Status = 529, Count = 20 });
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.ErrorStatus, Status = 503, Count = 20 });
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "Hola, ¿cuánto cuesta?");

        (await AnswerAsync(customer))["content"].ShouldBe("Disculpe, ahora mismo no puedo contestar. El taller tiene su mensaje. También puede llamar al +15125550100.");

        await TextAsync(customer, "¿Hola?");
        (await Eventually.ValueAsync(() => StatusesAsync(customer), all => all.Count == 2 && all[1] != "streaming", "the second text to have its end"))
            .ShouldBe(["complete", "failed"]);
        (await ItemsAsync(customer)).ShouldBe(["no_answer provider_unavailable"]);
    }

    [Fact]
    public async Task A_budget_that_is_used_up_says_the_same_and_costs_nothing()
    {
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 0");
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much is tint?");

        (await AnswerAsync(customer))["content"].ShouldBe("Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100.");
        (await ItemsAsync(customer)).ShouldBe(["no_answer budget_exhausted"]);
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM ai_calls WHERE session_id = $1", customer.SessionId)).ShouldBe(0);
    }

    [Fact]
    public async Task Whom_the_assistant_hands_over_by_text_is_told_in_our_own_words_and_somebody_waits_for_them()
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "fetch_person", new JsonObject { ["wish"] = "un rayón" }));
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "Hola, hay un rayón en mi puerta");

        var answer = await AnswerAsync(customer);

        (answer["channel"], answer["content"]).ShouldBe(("sms", "Desde ahora le contesta una persona del taller."));
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM handovers WHERE session_id = $1 AND taken_at IS NULL", customer.SessionId)).ShouldBe(1);
        scene.Sandbox.Model.Calls.Count(call => call.Question.Contains("un rayón en mi puerta", StringComparison.Ordinal)).ShouldBe(1); // no second call for what we say ourselves
    }

    [Fact]
    public async Task A_process_that_dies_in_mid_answer_leaves_the_question_to_another()
    {
        var customer = await scene.CustomerAsync();
        await TextAsync(customer, "How much is tint?");
        // As one that began the answer, said a word and is gone.
        await scene.Database.ExecuteAsync("""
            WITH s AS (UPDATE chat_sessions SET last_seq = last_seq + 1, answered_seq = asked_seq WHERE id = $1 RETURNING tenant_id, id, last_seq, asked_seq)
            , m AS (INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, owner_id, created_at)
                SELECT tenant_id, $2, id, last_seq, 'assistant', 'sms', '', 'streaming', asked_seq, gen_random_uuid(), now() FROM s)
            INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
            SELECT tenant_id, gen_random_uuid(), id, last_seq + 1, $2, 'answer.delta', '{"messageId":"x","text":"Ceramic"}', now() FROM s
            """, customer.SessionId, Guid.CreateVersion7());

        var answer = await AnswerAsync(customer);

        answer["content"].ShouldBe(Script);
        (await StatusesAsync(customer)).ShouldBe(["interrupted", "complete"]);
    }

    // As the Orchestrator stores it.
    private async Task TextAsync(Customer customer, string text, bool isQuestion = true, IReadOnlyList<string>? pictures = null)
    {
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        await scene.Chat.Get<MessageStore>().AppendAsync(transaction,
            new NewThreadMessage(customer.SessionId, MessageRoles.Customer, MessageChannels.Sms, text) { IsQuestion = isQuestion, Media = pictures ?? [] }, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private Task<IReadOnlyDictionary<string, object?>> AnswerAsync(Customer customer) => Eventually.ValueAsync(
        async () => (await scene.Database.RowsAsync("SELECT * FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND status = 'complete'", customer.SessionId)).SingleOrDefault(),
        answer => answer is not null, "an answer", TimeSpan.FromSeconds(30))!;

    private Task<IReadOnlyList<string>> StatusesAsync(Customer customer) =>
        scene.Database.ColumnAsync<string>("SELECT status FROM chat_messages WHERE session_id = $1 AND role = 'assistant' ORDER BY seq", customer.SessionId);

    private Task<IReadOnlyList<string>> ItemsAsync(Customer customer) => scene.Database.ColumnAsync<string>("""
        SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.lead_id = r.lead_id WHERE s.id = $1
        """, customer.SessionId);

    private async Task<IReadOnlyList<Guid>> ToSendAsync() => [.. (await scene.Chat.Get<MessageStore>().AnswersToSendAsync(100, CancellationToken.None)).Select(answer => answer.Id)];
}

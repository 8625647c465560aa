using System.Net;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <content>What one wrong click on "take over" must not lose.</content>
public sealed partial class TakeoverTests
{
    [Fact]
    public async Task What_a_takeover_cut_off_is_answered_when_the_conversation_is_given_back_without_a_word_of_staff()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(250);
        scene.Sandbox.Model.Enqueue(new ModelAnswer(string.Join(' ', Enumerable.Repeat("Ceramic film looks rich and keeps its color.", 30))));
        var customer = await scene.CustomerAsync();
        using var watched = await customer.AskAndWatchAsync("How does film look?");
        await watched.UntilAsync(frame => frame.Type == "answer.delta");

        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        (await watched.ToEndAsync())[^1].Text("reason").ShouldBe("stopped");
        await GiveBackAsync(customer);

        (await AnsweredAsync(customer)).ShouldBe(Script);
        scene.Sandbox.Model.Calls[^1].Question.ShouldBe("How does film look?");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_text_whose_answer_a_takeover_has_kept_from_going_out_is_answered_once_it_is_given_back(bool isPlanned)
    {
        var customer = await scene.CustomerAsync();
        var lead = await PhoneAsync(customer);
        await TextAsync(customer, "How much is tint?");
        await AnsweredAsync(customer);
        if (isPlanned)
        {
            await scene.Database.ExecuteAsync("UPDATE chat_messages SET dispatched_at = now() WHERE session_id = $1 AND role = 'assistant'", customer.SessionId);
            await scene.Database.ExecuteAsync("""
                INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, message_id, replies_to_at, created_at, updated_at)
                SELECT m.tenant_id, gen_random_uuid(), $2, 'reply-' || m.seq, 'sms', 'scheduled', now(), now() + interval '1 day', m.id, now(), now(), now()
                FROM chat_messages m WHERE m.session_id = $1 AND m.role = 'assistant'
                """, customer.SessionId, lead);
        }

        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND dispatched_at IS NULL", customer.SessionId)).ShouldBe(0, "nothing goes out");
        await GiveBackAsync(customer);

        await Eventually.ValueAsync(() => AnswersAsync(customer), answers => answers.Count == 2, "another answer");
        scene.Sandbox.Model.Calls[^1].Question.ShouldBe("How much is tint?");
    }
}

using System.Net;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>A takeover at the moment at which something else happens to the conversation: it is wholly one or not at all, and both have what they asked for.</summary>
public sealed class TakeoverRaceTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private readonly HttpClient _staff = scene.Staff(Roles.Advisor);

    public void Dispose()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        _staff.Dispose();
    }

    [Fact]
    public async Task A_takeover_ends_the_answer_in_progress_or_is_none()
    {
        scene.Sandbox.Model.Script = string.Join(' ', Enumerable.Repeat("One two three four five.", 60));
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(100);
        var customer = await scene.CustomerAsync();
        using var stream = await customer.AskAndWatchAsync("Tell me all");
        await stream.UntilAsync(frame => frame.Type == "answer.delta");
        // The database refuses the end of the answer.
        await scene.Database.ExecuteAsync("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$");
        await scene.Database.ExecuteAsync($"""
            CREATE TRIGGER refuse BEFORE UPDATE ON chat_messages FOR EACH ROW WHEN (NEW.status = 'interrupted' AND NEW.session_id = '{customer.SessionId}') EXECUTE FUNCTION refuse()
            """);
        try
        {
            (await _staff.PostAsync($"{customer.Path}/takeover", null)).IsSuccessStatusCode.ShouldBeFalse();

            (await ModeAsync(customer)).ShouldBe("ai");
        }
        finally
        {
            await scene.Database.ExecuteAsync("DROP TRIGGER refuse ON chat_messages");
            await scene.Database.ExecuteAsync("DROP FUNCTION refuse()");
        }

        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await stream.ToEndAsync())[^1].Type.ShouldBe("answer.interrupted");
        (await ModeAsync(customer)).ShouldBe("human");
        (await scene.Database.ColumnAsync<string>("SELECT finish_reason FROM chat_messages WHERE session_id = $1 AND role = 'assistant'", customer.SessionId)).ShouldBe(["stopped"]);
    }

    [Theory]
    [InlineData("sending", "now()", "sending human_takeover 3 over")]
    [InlineData("unknown", "now()", "unknown twilio_timeout 3 over")]
    [InlineData("sending", "NULL", "cancelled human_takeover 4 good")]
    [InlineData("scheduled", "NULL", "cancelled human_takeover 4 good")]
    public async Task What_the_assistant_texts_at_the_moment_of_a_takeover_is_not_tried_again(string status, string handedOverAt, string becomes)
    {
        var customer = await scene.CustomerAsync();
        await scene.Database.ExecuteAsync($"""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, content, message_id, fence, handed_over_at, lease_until, due_at, expires_at, created_at, updated_at)
            SELECT s.tenant_id, gen_random_uuid(), s.lead_id, 'reply-2', 'sms', $2, CASE WHEN $2 = 'unknown' THEN 'twilio_timeout' END, 'It is $399.00.', $3, 3, {handedOverAt},
                CASE WHEN $2 = 'sending' THEN now() + interval '30 s' END, '2026-11-23Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
            FROM chat_sessions s WHERE s.id = $1
            """, customer.SessionId, status, await MessageAsync(customer));

        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await scene.Database.ScalarAsync<string>("""
            SELECT concat_ws(' ', t.status, t.reason, t.fence, CASE WHEN t.expires_at <= $2 THEN 'over' ELSE 'good' END)
            FROM touch_points t JOIN chat_sessions s ON s.lead_id = t.lead_id WHERE s.id = $1
            """, customer.SessionId, scene.Sandbox.Clock.Now.UtcDateTime)).ShouldBe(becomes);
    }

    private async Task<Guid> MessageAsync(Customer customer)
    {
        await customer.AskAsync("How much?");
        return await scene.Database.ScalarAsync<Guid>("SELECT id FROM chat_messages WHERE session_id = $1 AND role = 'assistant'", customer.SessionId);
    }

    private Task<string?> ModeAsync(Customer customer) => scene.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE id = $1", customer.SessionId);

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
}

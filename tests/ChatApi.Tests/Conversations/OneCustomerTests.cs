using System.Net;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>What one customer, or a script with their link, can take from all the others.</summary>
public sealed class OneCustomerTests(Scene scene) : IClassFixture<Scene>
{
    private const int MostStreams = 20;

    [Fact]
    public async Task A_page_may_resume_by_after_with_a_frames_own_id_or_its_seq_and_nonsense_is_told_so()
    {
        scene.Sandbox.Model.Script = "It is a film.";
        var customer = await scene.CustomerAsync();
        var frames = await customer.AskAsync("Say it");
        foreach (var after in new[] { frames[1].Id, frames[1].Id.Replace(":", "%3A", StringComparison.Ordinal), $"{frames[1].Seq}" })
        {
            using var stream = await EventStream.OpenAsync(await customer.SendAsync(HttpMethod.Get, $"/stream?after={after}"));
            (await stream.UntilAsync(frame => frame.IsTerminal))[0].Id.ShouldBe(frames[2].Id);
        }

        foreach (var nonsense in new[] { "yesterday", $"{customer.SessionId}:", "1:x", "-1" })
        {
            using var refused = await customer.SendAsync(HttpMethod.Get, $"/stream?after={nonsense}");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await refused.Content.ReadAsStringAsync()).ShouldContain("{messageId}:{seq}");
        }
    }

    [Fact]
    public async Task Who_has_had_250_answers_within_a_day_is_left_to_the_shop_and_staff_find_it_once()
    {
        scene.Sandbox.Model.Script = "Answered.";
        var customer = await scene.CustomerAsync();
        (await customer.AskAsync("One"))[^1].Text("content").ShouldBe("Answered.");
        await scene.Database.ExecuteAsync("""
            INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, cost_micros, created_at, completed_at)
            SELECT tenant_id, gen_random_uuid(), session_id, seq - 1000 - n, role, channel, content, status, covers_seq, cost_micros, created_at, completed_at
            FROM chat_messages, generate_series(1, 249) n
            WHERE session_id = $1 AND role = 'assistant'
            """, customer.SessionId);
        var calls = scene.Sandbox.Model.Calls.Count;

        var refused = await customer.AskAsync("Two");
        var again = await customer.AskAsync("Three");

        (refused[^1].Type, refused[^1].Text("content")).ShouldBe(("answer.completed", "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100."));
        again[^1].Text("content").ShouldBe(refused[^1].Text("content"));
        scene.Sandbox.Model.Calls.Count.ShouldBe(calls);
        (await scene.Database.ColumnAsync<string>(
            "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId))
            .ShouldBe(["no_answer too_many_questions"]);
        (await (await scene.CustomerAsync()).AskAsync("I am another"))[^1].Text("content").ShouldBe("Answered.");
        await scene.Database.ExecuteAsync("UPDATE chat_messages SET created_at = created_at - interval '1 day' WHERE session_id = $1", customer.SessionId);
        (await customer.AskAsync("A day later"))[^1].Text("content").ShouldBe("Answered.");
    }

    [Fact]
    public async Task The_same_client_message_id_fifty_times_at_once_streams_the_same_end_to_all()
    {
        scene.Sandbox.Model.Script = "Answered.";
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromSeconds(2);
        var customer = await scene.CustomerAsync();
        var id = Guid.CreateVersion7();
        try
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => customer.AskAsync("Hello", id)));

            all.Select(frames => $"{frames[^1].Type} {frames[^1].Id}").Distinct().ShouldHaveSingleItem().ShouldStartWith("answer.completed ");
        }
        finally
        {
            scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        }
    }

    [Fact]
    public async Task A_session_is_watched_by_twenty_streams_and_the_oldest_gives_way_to_one_more()
    {
        scene.Sandbox.Model.Script = "Answered.";
        var customer = await scene.CustomerAsync();
        var open = new List<EventStream>();
        for (var number = 0; number < MostStreams; number++)
        {
            open.Add(await customer.FollowAsync());
        }

        var asked = await customer.AskAsync("Hello?");
        open.Add(await customer.FollowAsync());

        asked[^1].Text("content").ShouldBe("Answered.");
        (await open[0].UntilAsync(frame => frame.Type == "reconnect"))[^1].Type.ShouldBe("reconnect");
        (await open[1].UntilAsync(frame => frame.IsTerminal))[^1].Text("content").ShouldBe("Answered.");
        open.ForEach(stream => stream.Dispose());
    }
}

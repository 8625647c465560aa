using System.Net;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>The bad days of processes, of the database, and of the lines between them.</summary>
public sealed class ProcessFailureTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private static readonly string Script = string.Concat(Enumerable.Range(1, 120).Select(number => $"Word {number}. "));

    [Fact]
    public async Task An_answer_whose_process_died_ends_as_interrupted_with_what_was_seen()
    {
        var (customer, server, seen) = await MidAnswerAsync();
        await using var _ = server;

        // From here on the process is dead for all others: nobody sees a sign of life, and what it owns is another's.
        await scene.Database.ExecuteAsync("UPDATE chat_messages SET owner_id = $1 WHERE owner_id = $2", Guid.CreateVersion7(), server.InstanceId);
        await scene.Database.ExecuteAsync("UPDATE ai_calls SET owner_id = $1 WHERE owner_id = $2", Guid.CreateVersion7(), server.InstanceId);
        await scene.Chat.Get<Sweeper>().RunOnceAsync(CancellationToken.None);

        using var rest = await customer.At(scene.Chat).FollowAsync(seen[^1].Seq);
        seen.AddRange(await rest.UntilAsync(frame => frame.IsTerminal));
        seen[^1].Type.ShouldBe("answer.interrupted");
        seen[^1].Text("reason").ShouldBe("owner_lost");
        var stored = (await customer.At(scene.Chat).HistoryAsync())[^1];
        stored.GetProperty("status").GetString().ShouldBe("interrupted");
        stored.GetProperty("content").GetString().ShouldBe(Joined(seen));
        await Eventually.ValueAsync(() => CallStatusAsync(customer), status => status == "estimated", "its money is booked");
        seen.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, seen.Count).Select(seq => (long)seq));
    }

    [Fact]
    public async Task A_process_that_died_before_the_first_word_leaves_a_question_that_another_answers()
    {
        await using var server = await scene.StartAsync();
        scene.Sandbox.Model.Script = "Said by another.";
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 5 });
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Hello?");
        await Eventually.TrueAsync(() => scene.Sandbox.Faults.Waiting.Count == 0, "the model is asked, and hangs");
        await scene.Database.ExecuteAsync("UPDATE chat_messages SET owner_id = $1 WHERE owner_id = $2", Guid.CreateVersion7(), server.InstanceId);

        var history = await Eventually.ValueAsync(customer.At(scene.Chat).HistoryAsync, history => history[^1].GetProperty("status").GetString() == "complete", "the answer");

        history.Select(message => message.GetProperty("status").GetString()).ShouldBe(["complete", "interrupted", "complete"]);
        history[1].GetProperty("content").GetString().ShouldBeEmpty();
        history[2].GetProperty("content").GetString().ShouldBe("Said by another.");
    }

    [Fact]
    public async Task A_question_that_nobody_took_is_answered_by_the_sweep()
    {
        var customer = await scene.CustomerAsync();
        scene.Sandbox.Model.Script = "Here I am.";
        // As a process leaves it that dies between the message and the answer.
        await scene.Database.ExecuteAsync("""
            INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, created_at)
            VALUES ($1, $2, $3, 1, 'customer', 'chat', 'Anybody there?', 'complete', now())
            """, scene.TenantId, Guid.CreateVersion7(), customer.SessionId);
        await scene.Database.ExecuteAsync("UPDATE chat_sessions SET last_seq = 1, asked_seq = 1 WHERE id = $1", customer.SessionId);

        var history = await Eventually.ValueAsync(customer.HistoryAsync, history => history.Count == 2 && history[1].GetProperty("status").GetString() == "complete", "the answer");

        history[1].GetProperty("content").GetString().ShouldBe("Here I am.");
    }

    [Fact]
    public async Task An_answer_that_has_begun_and_whose_facts_cannot_be_read_does_not_stop_its_conversation()
    {
        scene.Sandbox.Model.Script = "All the same.";
        var cache = new FailsOnce();
        await using var server = await ChatServer.StartAsync(ChatApiApp.Create(
            [], TestVariables.ForChatApi(scene.Database, new Uri(scene.Sandbox.BareUrl), ("LOG_LEVEL", "error")), services => services.AddSingleton<HybridCache>(cache)));
        var customer = (await scene.CustomerAsync()).At(server);

        cache.FailNext();
        using var stream = await customer.AskAndWatchAsync("When are you open?");

        var history = await Eventually.ValueAsync(customer.HistoryAsync, history => history[^1].GetProperty("status").GetString() == "complete" && history.Count == 3, "the answer");
        history[1].GetProperty("status").GetString().ShouldBe("interrupted");
        history[2].GetProperty("content").GetString().ShouldBe("All the same.");
    }

    [Fact]
    public async Task A_process_that_is_told_to_stop_finishes_its_answer_and_sends_viewers_elsewhere()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(5);
        var (customer, server, seen) = await MidAnswerAsync(new AnswerLimits());
        using var live = await customer.FollowAsync();

        var stopping = server.StopAsync();
        var farewell = await live.ToEndAsync();
        await stopping;

        live.OtherLines.ShouldContain("retry: 500");
        farewell[^1].Type.ShouldBe("reconnect");
        using var rest = await customer.At(scene.Chat).FollowAsync(seen[^1].Seq);
        seen.AddRange(await rest.UntilAsync(frame => frame.IsTerminal));
        seen[^1].Type.ShouldBe("answer.completed");
        Joined(seen).ShouldBe(Script);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_that_does_not_finish_in_time_for_the_stop_is_interrupted_with_what_was_said()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(200);
        var (customer, server, seen) = await MidAnswerAsync(new AnswerLimits { Drain = TimeSpan.FromMilliseconds(300) });

        await server.StopAsync();

        using var rest = await customer.At(scene.Chat).FollowAsync(seen[^1].Seq);
        seen.AddRange(await rest.UntilAsync(frame => frame.IsTerminal));
        seen[^1].Text("reason").ShouldBe("shutdown");
        (await customer.At(scene.Chat).HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe(Joined(seen));
        (await CallStatusAsync(customer)).ShouldBe("estimated");
        await server.DisposeAsync();
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_a_message_is_503_and_afterwards_it_is_taken()
    {
        await using var wire = TcpSwitch.Before(scene.Database);
        await using var server = await scene.StartAsync(("DATABASE_URL", scene.Database.UrlOnPort(wire.Port)));
        scene.Sandbox.Model.Script = "Back again.";
        var customer = await scene.CustomerAsync(server);
        var message = new { clientMessageId = Guid.CreateVersion7(), content = "Hello?" };

        wire.Refuse();
        wire.Cut();
        using (var refused = await customer.SendAsync(HttpMethod.Post, "/messages", message))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        wire.Restore();
        var frames = await Eventually.ValueAsync(() => AskAgainAsync(customer, message.clientMessageId), frames => frames.Count > 0, "the message is taken");
        frames[^1].Text("content").ShouldBe("Back again.");
    }

    [Fact]
    public async Task An_answer_outlives_a_database_that_is_away_for_a_moment()
    {
        await using var wire = TcpSwitch.Before(scene.Database);
        await using var server = await scene.StartAsync(("DATABASE_URL", scene.Database.UrlOnPort(wire.Port)));
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(5);
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Count");
        var seen = (await stream.UntilAsync(frame => frame is { Type: "answer.delta", Seq: > 6 })).ToList();

        wire.Refuse();
        wire.Cut();
        await Eventually.TrueAsync(() => wire.Requests > 0 && wire.Connections == 0, "the line is cut");
        wire.Restore();
        seen.AddRange(await stream.ToEndAsync());

        seen[^1].Type.ShouldBe("answer.completed");
        Joined(seen).ShouldBe(Script);
        seen.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, seen.Count).Select(seq => (long)seq));
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe(Script);
    }

    [Fact]
    public async Task A_database_that_goes_away_before_the_first_word_is_waited_for()
    {
        await using var wire = TcpSwitch.Before(scene.Database);
        await using var server = await scene.StartAsync(("DATABASE_URL", scene.Database.UrlOnPort(wire.Port)));
        scene.Sandbox.Model.Script = "At last.";
        var customer = await scene.CustomerAsync(server);
        // The reservation waits for this lock, and loses its line while it waits.
        await using var lockHolder = new Npgsql.NpgsqlConnection(scene.Database.OwnerConnectionString);
        await lockHolder.OpenAsync();
        await using var transaction = await lockHolder.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE ai_budgets IN SHARE ROW EXCLUSIVE MODE", lockHolder, transaction))
        {
            await hold.ExecuteNonQueryAsync();
        }

        using var stream = await customer.AskAndWatchAsync("Hello?");
        await stream.UntilAsync(frame => frame.Type == "answer.started");
        await Eventually.ValueAsync(
            () => scene.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            waiting => waiting > 0, "the reservation waits");
        wire.Cut();
        await transaction.RollbackAsync();

        var frames = await stream.ToEndAsync();
        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("content").ShouldBe("At last.");
        (await scene.Database.ColumnAsync<string>("SELECT status || ' ' || outcome || ' ' || sign(cost_micros) FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId))
            .ShouldBe(["not_billed not_made 0", "settled stop 1"], "of a call whose reservation was not heard of nothing has left");
    }

    [Fact]
    public async Task A_database_that_is_away_for_longer_than_an_answer_may_take_leaves_the_question_to_the_shop()
    {
        var total = TimeSpan.FromSeconds(2);
        await using var wire = TcpSwitch.Before(scene.Database);
        await using var server = await scene.StartAsync(new AnswerLimits { Total = total, FirstToken = TimeSpan.FromMilliseconds(500) }, ("DATABASE_URL", scene.Database.UrlOnPort(wire.Port)), ("OPENAI_API_KEY", null));
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 20 });
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Hello?");
        var began = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.TrueAsync(() => scene.Sandbox.Faults.Waiting.Count == 0, "the model is asked, and hangs");

        wire.Refuse();
        wire.Cut();
        await Eventually.TrueAsync(() => began.Elapsed > total + TimeSpan.FromSeconds(0.5), "the answer's time is over");
        wire.Restore();

        var frames = await stream.ToEndAsync();
        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100."));
        (await scene.Database.ScalarAsync<long>(
            "SELECT count(*) FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1 AND r.kind = 'no_answer'", customer.SessionId)).ShouldBe(1);
    }

    [Fact]
    public async Task A_process_that_stops_before_the_first_word_leaves_a_question_that_another_answers()
    {
        await using var server = await scene.StartAsync(new AnswerLimits { Drain = TimeSpan.FromMilliseconds(100) });
        scene.Sandbox.Model.Script = "Said by another.";
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 20 });
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Hello?");
        await Eventually.TrueAsync(() => scene.Sandbox.Faults.Waiting.Count == 0, "the model is asked, and hangs");

        await server.StopAsync();

        var history = await Eventually.ValueAsync(customer.At(scene.Chat).HistoryAsync, history => history[^1].GetProperty("status").GetString() == "complete" && history.Count == 3, "the answer");
        history[2].GetProperty("content").GetString().ShouldBe("Said by another.");
        (await scene.Database.ColumnAsync<string>("SELECT status FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId)).ShouldBe(["estimated", "settled"]);
    }

    [Fact]
    public async Task A_lost_answer_that_cannot_be_ended_keeps_no_other_one_waiting()
    {
        var (broken, brokenServer, _) = await MidAnswerAsync();
        await using var _ = brokenServer;
        var (customer, server, seen) = await MidAnswerAsync();
        await using var __ = server;
        await scene.Database.ExecuteAsync($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON chat_messages FOR EACH ROW WHEN (NEW.session_id = '{broken.SessionId}' AND NEW.status = 'interrupted') EXECUTE FUNCTION refuse();
            """);
        await scene.Database.ExecuteAsync("UPDATE chat_messages SET owner_id = $1 WHERE session_id = $2 AND status = 'streaming'", Guid.CreateVersion7(), broken.SessionId);
        await scene.Database.ExecuteAsync("UPDATE chat_messages SET owner_id = $1 WHERE session_id = $2 AND status = 'streaming'", Guid.CreateVersion7(), customer.SessionId);

        await scene.Chat.Get<Sweeper>().RunOnceAsync(CancellationToken.None);

        await scene.Database.ExecuteAsync("DROP TRIGGER refuse ON chat_messages; DROP FUNCTION refuse()");
        using var rest = await customer.At(scene.Chat).FollowAsync(seen[^1].Seq);
        (await rest.UntilAsync(frame => frame.IsTerminal))[^1].Text("reason").ShouldBe("owner_lost");
    }

    public void Dispose()
    {
        scene.Sandbox.Model.Script = null;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
    }

    // A server of its own, in the middle of an answer.
    private async Task<(Customer Customer, ChatServer Server, List<SeenFrame> Seen)> MidAnswerAsync(AnswerLimits? limits = null)
    {
        var server = await (limits is null ? scene.StartAsync() : scene.StartAsync(limits));
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = scene.Sandbox.Model.TokenDelay is { Ticks: > 0 } set ? set : TimeSpan.FromMilliseconds(30);
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Count");
        return (customer, server, [.. await stream.UntilAsync(frame => frame is { Type: "answer.delta", Seq: > 4 })]);
    }

    private static async Task<IReadOnlyList<SeenFrame>> AskAgainAsync(Customer customer, Guid id)
    {
        using var answer = await customer.SendAsync(HttpMethod.Post, "/messages", new { clientMessageId = id, content = "Hello?" });
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return [];
        }

        using var stream = await EventStream.OpenAsync(answer);
        return await stream.ToEndAsync();
    }

    private static string Joined(IEnumerable<SeenFrame> frames) =>
        string.Concat(frames.Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text")));

    private Task<string?> CallStatusAsync(Customer customer) =>
        scene.Database.ScalarAsync<string>("SELECT status FROM ai_calls WHERE session_id = $1", customer.SessionId);

    private sealed class FailsOnce : HybridCache
    {
        private int _fails;

        public void FailNext() => Interlocked.Exchange(ref _fails, 1);

        public override ValueTask<T> GetOrCreateAsync<TState, T>(
            string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null,
            CancellationToken cancellationToken = default) =>
            Interlocked.Exchange(ref _fails, 0) == 1 ? throw new InvalidOperationException("No memory left.") : factory(state, cancellationToken);

        public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => default;
    }
}

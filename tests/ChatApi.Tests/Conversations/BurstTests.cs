using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Several messages in a row get one answer to all of them, and nobody waits for it to be sure that no more come.</summary>
public sealed class BurstTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Script = "It is for both of your questions.";

    public ValueTask InitializeAsync()
    {
        scene.Sandbox.Faults.Clear();
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_second_message_before_the_first_word_gives_one_answer_to_both_and_both_streams_end_with_it()
    {
        var customer = await scene.CustomerAsync();
        var first = await AskASilentModelAsync(customer, "How much is tint?");

        var second = await customer.AskAsync("For a Civic, I mean");
        var seen = await first.ToEndAsync();

        second[^1].Type.ShouldBe("answer.completed");
        seen[^1].Id.ShouldBe(second[^1].Id);
        seen.Where(frame => frame.Type == "answer.interrupted").ShouldHaveSingleItem().Text("reason").ShouldBe("superseded");
        var history = await customer.HistoryAsync();
        history.Select(message => $"{message.GetProperty("role").GetString()} {message.GetProperty("status").GetString()} {message.GetProperty("content").GetString()}").ShouldBe(
            ["customer complete How much is tint?", "assistant superseded ", "customer complete For a Civic, I mean", $"assistant complete {Script}"]);
        scene.Sandbox.Model.Calls[^1].Turns.Count(turn => turn.Role == "user").ShouldBe(2);
        await EverythingIsSettledAsync(customer);
    }

    [Fact]
    public async Task The_second_message_may_come_to_another_server()
    {
        await using var other = await scene.StartAsync();
        var customer = await scene.CustomerAsync();
        var first = await AskASilentModelAsync(customer, "How much is tint?");

        var second = await customer.At(other).AskAsync("For a Civic, I mean");

        second[^1].Type.ShouldBe("answer.completed");
        (await first.ToEndAsync())[^1].Id.ShouldBe(second[^1].Id);
        (await CompleteAsync(customer)).ShouldBe(1);
        await EverythingIsSettledAsync(customer);
    }

    [Fact]
    public async Task Who_writes_on_after_the_first_words_voids_them_in_a_burst_and_every_viewer_is_told()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(150);
        var customer = await scene.CustomerAsync();
        using var first = await customer.AskAndWatchAsync("How much is tint?");
        await first.UntilAsync(frame => frame.Type == "answer.delta");

        var second = await customer.AskAsync("For a Civic, I mean");
        var rest = await first.ToEndAsync();

        rest.Select(frame => frame.Type).Where(type => type is "answer.restarted" or "answer.interrupted").ShouldBe(["answer.restarted", "answer.interrupted"]);
        rest[^1].Id.ShouldBe(second[^1].Id);
        (await CompleteAsync(customer)).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_read_already_is_said_to_its_end()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(400);
        var customer = await scene.CustomerAsync();
        using var first = await customer.AskAndWatchAsync("How much is tint?");
        var seen = await first.UntilAsync(frame => frame.Type == "answer.delta" && frame.Text("text").Contains("questions", StringComparison.Ordinal));
        seen.Count.ShouldBeGreaterThan(3);

        await customer.AskAsync("And how long does it take?");

        (await first.ToEndAsync())[^1].Type.ShouldBe("answer.completed");
        (await CompleteAsync(customer)).ShouldBe(2);
    }

    [Fact]
    public async Task Somebody_who_never_stops_is_answered_too()
    {
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 300, Count = 6 });
        scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.HangBeforeFirstToken, Seconds = 300, Count = 6 });
        var customer = await scene.CustomerAsync();
        for (var number = 1; number <= 6; number++)
        {
            _ = await customer.AskAndWatchAsync($"Message {number}");
            await SupersededAsync(customer, number - 1);
        }

        _ = await customer.AskAndWatchAsync("Message 7");

        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND status = 'superseded'", customer.SessionId)).ShouldBe(5);
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND status = 'streaming'", customer.SessionId)).ShouldBe(1);

        // Else it would go on asking models beside the tests that come next.
        (await customer.SendAsync(HttpMethod.Post, "/stop", new { })).EnsureSuccessStatusCode();
        await EverythingIsSettledAsync(customer);
    }

    [Fact]
    public async Task A_second_message_while_the_answers_beginning_is_on_its_way_voids_it_too()
    {
        await using var fresh = await scene.StartAsync(); // it has to read the shop's hours before it can ask a model
        var customer = (await scene.CustomerAsync()).At(fresh);
        EventStream first;
        EventStream second;
        await using (await HoldAsync("LOCK TABLE location_hours IN ACCESS EXCLUSIVE MODE"))
        {
            first = await customer.AskAndWatchAsync("How much is tint?");
            await Eventually.TrueAsync(async () => await StreamingAsync(customer) == 1 && await WaitingForLocksAsync() > 0, "the answer has begun, and waits for the hours");
            second = await customer.AskAndWatchAsync("For a Civic, I mean");
            await second.UntilAsync(frame => frame.Type == "message.created");
        }

        (await first.ToEndAsync())[^1].Id.ShouldBe((await second.ToEndAsync())[^1].Id);
        (await CompleteAsync(customer)).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_nobody_waits_for_any_more_when_its_money_is_there_is_not_made_and_costs_nothing()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("Hello?");
        var calls = scene.Sandbox.Model.Calls.Count;
        EventStream second;
        await using (await HoldAsync("LOCK TABLE ai_budgets IN SHARE ROW EXCLUSIVE MODE"))
        {
            _ = await customer.AskAndWatchAsync("How much is tint?");
            await Eventually.TrueAsync(async () => await WaitingForLocksAsync() > 0, "the reservation waits");
            second = await customer.AskAndWatchAsync("For a Civic, I mean");
            await Eventually.TrueAsync(
                async () => await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND status = 'superseded'", customer.SessionId) == 1, "the first answer is void");
        }

        (await second.ToEndAsync())[^1].Type.ShouldBe("answer.completed");
        await EverythingIsSettledAsync(customer);
        (await scene.Database.ColumnAsync<string>("SELECT status || ' ' || outcome FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId))
            .ShouldBe(["settled stop", "not_billed cancelled", "settled stop"]);
        scene.Sandbox.Model.Calls.Count.ShouldBe(calls + 1);
    }

    // A transaction that holds what others want, until it is disposed.
    private async Task<IAsyncDisposable> HoldAsync(string sql)
    {
        var connection = new Npgsql.NpgsqlConnection(scene.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await connection.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand(sql, connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private Task<long> StreamingAsync(Customer customer) =>
        scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND status = 'streaming'", customer.SessionId);

    private Task<long> WaitingForLocksAsync() =>
        scene.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    private async Task<EventStream> AskASilentModelAsync(Customer customer, string content)
    {
        // Whichever is asked: who has kept customers waiting in vain is asked last for a minute.
        List<Fault> silences = [.. new[] { Vendor.Anthropic, Vendor.OpenAi }.Select(vendor => scene.Sandbox.Faults.Add(new Fault { Vendor = vendor, Kind = FaultKind.HangBeforeFirstToken, Seconds = 300 }))];
        var stream = await customer.AskAndWatchAsync(content);
        await Eventually.ValueAsync(
            async () => (Waiting: scene.Sandbox.Faults.Waiting.Count, Calls: await scene.Database.ScalarAsync<string>(
                "SELECT concat_ws('; ', string_agg(m.status, ', ' ORDER BY m.seq), (SELECT string_agg(concat_ws(' ', c.model, c.status, c.outcome), ', ') FROM ai_calls c WHERE c.session_id = $1)) FROM chat_messages m WHERE m.session_id = $1",
                customer.SessionId)),
            known => known.Waiting == silences.Count - 1, "a silent model is asked");
        silences.ForEach(silence => scene.Sandbox.Faults.Remove(silence.Id));
        return stream;
    }

    private Task SupersededAsync(Customer customer, long count) => Eventually.TrueAsync(async () =>
        await scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND status = 'superseded'", customer.SessionId) == count
        && await scene.Database.ScalarAsync<bool>("""
            SELECT EXISTS (
                SELECT 1
                FROM chat_messages m
                JOIN ai_calls c ON c.tenant_id = m.tenant_id AND c.message_id = m.id AND c.status = 'reserved'
                WHERE m.session_id = $1 AND m.status = 'streaming')
            """, customer.SessionId), $"{count} answers are void and the next one asks its model");

    private Task<long> CompleteAsync(Customer customer) =>
        scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND status = 'complete'", customer.SessionId);

    // The money of a call that was cut is booked, too.
    private Task EverythingIsSettledAsync(Customer customer) => Eventually.TrueAsync(async () =>
        await scene.Database.ScalarAsync<long>("SELECT count(*) FROM ai_calls WHERE session_id = $1 AND status = 'reserved'", customer.SessionId) == 0, "every call is settled", TimeSpan.FromSeconds(60));
}

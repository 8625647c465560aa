using System.Net;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

public sealed class AnswerTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private const string Essay = "Grüße! 👋🏽 Ceramic film — “the good one” — costs $399.00.\n\n\tIt takes 240 min; 漢字, العربية and \\backslashes\\ stay as they are. " +
        "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty.";

    [Fact]
    public async Task A_message_is_stored_and_its_answer_comes_word_by_word_and_stays()
    {
        var customer = await scene.CustomerAsync();

        using var stream = await customer.AskAndWatchAsync("  How much is ceramic tint?\u0000\u0007 ");
        var frames = await stream.ToEndAsync();

        stream.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        stream.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        stream.Response.Headers.GetValues("X-Accel-Buffering").Single().ShouldBe("no");
        frames.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, frames.Count).Select(seq => (long)seq));
        frames[0].Type.ShouldBe("message.created");
        frames[0].Text("content").ShouldBe("How much is ceramic tint?");
        frames[1].Type.ShouldBe("answer.started");
        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("finishReason").ShouldBe("stop");
        frames.Skip(1).ShouldAllBe(frame => frame.MessageId == frame.Text("messageId"));

        var history = await customer.HistoryAsync();
        history.Count.ShouldBe(2);
        history[0].GetProperty("role").GetString().ShouldBe("customer");
        history[1].GetProperty("status").GetString().ShouldBe("complete");
        history[1].GetProperty("seq").GetInt64().ShouldBe(2);
        history[1].GetProperty("content").GetString()!.ShouldContain("$399.00");
        history[1].GetProperty("usage").GetProperty("costMicros").GetInt64().ShouldBe(frames[^1].Data.GetProperty("usage").GetProperty("costMicros").GetInt64());
    }

    // A proxy passes the headers on with the first byte of the body.
    [Fact]
    public async Task A_stream_begins_with_a_byte_at_once_also_when_nothing_happens()
    {
        var customer = await scene.CustomerAsync();

        (await FirstBytesAsync(HttpMethod.Get, "/stream", null)).ShouldBe(":\n\n");
        (await FirstBytesAsync(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content = "Hi" })).ShouldBe(":\n\n");

        async Task<string> FirstBytesAsync(HttpMethod method, string path, object? body)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(14)); // the first keep-alive is due after 15
            using var answer = await customer.SendAsync(method, path, body);
            var bytes = new byte[3];
            await (await answer.Content.ReadAsStreamAsync(patience.Token)).ReadExactlyAsync(bytes, patience.Token);
            return global::System.Text.Encoding.UTF8.GetString(bytes);
        }
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task The_joined_deltas_are_the_stored_content_byte_for_byte(string provider)
    {
        await using var server = await scene.StartAsync(("AI_PROVIDER", provider));
        scene.Sandbox.Model.Script = Essay;
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(5);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Tell me all");

        var deltas = frames.Where(frame => frame.Type == "answer.delta").ToList();
        deltas.Count.ShouldBeGreaterThan(3);
        string.Concat(deltas.Select(delta => delta.Text("text"))).ShouldBe(Essay);
        frames[^1].Text("content").ShouldBe(Essay);
        (await StoredAsync(frames[^1].MessageId)).ShouldBe(Essay);
        frames[^1].Data.GetProperty("usage").GetProperty("provider").GetString().ShouldBe(provider);
    }

    [Fact]
    public async Task The_same_client_message_id_streams_the_first_answer_and_makes_no_second()
    {
        var customer = await scene.CustomerAsync();
        var id = Guid.CreateVersion7();
        var first = await customer.AskAsync("When are you open?", id);

        var again = await customer.AskAsync("When are you open?", id);
        var other = await customer.AskAsync("something else under the same id", id);

        again.Select(frame => frame.Id).ShouldBe(first.Select(frame => frame.Id));
        other.Select(frame => frame.Id).ShouldBe(first.Select(frame => frame.Id));
        (await customer.HistoryAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_client_message_id_ten_times_at_once_makes_one_answer()
    {
        var customer = await scene.CustomerAsync();
        var id = Guid.CreateVersion7();

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => customer.AskAsync("Hello", id)));

        all.Select(frames => frames[^1].Id).Distinct().Count().ShouldBe(1);
        (await customer.HistoryAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_client_that_leaves_in_mid_stream_does_not_stop_the_answer()
    {
        scene.Sandbox.Model.Script = Essay;
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(20);
        var customer = await scene.CustomerAsync();

        using (var stream = await customer.AskAndWatchAsync("Tell me all"))
        {
            await stream.UntilAsync(frame => frame.Type == "answer.delta");
        }

        var answer = await Eventually.ValueAsync(customer.HistoryAsync, history => history[^1].GetProperty("status").GetString() == "complete", "the answer is complete");
        answer[^1].GetProperty("content").GetString().ShouldBe(Essay);
    }

    [Fact]
    public async Task A_resume_after_every_frame_gives_exactly_the_rest()
    {
        scene.Sandbox.Model.Script = Essay;
        var customer = await scene.CustomerAsync();
        var frames = await customer.AskAsync("Tell me all");

        foreach (var seen in frames.SkipLast(1))
        {
            using var request = customer.Request(HttpMethod.Get, "/stream");
            request.Headers.Add("Last-Event-ID", seen.Id);
            using var stream = await EventStream.OpenAsync(await customer.Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));

            var rest = await stream.UntilAsync(frame => frame.IsTerminal);

            rest.Select(frame => frame.Id).ShouldBe(frames.Where(frame => frame.Seq > seen.Seq).Select(frame => frame.Id));
        }
    }

    [Fact]
    public async Task A_cursor_beyond_the_end_goes_on_from_the_end()
    {
        scene.Sandbox.Model.Script = "It is a film.";
        var customer = await scene.CustomerAsync();
        using var live = await customer.FollowAsync(999_999);

        var asked = await customer.AskAsync("Say it");

        (await live.UntilAsync(frame => frame.IsTerminal)).Select(frame => frame.Id).ShouldBe(asked.Select(frame => frame.Id));
    }

    [Fact]
    public async Task A_burst_of_messages_is_covered_and_never_by_two_answers_at_once()
    {
        scene.Sandbox.Model.Script = "Both answered in one.";
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(20);
        var customer = await scene.CustomerAsync();
        using var live = await customer.FollowAsync(0);

        var streams = await Task.WhenAll(Enumerable.Range(1, 6).Select(number => customer.AskAsync($"Question {number}")));

        streams.Select(frames => frames[^1].Type).Distinct().ShouldBe(["answer.completed"]);
        var history = await customer.HistoryAsync();
        var answers = history.Count(message => message.GetProperty("role").GetString() == "assistant");
        answers.ShouldBeInRange(1, 6);
        history.Count.ShouldBe(6 + answers);
        var all = await live.UntilAsync(frame => frame.IsTerminal && frame.Seq >= streams.Max(frames => frames[^1].Seq));
        all.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, all.Count).Select(seq => (long)seq));
        var open = 0;
        foreach (var frame in all)
        {
            open += frame.Type == "answer.started" ? 1 : frame.IsTerminal ? -1 : 0;
            open.ShouldBeInRange(0, 1);
        }
    }

    [Fact]
    public async Task In_human_mode_the_message_is_kept_and_no_model_is_asked()
    {
        var customer = await scene.CustomerAsync();
        await scene.Database.ExecuteAsync("UPDATE chat_sessions SET mode = 'human' WHERE id = $1", customer.SessionId);
        var question = $"Is somebody there? {Guid.CreateVersion7()}";

        var frames = await customer.AskAsync(question);

        frames.Single().Type.ShouldBe("message.created");
        scene.Sandbox.Model.Calls.ShouldNotContain(call => call.Question == question);
    }

    [Fact]
    public async Task A_closed_conversation_takes_nothing()
    {
        var customer = await scene.CustomerAsync();
        await scene.Database.ExecuteAsync("UPDATE chat_sessions SET mode = 'closed' WHERE id = $1", customer.SessionId);

        using var answer = await customer.SendAsync(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content = "Hello?" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await customer.HistoryAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_keeps_what_was_said_and_the_next_question_is_answered()
    {
        scene.Sandbox.Model.Script = string.Concat(Enumerable.Repeat(Essay, 5));
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(30);
        var customer = await scene.CustomerAsync();
        using var stream = await customer.AskAndWatchAsync("Tell me everything");
        var seen = (await stream.UntilAsync(frame => frame is { Type: "answer.delta", Seq: > 5 })).ToList();

        using var stopped = await customer.SendAsync(HttpMethod.Post, "/stop", new { });
        seen.AddRange(await stream.ToEndAsync());

        stopped.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        seen[^1].Type.ShouldBe("answer.interrupted");
        seen[^1].Text("reason").ShouldBe("stopped");
        (await StoredAsync(seen[^1].MessageId)).ShouldBe(string.Concat(seen.Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text"))));
        scene.Sandbox.Model.Script = "Gladly.";
        (await customer.AskAsync("In short, please"))[^1].Text("content").ShouldBe("Gladly.");
        await Eventually.ValueAsync(
            () => scene.Database.ScalarAsync<long>("SELECT count(*) FROM ai_calls WHERE session_id = $1 AND status = 'reserved'", customer.SessionId),
            open => open == 0, "both calls are settled");
    }

    [Fact]
    public async Task The_model_knows_the_shop_and_gets_no_sampling_parameter()
    {
        var customer = await scene.CustomerAsync();
        var question = $"How much is it? {Guid.CreateVersion7()}";

        await customer.AskAsync(question);

        var call = scene.Sandbox.Model.Calls.Single(call => call.Question == question);
        call.System.ShouldContain("- Full Car Ceramic Tint: $399.00 (240 min)");
        call.System.ShouldContain("First name: Ann");
        call.System.ShouldContain("Monday, November 23, 2026");
        call.System.ShouldContain("- Monday 23 Nov: 08:00–17:00");
        call.System.ShouldContain("- Sunday 29 Nov: closed");
        var request = call.Request.ToString()!;
        request.ShouldNotContain("temperature");
        request.ShouldNotContain("top_p");
    }

    [Fact]
    public async Task A_customer_who_writes_makes_the_lead_engaged()
    {
        var (leadId, code) = await scene.LeadAsync();
        var customer = await Customer.OpenAsync(scene.Chat, code);
        (await StatusAsync()).ShouldBe("contacted");

        await customer.AskAsync("Hi");

        (await StatusAsync()).ShouldBe("engaged");

        Task<string?> StatusAsync() => scene.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", leadId);
    }

    [Theory]
    [InlineData("""{"clientMessageId":"0199e1d2-0000-7000-8000-000000000001","content":""}""", "content")]
    [InlineData("""{"clientMessageId":"0199e1d2-0000-7000-8000-000000000001","content":" \n\t "}""", "content")]
    [InlineData("""{"clientMessageId":"0199e1d2-0000-7000-8000-000000000001","content":"\u0000\u0001"}""", "content")]
    [InlineData("""{"clientMessageId":"0199e1d2-0000-7000-8000-000000000001"}""", "content")]
    [InlineData("""{"content":"Hello"}""", "clientMessageId")]
    [InlineData("""{"clientMessageId":"no uuid","content":"Hello"}""", "clientMessageId")]
    [InlineData("""{"clientMessageId":"0199e1d2-0000-7000-8000-000000000001","content":["a"]}""", "content")]
    [InlineData("""{"clientMessageId":""", "")]
    [InlineData("not json", "")]
    [InlineData("null", "")]
    public async Task A_message_that_is_none_is_400_and_says_where(string body, string field)
    {
        var customer = await scene.CustomerAsync();
        using var request = customer.Request(HttpMethod.Post, "/messages");
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await customer.Server.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
        (await customer.HistoryAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Length_is_counted_after_trimming_and_an_emoji_is_a_message()
    {
        var customer = await scene.CustomerAsync();

        (await customer.AskAsync($"  {new string('a', 4000)}  "))[^1].Type.ShouldBe("answer.completed");
        (await customer.AskAsync("🚗"))[^1].Type.ShouldBe("answer.completed");
        foreach (var length in new[] { 4001, 100_000 })
        {
            using var answer = await customer.SendAsync(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content = new string('a', length) });
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        using var huge = await customer.SendAsync(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content = new string('a', 2_000_000) });
        huge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await customer.HistoryAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task History_pages_backwards_by_its_cursor()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("One");
        await customer.AskAsync("Two");
        var all = await customer.HistoryAsync();

        using var last = await customer.SendAsync(HttpMethod.Get, "/messages?limit=3");
        var page = System.Text.Json.JsonDocument.Parse(await last.Content.ReadAsStringAsync()).RootElement;
        using var before = await customer.SendAsync(HttpMethod.Get, $"/messages?limit=3&before={page.GetProperty("nextCursor").GetString()}");
        var rest = System.Text.Json.JsonDocument.Parse(await before.Content.ReadAsStringAsync()).RootElement;

        rest.GetProperty("items").EnumerateArray().Concat(page.GetProperty("items").EnumerateArray())
            .Select(message => message.GetProperty("seq").GetInt64()).ShouldBe(all.Select(message => message.GetProperty("seq").GetInt64()));
        rest.GetProperty("nextCursor").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        using var none = await customer.SendAsync(HttpMethod.Get, "/messages?before=");
        none.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var bad = await customer.SendAsync(HttpMethod.Get, "/messages?limit=0");
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var worse = await customer.SendAsync(HttpMethod.Get, "/messages?before=yesterday");
        worse.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    // Each test of this class begins with the model as the Sandbox makes it.
    public void Dispose()
    {
        scene.Sandbox.Model.Script = null;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
    }

    private Task<string?> StoredAsync(string messageId) =>
        scene.Database.ScalarAsync<string>("SELECT content FROM chat_messages WHERE id = $1", Guid.Parse(messageId));
}

using System.Net;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Two Chat APIs on one database: a customer may be at either, at any moment.</summary>
public sealed class TwoServersTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Script = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.";
    private ChatServer _other = null!;

    public async ValueTask InitializeAsync()
    {
        _other = await scene.StartAsync();
        scene.Sandbox.Model.Script = Script;
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(40);
    }

    public ValueTask DisposeAsync() => _other.DisposeAsync();

    [Fact]
    public async Task A_viewer_at_the_one_sees_the_answer_of_the_other()
    {
        var customer = await scene.CustomerAsync();
        using var live = await customer.At(_other).FollowAsync();

        var asked = await customer.AskAsync("Count");

        var seen = await live.UntilAsync(frame => frame.IsTerminal);
        seen.Select(frame => frame.Id).ShouldBe(asked.Select(frame => frame.Id));
    }

    [Fact]
    public async Task The_same_message_at_the_other_streams_the_first_ones_answer()
    {
        var customer = await scene.CustomerAsync();
        var id = Guid.CreateVersion7();
        using var first = await customer.AskAndWatchAsync("Count", id);
        var seen = (await first.UntilAsync(frame => frame.Type == "answer.delta")).ToList();

        var second = await customer.At(_other).AskAsync("Count", id);

        seen.AddRange(await first.ToEndAsync());
        second.Select(frame => frame.Id).ShouldBe(seen.Select(frame => frame.Id));
        (await customer.HistoryAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_at_both_are_answered_one_after_the_other()
    {
        var customer = await scene.CustomerAsync();
        var there = customer.At(_other);

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => (number % 2 == 0 ? customer : there).AskAsync($"Question {number}")));

        all.Select(frames => frames[^1].Type).Distinct().ShouldBe(["answer.completed"]);
        var seqs = await scene.Database.ColumnAsync<long>("SELECT seq FROM chat_events WHERE session_id = $1 ORDER BY seq", customer.SessionId);
        seqs.ShouldBe(Enumerable.Range(1, seqs.Count).Select(seq => (long)seq));
    }

    [Fact]
    public async Task Stop_at_the_one_ends_the_answer_of_the_other()
    {
        scene.Sandbox.Model.Script = string.Concat(Enumerable.Repeat(Script, 20));
        var customer = await scene.CustomerAsync();
        using var stream = await customer.AskAndWatchAsync("Count");
        await stream.UntilAsync(frame => frame.Type == "answer.delta");

        using var stopped = await customer.At(_other).SendAsync(HttpMethod.Post, "/stop", new { });

        stopped.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await stream.ToEndAsync())[^1].Type.ShouldBe("answer.interrupted");
        await Eventually.ValueAsync(
            () => scene.Database.ScalarAsync<string>("SELECT status FROM ai_calls WHERE session_id = $1", customer.SessionId), status => status == "estimated", "the call is settled");
    }

    [Fact]
    public async Task What_was_stopped_at_the_one_before_its_first_word_is_left_to_nobody_by_the_other()
    {
        var fail = new TaskCompletionSource();
        await using var model = await OwnModel.StartAsync(async (http, request) =>
        {
            if (request > 1)
            {
                await OwnModel.ChunkAsync(http, new { content = "It is a film." }, "stop");
                return;
            }

            await fail.Task;
            http.Response.StatusCode = 400;
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await StoppedInSilenceAsync(server, model);

        fail.SetResult();

        (await customer.AskAsync("And now?"))[^1].Text("content").ShouldBe("It is a film.");
        (await scene.Database.ScalarAsync<long>(
            "SELECT count(*) FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId)).ShouldBe(0);
    }

    [Fact]
    public async Task A_tool_is_not_used_once_the_answer_was_stopped_at_the_other()
    {
        var ask = new TaskCompletionSource();
        await using var model = await OwnModel.StartAsync(async (http, request) =>
        {
            if (request > 1)
            {
                await OwnModel.ChunkAsync(http, new { content = "It is a film." }, "stop");
                return;
            }

            await ask.Task;
            const string arguments = """{"service":"Full Car Ceramic Tint","startsAt":"2026-11-24T10:00"}""";
            await OwnModel.ChunkAsync(http, new { tool_calls = new[] { new { index = 0, id = "call_1", type = "function", function = new { name = "book", arguments } } } });
            await OwnModel.ChunkAsync(http, new { }, "tool_calls");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await StoppedInSilenceAsync(server, model);

        ask.SetResult();

        (await customer.AskAsync("And now?"))[^1].Text("content").ShouldBe("It is a film.");
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId)).ShouldBe(0);
    }

    private async Task<Customer> StoppedInSilenceAsync(ChatServer server, OwnModel model)
    {
        var customer = await scene.CustomerAsync(server);
        using var stream = await customer.AskAndWatchAsync("Say it");
        await stream.UntilAsync(frame => frame.Type == "answer.started");
        await Eventually.ValueAsync(() => Task.FromResult(model.Requests.Count), asked => asked == 1, "the model is asked");
        using var stopped = await customer.At(_other).SendAsync(HttpMethod.Post, "/stop", new { });
        stopped.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return customer;
    }
}

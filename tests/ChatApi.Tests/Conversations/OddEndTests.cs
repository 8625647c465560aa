namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Ends of models' streams that say too little, or that nothing is at its end.</summary>
public sealed class OddEndTests(Scene scene) : IClassFixture<Scene>
{
    [Theory]
    [InlineData("")]
    [InlineData(""", "usage": null""")]
    [InlineData(""", "usage": {}""")]
    public async Task An_end_of_Anthropics_that_tells_no_usage_takes_nothing_away(string usage)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "All of it is \"message_delta\".");
            await OwnModel.DataAsync(http, "content_block_stop", new { type = "content_block_stop", index = 0 });
            await OwnModel.RawAsync(http, $$"""
                event: message_delta
                data: { "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null }{{usage}} }


                """);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "All of it is \"message_delta\"."));
        (await CallsAsync(customer)).ShouldHaveSingleItem().ShouldMatch("^estimated stop 900 [1-9][0-9]*$");
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "usage": null""")]
    [InlineData(""", "usage": {}""")]
    [InlineData(""", "usage": { "input_tokens": 900 }""")]
    public async Task A_beginning_of_Anthropics_that_tells_no_usage_takes_nothing_away(string usage)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.RawAsync(http, $$"""
                event: message_start
                data: { "type": "message_start", "message": { "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [], "stop_reason": null, "stop_sequence": null{{usage}} } }

                event: content_block_start
                data: { "type": "content_block_start", "index": 0, "content_block": { "type": "thinking" } }

                event: content_block_stop
                data: { "type": "content_block_stop", "index": 0 }

                event: content_block_start
                data: { "type": "content_block_start", "index": 1, "content_block": { "type": "text", "text": "" } }

                event: content_block_delta
                data: { "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "All of it." } }

                event: content_block_stop
                data: { "type": "content_block_stop", "index": 1 }

                event: message_delta
                data: { "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null }, "usage": { "input_tokens": 900, "output_tokens": 25 } }


                """);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "All of it."));
        (await CallsAsync(customer)).ShouldBe(["settled stop 900 25"]);
    }

    [Theory]
    [InlineData("max_tokens", "{\"da")]
    [InlineData("max_tokens", "{\"date\":\"2026-11-24\"}")]
    [InlineData("tool_use", null)]
    [InlineData("pause_turn", null)]
    [InlineData("a_reason_to_come", null)]
    public async Task Words_on_the_way_to_a_tool_or_to_what_nobody_knows_are_no_whole_answer(string stop, string? input)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "Let me look for free times.");
            if (input is not null)
            {
                await OwnModel.ToolAsync(http, "free_slots", input);
            }

            await OwnModel.EndMessageAsync(http, output: 25, stop);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);

        await IsUnfinishedAsync(await scene.CustomerAsync(server));
    }

    [Theory]
    [InlineData("length", "{\"da")]
    [InlineData("tool_calls", null)]
    [InlineData("function_call", null)]
    public async Task So_they_are_of_a_server_that_speaks_as_OpenAI(string finish, string? input)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "Let me look for free times." });
            if (input is not null)
            {
                await OwnModel.CallAsync(http, "free_slots", input);
            }

            await OwnModel.ChunkAsync(http, new { }, finish, OwnModel.Usage(900, 25));
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);

        await IsUnfinishedAsync(await scene.CustomerAsync(server));
    }

    [Fact]
    public async Task Words_alone_that_are_cut_for_their_length_are_an_answer()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "Film is a thin layer that");
            await OwnModel.EndMessageAsync(http, output: 25, "max_tokens");
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("finishReason")).ShouldBe(("answer.completed", "length"));
    }

    private async Task IsUnfinishedAsync(Customer customer)
    {
        var frames = await customer.AskAsync("When can I come?");

        (frames[^1].Type, frames[^1].Text("reason")).ShouldBe(("answer.interrupted", "unfinished"));
        frames.ShouldNotContain(frame => frame.Type == "answer.tool");
        (await ReviewsAsync(customer)).ShouldBe(["no_answer answer_interrupted"]);
        (await CallsAsync(customer)).ShouldBe(["settled unfinished 900 25"]);
    }

    private Task<IReadOnlyList<string>> CallsAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT status || ' ' || outcome || ' ' || input_tokens || ' ' || output_tokens FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId);

    private Task<IReadOnlyList<string>> ReviewsAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId);
}

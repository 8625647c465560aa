using System.Text.Json;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Streams that are cut as no vendor should cut them: in letters, in halves of letters, or not at all.</summary>
public sealed class OddStreamTests(Scene scene) : IClassFixture<Scene>
{
    private const string OpenAiChunk = """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}""";
    private const string AnthropicDelta = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}""";

    [Fact]
    public async Task An_answer_in_pieces_of_one_letter_is_heard_to_its_end()
    {
        var text = string.Concat(Enumerable.Repeat("It is a film. ", 110));
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            foreach (var letter in text)
            {
                await OwnModel.ChunkAsync(http, new { content = letter.ToString() });
            }

            await OwnModel.ChunkAsync(http, new { }, "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("finishReason"), frames[^1].Text("content")).ShouldBe(("answer.completed", "stop", text));
        var tokens = await scene.Database.ScalarAsync<int>("SELECT output_tokens::int FROM ai_calls WHERE session_id = $1", customer.SessionId);
        tokens.ShouldBeLessThan(text.Length / 2, "a letter is no token");
    }

    [Fact]
    public async Task A_refusal_in_mid_sentence_is_no_whole_answer()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "What film does for your car is " });
            await OwnModel.ChunkAsync(http, new { }, "content_filter");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("reason")).ShouldBe(("answer.interrupted", "content_filter"));
        (await scene.Database.ColumnAsync<string>(
            "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId))
            .ShouldBe(["no_answer answer_interrupted"]);
    }

    [Theory]
    [InlineData("What film does for your car is ", "answer.interrupted", "answer_interrupted")]
    [InlineData(null, "answer.completed", "provider_refused")]
    public async Task A_refusal_that_OpenAI_tells_beside_the_words_is_no_whole_answer(string? words, string end, string reason)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            if (words is not null)
            {
                await OwnModel.ChunkAsync(http, new { content = words });
            }

            await OwnModel.ChunkAsync(http, new { refusal = "I can't help with that." });
            await OwnModel.ChunkAsync(http, new { }, "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Type.ShouldBe(end);
        (words is null ? frames[^1].Text("content") : frames[^1].Text("reason")).ShouldStartWith(words is null ? "Sorry, I cannot answer right now." : "content_filter");
        (await scene.Database.ColumnAsync<string>(
            "SELECT r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId)).ShouldBe([reason]);
    }

    [Theory]
    [InlineData("anthropic", "text", "answer.completed", "Hello Ann!")]
    [InlineData("anthropic", "thinkingThenText", "answer.completed", "Hello Ann!")]
    [InlineData("anthropic", "maxTokens", "answer.completed", "Hello Ann!")]
    [InlineData("anthropic", "refusal", "answer.completed", "Sorry, I cannot answer right now.")]
    [InlineData("anthropic", "errorMidStream", "answer.interrupted", null)]
    [InlineData("anthropic", "truncatedNoStop", "answer.interrupted", null)]
    [InlineData("openai", "text", "answer.completed", "Hi!")]
    [InlineData("openai", "truncated", "answer.interrupted", null)]
    public async Task Each_recorded_stream_of_a_vendor_ends_as_it_says(string vendor, string name, string end, string? content)
    {
        var streams = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("tests", "ChatApi.Tests", "Conversations", $"{vendor}-stream.json"))).RootElement;
        await using var model = await OwnModel.StartAsync((http, _) => OwnModel.RawAsync(http, streams.GetProperty(name).GetString()!));
        await using var server = await (vendor == "openai" ? model.AsOpenAiAsync(scene) : model.AsAnthropicAsync(scene));
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Type.ShouldBe(end);
        if (content is not null)
        {
            frames[^1].Text("content").ShouldStartWith(content);
        }
    }

    [Fact]
    public async Task An_event_a_block_and_a_delta_that_nobody_knows_are_passed_over()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.DataAsync(http, "weather", new { type = "weather", sky = new { blue = true } });
            await OwnModel.TextAsync(http, "It is ");
            await OwnModel.DataAsync(http, "content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "scent_delta", scent = "x" } });
            await OwnModel.TextAsync(http, "a film.");
            await OwnModel.DataAsync(http, "content_block_start", new { type = "content_block_start", index = 1, content_block = new { type = "scent", scent = "" } });
            await OwnModel.DataAsync(http, "content_block_delta", new { type = "content_block_delta", index = 1, delta = new { type = "scent_delta", scent = "x" } });
            await OwnModel.DataAsync(http, "content_block_stop", new { type = "content_block_stop", index = 1 });
            await OwnModel.EndMessageAsync(http, output: 7);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "It is a film."));
    }

    [Fact]
    public async Task Halves_of_a_letter_in_two_events_of_Anthropic_become_one()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            foreach (var piece in (string[])["It is cool \\ud83d", "\\ude00 and dark"])
            {
                await OwnModel.RawAsync(http, $"event: content_block_delta\ndata: {AnthropicDelta.Replace("TEXT", piece, StringComparison.Ordinal)}\n\n");
            }

            await OwnModel.EndMessageAsync(http, output: 7);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "It is cool 😀 and dark"));
    }

    [Fact]
    public async Task So_they_do_of_a_server_that_speaks_as_OpenAI()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            foreach (var piece in (string[])["It is cool \\uD83D", "\\uDE00 and \\ud83d dark"])
            {
                await OwnModel.RawAsync(http, $"data: {OpenAiChunk.Replace("TEXT", piece, StringComparison.Ordinal)}\n\n");
            }

            await OwnModel.ChunkAsync(http, new { }, "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "It is cool 😀 and  dark"));
    }

    [Fact]
    public async Task A_megabyte_in_one_piece_is_heard_as_far_as_an_answer_may_be()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = new string('x', 1_000_000) }, "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene, new AnswerLimits());
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("finishReason")).ShouldBe(("answer.completed", "length"));
        frames[^1].Text("content").Length.ShouldBe(1024 * 64);
    }
}

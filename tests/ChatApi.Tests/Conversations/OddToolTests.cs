using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Tools that are asked for otherwise than they should be: in an answer that its vendor takes back, by names of a model's own, with input that is broken.</summary>
public sealed class OddToolTests(Scene scene) : IClassFixture<Scene>
{
    private const string Claude = "claude";
    private const string OpenAi = "openai";

    [Theory]
    [InlineData("refusal")]
    [InlineData("pause_turn")]
    public async Task A_tool_of_an_answer_that_Anthropic_takes_back_or_puts_off_is_not_used(string stop)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "Sure. ");
            await OwnModel.ToolAsync(http, "fetch_person", "{}");
            await OwnModel.EndMessageAsync(http, output: 7, stop);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        scene.Sandbox.Model.Script = "Said by the other.";
        await using var server = await scene.StartAsync(("ANTHROPIC_BASE_URL", model.Url));
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Text("content").ShouldBe("Said by the other.");
        frames.ShouldNotContain(frame => frame.Type == "answer.tool");
        (await ModeAsync(customer)).ShouldBe("ai");
    }

    [Fact]
    public async Task Nor_is_one_of_an_answer_that_OpenAI_filters()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.CallAsync(http, "fetch_person", "{}");
            await OwnModel.ChunkAsync(http, new { }, "content_filter");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Text("content").ShouldStartWith("Sorry, I cannot answer right now.");
        frames.ShouldNotContain(frame => frame.Type == "answer.tool");
        (await ModeAsync(customer)).ShouldBe("ai");
    }

    [Fact]
    public async Task A_server_that_says_stop_behind_a_tool_has_it_used()
    {
        await using var model = await OwnModel.StartAsync(async (http, request) =>
        {
            await (request == 1 ? OwnModel.CallAsync(http, "opening_hours", "{}") : OwnModel.ChunkAsync(http, new { content = "I have looked." }));
            await OwnModel.ChunkAsync(http, new { }, "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);

        await IsToldAsync(await scene.CustomerAsync(server), "I have looked.", "done");
    }

    [Theory]
    [InlineData(Claude)]
    [InlineData(OpenAi)]
    public async Task Half_a_letter_in_a_tools_input_is_told_to_the_model_and_ends_nothing(string provider)
    {
        await using var model = await AskingAsync(provider, "fetch_person", """{"wish":"\ud83d"}""", "In words, please.");
        await using var server = await AloneAsync(provider, model);
        var customer = await scene.CustomerAsync(server);

        await IsToldAsync(customer, "In words, please.", "failed");

        model.Requests.ElementAt(1).ShouldContain("The input cannot be read.");
        (await ModeAsync(customer)).ShouldBe("ai");
    }

    [Theory]
    [InlineData(Claude, "{\"wish\":\"a wo")]
    [InlineData(Claude, "[1]")]
    [InlineData(OpenAi, "{\"wish\":\"a wo")]
    [InlineData(OpenAi, "[1]")]
    [InlineData(OpenAi, "{}{}")] // two calls, of a server that gives both the same index
    public async Task A_tool_is_not_used_with_broken_input_as_if_it_had_none(string provider, string input)
    {
        await using var model = await AskingAsync(provider, "fetch_person", input, "Once more, please.");
        await using var server = await AloneAsync(provider, model);
        var customer = await scene.CustomerAsync(server);

        await IsToldAsync(customer, "Once more, please.", "failed");

        model.Requests.ElementAt(1).ShouldContain("The input is no JSON object.");
        (await ModeAsync(customer)).ShouldBe("ai");
    }

    [Theory]
    [InlineData(Claude, "opening_hours", "")]
    [InlineData(OpenAi, "opening_hours", "")]
    [InlineData(OpenAi, "services_and_prices", "")]
    [InlineData(OpenAi, "services_and_prices", "{")]
    public async Task A_tool_that_needs_no_input_is_used_without_any(string provider, string tool, string input)
    {
        await using var model = await AskingAsync(provider, tool, input, "I have looked.");
        await using var server = await AloneAsync(provider, model);

        await IsToldAsync(await scene.CustomerAsync(server), "I have looked.", "done");
    }

    [Fact]
    public async Task Names_and_ids_that_another_vendor_would_refuse_are_not_sent_to_it()
    {
        await using var first = await OwnModel.StartAsync(async (http, request) =>
        {
            if (request > 1)
            {
                http.Response.StatusCode = 400;
                return;
            }

            await OwnModel.CallAsync(http, "functions.free_slots", "{}", "functions.free_slots:0");
            await OwnModel.CallAsync(http, "opening_hours", "{}", "functions.opening_hours:1", index: 1);
            await OwnModel.ChunkAsync(http, new { }, "tool_calls");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var second = await OwnModel.StartAsync(AnthropicSays("Said by the other."));
        await using var server = await scene.StartAsync(("AI_PROVIDER", OpenAi), ("OPENAI_BASE_URL", $"{first.Url}/v1"), ("ANTHROPIC_BASE_URL", second.Url));
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("When are you open?"))[^1].Text("content").ShouldBe("Said by the other.");

        first.Requests.ElementAt(1).ShouldNotContain("\"functions.free_slots\"");
        var blocks = JsonNode.Parse(second.Requests.ShouldHaveSingleItem())!["messages"]!.AsArray().SelectMany(message => message!["content"] as JsonArray ?? []).ToList();
        var calls = blocks.Where(block => (string?)block!["type"] == "tool_use").ToList();
        calls.Select(call => (string?)call!["name"]).ShouldBe(["unknown", "opening_hours"]);
        var ids = calls.Select(call => (string?)call!["id"]).ToList();
        ids.ShouldAllBe(id => id!.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'));
        ids.ShouldBeUnique();
        blocks.Where(block => (string?)block!["type"] == "tool_result").Select(block => (string?)block!["tool_use_id"]).ShouldBe(ids);
    }

    // Asks for a tool, and says something once it has heard what came of it.
    private static Task<OwnModel> AskingAsync(string provider, string tool, string input, string then) => OwnModel.StartAsync(async (http, request) =>
    {
        if (provider == OpenAi)
        {
            await (request == 1 ? OwnModel.CallAsync(http, tool, input) : OwnModel.ChunkAsync(http, new { content = then }));
            await OwnModel.ChunkAsync(http, new { }, request == 1 ? "tool_calls" : "stop");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        }
        else if (request > 1)
        {
            await AnthropicSays(then)(http, request);
        }
        else
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.ToolAsync(http, tool, input);
            await OwnModel.EndMessageAsync(http, output: 7, "tool_use");
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        }
    });

    private static Func<HttpContext, int, Task> AnthropicSays(string words) => async (http, _) =>
    {
        await OwnModel.BeginMessageAsync(http, input: 900);
        await OwnModel.TextAsync(http, words);
        await OwnModel.EndMessageAsync(http, output: 7);
        await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
    };

    private Task<ChatServer> AloneAsync(string provider, OwnModel model) => provider == OpenAi ? model.AsOpenAiAsync(scene) : model.AsAnthropicAsync(scene);

    private static async Task IsToldAsync(Customer customer, string words, string state)
    {
        var frames = await customer.AskAsync("Say it");

        frames[^1].Text("content").ShouldBe(words);
        frames.Where(frame => frame.Type == "answer.tool").Select(frame => frame.Text("state")).ShouldBe(["started", state]);
    }

    private Task<string?> ModeAsync(Customer customer) => scene.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE id = $1", customer.SessionId);
}

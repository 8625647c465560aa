using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Conversations;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Vendors that end, count or fail otherwise than they should, and servers that speak almost as OpenAI does.</summary>
public sealed class OddVendorTests(Scene scene) : IClassFixture<Scene>
{
    private const string NotNow = "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100.";

    [Fact]
    public async Task Of_a_usage_that_comes_with_each_piece_the_last_one_counts()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            for (var said = 1; said <= 50; said++)
            {
                await OwnModel.ChunkAsync(http, new { content = "word " }, said == 50 ? "stop" : null, OwnModel.Usage(1000, said));
            }

            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Count"))[^1].Type.ShouldBe("answer.completed");

        (await CallsAsync(customer)).ShouldBe(["settled stop 1000 50"]);
    }

    [Theory]
    [InlineData("", "stop")]
    [InlineData(null, "eos_token")]
    [InlineData(null, "stop_sequence")]
    public async Task A_server_with_finish_reasons_of_its_own_is_heard_to_its_end(string? between, string last)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "It says \"finish_reason\":\"odd\" " }, between);
            await OwnModel.ChunkAsync(http, new { content = "and ends. 🚗" }, between);
            await OwnModel.ChunkAsync(http, new { }, last);
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "It says \"finish_reason\":\"odd\" and ends. 🚗"));
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_gives_an_answer_up_has_not_said_it_to_its_end()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "It is half an " });
            await OwnModel.ChunkAsync(http, new { }, "abort");
            await OwnModel.RawAsync(http, "data: [DONE]\n\n");
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("reason")).ShouldBe(("answer.interrupted", "cut"));
        (await ReviewsAsync(customer)).ShouldBe(["no_answer answer_interrupted"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_breaks_or_hangs_behind_the_finish_reason_takes_nothing_away(bool breaks)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "All of it is said.");
            await OwnModel.EndMessageAsync(http, output: 7);
            await EndAsync(http, breaks);
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "All of it is said."));
        (await CallsAsync(customer)).ShouldBe(["settled stop 900 7"], "the vendor has counted beside its finish reason");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_it_is_with_a_server_that_forgets_its_last_line(bool breaks)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.ChunkAsync(http, new { content = "All of it is said." });
            await OwnModel.ChunkAsync(http, new { }, "stop");
            await EndAsync(http, breaks);
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", "All of it is said."));
        (await CallsAsync(customer)).ShouldHaveSingleItem().ShouldStartWith("estimated stop");
    }

    [Fact]
    public async Task A_model_that_says_only_white_space_has_said_nothing()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            await OwnModel.BeginMessageAsync(http, input: 900);
            await OwnModel.TextAsync(http, "\n");
            await OwnModel.TextAsync(http, "\u0001 \n");
            await OwnModel.EndMessageAsync(http, output: 2);
            await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames.Select(frame => frame.Type).ShouldBe(["message.created", "answer.started", "answer.delta", "answer.completed"]);
        frames[^1].Text("content").ShouldBe(NotNow);
        (await ReviewsAsync(customer)).ShouldBe(["no_answer provider_unavailable"]);
        (await CallsAsync(customer)).ShouldBe(["settled empty 900 2"]);
    }

    [Fact]
    public async Task A_model_that_thinks_drop_by_drop_and_never_speaks_is_left()
    {
        await using var model = await OwnModel.StartAsync(ThinkAsync);
        await using var server = await model.AsAnthropicAsync(scene, new AnswerLimits { FirstWord = TimeSpan.FromSeconds(1) });
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Text("content").ShouldBe(NotNow);
        (await ReviewsAsync(customer)).ShouldBe(["no_answer provider_unavailable"]);
        (await CallsAsync(customer)).ShouldHaveSingleItem().ShouldStartWith("estimated timeout");
    }

    [Fact]
    public async Task An_answer_whose_time_is_over_before_its_first_word_is_the_shops()
    {
        await using var model = await OwnModel.StartAsync(ThinkAsync);
        await using var server = await model.AsAnthropicAsync(scene, new AnswerLimits { Total = TimeSpan.FromSeconds(1) });
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("content")).ShouldBe(("answer.completed", NotNow));
        (await ReviewsAsync(customer)).ShouldBe(["no_answer provider_unavailable"]);
    }

    [Fact]
    public async Task A_server_that_knows_no_limit_is_heard_no_longer_than_an_answer_may_be()
    {
        var said = 0;
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            while (said < 100_000)
            {
                said++;
                await OwnModel.ChunkAsync(http, new { content = "word " });
            }
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        (frames[^1].Type, frames[^1].Text("finishReason")).ShouldBe(("answer.completed", "length"));
        (frames[^1].Text("content").Length / 5).ShouldBeInRange(1024, 1200);
        (await CallsAsync(customer)).ShouldHaveSingleItem().ShouldEndWith(" 1024");
    }

    [Fact]
    public async Task A_tools_input_of_any_length_is_not_sent_again()
    {
        var wish = new string('x', 60_000);
        await using var model = await OwnModel.StartAsync((http, request) => request == 1
            ? CallToolsAsync(http, 1, "fetch_person", $$"""{"wish":"{{wish}}"}""")
            : OwnModel.ChunkAsync(http, new { content = "In a few words, please." }, "stop"));
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe("In a few words, please.");

        model.Requests.ElementAt(1).Length.ShouldBeLessThan(model.Requests.First().Length + 5000);
        (await scene.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE id = $1", customer.SessionId)).ShouldBe("ai");
    }

    [Fact]
    public async Task Of_twenty_tools_that_are_asked_for_at_once_eight_are_used_and_told()
    {
        await using var model = await OwnModel.StartAsync((http, request) => request == 1
            ? CallToolsAsync(http, 20, "opening_hours", "{}")
            : OwnModel.ChunkAsync(http, new { content = "I have looked." }, "stop"));
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Say it");

        frames[^1].Text("content").ShouldBe("I have looked.");
        frames.Where(frame => frame.Type == "answer.tool").Select(frame => frame.Text("state")).ShouldBe(Enumerable.Repeat((string[])["started", "done"], 8).SelectMany(states => states));
    }

    [Theory]
    [InlineData("insufficient_quota", 1)]
    [InlineData("rate_limit_exceeded", 2)]
    public async Task An_account_without_credit_is_not_asked_once_more_a_second_later(string code, int requests)
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            http.Response.StatusCode = 429;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { message = "You may not.", type = code, param = (string?)null, code } }));
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe(NotNow);

        model.Requests.Count.ShouldBe(requests);
        (await CallsAsync(customer))[0].ShouldBe(requests == 1 ? "not_billed status_429_quota 0 0" : "not_billed status_429 0 0");
    }

    [Fact]
    public async Task A_vendor_that_takes_no_connection_costs_nothing()
    {
        // Its backlog is full and nobody takes a line off it: to who knocks it is a black hole.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var first = new TcpClient();
        await first.ConnectAsync(IPAddress.Loopback, port);
        await using var server = await scene.StartAsync(new AnswerLimits(), ("ANTHROPIC_BASE_URL", $"http://127.0.0.1:{port}"));
        scene.Sandbox.Model.Script = "Said by the other.";
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe("Said by the other.");

        (await CallsAsync(customer))[0].ShouldBe("not_billed unreachable 0 0");
    }

    // Something that nobody can read, or nothing any more.
    private static Task EndAsync(HttpContext http, bool breaks) =>
        breaks ? OwnModel.RawAsync(http, "event: content_block_delta\ndata: {\"choices\": <html>\n\n") : OwnModel.SilenceAsync(http);

    private static async Task ThinkAsync(HttpContext http, int request)
    {
        await OwnModel.BeginMessageAsync(http, input: 900, kind: "thinking");
        using var drops = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await drops.WaitForNextTickAsync(http.RequestAborted))
        {
            await OwnModel.ThoughtAsync(http, "Hm. ");
        }
    }

    private static async Task CallToolsAsync(HttpContext http, int count, string name, string arguments)
    {
        for (var index = 0; index < count; index++)
        {
            await OwnModel.ChunkAsync(http, new { tool_calls = new[] { new { index, id = $"call_{index}", type = "function", function = new { name, arguments } } } });
        }

        await OwnModel.ChunkAsync(http, new { }, "tool_calls");
        await OwnModel.RawAsync(http, "data: [DONE]\n\n");
    }

    private Task<IReadOnlyList<string>> CallsAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT status || ' ' || outcome || ' ' || input_tokens || ' ' || output_tokens FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId);

    private Task<IReadOnlyList<string>> ReviewsAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId);
}

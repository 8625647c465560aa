using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>Vendors that turn a call away although they answer, say when to come back, or break off behind their bill.</summary>
public sealed class TurnedAwayTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task A_stream_that_begins_with_an_error_costs_nothing_and_is_asked_once_more()
    {
        await using var model = await OwnModel.StartAsync(async (http, number) =>
        {
            if (number == 1)
            {
                await OwnModel.DataAsync(http, "error", new { type = "error", error = new { type = "overloaded_error", message = "Overloaded" } });
                return;
            }

            await AnswerAsync(http);
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe("It is a film.");

        (await CallsAsync(customer)).ShouldBe(["not_billed error 0 0", "settled stop 900 25"]);
    }

    [Fact]
    public async Task A_stream_without_a_word_or_an_end_is_asked_once_more_too()
    {
        await using var model = await OwnModel.StartAsync((http, number) => number == 1 ? OwnModel.RawAsync(http, ":\n\n") : AnswerAsync(http));
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe("It is a film.");

        var calls = await CallsAsync(customer);
        (calls.Count, calls[0]).ShouldBe((2, calls[0]));
        calls[0].ShouldStartWith("estimated cut ");
    }

    [Theory]
    [InlineData("2", 2, "It is a film.")]
    [InlineData("60", 1, "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100.")]
    public async Task Who_is_to_come_back_in_two_seconds_comes_back_then_and_who_in_a_minute_not_at_all(string after, int requests, string answer)
    {
        var began = 0L;
        await using var model = await OwnModel.StartAsync(async (http, number) =>
        {
            began = number == 1 ? Stopwatch.GetTimestamp() : began;
            if (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1.9))
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter = after;
                await http.Response.WriteAsJsonAsync(new { type = "error", error = new { type = "rate_limit_error", message = "Slow down" } });
                return;
            }

            await AnswerAsync(http);
        });
        await using var server = await model.AsAnthropicAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Text("content").ShouldBe(answer);

        model.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task A_stream_that_is_cut_behind_its_usage_is_booked_at_that()
    {
        await using var model = await OwnModel.StartAsync(async (http, _) =>
        {
            for (var said = 1; said <= 6; said++)
            {
                await OwnModel.ChunkAsync(http, new { content = "word " }, usage: OwnModel.Usage(1000, said));
            }
        });
        await using var server = await model.AsOpenAiAsync(scene);
        var customer = await scene.CustomerAsync(server);

        (await customer.AskAsync("Say it"))[^1].Type.ShouldBe("answer.interrupted");

        (await CallsAsync(customer)).ShouldBe(["estimated cut 1000 6"]);
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        await OwnModel.BeginMessageAsync(http, input: 900);
        await OwnModel.TextAsync(http, "It is a film.");
        await OwnModel.EndMessageAsync(http, output: 25);
        await OwnModel.DataAsync(http, "message_stop", new { type = "message_stop" });
    }

    private Task<IReadOnlyList<string>> CallsAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT status || ' ' || outcome || ' ' || input_tokens || ' ' || output_tokens FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId);
}

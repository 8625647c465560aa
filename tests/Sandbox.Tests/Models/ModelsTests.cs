using System.ClientModel;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Anthropic.Exceptions;
using LeadOrchestrator.Sandbox.Models;
using Microsoft.Extensions.AI;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

namespace LeadOrchestrator.Sandbox.Tests.Models;

/// <summary>The official packages against both model vendors.</summary>
public sealed class ModelsTests : ModelTest
{
    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_streamed_answer_comes_word_by_word_with_usage_and_only_the_prompts_price(string vendor)
    {
        var updates = await StreamAsync(vendor, "How much is ceramic?");

        var response = updates.ToChatResponse();
        updates.Count(update => update.Text.Length > 0).ShouldBeGreaterThanOrEqualTo(30);
        response.Text.ShouldStartWith("Hi Bo! ");
        response.Text.ShouldContain("Full Car Ceramic Tint: $399.00");
        response.Text.ShouldNotContain("$59");
        response.FinishReason.ShouldBe(ChatFinishReason.Stop);
        response.Usage!.InputTokenCount!.Value.ShouldBeInRange(Prompt.Length / 4, Prompt.Length);
        response.Usage.OutputTokenCount.ShouldBe(updates.Count(update => update.Text.Length > 0));
        Sandbox.Ledger.Of(vendor).ShouldHaveSingleItem().Accepted.ShouldBeTrue();
        (await StreamAsync(vendor, "How much is ceramic?")).ToChatResponse().Text.ShouldBe(response.Text);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task An_offered_tool_is_called_and_its_result_is_told(string vendor)
    {
        var asked = "";
        var tool = AIFunctionFactory.Create(
            (string date) =>
            {
                asked = date;
                return new[] { new { startsAt = "Tue 9:00" }, new { startsAt = "Tue 13:30" } };
            },
            "find_slots", "Free times on a day");
        using var client = Client(vendor).AsBuilder().UseFunctionInvocation().Build();

        var response = await client.GetStreamingResponseAsync(
            Messages("Can I book for tomorrow?"), new ChatOptions { Tools = [tool] }).ToChatResponseAsync();

        asked.ShouldBe(Sandbox.Clock.Now.AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        response.Text.ShouldContain("Tue 13:30");
        response.FinishReason.ShouldBe(ChatFinishReason.Stop);
        Sandbox.Ledger.Of(vendor).Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_cut_stream_ends_without_a_finish_reason(string vendor)
    {
        Sandbox.Faults.Add(new Fault { Vendor = vendor, Kind = FaultKind.CutAfterTokens, AfterTokens = 3 });

        var response = (await StreamAsync(vendor, "Hello")).ToChatResponse();

        response.FinishReason.ShouldBeNull();
        response.Text.Split(' ').Length.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task An_answer_may_lack_usage_wait_for_its_first_word_or_follow_a_script(string vendor)
    {
        Sandbox.Model.Script = "One two  three\nfour.";
        Sandbox.Faults.Add(vendor, FaultKind.NoUsage);
        var response = (await StreamAsync(vendor, "Hello")).ToChatResponse();
        response.Text.ShouldBe("One two  three\nfour.");
        response.FinishReason.ShouldBe(ChatFinishReason.Stop);
        (response.Usage?.OutputTokenCount ?? 0).ShouldBe(0);

        Sandbox.Faults.Add(new Fault { Vendor = vendor, Kind = FaultKind.HangBeforeFirstToken, Seconds = 0.05 });
        Sandbox.Model.Tokens = 200;
        var counted = await StreamAsync(vendor, "Hello");
        counted.Count(update => update.Text.Length > 0).ShouldBe(200);
    }

    [Fact]
    public async Task Errors_have_each_vendors_own_form()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.ErrorStatus, Status = 529 });
        await Should.ThrowAsync<AnthropicOverloadedException>(() => StreamAsync(Vendor.Anthropic, "Hello"));
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.ErrorAfterTokens, AfterTokens = 2 });
        await Should.ThrowAsync<AnthropicSseException>(() => StreamAsync(Vendor.Anthropic, "Hello"));
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.ErrorStatus, Status = 429 });
        (await Should.ThrowAsync<ClientResultException>(() => StreamAsync(Vendor.OpenAi, "Hello"))).Status.ShouldBe(429);

        Sandbox.Model.Retire("gpt-6-luna");
        (await Should.ThrowAsync<ClientResultException>(() => StreamAsync(Vendor.OpenAi, "Hello"))).Status.ShouldBe(404);
        Sandbox.Model.Retire("claude-sonnet-5-5");
        await Should.ThrowAsync<AnthropicNotFoundException>(() => StreamAsync(Vendor.Anthropic, "Hello"));
    }

    [Theory]
    [InlineData("2026-10-21", "claude-haiku-5-5", 400)]
    [InlineData("2023-06-01", "claude-haiku-5-5", 200)]
    [InlineData("2023-06-01", "claude-sonnet-5-5", 400)]
    [InlineData("2023-06-01", "claude-instant-1", 404)]
    public async Task A_temperature_is_refused_where_the_version_or_the_model_has_none(string version, string model, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Headers = { { "x-api-key", Settings.AnthropicApiKey }, { "anthropic-version", version } },
            Content = JsonContent.Create(new { model, max_tokens = 100, temperature = 1.0, messages = new[] { new { role = "user", content = "Hi" } } }),
        };

        var (status, body, _) = await SendAsync(request);

        status.ShouldBe(expected);
        if (expected == 400)
        {
            body!["error"]!["message"]!.GetValue<string>().ShouldBe("temperature: Extra inputs are not permitted");
        }
    }

    [Theory]
    [InlineData("When are you open?", "Sunday: closed")]
    [InlineData("Are you a bot?", "I am an assistant")]
    [InlineData("Can I talk to a person?", "+1 512-555-0100")]
    public async Task It_answers_as_a_shop_assistant_would(string question, string expected)
    {
        var text = (await StreamAsync(Vendor.Anthropic, question)).ToChatResponse().Text;

        text.ShouldContain(expected);
        Sandbox.Model.Calls.ShouldHaveSingleItem().Question.ShouldBe(question);
    }

    [Fact]
    public async Task The_price_of_a_sunroof_is_no_opening_hour_and_minutes_are_told_as_hours()
    {
        (await StreamAsync(Vendor.Anthropic, "When are you open?")).ToChatResponse().Text.ShouldNotContain("Sunroof");
        (await StreamAsync(Vendor.Anthropic, "What does a sunroof cost?")).ToChatResponse().Text.ShouldContain("Sunroof Tint: $89.00 (about 1.5 h)");
    }

    [Fact]
    public async Task A_prompt_up_to_its_mark_is_written_once_and_read_for_five_minutes_whatever_comes_behind_it()
    {
        var usages = new List<JsonNode> { await UsageAsync(20, "It is ten."), await UsageAsync(20, "It is eleven.") };
        Sandbox.Clock.Advance(TimeSpan.FromMinutes(5));
        usages.Add(await UsageAsync(20, "It is noon."));

        Written(0).ShouldBeGreaterThan(1024);
        Read(1).ShouldBe(Written(0));
        (Written(1), Read(2), Written(2)).ShouldBe((0, 0, Written(0)));
        Sandbox.Ledger.Of(Vendor.Anthropic)[1].Outcome.ShouldContain($"({Read(1)} from the cache)");

        int Written(int call) => usages[call]["cache_creation_input_tokens"]!.GetValue<int>();
        int Read(int call) => usages[call]["cache_read_input_tokens"]!.GetValue<int>();
    }

    [Fact]
    public async Task A_short_prompt_is_not_cached()
    {
        await UsageAsync(1, "It is ten.");
        (await UsageAsync(1, "It is ten."))["cache_read_input_tokens"]!.GetValue<int>().ShouldBe(0);
    }

    private async Task<JsonNode> UsageAsync(int times, string behind)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Headers = { { "Authorization", "Bearer " + Settings.AnthropicApiKey }, { "anthropic-version", "2026-10-21" } },
            Content = JsonContent.Create(new JsonObject
            {
                ["model"] = "claude-sonnet-5-5",
                ["max_tokens"] = 100,
                ["system"] = new JsonArray(
                    new JsonObject { ["type"] = "text", ["text"] = string.Concat(Enumerable.Repeat(Prompt, times)), ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } },
                    new JsonObject { ["type"] = "text", ["text"] = behind }),
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" }),
            }),
        };
        return (await SendAsync(request)).Body!["usage"]!;
    }
}

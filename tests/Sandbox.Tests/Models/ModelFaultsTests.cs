using System.ClientModel;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Anthropic.Exceptions;
using LeadOrchestrator.Sandbox.Tests.Models;
using Microsoft.Extensions.AI;

namespace LeadOrchestrator.Sandbox.Tests.Models;

/// <summary>The bad days of both model vendors, seen through their official packages.</summary>
public sealed class ModelFaultsTests : ModelTest
{
    private const string Script = "One two three four five six seven eight.";

    [Theory]
    [InlineData(Vendor.Anthropic, null, 529)]
    [InlineData(Vendor.Anthropic, 429, 429)]
    [InlineData(Vendor.OpenAi, null, 503)]
    [InlineData(Vendor.OpenAi, 429, 429)]
    public async Task An_overloaded_model_refuses_before_its_first_word(string vendor, int? status, int expected)
    {
        await ArmAsync(new { vendor, kind = "overloaded", status = status ?? 0 });

        (await RefusedAsync(vendor)).ShouldBe(expected);

        Sandbox.Ledger.Of(vendor).ShouldHaveSingleItem().Accepted.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_call_fails_with_any_status_is_denied_or_comes_too_often(string vendor)
    {
        await ArmAsync(new { vendor, kind = "error_status", status = 500 });
        (await RefusedAsync(vendor)).ShouldBe(500);
        await ArmAsync(new { vendor, kind = "429", retryAfter = 2 });
        (await RefusedAsync(vendor)).ShouldBe(429);
        await ArmAsync(new { vendor, kind = "denied" });
        (await RefusedAsync(vendor)).ShouldBe(401);
        (await RefusedAsync(vendor)).ShouldBe(401);
        await Http.DeleteAsync("/_sandbox/faults");

        (await SayAsync(vendor)).Text.ShouldBe(Script);
    }

    // Timers may come a moment early.
    private static readonly TimeSpan AlmostAsLong = TimeSpan.FromSeconds(0.18);

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_stream_opens_and_is_silent_before_its_first_word_or_in_the_middle(string vendor)
    {
        await ArmAsync(new { vendor, kind = "hang_before_first_token", seconds = 0.2 });
        (await TimedAsync(vendor)).ShouldBeGreaterThan(AlmostAsLong);
        await ArmAsync(new { vendor, kind = "hang_after_tokens", seconds = 0.2, afterTokens = 2 });
        (await TimedAsync(vendor)).ShouldBeGreaterThan(AlmostAsLong);
        await ArmAsync(new { vendor, kind = "trickle", seconds = 0.2 });
        (await TimedAsync(vendor)).ShouldBeGreaterThan(AlmostAsLong);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_stream_breaks_with_an_error_after_so_many_words(string vendor)
    {
        await ArmAsync(new { vendor, kind = "error_after_tokens", afterTokens = 3 });

        (await BrokenAsync(vendor)).ShouldBe("One two three");
    }

    [Theory]
    [InlineData(Vendor.Anthropic, 3)]
    [InlineData(Vendor.OpenAi, 3)]
    [InlineData(Vendor.Anthropic, 99)]
    [InlineData(Vendor.OpenAi, 99)]
    public async Task A_stream_just_ends_and_never_says_that_it_is_whole(string vendor, int afterTokens)
    {
        await ArmAsync(new { vendor, kind = "cut_after_tokens", afterTokens });

        var response = await SayAsync(vendor);

        response.Text.ShouldBe(afterTokens == 3 ? "One two three" : Script);
        response.FinishReason.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Garbage_comes_after_so_many_words(string vendor)
    {
        await ArmAsync(new { vendor, kind = "malformed", afterTokens = 3 });

        (await BrokenAsync(vendor)).ShouldBe("One two three");
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task The_line_of_a_stream_is_reset_at_a_byte_or_drops_before_or_after_the_call_is_counted(string vendor)
    {
        await ArmAsync(new { vendor, kind = "reset_at_byte", atByte = 900 });
        Script.ShouldStartWith(await BrokenAsync(vendor));
        await ArmAsync(new { vendor, kind = "accept_then_drop" });
        (await SayAsync(vendor)).FinishReason.ShouldBeNull();
        await ArmAsync(new { vendor, kind = "accept_then_500" });
        (await BrokenAsync(vendor)).ShouldBe("");
        await ArmAsync(new { vendor, kind = "drop_before_accept" });
        (await BrokenAsync(vendor)).ShouldBe("");
        await ArmAsync(new { vendor, kind = "hang", seconds = 0.05 });
        (await BrokenAsync(vendor)).ShouldBe("");

        Sandbox.Ledger.Of(vendor).Select(entry => entry.Accepted).ShouldBe([true, true, true, false, false]);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task An_answer_lacks_its_usage(string vendor)
    {
        await ArmAsync(new { vendor, kind = "no_usage" });

        var response = await SayAsync(vendor);

        response.Text.ShouldBe(Script);
        (response.Usage?.OutputTokenCount ?? 0).ShouldBe(0);
    }

    [Theory]
    [InlineData(Vendor.Anthropic, "claude-sonnet-5-5", "not_found_error")]
    [InlineData(Vendor.OpenAi, "gpt-6-luna", "model_not_found")]
    public async Task A_retired_model_is_unknown_and_no_longer_listed(string vendor, string model, string code)
    {
        var armed = await ArmAsync(new { vendor, kind = "model_retired", model });

        (await RefusedAsync(vendor)).ShouldBe(404);
        var (_, body, _) = await CallAsync(vendor, model);
        body!.ToJsonString().ShouldContain(code);
        (await ListedAsync(vendor)).ShouldNotContain(model);
        (await ListedAsync(vendor)).ShouldNotBeEmpty();
        await Http.DeleteAsync($"/_sandbox/faults/{armed["id"]}");
        (await SayAsync(vendor)).Text.ShouldBe(Script);

        await ArmAsync(new { vendor, kind = "model_retired" });
        (await RefusedAsync(vendor)).ShouldBe(404);
        (await ListedAsync(vendor)).ShouldBeEmpty();
    }

    private async Task<JsonNode> ArmAsync(object fault)
    {
        using var response = await Http.PostAsJsonAsync("/_sandbox/faults", fault);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private async Task<ChatResponse> SayAsync(string vendor)
    {
        Sandbox.Model.Script = Script;
        return (await StreamAsync(vendor, "Count")).ToChatResponse();
    }

    private async Task<TimeSpan> TimedAsync(string vendor)
    {
        var watch = Stopwatch.StartNew();
        (await SayAsync(vendor)).Text.ShouldBe(Script);
        return watch.Elapsed;
    }

    private async Task<int> RefusedAsync(string vendor)
    {
        var refused = await Should.ThrowAsync<Exception>(() => SayAsync(vendor));
        return refused is ClientResultException openAi ? openAi.Status : (int)((AnthropicApiException)refused).StatusCode;
    }

    /// <summary>What was said before the stream broke: with an exception, or without a word, as a client of OpenAI takes an error event.</summary>
    private async Task<string> BrokenAsync(string vendor)
    {
        Sandbox.Model.Script = Script;
        using var client = Client(vendor);
        var said = "";
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(Messages("Count")))
            {
                said += update.Text;
                update.FinishReason.ShouldBeNull();
            }
        }
        catch (Exception broken) when (broken is not ShouldAssertException)
        {
            return said;
        }

        return said;
    }

    private async Task<IReadOnlyList<string>> ListedAsync(string vendor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        var (_, body, _) = await SendAsync(Signed(request, vendor));
        return [.. body!["data"]!.AsArray().Select(item => item!["id"]!.GetValue<string>())];
    }

    private async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> CallAsync(string vendor, string model)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, vendor == Vendor.Anthropic ? "/v1/messages" : "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, max_tokens = 100, messages = new[] { new { role = "user", content = "Hi" } } }),
        };
        return await SendAsync(Signed(request, vendor));
    }

    private HttpRequestMessage Signed(HttpRequestMessage request, string vendor)
    {
        request.Headers.Add("Authorization", "Bearer " + (vendor == Vendor.Anthropic ? Settings.AnthropicApiKey : Settings.OpenAiApiKey));
        if (vendor == Vendor.Anthropic)
        {
            request.Headers.Add("anthropic-version", "2026-10-21");
        }

        return request;
    }
}

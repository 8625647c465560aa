using System.Net;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>The bad days of the models. Faults strike whichever call comes next, so these tests run one after the other.</summary>
public sealed class VendorFailureTests : IClassFixture<Scene>, IDisposable
{
    private const string Script = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.";
    private readonly Scene _scene;

    public VendorFailureTests(Scene scene)
    {
        _scene = scene;
        scene.Sandbox.Model.Script = Script;
    }

    [Theory]
    [InlineData(FaultKind.CutAfterTokens, "cut")]
    [InlineData(FaultKind.ErrorAfterTokens, "error")]
    [InlineData(FaultKind.HangAfterTokens, "timeout")]
    public async Task An_answer_that_breaks_in_the_middle_is_said_anew_by_the_other_model(string kind, string outcome)
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { Gap = TimeSpan.FromMilliseconds(500) });
        _scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(20);
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, AfterTokens = 6, Seconds = 20 });
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("content").ShouldBe(Script);
        frames.Count(frame => frame.Type == "answer.restarted").ShouldBe(1);
        var before = string.Concat(frames.TakeWhile(frame => frame.Type != "answer.restarted").Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text")));
        before.ShouldNotBeEmpty();
        Script.ShouldStartWith(before);
        SinceRestart(frames).ShouldBe(Script);
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe(Script);
        var calls = await CallsAsync(customer);
        calls.Select(call => $"{call["provider"]} {call["status"]} {call["outcome"]}").ShouldBe([$"claude estimated {outcome}", "openai settled stop"]);
        frames[^1].Data.GetProperty("usage").GetProperty("costMicros").GetInt64().ShouldBe(calls.Sum(call => (long)call["cost_micros"]!));
        await NothingIsReservedAsync();
    }

    [Theory]
    [InlineData(FaultKind.CutAfterTokens, "cut")]
    [InlineData(FaultKind.ErrorAfterTokens, "error")]
    public async Task Where_no_other_model_is_left_an_answer_that_breaks_ends_as_interrupted_with_what_was_said(string kind, string reason)
    {
        await using var server = await _scene.StartAsync(("OPENAI_API_KEY", null));
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, AfterTokens = 6 });
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        await IsInterruptedAsync(customer, frames, reason);
        (await ReviewsAsync(customer)).ShouldBe(["no_answer answer_interrupted"]);
        var call = (await CallsAsync(customer)).Single();
        (call["status"], (long)call["input_tokens"]!).ShouldBe(("estimated", _scene.Sandbox.Ledger.Of(Vendor.Anthropic)[^1].TokensIn()));
        ((long)call["output_tokens"]!).ShouldBeInRange(6, 12, "what was said before the cut");
        ((long)call["cost_micros"]!).ShouldBe(CostOf(call));
        await NothingIsReservedAsync();
    }

    [Fact]
    public async Task What_was_said_stays_when_the_other_model_says_nothing()
    {
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.CutAfterTokens, AfterTokens = 6 });
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.ErrorStatus, Status = 503, Count = 2 });
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Count");

        await IsInterruptedAsync(customer, frames, "cut");
        frames.ShouldNotContain(frame => frame.Type == "answer.restarted");
    }

    [Fact]
    public async Task The_other_model_knows_what_tools_have_done_before_the_answer_broke()
    {
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "opening_hours", []));
        await using var server = await _scene.StartAsync();
        var customer = await _scene.CustomerAsync(server);
        _scene.Sandbox.Faults.Add(Vendor.Anthropic, FaultKind.NoUsage); // strikes the tool's call, the next one the answer's
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.CutAfterTokens, AfterTokens = 3 });

        var frames = await customer.AskAsync("Count");

        frames[^1].Text("content").ShouldBe(Script);
        frames.Count(frame => frame.Type == "answer.tool").ShouldBe(2, "started and done, once");
        var last = _scene.Sandbox.Model.Calls[^1];
        last.Provider.ShouldBe(Vendor.OpenAi);
        last.ToolResults.ShouldHaveSingleItem().ShouldContain("open now");
    }

    [Theory]
    [InlineData(FaultKind.ErrorStatus, 529)]
    [InlineData(FaultKind.ErrorStatus, 429)]
    [InlineData(FaultKind.ErrorStatus, 400)]
    [InlineData(FaultKind.ErrorStatus, 401)]
    [InlineData(FaultKind.DropBeforeAccept, 0)]
    public async Task A_model_that_fails_before_its_first_word_is_replaced_in_silence(string kind, int status)
    {
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, Status = status, Count = 2 });
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Count");
        _scene.Sandbox.Faults.Clear();

        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("content").ShouldBe(Script);
        frames[^1].Data.GetProperty("usage").GetProperty("provider").GetString().ShouldBe("openai");
        frames.Count(frame => frame.Type == "answer.started").ShouldBe(1);
        var calls = await CallsAsync(customer);
        calls.Select(call => call["provider"]).ShouldBe(["claude", "openai"]);
        calls[1]["status"].ShouldBe("settled");
        await NothingIsReservedAsync();
    }

    [Fact]
    public async Task A_model_that_hangs_before_its_first_word_is_replaced_after_its_time()
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { FirstToken = TimeSpan.FromSeconds(2) });
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 20 });
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Data.GetProperty("usage").GetProperty("provider").GetString().ShouldBe("openai");
        var first = (await CallsAsync(customer))[0];
        first["outcome"].ShouldBe("timeout");
        first["status"].ShouldBe("estimated");
    }

    [Fact]
    public async Task A_model_that_falls_silent_and_has_no_successor_ends_the_answer_as_it_is()
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { Gap = TimeSpan.FromMilliseconds(300) }, ("OPENAI_API_KEY", null));
        _scene.Sandbox.Model.TokenDelay = TimeSpan.FromSeconds(5);
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.interrupted");
        frames[^1].Text("reason").ShouldBe("timeout");
    }

    [Fact]
    public async Task A_provider_that_stays_silent_twice_is_asked_last_from_then_on()
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { FirstToken = TimeSpan.FromSeconds(1.5) });
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 20, Count = Fault.Always });
        var asked = new List<string>();
        for (var customers = 0; customers < 3; customers++)
        {
            var customer = await _scene.CustomerAsync(server);
            (await customer.AskAsync("Count"))[^1].Text("content").ShouldBe(Script);
            asked.Add(string.Join(' ', (await CallsAsync(customer)).Select(call => call["provider"])));
        }

        asked.ShouldBe(["claude openai", "claude openai", "openai"]);
        (await server.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_model_without_a_successor_is_asked_once_more_when_it_was_turned_away_for_a_moment()
    {
        await using var server = await _scene.StartAsync(("OPENAI_API_KEY", null));
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.ErrorStatus, Status = 529 });
        var customer = await _scene.CustomerAsync(server);

        (await customer.AskAsync("Count"))[^1].Text("content").ShouldBe(Script);

        (await CallsAsync(customer)).Select(call => $"{call["status"]} {call["outcome"]}").ShouldBe(["not_billed status_529", "settled stop"]);
    }

    [Fact]
    public async Task A_vendor_that_says_come_back_much_later_is_left_at_once_and_costs_nothing()
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { FirstToken = TimeSpan.FromSeconds(8) });
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.RateLimited, RetryAfter = 60 });
        var customer = await _scene.CustomerAsync(server);

        (await customer.AskAsync("Count"))[^1].Text("content").ShouldBe(Script);

        (await CallsAsync(customer)).Select(call => $"{call["provider"]} {call["status"]} {call["outcome"]}").ShouldBe(["claude not_billed status_429", "openai settled stop"]);
    }

    [Theory]
    [InlineData("How much?", "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100.")]
    [InlineData("Hola, ¿cuánto cuesta?", "Disculpe, ahora mismo no puedo contestar. El taller tiene su mensaje. También puede llamar al +15125550100.")]
    public async Task When_no_model_can_be_reached_the_customer_is_told_so_each_time_and_staff_have_one_item(string question, string words)
    {
        _scene.Sandbox.Faults.Add(Vendor.Anthropic, FaultKind.Overloaded, Fault.Always);
        _scene.Sandbox.Faults.Add(Vendor.OpenAi, FaultKind.Overloaded, Fault.Always);
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync(question);
        var again = await customer.AskAsync(question);
        _scene.Sandbox.Faults.Clear();

        frames.Select(frame => frame.Type).ShouldBe(["message.created", "answer.started", "answer.delta", "answer.completed"]);
        (frames[^1].Text("content"), SinceRestart(frames), again[^1].Text("content")).ShouldBe((words, words, words));
        var stored = (await customer.HistoryAsync())[^1];
        (stored.GetProperty("status").GetString(), stored.GetProperty("content").GetString()).ShouldBe(("complete", words));
        (await CallsAsync(customer)).Select(call => $"{call["provider"]} {call["outcome"]} {call["cost_micros"]}").Take(4)
            .ShouldBe(["claude status_529 0", "openai status_503 0", "claude status_529 0", "openai status_503 0"], "each is asked once more");
        (await ReviewsAsync(customer)).ShouldBe(["no_answer provider_unavailable"]);
        (await customer.AskAsync("Again"))[^1].Text("content").ShouldBe(Script);
    }

    [Fact]
    public async Task A_retired_model_is_replaced()
    {
        await using var server = await _scene.StartAsync(("CLAUDE_MODEL", "claude-sonnet-4-6"));
        _scene.Sandbox.Model.Retire("claude-sonnet-4-6");
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Data.GetProperty("usage").GetProperty("model").GetString().ShouldBe("gpt-6-luna");
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task An_answer_without_usage_is_booked_at_what_we_count(string provider)
    {
        var vendor = provider == "claude" ? Vendor.Anthropic : Vendor.OpenAi;
        await using var server = await _scene.StartAsync(("AI_PROVIDER", provider));
        var customer = await _scene.CustomerAsync(server);
        await customer.AskAsync("Count"); // from it we know how long this model's tokens are
        _scene.Sandbox.Faults.Add(vendor, FaultKind.NoUsage);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.completed");
        var call = (await CallsAsync(customer))[1];
        call["status"].ShouldBe("estimated");
        ((long)call["input_tokens"]!).ShouldBeInRange(_scene.Sandbox.Ledger.Of(vendor)[^1].TokensIn() * 9 / 10, _scene.Sandbox.Ledger.Of(vendor)[^1].TokensIn() * 11 / 10);
        call["output_tokens"].ShouldBe(16L);
        ((long)call["cost_micros"]!).ShouldBeLessThan((long)call["reserved_micros"]! / 2);
    }

    [Fact]
    public async Task A_prompt_that_its_vendor_has_not_counted_is_booked_at_about_what_it_has()
    {
        await using var server = await _scene.StartAsync(("AI_PROVIDER", "openai"), ("ANTHROPIC_API_KEY", null));
        var customer = await _scene.CustomerAsync(server);
        await customer.AskAsync("Count");
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.CutAfterTokens, AfterTokens = 6 });

        await IsInterruptedAsync(customer, await customer.AskAsync("Count"), "cut");

        var call = (await CallsAsync(customer))[1];
        var counted = _scene.Sandbox.Ledger.Of(Vendor.OpenAi)[^1].TokensIn();
        ((long)call["input_tokens"]!).ShouldBeInRange(counted * 9 / 10, counted * 11 / 10);
        ((long)call["output_tokens"]!).ShouldBeInRange(6, 8);
    }

    [Fact]
    public async Task A_spent_budget_asks_no_model_and_the_customer_is_told_that_the_shop_has_the_message()
    {
        var customer = await _scene.CustomerAsync();
        var calls = _scene.Sandbox.Model.Calls.Count;
        await _scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 100");
        try
        {
            var frames = await customer.AskAsync("Count");

            (frames[^1].Type, frames[^1].Text("content")).ShouldBe(
                ("answer.completed", "Sorry, I cannot answer right now. The shop has your message. You can also call +15125550100."));
            (await ReviewsAsync(customer)).ShouldBe(["no_answer budget_exhausted"]);
            _scene.Sandbox.Model.Calls.Count.ShouldBe(calls);
        }
        finally
        {
            await _scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 10000000");
        }

        (await customer.AskAsync("And now?"))[^1].Type.ShouldBe("answer.completed");
    }

    [Fact]
    public async Task A_call_costs_what_the_vendor_counted_at_the_price_of_the_day()
    {
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Count");

        var usage = frames[^1].Data.GetProperty("usage");
        var call = (await CallsAsync(customer)).Single();
        var expected = CostOf(call);
        ((long)call["input_tokens"]!).ShouldBe(_scene.Sandbox.Ledger.Of(Vendor.Anthropic)[^1].TokensIn());
        (usage.GetProperty("inputTokens").GetInt64(), usage.GetProperty("outputTokens").GetInt64()).ShouldBe(((long)call["input_tokens"]!, 16));
        usage.GetProperty("costMicros").GetInt64().ShouldBe(expected);
        call["cost_micros"].ShouldBe(expected);
        expected.ShouldBeLessThanOrEqualTo((long)call["reserved_micros"]!);
        call["status"].ShouldBe("settled");
        call["budget_day"].ShouldBe(new DateOnly(2026, 11, 23));
    }

    public void Dispose()
    {
        _scene.Sandbox.Faults.Clear();
        _scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
    }

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> CallsAsync(Customer customer) =>
        _scene.Database.RowsAsync("""
            SELECT provider, status, outcome, cost_micros, reserved_micros, budget_day, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
            FROM ai_calls WHERE session_id = $1 ORDER BY id
            """, customer.SessionId);

    // By the vendor's price list, not by our code.
    private static long CostOf(IReadOnlyDictionary<string, object?> call)
    {
        var (read, write) = ((long)call["cache_read_tokens"]!, (long)call["cache_write_tokens"]!);
        return (long)Math.Ceiling((((long)call["input_tokens"]! - read - write) * 2m) + (read * 0.10m) + (write * 2.50m) + ((long)call["output_tokens"]! * 10m));
    }

    private async Task IsInterruptedAsync(Customer customer, IReadOnlyList<SeenFrame> frames, string reason)
    {
        (frames[^1].Type, frames[^1].Text("reason")).ShouldBe(("answer.interrupted", reason));
        var said = SinceRestart(frames);
        said.ShouldNotBeEmpty();
        Script.ShouldStartWith(said);
        var stored = (await customer.HistoryAsync())[^1];
        (stored.GetProperty("content").GetString(), stored.GetProperty("status").GetString()).ShouldBe((said, "interrupted"));
    }

    private static string SinceRestart(IReadOnlyList<SeenFrame> frames) => string.Concat(
        frames.Reverse().TakeWhile(frame => frame.Type != "answer.restarted").Reverse().Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text")));

    private Task<IReadOnlyList<string>> ReviewsAsync(Customer customer) => _scene.Database.ColumnAsync<string>(
        "SELECT r.kind || ' ' || r.reason FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1", customer.SessionId);

    private async Task NothingIsReservedAsync() => (await _scene.Database.ScalarAsync<long>("SELECT sum(reserved_micros)::bigint FROM ai_budgets")).ShouldBe(0);
}

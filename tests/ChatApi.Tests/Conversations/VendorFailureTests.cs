using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Sandbox;
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
    public async Task An_answer_whose_stream_breaks_ends_as_interrupted_with_what_was_said(string kind, string reason)
    {
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, AfterTokens = 6 });
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.interrupted");
        frames[^1].Text("reason").ShouldBe(reason);
        var said = string.Concat(frames.Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text")));
        said.ShouldNotBeEmpty();
        Script.ShouldStartWith(said);
        var stored = (await customer.HistoryAsync())[^1];
        stored.GetProperty("content").GetString().ShouldBe(said);
        stored.GetProperty("status").GetString().ShouldBe("interrupted");
        var call = (await CallsAsync(customer)).Single();
        call["status"].ShouldBe("estimated");
        ((long)call["cost_micros"]!).ShouldBeGreaterThan(1024 * 10 - 1); // the answer's full allowed length at $10 a million
        await NothingIsReservedAsync();
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
    public async Task A_model_that_falls_silent_ends_the_answer_as_it_is()
    {
        await using var server = await _scene.StartAsync(new AnswerLimits { Gap = TimeSpan.FromMilliseconds(300) });
        _scene.Sandbox.Model.TokenDelay = TimeSpan.FromSeconds(5);
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.interrupted");
        frames[^1].Text("reason").ShouldBe("timeout");
    }

    [Fact]
    public async Task When_no_model_can_be_reached_the_answer_fails_with_a_code_and_costs_nothing()
    {
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.ErrorStatus, Status = 529, Count = 2 });
        _scene.Sandbox.Faults.Add(new Fault { Vendor = Vendor.OpenAi, Kind = FaultKind.ErrorStatus, Status = 503, Count = 2 });
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Count");
        _scene.Sandbox.Faults.Clear();

        frames.Select(frame => frame.Type).ShouldBe(["message.created", "answer.started", "answer.failed"]);
        frames[^1].Text("code").ShouldBe("provider_unavailable");
        var stored = (await customer.HistoryAsync())[^1];
        stored.GetProperty("status").GetString().ShouldBe("failed");
        stored.GetProperty("content").GetString().ShouldBeEmpty();
        (await CallsAsync(customer)).Select(call => call["cost_micros"]).ShouldBe([0L, 0L]);
        (await customer.AskAsync("Again"))[^1].Type.ShouldBe("answer.completed");
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
    public async Task An_answer_without_usage_is_booked_at_its_whole_reservation(string provider)
    {
        await using var server = await _scene.StartAsync(("AI_PROVIDER", provider));
        _scene.Sandbox.Faults.Add(provider == "claude" ? Vendor.Anthropic : Vendor.OpenAi, FaultKind.NoUsage);
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Count");

        frames[^1].Type.ShouldBe("answer.completed");
        var call = (await CallsAsync(customer)).Single();
        call["status"].ShouldBe("estimated");
        call["cost_micros"].ShouldBe(call["reserved_micros"]);
    }

    [Fact]
    public async Task A_spent_budget_fails_the_answer_and_asks_no_model()
    {
        var customer = await _scene.CustomerAsync();
        var calls = _scene.Sandbox.Model.Calls.Count;
        await _scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 100");
        try
        {
            var frames = await customer.AskAsync("Count");

            frames[^1].Type.ShouldBe("answer.failed");
            frames[^1].Text("code").ShouldBe("budget_exhausted");
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
        var expected = (usage.GetProperty("inputTokens").GetInt64() * 2) + (usage.GetProperty("outputTokens").GetInt64() * 10);
        usage.GetProperty("costMicros").GetInt64().ShouldBe(expected);
        var call = (await CallsAsync(customer)).Single();
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
        _scene.Database.RowsAsync("SELECT provider, status, outcome, cost_micros, reserved_micros, budget_day FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId);

    private async Task NothingIsReservedAsync() => (await _scene.Database.ScalarAsync<long>("SELECT sum(reserved_micros)::bigint FROM ai_budgets")).ShouldBe(0);
}

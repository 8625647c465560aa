using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.ChatApi.Ai.Tools;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Ai;

/// <summary>What models may ask for, over both vendors' wires: once they have finished asking, in their own session, each call of theirs in the ledger.</summary>
public sealed class ToolTests : IClassFixture<Scene>, IDisposable
{
    private readonly Scene _scene;

    public ToolTests(Scene scene) => _scene = scene;

    [Theory]
    [InlineData("claude", "services_and_prices", "Full Car Ceramic Tint", "$399.00")]
    [InlineData("openai", "services_and_prices", "Full Car Ceramic Tint", "$399.00")]
    [InlineData("claude", "opening_hours", "Tuesday 24 Nov", "08:00–17:00")]
    [InlineData("openai", "opening_hours", "The shop is open now", "08:00–17:00")]
    public async Task A_tool_is_used_and_its_result_is_what_the_model_gets(string provider, string tool, string one, string other)
    {
        await using var server = await _scene.StartAsync(("AI_PROVIDER", provider));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", tool, []));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Here you are."));
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Tell me");

        frames[^1].Text("content").ShouldBe("Here you are.");
        frames.Where(frame => frame.Type == "answer.tool").Select(frame => $"{frame.Text("name")} {frame.Text("state")}").ShouldBe([$"{tool} started", $"{tool} done"]);
        var call = _scene.Sandbox.Model.Calls[^1];
        call.Tools.Select(offered => offered.Name).ShouldBe(["services_and_prices", "opening_hours", "free_slots", "book", "reschedule", "cancel", "correct_my_contact_data", "fetch_person", "stop_contacting_me"]);
        call.ToolResults.ShouldHaveSingleItem().ShouldContain(one);
        call.ToolResults[0].ShouldContain(other);
        var costs = await _scene.Database.ColumnAsync<long>("SELECT cost_micros FROM ai_calls WHERE session_id = $1", customer.SessionId);
        costs.Count.ShouldBe(2);
        frames[^1].Data.GetProperty("usage").GetProperty("costMicros").GetInt64().ShouldBe(costs.Sum());
    }

    [Fact]
    public async Task No_tool_takes_a_tenant_a_lead_or_a_price()
    {
        await (await _scene.CustomerAsync()).AskAsync("Hi");

        var names = _scene.Sandbox.Model.Calls[^1].Tools.SelectMany(tool => tool.Schema!["properties"]!.AsObject().Select(property => property.Key));
        names.Distinct().ShouldBe(["date", "service", "for", "startsAt", "instead_of", "name", "phone", "email", "wish"]);
    }

    [Theory]
    [InlineData(@"""a\u0000b""", "ab")]
    [InlineData(@"""\ud83d\ude00""", "😀")]
    [InlineData(@"""a\ud800""", null)]
    [InlineData("5", null)]
    public async Task What_a_model_gives_a_tool_is_read_as_text_or_not_at_all(string given, string? read)
    {
        var input = new Dictionary<string, object?> { ["said"] = JsonDocument.Parse(given).RootElement };

        JsonSerializer.Deserialize<string?>((await new Echo().RunAsync(null!, input, CancellationToken.None)).Text).ShouldBe(read);
    }

    private sealed class Echo() : ChatTool("echo", "Says it again.", "{}")
    {
        public override Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel) => Task.FromResult(ToolResult.Of(TextOf(input, "said")));
    }

    [Fact]
    public async Task A_person_is_fetched_and_the_assistant_falls_silent_until_it_is_given_back()
    {
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "fetch_person", new JsonObject { ["wish"] = "wants to talk about a scratch" }));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("I've told the shop; a person answers here."));
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("There is a scratch on my door");

        frames[^1].Text("content").ShouldBe("I've told the shop; a person answers here.");
        frames.ShouldContain(frame => frame.Type == "mode.changed" && frame.Text("mode") == "human");
        (await _scene.Database.ColumnAsync<string>("""
            SELECT r.kind || ': ' || (r.evidence ->> 'said') FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1
            """, customer.SessionId)).ShouldBe(["person_wanted: wants to talk about a scratch"]);
        (await customer.AskAsync("Hello?")).Select(frame => frame.Type).ShouldBe(["message.created"]);

        using var staff = _scene.Staff(Roles.Advisor);
        (await staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = " I am Bob. \u0000" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await customer.AskAsync("Thanks. How much is tint?");
        (await staff.DeleteAsync($"{customer.Path}/takeover")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var history = await Eventually.ValueAsync(customer.HistoryAsync, all => all[^1].GetProperty("role").GetString() == "assistant", "the assistant answers what waited");
        history.ShouldContain(message => message.GetProperty("role").GetString() == "staff" && message.GetProperty("content").GetString() == "I am Bob.");
    }

    [Fact]
    public async Task A_takeover_silences_the_assistant_in_mid_answer_and_is_not_for_strangers()
    {
        _scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(30);
        _scene.Sandbox.Model.Enqueue(new ModelAnswer(string.Join(' ', Enumerable.Repeat("Ceramic film looks rich and keeps its color.", 30))));
        var customer = await _scene.CustomerAsync();
        using var stream = await customer.AskAndWatchAsync("Tell me all");
        await stream.UntilAsync(frame => frame.Type == "answer.delta");
        using var staff = _scene.Staff(Roles.Advisor);

        (await _scene.Chat.Http.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "Hi" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await staff.PostAsync($"/api/chat/sessions/{Guid.CreateVersion7()}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent); // twice is once

        (await stream.ToEndAsync())[^1].Type.ShouldBe("answer.interrupted");
        (await staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "   " })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _scene.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'chat_taken_over' AND target = $1", $"chat/sessions/{customer.SessionId}")).ShouldBe(1);
    }

    [Fact]
    public async Task Who_asks_for_no_more_messages_is_opted_out_before_it_is_said()
    {
        var (leadId, code) = await _scene.LeadAsync();
        var contact = Guid.CreateVersion7();
        await _scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550177', now(), now())", _scene.TenantId, contact);
        await _scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "stop_contacting_me", []));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("I've taken you off the list."));
        var customer = await Customer.OpenAsync(_scene.Chat, code);

        (await customer.AskAsync("Stop texting me"))[^1].Text("content").ShouldBe("I've taken you off the list.");

        (await _scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue();
        (await _scene.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", leadId)).ShouldBe("opted_out");
    }

    [Fact]
    public async Task What_only_a_model_has_heard_as_a_no_is_for_a_person_to_read()
    {
        var (leadId, code) = await _scene.LeadAsync();
        var contact = Guid.CreateVersion7();
        await _scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550178', now(), now())", _scene.TenantId, contact);
        await _scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "stop_contacting_me", []));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("I've taken you off the list."));
        var customer = await Customer.OpenAsync(_scene.Chat, code);

        await customer.AskAsync("What does it cost?");

        (await _scene.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE id = $1", contact)).ShouldBeTrue();
        (await _scene.Database.ColumnAsync<string>("SELECT kind || ': ' || (evidence ->> 'wording') FROM review_items WHERE lead_id = $1 AND resolved_at IS NULL", leadId))
            .ShouldBe(["doubtful_opt_out: What does it cost?"]);
    }

    [Fact]
    public async Task A_tool_that_does_not_exist_or_has_a_senseless_input_is_told_so_to_the_model()
    {
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "drop_table", []));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "opening_hours", new JsonObject { ["date"] = "yesterday" }));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Sorry."));
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Do something");

        frames[^1].Text("content").ShouldBe("Sorry.");
        frames.Where(frame => frame.Type == "answer.tool").Select(frame => $"{frame.Text("name")} {frame.Text("state")}")
            .ShouldBe(["unknown started", "unknown failed", "opening_hours started", "opening_hours failed"]);
    }

    [Theory]
    [InlineData("free_slots", "date", "9999-12-31")]
    [InlineData("free_slots", "date", "-0001-01-01")]
    [InlineData("book", "startsAt", "9999-12-31T23:30")]
    [InlineData("opening_hours", "date", "9999-12-31")]
    public async Task A_day_at_the_end_of_the_calendar_is_refused_and_does_not_end_the_answer(string tool, string field, string value)
    {
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", tool, new JsonObject { ["service"] = "Full Car Ceramic Tint", [field] = value }));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Which day do you mean?"));
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Some day");

        frames[^1].Text("content").ShouldBe("Which day do you mean?");
        frames.Where(frame => frame.Type == "answer.tool").Select(frame => frame.Text("state")).ShouldBe(["started", "failed"]);
    }

    [Fact]
    public async Task A_model_that_asks_for_tools_without_an_end_is_stopped_after_eight()
    {
        _scene.Sandbox.Model.Respond = _ => new ModelAnswer("", "opening_hours", []);
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Hi");

        frames[^1].Text("content").ShouldStartWith("Sorry, I cannot answer right now.");
        frames.Count(frame => frame.Type == "answer.tool" && frame.Text("state") == "done").ShouldBe(8);
        (await _scene.Database.ScalarAsync<long>("SELECT count(*) FROM ai_calls WHERE session_id = $1 AND status = 'reserved'", customer.SessionId)).ShouldBe(0);
    }

    [Theory]
    [InlineData("claude", Vendor.Anthropic)]
    [InlineData("openai", Vendor.OpenAi)]
    public async Task A_tool_whose_call_was_cut_is_not_used(string provider, string vendor)
    {
        await using var server = await _scene.StartAsync(("AI_PROVIDER", provider));
        _scene.Sandbox.Faults.Add(new Fault { Vendor = vendor, Kind = FaultKind.CutAfterTokens, AfterTokens = 3 });
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", "fetch_person", []));
        var customer = await _scene.CustomerAsync(server);

        var frames = await customer.AskAsync("Hi");

        frames.ShouldNotContain(frame => frame.Type == "answer.tool");
        (await _scene.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE id = $1", customer.SessionId)).ShouldBe("ai");
    }

    public void Dispose()
    {
        _scene.Sandbox.Model.Respond = null;
        _scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        _scene.Sandbox.Faults.Clear();
    }
}

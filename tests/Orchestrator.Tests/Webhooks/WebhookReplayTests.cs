using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Events that were not used: found, explained, put back once however often somebody asks, and noted.</summary>
public sealed class WebhookReplayTests(ReplayShop shop) : IClassFixture<ReplayShop>
{
    [Fact]
    public async Task A_dead_event_is_explained_put_back_and_used()
    {
        var (quote, id) = await DeadAsync("+15125550951");
        using var staff = await shop.SignedInAsync();
        var shown = await staff.GetFromJsonAsync<JsonElement>($"/api/webhook-events/{id}");
        (Text(shown, "status"), Text(shown, "reason"), Text(shown, "origin")).ShouldBe(("dead", "failed", "webhook"));
        Text(shown, "explanation").ShouldStartWith("Something failed on our side");
        Text(shown, "payload").ShouldContain(quote.OrderId);

        var answer = await staff.PostAsync($"/api/webhook-events/{id}/replay", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("replayed").GetBoolean().ShouldBeTrue();
        await shop.TouchAsync(quote.OrderId, "delivered");
        (await shop.EventAsync(quote.OrderId, "done"))["replays"].ShouldBe(1);
        (await AuditsAsync("webhook_event_replayed", $"webhook-events/{id}")).ShouldBe(1);
    }

    [Fact]
    public async Task A_replay_of_what_waits_or_is_done_changes_nothing()
    {
        var (quote, id) = await DeadAsync("+15125550952");
        using var staff = await shop.SignedInAsync();
        await staff.PostAsync($"/api/webhook-events/{id}/replay", null);
        await shop.EventAsync(quote.OrderId, "done");

        var again = await staff.PostAsync($"/api/webhook-events/{id}/replay", null);

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var end = await again.Content.ReadFromJsonAsync<JsonElement>();
        (Text(end, "status"), end.GetProperty("replayed").GetBoolean()).ShouldBe(("done", false));
        (await AuditsAsync("webhook_event_replayed", $"webhook-events/{id}")).ShouldBe(1);
    }

    [Fact]
    public async Task Ten_replays_at_once_put_it_back_once()
    {
        var (quote, id) = await DeadAsync("+15125550953");
        using var staff = await shop.SignedInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => staff.PostAsync($"/api/webhook-events/{id}/replay", null)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
        await shop.TouchAsync(quote.OrderId, "delivered");
        (await shop.EventAsync(quote.OrderId, "done"))["replays"].ShouldBe(1);
        (await AuditsAsync("webhook_event_replayed", $"webhook-events/{id}")).ShouldBe(1);
        shop.Sandbox.Twilio.SentTo("+15125550953").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_are_put_back_by_reason_and_each_once()
    {
        List<Quote> quotes = [];
        for (var number = 0; number < 6; number++)
        {
            quotes.Add((await DeadAsync($"+151255509{60 + number}", number < 5 ? "crm_was_mended" : "something_else")).Quote);
        }

        using var staff = await shop.SignedInAsync();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => staff.PostAsJsonAsync("/api/webhook-events/replays", new { status = "dead", reason = "crm_was_mended", topic = "order" })));

        var counts = await Task.WhenAll(both.Select(async answer => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("replayed").GetInt32()));
        counts.Sum().ShouldBe(5);
        foreach (var quote in quotes.Take(5))
        {
            await shop.TouchAsync(quote.OrderId, "delivered");
        }

        (await shop.EventAsync(quotes[5].OrderId, "dead"))["replays"].ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_dies_again_with_its_reason()
    {
        var body = "{\"operation\":\"MERGE\",\"table\":\"order\",\"data\":{\"id\":\"again\"}}";
        await shop.Sandbox.Crm.DeliverRawAsync(Encoding.UTF8.GetBytes(body));
        var id = await shop.Database.ScalarAsync<Guid>("SELECT id FROM webhook_events WHERE payload = $1", body);
        using var staff = await shop.SignedInAsync();

        await staff.PostAsync($"/api/webhook-events/{id}/replay", null);

        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<bool>(
            "SELECT status = 'dead' AND reason = 'unknown_operation' AND replays = 1 FROM webhook_events WHERE id = $1", id), "the event to die again");
    }

    [Fact]
    public async Task An_event_of_an_unknown_company_is_handed_to_the_tenant_that_has_it_by_now()
    {
        var body = "{\"operation\":\"DELETE\",\"table\":\"order\",\"data\":{\"id\":\"late-company\",\"companyId\":\"company-late\",\"meta\":{\"version\":3}}}";
        await shop.Sandbox.Crm.DeliverRawAsync(Encoding.UTF8.GetBytes(body));
        var id = await shop.Database.ScalarAsync<Guid>("SELECT id FROM webhook_events WHERE external_id = 'late-company'");
        using var staff = await shop.SignedInAsync();
        (await staff.PostAsync($"/api/webhook-events/{id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var tenant = await shop.TenantAsync("late", "company-late");
        var (one, other) = (await staff.PostAsync($"/api/webhook-events/{id}/replay", null), await staff.PostAsync($"/api/webhook-events/{id}/replay", null));

        (one.StatusCode, other.StatusCode).ShouldBe((HttpStatusCode.Accepted, HttpStatusCode.Accepted));
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhook_events WHERE tenant_id = $1 AND external_id = 'late-company' AND status IN ('done', 'ignored')", tenant) == 1, "its own tenant to have used it");
        // The tenant's own copy bears the same id.
        (await shop.Database.ScalarAsync<string>("SELECT status || ' ' || reason || ' ' || replays FROM webhook_events WHERE id = $1 AND tenant_id <> $2", id, tenant))
            .ShouldBe("ignored handed_to_its_tenant 1", "the second replay works on it for nobody else");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM external_tombstones WHERE external_id = 'late-company' AND tenant_id = $1", tenant)).ShouldBe(1);
    }

    [Fact]
    public async Task A_text_that_came_in_cannot_be_put_back()
    {
        await shop.Database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, reason, received_at)
            SELECT id, '019ab1c2-0000-7000-8000-00000000dead', 'twilio', 'x', 'inbound', 'INSERT', '{}', 'dead', 'failed', '2026-11-23Z' FROM tenants WHERE slug = 'acme-tint'
            """);
        using var staff = await shop.SignedInAsync();

        var answer = await staff.PostAsync("/api/webhook-events/019ab1c2-0000-7000-8000-00000000dead/replay", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Only the CRM's events");
    }

    [Fact]
    public async Task The_list_is_filtered_and_the_summary_counts_what_was_not_used()
    {
        var (quote, id) = await DeadAsync("+15125550954", "counted_here");
        await DeadAsync("+15125550955", "counted_here");
        using var staff = await shop.SignedInAsync();

        (await ItemsAsync(staff, $"/api/webhook-events?externalId={quote.OrderId}&topic=order&origin=webhook&status=dead&reason=counted_here&from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z"))
            .ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(id);
        (await ItemsAsync(staff, $"/api/webhook-events?externalId={quote.OrderId}&from=2026-11-24T00:00:00Z")).ShouldBeEmpty();
        (await ItemsAsync(staff, $"/api/webhook-events?externalId={quote.OrderId}&origin=poll")).ShouldBeEmpty();
        var line = (await ItemsAsync(staff, "/api/webhook-events/summary")).Single(line => Text(line, "reason") == "counted_here");
        (Text(line, "status"), Text(line, "topic"), line.GetProperty("count").GetInt64()).ShouldBe(("dead", "order", 2));
    }

    [Fact]
    public async Task An_advisor_sees_no_payload_and_puts_nothing_back_and_another_tenants_event_is_not_there()
    {
        var (_, id) = await DeadAsync("+15125550956");
        using var advisor = await shop.AsAsync(Roles.Advisor, "acme-tint");
        (await advisor.GetFromJsonAsync<JsonElement>($"/api/webhook-events/{id}")).GetProperty("payload").ValueKind.ShouldBe(JsonValueKind.Null);
        (await ItemsAsync(advisor, "/api/webhook-events?status=dead")).ShouldAllBe(item => item.GetProperty("payload").ValueKind == JsonValueKind.Null);
        (await advisor.PostAsync($"/api/webhook-events/{id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await advisor.PostAsJsonAsync("/api/webhook-events/replays", new { status = "dead" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        await shop.TenantAsync("stranger", "company-stranger");
        using var owner = await shop.AsAsync(Roles.Owner, "stranger");
        (await owner.GetAsync($"/api/webhook-events/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.PostAsync($"/api/webhook-events/{id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ItemsAsync(owner, "/api/webhook-events")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}", "status")]
    [InlineData("{\"status\":\"done\"}", "status")]
    [InlineData("{\"status\":\"dead\",\"limit\":0}", "limit")]
    [InlineData("{\"status\":\"dead\",\"limit\":1001}", "limit")]
    [InlineData("{\"status\":\"dead\",\"reason\":\"a\\u0000\"}", "reason")]
    public async Task A_replay_that_cannot_be_meant_is_400_and_names_the_field(string body, string field)
    {
        using var staff = await shop.SignedInAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await staff.PostAsync("/api/webhook-events/replays", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    [Fact]
    public void The_reasons_of_these_tests_are_made_up_and_have_no_sentence() => EventReasons.Explain("crm_was_mended").ShouldBeNull();

    // A quote request whose event died, as after a failure of ours that is mended by now.
    private async Task<(Quote Quote, Guid Id)> DeadAsync(string phone, string reason = "failed")
    {
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { Deliver = false });
        await shop.Database.ExecuteAsync($$"""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, external_id, payload, status, reason, attempts, received_at, processed_at)
            SELECT id, $1, 'shopmonkey', $2, 'order', 'INSERT', $3, $4, 'dead', $5, 8, '2026-11-23T16:00:00Z', '2026-11-23T16:00:01Z' FROM tenants WHERE slug = 'acme-tint'
            """, Guid.CreateVersion7(), quote.OrderId, quote.OrderId, new CrmEvent("INSERT", "order", shop.Sandbox.Crm.Row("order", quote.OrderId)!).ToBody().ToJsonString(), reason);
        return (quote, await shop.Database.ScalarAsync<Guid>("SELECT id FROM webhook_events WHERE external_id = $1", quote.OrderId));
    }

    private Task<long> AuditsAsync(string action, string target) =>
        shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = $1 AND target = $2", action, target);

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client, string url) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(url)).GetProperty("items").EnumerateArray()];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}

/// <summary>A shop with more members of staff and more tenants.</summary>
public sealed class ReplayShop : Shop
{
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
    }

    /// <summary>A tenant that is this company.</summary>
    public async Task<Guid> TenantAsync(string slug, string company)
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, shopmonkey_company_id, created_at, updated_at) VALUES ($1, $2, $2, 'America/New_York', $3, '2026-11-23Z', '2026-11-23Z')", id, slug, company);
        return id;
    }

    /// <summary>A client signed in with a role in a tenant.</summary>
    public async Task<HttpClient> AsAsync(string role, string slug)
    {
        var tenant = await Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", slug);
        var user = new User(tenant, Guid.CreateVersion7(), "x@example.com", "", "X", role, null);
        var (token, _) = _app.Services.GetRequiredService<Tokens>().ForStaff(user);
        var client = new HttpClient { BaseAddress = Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Staff;

/// <summary>Keys for other systems: shown once, of one tenant, for what they are made for.</summary>
public sealed class ApiKeyEndpointsTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_and_opens_what_it_is_made_for()
    {
        using var owner = await shop.SignedInAsync("owner");
        var (id, key) = await MakeAsync(owner, "reports", "read");
        using var system = WithKey(key);

        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await system.PostAsJsonAsync("/api/leads", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await system.GetAsync("/api/api-keys")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await system.GetAsync("/api/lead-imports")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var list = await owner.GetStringAsync("/api/api-keys");
        list.ShouldContain(id.ToString());
        list.ShouldContain("\"lastUsedAt\":\"2026-");
        list.ShouldNotContain(key);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM api_keys WHERE row_to_json(api_keys)::text LIKE '%' || $1 || '%'", key)).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'api_key_made' AND target LIKE $1", $"%{id}%")).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_is_found_where_its_answer_says_without_its_secret_and_by_its_own_franchise_alone()
    {
        using var owner = await shop.SignedInAsync("owner");
        using var made = await owner.PostAsJsonAsync("/api/api-keys", new { name = "found", scopes = new[] { "read" } });
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;

        var found = await owner.GetStringAsync(made.Headers.Location!);

        found.ShouldContain("\"name\":\"found\"");
        found.ShouldNotContain(key);
        using var other = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());
        (await other.GetAsync(made.Headers.Location!)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var advisor = await shop.SignedInAsync("advisor");
        (await advisor.GetAsync(made.Headers.Location!)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_that_hands_in_leads_reads_none()
    {
        using var owner = await shop.SignedInAsync("owner");
        using var system = WithKey((await MakeAsync(owner, "website", "leads:write")).Key);

        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await system.PostAsJsonAsync("/api/leads", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await system.GetAsync("/api/lead-imports")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_from_the_answer_on_and_revoking_twice_is_the_same()
    {
        using var owner = await shop.SignedInAsync("owner");
        var (id, key) = await MakeAsync(owner, "short-lived", "read");
        using var system = WithKey(key);

        (await owner.DeleteAsync($"/api/api-keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await owner.DeleteAsync($"/api/api-keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'api_key_revoked' AND target LIKE $1", $"%{id}%")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_keys_of_a_name_may_live_so_that_one_is_changed_for_the_other()
    {
        using var owner = await shop.SignedInAsync("owner");
        var (first, _) = await MakeAsync(owner, "rotated", "read");
        await MakeAsync(owner, "rotated", "read");

        (await owner.PostAsJsonAsync("/api/api-keys", new { name = "rotated", scopes = new[] { "read" } })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await owner.DeleteAsync($"/api/api-keys/{first}");
        await MakeAsync(owner, "rotated", "read");
    }

    [Fact]
    public async Task A_key_that_is_over_opens_nothing_and_gives_its_place_free()
    {
        using var owner = await shop.SignedInAsync("owner");
        var (id, key) = await MakeAsync(owner, "ending", "read");
        await MakeAsync(owner, "ending", "read");
        await shop.Database.ExecuteAsync("UPDATE api_keys SET expires_at = '2026-11-23T15:00:00Z' WHERE id = $1", id);
        using var system = WithKey(key);

        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await MakeAsync(owner, "ending", "read");
    }

    [Fact]
    public async Task A_key_belongs_to_its_tenant_and_nobody_elses_owner_sees_or_ends_it()
    {
        using var owner = await shop.SignedInAsync("owner");
        var (id, key) = await MakeAsync(owner, "ours", "read");
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());
        using var system = WithKey(key);
        system.DefaultRequestHeaders.Add("X-Tenant-Id", "other");

        (await stranger.GetStringAsync("/api/api-keys")).ShouldContain("\"items\":[]");
        (await stranger.DeleteAsync($"/api/api-keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("manager")]
    [InlineData("advisor")]
    public async Task Only_owners_have_to_do_with_keys(string role)
    {
        using var staff = await shop.SignedInAsync(role);
        using var answer = await staff.GetAsync("/api/api-keys");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Your role may not use this route.");
    }

    [Theory]
    [InlineData("""{"name":"x","scopes":["everything"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[]}""", "scopes")]
    [InlineData("""{"name":" ","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"a\u0000b","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{}""", "name")]
    [InlineData("""[]""", "$")]
    public async Task A_request_that_makes_no_sense_is_400_and_names_the_field(string body, string field)
    {
        using var owner = await shop.SignedInAsync("owner");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await owner.PostAsync("/api/api-keys", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("lo_live_000000000000000000000000000000000000")]
    public async Task What_is_no_key_is_401(string key)
    {
        using var system = WithKey(key);
        (await system.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private HttpClient WithKey(string key)
    {
        var client = new HttpClient { BaseAddress = shop.Http.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    private static async Task<(Guid Id, string Key)> MakeAsync(HttpClient owner, string name, params string[] scopes)
    {
        using var answer = await owner.PostAsJsonAsync("/api/api-keys", new { name, scopes });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetGuid(), made.GetProperty("key").GetString()!);
    }
}

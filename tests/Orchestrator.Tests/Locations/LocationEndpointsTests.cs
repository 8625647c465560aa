using System.Net;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

public sealed class LocationEndpointsTests(Franchise franchise) : IClassFixture<Franchise>, IDisposable
{
    private string Austin => $"/api/locations/{franchise.Austin}";

    public void Dispose() => franchise.Sandbox.Faults.Clear();

    [Fact]
    public async Task Staff_see_their_shops_and_whose_word_each_field_is()
    {
        using var staff = franchise.As("advisor");

        var list = await staff.GetAsync("/api/locations").JsonAsync();
        list.GetProperty("items").EnumerateArray().Select(item => item.Text("name")).ShouldBe(["Acme Tint Phoenix", "Acme Tint Austin"]);
        var phoenix = await staff.GetAsync($"/api/locations/{franchise.Phoenix}").JsonAsync();
        phoenix.Text("timezone").ShouldBe("America/Phoenix");
        phoenix.Text("phone").ShouldBe("+16025550100");
        phoenix.Text("externalId").ShouldBe(Crm.PhoenixId);
        phoenix.GetProperty("sources").ToString().ShouldBe("""{"name":"crm","phone":"crm","address":"crm","timezone":"crm"}""");
        phoenix.GetProperty("openNow").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        phoenix.Text("syncedAt").ShouldStartWith("2026-11-23T");
    }

    [Fact]
    public async Task The_list_is_paged_without_gap_or_repeat()
    {
        using var staff = franchise.As("advisor");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await staff.GetAsync($"/api/locations?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}").JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Text("id")));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.ShouldBe([franchise.Phoenix.ToString(), franchise.Austin.ToString()]);
        (await staff.GetAsync("/api/locations?cursor=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_name_and_a_zone_of_ours_outlive_a_sync_until_they_are_given_back()
    {
        using var manager = franchise.As("manager");
        var path = $"/api/locations/{franchise.Phoenix}";
        var changed = await manager.PatchJsonAsync(path, """{"name":"Tint by Acme","timezone":"America/Denver"}""").JsonAsync();
        (changed.Text("name"), changed.Text("timezone"), changed.GetProperty("sources").Text("name")).ShouldBe(("Tint by Acme", "America/Denver", "override"));

        await manager.PostAsync($"{path}/syncs", null).JsonAsync();

        var synced = await manager.GetAsync(path).JsonAsync();
        (synced.Text("name"), synced.Text("timezone")).ShouldBe(("Tint by Acme", "America/Denver"));
        var back = await manager.PatchJsonAsync(path, """{"name":null,"timezone":null}""").JsonAsync();
        (back.Text("name"), back.Text("timezone"), back.GetProperty("sources").Text("timezone")).ShouldBe(("Acme Tint Phoenix", "America/Phoenix", "crm"));
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'location_changed' AND target = $1", $"locations/{franchise.Phoenix}: name, timezone")).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"timezone":"Mars/Olympus"}""", "timezone")]
    [InlineData("""{"timezone":""}""", "timezone")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"   "}""", "name")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    public async Task A_change_that_makes_no_sense_is_400_and_names_the_field(string body, string field)
    {
        using var manager = franchise.As("manager");
        using var answer = await manager.PatchJsonAsync(Austin, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    [Fact]
    public async Task What_the_CRM_never_told_cannot_be_given_back_to_it()
    {
        var own = Guid.CreateVersion7();
        await franchise.Database.ExecuteAsync("INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Ours', 'America/Chicago', now(), now())", franchise.TenantId, own);
        using var manager = franchise.As("manager");

        (await manager.PatchJsonAsync($"/api/locations/{own}", """{"name":null}""").JsonAsync(400)).ToString().ShouldContain("give one");
        (await manager.PostAsync($"/api/locations/{own}/syncs", null).JsonAsync(409)).Text("detail").ShouldContain("made here");
        (await manager.GetAsync($"/api/locations/{own}").JsonAsync()).GetProperty("sources").ToString().ShouldBe("""{"name":"manual","phone":"none","address":"none","timezone":"manual"}""");
        await franchise.Database.ExecuteAsync("DELETE FROM bays WHERE location_id = $1", own);
        await franchise.Database.ExecuteAsync("DELETE FROM locations WHERE id = $1", own);
    }

    [Fact]
    public async Task A_sync_reads_the_shop_now_and_says_what_it_found()
    {
        using var owner = franchise.As("owner");
        var id = franchise.PutService("synced-now", Crm.AustinId, "Headlight restoration", 9900);

        var found = await owner.PostAsync($"{Austin}/syncs", null).JsonAsync();

        found.GetProperty("added").GetInt32().ShouldBe(1);
        found.GetProperty("complete").GetBoolean().ShouldBeTrue();
        (await franchise.ItemAsync(franchise.Austin, id))!["price_cents"].ShouldBe(9900L);
        (await owner.PostAsync($"{Austin}/syncs", null).JsonAsync()).GetProperty("changed").GetInt32().ShouldBe(0);
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'location_synced'")).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("location.get", 503, 503)]
    [InlineData("canned_service.list", 429, 503)]
    [InlineData("canned_service.list", 403, 409)]
    public async Task A_sync_that_the_CRM_refuses_says_so_and_changes_nothing(string operation, int status, int answered)
    {
        using var owner = franchise.As("owner");
        var before = await owner.GetAsync($"{Austin}/catalog?active=false&limit=200").JsonAsync();
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = operation, Status = status, Count = 1 });

        using var answer = await owner.PostAsync($"{Austin}/syncs", null);

        ((int)answer.StatusCode).ShouldBe(answered);
        (answer.Headers.RetryAfter is not null).ShouldBe(answered == 503);
        (await owner.GetAsync($"{Austin}/catalog?active=false&limit=200").JsonAsync()).ToString().ShouldBe(before.ToString());
        // A key that was told to wait waits, whoever asks next.
        await Eventually.TrueAsync(async () =>
        {
            using var again = await owner.PostAsync($"{Austin}/syncs", null);
            return again.IsSuccessStatusCode;
        }, "the CRM is asked again", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_order_of_a_renamed_shop_is_greeted_in_our_name()
    {
        using var manager = franchise.As("manager");
        await manager.PatchJsonAsync(Austin, """{"name":"Tint by Acme"}""").JsonAsync();

        var quote = await franchise.QuoteAsync("+15125550731");
        await franchise.TouchAsync(quote.OrderId, "delivered");

        franchise.Sandbox.Twilio.SentTo("+15125550731")[0].Body.ShouldContain("Tint by Acme");
        await manager.PatchJsonAsync(Austin, """{"name":null}""").JsonAsync();
    }

    [Fact]
    public async Task Advisors_read_and_do_not_write_and_strangers_do_neither()
    {
        using var advisor = franchise.As("advisor");
        using var nobody = new HttpClient { BaseAddress = franchise.Http.BaseAddress };
        foreach (var (method, path, body) in new[]
        {
            ("PATCH", Austin, """{"name":"Mine"}"""), ("POST", $"{Austin}/syncs", "{}"), ("PUT", $"{Austin}/hours", """{"days":[]}"""),
            ("POST", $"{Austin}/catalog", """{"name":"Mine","priceCents":1}"""), ("PATCH", $"{Austin}/catalog/{Guid.CreateVersion7()}", "{}"), ("DELETE", $"{Austin}/catalog/{Guid.CreateVersion7()}", "{}"),
        })
        {
            using var forbidden = await SendAsync(advisor);
            forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}");
            (await forbidden.Content.ReadAsStringAsync()).ShouldContain("Your role may not use this route.");
            (await SendAsync(nobody)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");

            Task<HttpResponseMessage> SendAsync(HttpClient client) => client.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
        }

        (await advisor.GetAsync($"{Austin}/hours")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await advisor.GetAsync($"{Austin}/catalog")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_franchises_shop_and_no_shop_look_the_same_on_every_route()
    {
        using var stranger = franchise.As("owner", await franchise.AddTenantAsync());
        var item = await franchise.Database.ScalarAsync<Guid>("SELECT id FROM service_catalog WHERE location_id = $1 LIMIT 1", franchise.Austin);
        foreach (var shop in new[] { franchise.Austin, Guid.CreateVersion7() })
        {
            foreach (var route in new[] { "", "/hours", "/hours/holidays?year=2026", "/catalog", $"/catalog/{item}/prices", "/price-list" })
            {
                (await stranger.GetAsync($"/api/locations/{shop}{route}")).StatusCode.ShouldBe(HttpStatusCode.NotFound, route);
            }

            (await stranger.PatchJsonAsync($"/api/locations/{shop}", """{"name":"Mine"}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.PostAsync($"/api/locations/{shop}/syncs", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.PutJsonAsync($"/api/locations/{shop}/hours", """{"days":[]}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.PostJsonAsync($"/api/locations/{shop}/catalog", """{"name":"Mine","priceCents":1}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.PatchJsonAsync($"/api/locations/{shop}/catalog/{item}", """{"priceCents":1}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.DeleteAsync($"/api/locations/{shop}/catalog/{item}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await stranger.GetAsync("/api/locations").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM service_catalog WHERE name = 'Mine' OR price_cents = 1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_shop_that_the_CRM_does_not_show_has_the_franchises_name_and_says_so()
    {
        var id = (await franchise.Get<LocationSync>().EnsureAsync(franchise.TenantId, "6287a4044d1a723b10efff77", isPatient: false, CancellationToken.None)).Id;
        using var staff = franchise.As("advisor");

        (await staff.GetAsync($"/api/locations/{id}").JsonAsync()).GetProperty("sources").ToString().ShouldBe("""{"name":"tenant","phone":"none","address":"none","timezone":"tenant"}""");
        await franchise.Database.ExecuteAsync("DELETE FROM bays WHERE location_id = $1", id);
        await franchise.Database.ExecuteAsync("DELETE FROM locations WHERE id = $1", id);
    }
}

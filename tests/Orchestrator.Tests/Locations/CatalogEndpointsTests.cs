using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

public sealed class CatalogEndpointsTests(Franchise franchise) : IClassFixture<Franchise>
{
    private string Catalog => $"/api/locations/{franchise.Austin}/catalog";

    [Fact]
    public async Task An_item_of_the_CRM_says_so_and_what_the_CRM_says()
    {
        using var staff = franchise.As("advisor");

        var item = (await staff.GetAsync($"{Catalog}?limit=200").JsonAsync()).GetProperty("items").EnumerateArray().Single(item => item.Text("name") == "Full SUV Ceramic Tint");

        (item.Text("priceCents"), item.Text("durationMinutes"), item.Text("bookable"), item.Text("vehicleClass"), item.Text("source"), item.Text("active")).ShouldBe(("47900", "300", "True", "SUV", "crm", "True"));
        item.GetProperty("overridden").GetArrayLength().ShouldBe(0);
        item.GetProperty("crm").Text("priceCents").ShouldBe("47900");
        item.GetProperty("crm").Text("state").ShouldBe("offered");
    }

    [Fact]
    public async Task What_staff_change_of_a_service_outlives_every_sync_and_can_be_taken_back()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("overridden", cents: 10000);
        var changed = await manager.PatchJsonAsync(path, """{"priceCents":12000,"name":"Ours","bookable":false,"durationMinutes":45,"vehicleClass":"SUV","description":"Better"}""").JsonAsync();
        (changed.Text("priceCents"), changed.Text("name"), changed.Text("source")).ShouldBe(("12000", "Ours", "override"));
        changed.GetProperty("overridden").EnumerateArray().Select(field => field.GetString()).ShouldBe(["bookable", "description", "durationMinutes", "name", "priceCents", "vehicleClass"]);
        changed.GetProperty("crm").ToString().ShouldBe("""{"name":"Service","description":"A note","priceCents":10000,"durationMinutes":90,"bookable":true,"vehicleClass":null,"state":"offered"}""");

        await ApplyAsync("overridden", "Theirs, newer", 15000, version: 2);
        await manager.PostAsync($"/api/locations/{franchise.Austin}/syncs", null).JsonAsync();

        var synced = await FindAsync(manager, "overridden");
        (synced.Text("priceCents"), synced.Text("name"), synced.Text("bookable"), synced.Text("durationMinutes"), synced.Text("vehicleClass"), synced.Text("description"))
            .ShouldBe(("12000", "Ours", "False", "45", "SUV", "Better"));
        (synced.GetProperty("crm").Text("priceCents"), synced.GetProperty("crm").Text("name")).ShouldBe(("15000", "Theirs, newer"));
        var partly = await manager.PatchJsonAsync(path, """{"priceCents":null}""").JsonAsync();
        (partly.Text("priceCents"), partly.Text("name"), partly.Text("source")).ShouldBe(("15000", "Ours", "override"));
        var back = await manager.PatchJsonAsync(path, """{"name":null,"bookable":null,"durationMinutes":null,"vehicleClass":null,"description":null}""").JsonAsync();
        (back.Text("name"), back.Text("source"), back.Text("bookable"), back.Text("description")).ShouldBe(("Theirs, newer", "crm", "True", ""));
        (await HistoryAsync(manager, path)).ShouldBe(["15000 True crm", "12000 True override", "10000 True crm"]);
    }

    [Fact]
    public async Task A_hidden_service_stays_hidden_through_every_sync_until_it_is_shown()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("hidden", cents: 10000);
        (await manager.PatchJsonAsync(path, """{"active":false}""").JsonAsync()).Text("active").ShouldBe("False");

        await ApplyAsync("hidden", "Service", 11000, version: 2);

        (await FindAsync(manager, "hidden")).Text("active").ShouldBe("False");
        (await manager.GetAsync($"{Catalog}?limit=200").JsonAsync()).ToString().ShouldNotContain("\"hidden\"");
        var shown = await manager.PatchJsonAsync(path, """{"active":true}""").JsonAsync();
        (shown.Text("active"), shown.Text("source"), shown.Text("priceCents")).ShouldBe(("True", "crm", "11000"));
        (await HistoryAsync(manager, path)).ShouldBe(["11000 True crm", "11000 False override", "10000 False override", "10000 True crm"]);
    }

    [Fact]
    public async Task What_the_CRM_has_deleted_cannot_be_shown_again_by_us()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("deleted", cents: 10000);
        await manager.PatchJsonAsync(path, """{"priceCents":9000}""").JsonAsync();
        await ApplyAsync("deleted", "Service", 10000, version: 2, isGone: true);

        (await manager.PatchJsonAsync(path, """{"active":true}""").JsonAsync(409)).Text("detail").ShouldContain("no longer offers");
        (await manager.PatchJsonAsync(path, """{"priceCents":null}""").JsonAsync()).Text("active").ShouldBe("False");
        (await FindAsync(manager, "deleted")).GetProperty("crm").Text("state").ShouldBe("deleted");
    }

    [Fact]
    public async Task An_item_by_hand_is_added_changed_let_go_and_brought_back()
    {
        using var manager = franchise.As("manager");
        using var answer = await manager.PostJsonAsync(Catalog, """{"name":"Ozone 🚗 treatment","priceCents":7900,"durationMinutes":60,"bookable":true}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var path = answer.Headers.Location!.ToString();
        var added = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        (added.Text("name"), added.Text("source"), added.Text("active"), added.Text("description")).ShouldBe(("Ozone 🚗 treatment", "manual", "True", ""));
        added.GetProperty("crm").ValueKind.ShouldBe(JsonValueKind.Null);

        var changed = await manager.PatchJsonAsync(path, """{"priceCents":8900,"durationMinutes":null,"vehicleClass":"Van"}""").JsonAsync();
        (changed.Text("priceCents"), changed.Text("vehicleClass"), changed.Text("source")).ShouldBe(("8900", "Van", "manual"));
        changed.GetProperty("durationMinutes").ValueKind.ShouldBe(JsonValueKind.Null);
        (await manager.PatchJsonAsync(path, """{"name":null}""").JsonAsync(400)).ToString().ShouldContain("name");

        (await manager.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await manager.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await manager.PostAsync($"/api/locations/{franchise.Austin}/syncs", null).JsonAsync();
        (await manager.GetAsync($"{Catalog}?limit=200").JsonAsync()).ToString().ShouldNotContain("Ozone");
        (await manager.PatchJsonAsync(path, """{"active":true}""").JsonAsync()).Text("active").ShouldBe("True");
        (await HistoryAsync(manager, path)).ShouldBe(["8900 True manual", "8900 False manual", "8900 True manual", "7900 True manual"]);
        await manager.DeleteAsync(path);
    }

    [Fact]
    public async Task A_service_of_the_CRM_is_not_deleted_here()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("not-ours", cents: 10000);

        using var answer = await manager.DeleteAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("active: false");
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"x"}""", "priceCents")]
    [InlineData("""{"name":"","priceCents":1}""", "name")]
    [InlineData("""{"name":" ","priceCents":1}""", "name")]
    [InlineData("""{"name":"a\u0000","priceCents":1}""", "name")]
    [InlineData("""{"name":"two\nlines","priceCents":1}""", "name")]
    [InlineData("""{"name":"x","priceCents":-1}""", "priceCents")]
    [InlineData("""{"name":"x","priceCents":100000001}""", "priceCents")]
    [InlineData("""{"name":"x","priceCents":1e400}""", "priceCents")]
    [InlineData("""{"name":"x","priceCents":1.5}""", "priceCents")]
    [InlineData("""{"name":"x","priceCents":"1"}""", "priceCents")]
    [InlineData("""{"name":"x","priceCents":1,"durationMinutes":0}""", "durationMinutes")]
    [InlineData("""{"name":"x","priceCents":1,"durationMinutes":1441}""", "durationMinutes")]
    [InlineData("""{"name":"x","priceCents":1,"vehicleClass":""}""", "vehicleClass")]
    [InlineData("""{"name":"x","priceCents":1,"description":"\u0007"}""", "description")]
    [InlineData("""{"name":"x","priceCents":1,"bookable":null}""", "bookable")]
    public async Task An_item_that_makes_no_sense_is_400_and_names_the_field(string body, string field)
    {
        using var manager = franchise.As("manager");
        using var answer = await manager.PostJsonAsync(Catalog, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    [Theory]
    [InlineData("""{"priceCents":-1}""", "priceCents")]
    [InlineData("""{"durationMinutes":0}""", "durationMinutes")]
    [InlineData("""{"name":"\u2028"}""", "name")]
    [InlineData("""{"active":"no"}""", "active")]
    [InlineData("[]", "body")]
    public async Task A_change_that_makes_no_sense_is_400_and_changes_nothing(string body, string field)
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("steady", cents: 10000);
        using var answer = await manager.PatchJsonAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
        (await FindAsync(manager, "steady")).GetProperty("overridden").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_was_said_on_a_day_can_be_looked_up_later()
    {
        using var manager = franchise.As("manager");
        using var made = await manager.PostJsonAsync(Catalog, """{"name":"Looked up later","priceCents":1000}""");
        var path = made.Headers.Location!.ToString();
        var first = franchise.Get<TimeProvider>().GetUtcNow();
        await franchise.SetClockAsync("2026-11-23T17:00:00Z");
        await manager.PatchJsonAsync(path, """{"priceCents":2000}""").JsonAsync();
        await manager.PatchJsonAsync(path, """{"priceCents":3000}""").JsonAsync();
        var third = franchise.Get<TimeProvider>().GetUtcNow();
        await franchise.SetClockAsync("2026-11-23T18:00:00Z");
        await manager.DeleteAsync(path);

        (await PriceAsync(first)).ShouldBe("1000");
        (await PriceAsync(third)).ShouldBe("3000");
        (await PriceAsync(first.AddDays(-1))).ShouldBeNull();
        (await PriceAsync(third.AddDays(1))).ShouldBeNull();
        (await manager.GetAsync($"/api/locations/{franchise.Austin}/price-list").JsonAsync()).ToString().ShouldNotContain("Looked up later");
        (await manager.GetAsync($"/api/locations/{franchise.Austin}/price-list?at=yesterday")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        async Task<string?> PriceAsync(DateTimeOffset at)
        {
            var list = await manager.GetAsync($"/api/locations/{franchise.Austin}/price-list?at={Uri.EscapeDataString(at.ToString("O"))}").JsonAsync();
            return list.GetProperty("items").EnumerateArray().Where(item => item.Text("name") == "Looked up later").Select(item => item.Text("priceCents")).SingleOrDefault();
        }
    }

    [Fact]
    public async Task The_price_list_of_a_day_tells_the_classes_of_one_service_apart()
    {
        using var manager = franchise.As("manager");
        await manager.PostJsonAsync(Catalog, """{"name":"By class","priceCents":1000,"vehicleClass":"Sedan"}""").JsonAsync(201);
        await manager.PostJsonAsync(Catalog, """{"name":"By class","priceCents":2000,"vehicleClass":"SUV"}""").JsonAsync(201);

        var list = await manager.GetAsync($"/api/locations/{franchise.Austin}/price-list").JsonAsync();

        list.GetProperty("items").EnumerateArray().Where(item => item.Text("name") == "By class").Select(item => $"{item.Text("vehicleClass")} {item.Text("priceCents")}").Order()
            .ShouldBe(["SUV 2000", "Sedan 1000"]);
    }

    [Fact]
    public async Task What_was_added_is_read_under_the_address_that_it_was_given()
    {
        using var manager = franchise.As("manager");
        using var made = await manager.PostJsonAsync(Catalog, """{"name":"Read again","priceCents":1000}""");

        var item = await manager.GetAsync(made.Headers.Location!.ToString()).JsonAsync();

        (item.ToString(), item.Text("name")).ShouldBe(((await made.Content.ReadFromJsonAsync<JsonElement>()).ToString(), "Read again"));
        (await manager.GetAsync($"{Catalog}/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_lists_are_paged_without_gap_or_repeat()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("paged", cents: 1);
        for (var cents = 2; cents <= 6; cents++)
        {
            await manager.PatchJsonAsync(path, $$"""{"priceCents":{{cents}}}""").JsonAsync();
        }

        (await PagesAsync($"{path}/prices", "priceCents")).ShouldBe(["6", "5", "4", "3", "2", "1"]);
        var names = await PagesAsync(Catalog, "name");
        names.Count.ShouldBe((int)(await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM service_catalog WHERE location_id = $1 AND active", franchise.Austin))!);
        foreach (var route in new[] { $"{Catalog}?cursor=", $"{path}/prices?cursor=" })
        {
            (await manager.GetAsync(route)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        foreach (var route in new[] { $"{Catalog}?cursor=nonsense", $"{Catalog}?limit=0", $"{path}/prices?cursor=nonsense", $"{Catalog}?active=perhaps" })
        {
            (await manager.GetAsync(route)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, route);
        }

        async Task<List<string>> PagesAsync(string route, string field)
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var page = await manager.GetAsync($"{route}?limit=4{(cursor is null ? "" : $"&cursor={cursor}")}").JsonAsync();
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Text(field)));
                cursor = page.GetProperty("nextCursor").GetString();
            }
            while (cursor is not null);

            return seen;
        }
    }

    [Fact]
    public async Task Changes_by_staff_and_by_the_CRM_at_the_same_time_lose_nothing()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("contended", cents: 100);
        await Task.WhenAll(Enumerable.Range(2, 24).Select(n => n % 2 == 0
            ? manager.PatchJsonAsync(path, $$"""{"priceCents":{{n * 1000}}}""").JsonAsync()
            : (Task)ApplyAsync("contended", $"Name {n}", n, version: n)));

        var item = await FindAsync(manager, "contended");
        item.GetProperty("crm").Text("name").ShouldBe("Name 25");
        item.Text("name").ShouldBe("Name 25");
        item.GetProperty("overridden").EnumerateArray().Select(field => field.GetString()).ShouldBe(["priceCents"]);
        (await HistoryAsync(manager, path))[0].ShouldBe($"{item.Text("priceCents")} True override");
        (int.Parse(item.Text("priceCents"), null) % 1000).ShouldBe(0);
    }

    [Fact]
    public async Task A_platform_administrator_acts_in_the_franchise_that_they_name_and_in_no_other()
    {
        using var admin = franchise.As("platform_admin", await franchise.AddTenantAsync());
        (await admin.PostJsonAsync(Catalog, """{"name":"By the administrator","priceCents":1}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        admin.DefaultRequestHeaders.Add("X-Tenant-Id", franchise.TenantId.ToString());

        var added = await admin.PostJsonAsync(Catalog, """{"name":"By the administrator","priceCents":1}""").JsonAsync(201);

        (await franchise.Database.ScalarAsync<Guid>("SELECT tenant_id FROM service_catalog WHERE id = $1", Guid.Parse(added.Text("id")))).ShouldBe(franchise.TenantId);
        (await franchise.Database.ScalarAsync<string>("SELECT target FROM audit_events WHERE action = 'catalog_item_added' ORDER BY id DESC LIMIT 1"))!.ShouldEndWith(added.Text("id"));
        await admin.DeleteAsync($"{Catalog}/{added.Text("id")}");
    }

    [Fact]
    public async Task An_empty_change_changes_nothing_and_a_field_that_nobody_knows_is_passed_over()
    {
        using var manager = franchise.As("manager");
        var path = await CrmItemAsync("untouched", cents: 4200);

        (await manager.PatchJsonAsync(path, "{}").JsonAsync()).Text("source").ShouldBe("crm");
        (await manager.PatchJsonAsync(path, """{"tenantId":"x","price_cents":1,"crm":{"priceCents":1}}""").JsonAsync()).Text("priceCents").ShouldBe("4200");

        (await HistoryAsync(manager, path)).ShouldBe(["4200 True crm"]);
    }

    private async Task<string> CrmItemAsync(string id, long cents)
    {
        franchise.PutService(id, Crm.AustinId, cents: cents, change: row => row["meta"] = new System.Text.Json.Nodes.JsonObject { ["version"] = 1 });
        await franchise.SyncAsync(franchise.Austin, Crm.AustinId);
        return $"{Catalog}/{(await franchise.ItemAsync(franchise.Austin, id))!["id"]}";
    }

    private Task<int> ApplyAsync(string id, string name, long cents, long version, bool isGone = false)
    {
        franchise.PutService(id, Crm.AustinId, name, cents, row => (row["meta"], row["deleted"], row["note"]) = (new System.Text.Json.Nodes.JsonObject { ["version"] = version }, isGone, ""));
        var row = new CannedServiceRow { Id = id, LocationId = Crm.AustinId, Name = name, FixedPriceCents = cents, Bookable = true, Labors = [new() { Hours = 1.5m }], Meta = new() { Version = version } };
        return franchise.Get<CatalogSync>().ApplyAsync(franchise.TenantId, row, isGone, CancellationToken.None);
    }

    private async Task<JsonElement> FindAsync(HttpClient client, string externalId) =>
        (await client.GetAsync($"{Catalog}?active=false&limit=200").JsonAsync()).GetProperty("items").EnumerateArray().Single(item => item.Text("externalId") == externalId);

    private static async Task<List<string>> HistoryAsync(HttpClient client, string path) =>
        [.. (await client.GetAsync($"{path}/prices").JsonAsync()).GetProperty("items").EnumerateArray().Select(change => $"{change.Text("priceCents")} {change.Text("active")} {change.Text("source")}")];
}

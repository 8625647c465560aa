using System.Text.Json;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Appointments;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>Prices of staff that count until a day. The shop is in Chicago.</summary>
public sealed class PriceEndsTests(Franchise franchise) : CatalogDesk(franchise), IClassFixture<Franchise>
{
    [Fact]
    public async Task A_price_of_ours_that_ends_gives_way_to_the_CRMs_on_the_day_after_at_the_shop()
    {
        await Franchise.SetClockAsync("2026-11-24T18:00:00Z");
        var path = await CrmItemAsync("until", cents: 10000);

        var changed = await PatchAsync(path, """{"priceCents":8000,"validUntil":"2026-11-25"}""");

        (changed.Text("priceCents"), changed.Text("validUntil")).ShouldBe(("8000", "2026-11-25"));
        await CrmItemAsync("until", cents: 11000, version: 2);
        await Franchise.SetClockAsync("2026-11-26T05:50:00Z"); // ten minutes to midnight
        await EndAsync();
        (await FindAsync("until")).Text("priceCents").ShouldBe("8000");
        await Franchise.SetClockAsync("2026-11-26T09:00:00Z");
        await EndAsync();
        await EndAsync();

        var ended = await FindAsync("until");
        (ended.Text("priceCents"), ended.Text("source"), ended.Text("validFrom")).ShouldBe(("11000", "crm", "2026-11-26T06:00:00.000Z"));
        ended.GetProperty("validUntil").ValueKind.ShouldBe(JsonValueKind.Null);
        (await GetAsync($"{path}/prices")).GetProperty("items").EnumerateArray().Select(change => $"{change.Text("priceCents")} {change.Text("source")} {change.GetProperty("validUntil").GetString()}")
            .ShouldBe(["11000 crm ", "8000 override 2026-11-25", "10000 crm "]);
        (await PriceAsync("2026-11-26T05:59:59Z")).ShouldBe("8000 2026-11-25");
        (await PriceAsync("2026-11-26T06:00:00Z")).ShouldBe("11000 ");

        async Task<string> PriceAsync(string at) => (await GetAsync($"/api/locations/{Franchise.Austin}/price-list?at={at}")).GetProperty("items").EnumerateArray()
            .Where(item => path.EndsWith(item.Text("id"), StringComparison.Ordinal)).Select(item => $"{item.Text("priceCents")} {item.GetProperty("validUntil").GetString()}").Single();
    }

    [Fact]
    public async Task Who_books_after_the_last_day_pays_the_CRMs_price_before_any_round()
    {
        await Franchise.SetClockAsync("2026-11-27T18:00:00Z");
        var path = await CrmItemAsync("booked-late", cents: 10000);
        await PatchAsync(path, """{"priceCents":8000,"validUntil":"2026-11-27"}""");

        (await PriceAsync()).ShouldBe(8000);
        await Franchise.SetClockAsync("2026-11-28T06:00:00Z");
        (await PriceAsync()).ShouldBe(10000);

        async Task<long?> PriceAsync() =>
            (await Franchise.Get<BookableStore>().FindAsync(Franchise.TenantId, Franchise.Austin, Guid.Parse(path[^36..]), CancellationToken.None))?.PriceCents;
    }

    [Fact]
    public async Task A_new_price_has_its_own_last_day_or_none()
    {
        var path = await CrmItemAsync("renewed", cents: 10000);
        await PatchAsync(path, """{"priceCents":8000,"validUntil":"2027-01-31"}""");

        (await PatchAsync(path, """{"name":"Ours"}""")).Text("validUntil").ShouldBe("2027-01-31");
        (await PatchAsync(path, """{"validUntil":"2027-02-28"}""")).Text("validUntil").ShouldBe("2027-02-28");
        (await PatchAsync(path, """{"priceCents":7000}""")).GetProperty("validUntil").ValueKind.ShouldBe(JsonValueKind.Null);
        await PatchAsync(path, """{"validUntil":"2027-02-28"}""");
        (await PatchAsync(path, """{"priceCents":null}""")).GetProperty("validUntil").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Only_a_price_of_ours_can_end_on_a_day_that_is_to_come_and_with_a_price_of_the_CRM_after_it()
    {
        var path = await CrmItemAsync("endless", cents: 10000);
        using var manager = Franchise.As("manager");
        using var made = await manager.PostJsonAsync(Catalog, """{"name":"By hand, without an end","priceCents":1000}""");

        foreach (var (item, body) in new[]
        {
            (path, """{"validUntil":"2027-01-31"}"""), (path, """{"priceCents":8000,"validUntil":"2026-11-01"}"""), (path, """{"priceCents":8000,"validUntil":"tomorrow"}"""),
            (path, """{"priceCents":null,"validUntil":"2027-01-31"}"""), (made.Headers.Location!.ToString(), """{"priceCents":8000,"validUntil":"2027-01-31"}"""),
        })
        {
            (await PatchAsync(item, body, status: 400)).ToString().ShouldContain("validUntil", Case.Insensitive, body);
        }

        (await FindAsync("endless")).Text("priceCents").ShouldBe("10000");
    }

    private Task EndAsync() => Franchise.Get<PriceEnds>().RunOnceAsync(CancellationToken.None);

    private async Task<JsonElement> FindAsync(string externalId) =>
        (await GetAsync($"{Catalog}?active=false&limit=200")).GetProperty("items").EnumerateArray().Single(item => item.Text("externalId") == externalId);
}

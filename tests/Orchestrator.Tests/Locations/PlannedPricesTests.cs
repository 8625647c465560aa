using System.Net;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Appointments;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>Prices that count from a later instant on. The shop is in Chicago.</summary>
public sealed class PlannedPricesTests(Franchise franchise) : CatalogDesk(franchise), IClassFixture<Franchise>
{
    private const string NewYear = "2027-01-01T06:00:00.000Z";

    [Fact]
    public async Task A_planned_price_is_told_beside_todays_and_counts_by_itself_from_its_hour_on()
    {
        await Franchise.SetClockAsync("2026-11-24T18:00:00Z");
        var path = await CrmItemAsync("planned", cents: 10000);

        var planned = await PatchAsync(path, """{"priceCents":12000,"validFrom":"2026-11-26T00:00:00-06:00"}""");

        (planned.Text("priceCents"), planned.Text("source"), Next(planned)).ShouldBe(("10000", "crm", "12000 2026-11-26T06:00:00.000Z"));
        await CrmItemAsync("planned", cents: 10500, version: 2);
        await Franchise.SetClockAsync("2026-11-26T05:50:00Z");
        await RoundAsync();
        (Text(await FindAsync(path)), await BookedForAsync(path)).ShouldBe(("10500 crm", 10500));
        await Franchise.SetClockAsync("2026-11-26T06:00:00Z");
        (Text(await FindAsync(path)), await BookedForAsync(path)).ShouldBe(("12000 override", 12000), "before any round");
        await RoundAsync();
        await RoundAsync();

        var begun = await FindAsync(path);
        (Text(begun), begun.Text("validFrom"), Next(begun)).ShouldBe(("12000 override", "2026-11-26T06:00:00.000Z", null));
        (await GetAsync($"{path}/prices")).GetProperty("items").EnumerateArray().Select(change => $"{change.Text("priceCents")} {change.Text("source")}")
            .ShouldBe(["12000 override", "10500 crm", "10000 crm"]);
        (await AsOfAsync(path, "2026-11-26T05:59:59Z"), await AsOfAsync(path, "2026-11-26T06:00:00Z")).ShouldBe(("10500", "12000"));
    }

    [Fact]
    public async Task An_item_that_is_sold_from_a_later_day_on_is_told_and_not_offered_before()
    {
        await Franchise.SetClockAsync("2026-11-27T18:00:00Z");
        var path = await AddAsync("""{"name":"From Sunday","priceCents":1000,"durationMinutes":60,"bookable":true,"validFrom":"2026-11-29T06:00:00Z"}""");

        var told = await FindAsync(path);
        (told.Text("priceCents"), told.Text("validFrom"), Next(told)).ShouldBe(("1000", "2026-11-29T06:00:00.000Z", null));
        (await BookedForAsync(path)).ShouldBeNull();
        (await PatchAsync(path, """{"priceCents":1100}""")).Text("validFrom").ShouldBe("2026-11-29T06:00:00.000Z", "its price is another, and its day stays");
        (await PatchAsync(path, """{"validFrom":"2026-11-28T06:00:00Z"}""")).Text("validFrom").ShouldBe("2026-11-28T06:00:00.000Z");
        await Franchise.SetClockAsync("2026-11-28T06:00:00Z");
        (await BookedForAsync(path)).ShouldBe(1100);
        await RoundAsync();
        await RoundAsync();

        (Text(await FindAsync(path)), await AsOfAsync(path, "2026-11-28T05:59:59Z"), await AsOfAsync(path, "2026-11-28T06:00:00Z")).ShouldBe(("1100 manual", null, "1100"));
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task An_instant_that_is_over_is_from_now_on(string over)
    {
        var path = await AddAsync($$"""{"name":"Over","priceCents":1000,"validFrom":"{{over}}"}""");
        var before = await FindAsync(path);
        before.Text("validFrom").ShouldStartWith("2026-");

        var after = await PatchAsync(path, $$"""{"priceCents":2000,"validFrom":"{{over}}"}""");

        (after.Text("priceCents"), Next(after)).ShouldBe(("2000", null));
        string.CompareOrdinal(after.Text("validFrom"), before.Text("validFrom")).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task What_was_told_and_is_given_back_changes_nothing()
    {
        var crm = await CrmItemAsync("given-back", cents: 10000);
        var late = await AddAsync($$"""{"name":"Given back later","priceCents":1000,"validFrom":"{{NewYear}}"}""");
        var planned = await CrmItemAsync("given-back-with-a-plan", cents: 10000);
        await PatchAsync(planned, $$"""{"priceCents":12000,"validFrom":"{{NewYear}}"}""");
        foreach (var path in new[] { crm, late, planned })
        {
            var told = await FindAsync(path);
            var back = new { priceCents = told.GetProperty("priceCents"), validFrom = told.GetProperty("validFrom"), validUntil = told.GetProperty("validUntil"), next = told.GetProperty("next") };

            var after = await PatchAsync(path, JsonSerializer.Serialize(back));

            (Text(after), after.Text("validFrom"), Next(after)).ShouldBe((Text(told), told.Text("validFrom"), Next(told)));
            (await GetAsync($"{path}/prices")).GetProperty("items").GetArrayLength().ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_plan_is_replaced_let_go_and_stays_when_todays_price_changes()
    {
        var path = await CrmItemAsync("replanned", cents: 10000);
        await PatchAsync(path, $$"""{"priceCents":12000,"validFrom":"{{NewYear}}"}""");

        Next(await PatchAsync(path, """{"priceCents":11000}""")).ShouldBe($"12000 {NewYear}");
        Next(await PatchAsync(path, """{"next":{"priceCents":13000,"validFrom":"2027-02-01T06:00:00Z"}}""")).ShouldBe("13000 2027-02-01T06:00:00.000Z");
        Next(await PatchAsync(path, """{"next":null}""")).ShouldBeNull();
        await PatchAsync(path, $$"""{"priceCents":12000,"validFrom":"{{NewYear}}"}""");
        var given = await PatchAsync(path, """{"priceCents":null}""");
        (Text(given), Next(given)).ShouldBe(("10000 crm", null), "what was ours is given back, and so is what was planned");
    }

    [Fact]
    public async Task A_price_of_ours_that_ends_before_the_planned_one_gives_way_to_the_CRMs_until_then()
    {
        await Franchise.SetClockAsync("2026-12-01T18:00:00Z");
        var path = await CrmItemAsync("ends-then-begins", cents: 10000);
        await PatchAsync(path, """{"priceCents":8000,"validUntil":"2026-12-02"}""");
        await PatchAsync(path, """{"priceCents":12000,"validFrom":"2026-12-04T06:00:00Z"}""");
        await Franchise.SetClockAsync("2026-12-03T12:00:00Z");
        (await BookedForAsync(path)).ShouldBe(10000);
        await Franchise.SetClockAsync("2026-12-05T12:00:00Z");
        (await BookedForAsync(path)).ShouldBe(12000);

        await RoundAsync();

        (await AsOfAsync(path, "2026-12-02T12:00:00Z"), await AsOfAsync(path, "2026-12-03T12:00:00Z"), await AsOfAsync(path, "2026-12-04T12:00:00Z")).ShouldBe(("8000", "10000", "12000"));
    }

    [Fact]
    public async Task What_cannot_be_planned_is_told_by_its_name_and_nothing_is_stored()
    {
        var path = await CrmItemAsync("unplannable", cents: 10000);
        foreach (var (body, field) in new[]
        {
            ($$"""{"validFrom":"{{NewYear}}"}""", "priceCents"), ("""{"priceCents":1,"validFrom":"9999-12-31T23:59:59Z"}""", "validFrom"), ("""{"priceCents":1,"validFrom":"soon"}""", "validFrom"),
            ($$"""{"priceCents":1,"validFrom":"{{NewYear}}","validUntil":"2027-02-01"}""", "validUntil"), ("""{"next":{"priceCents":1,"validFrom":"2020-01-01T00:00:00Z"}}""", "next"),
            ($$$"""{"next":{"priceCents":-1,"validFrom":"{{{NewYear}}}"}}""", "priceCents"), ($$$"""{"next":{"validFrom":"{{{NewYear}}}"}}""", "read"),
        })
        {
            (await PatchAsync(path, body, status: 400)).ToString().ShouldContain(field, Case.Insensitive, body);
        }

        using var manager = Franchise.As("manager");
        using var added = await manager.PostJsonAsync(Catalog, """{"name":"Never","priceCents":1000,"validFrom":"9999-01-01T00:00:00Z"}""");
        added.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (Text(await FindAsync(path)), Next(await FindAsync(path))).ShouldBe(("10000 crm", null));
    }

    private Task RoundAsync() => Franchise.Get<PriceEnds>().RunOnceAsync(CancellationToken.None);

    private static string Text(JsonElement item) => $"{item.Text("priceCents")} {item.Text("source")}";

    private static string? Next(JsonElement item) => item.GetProperty("next") is { ValueKind: JsonValueKind.Object } next ? $"{next.Text("priceCents")} {next.Text("validFrom")}" : null;

    private async Task<long?> BookedForAsync(string path) =>
        (await Franchise.Get<BookableStore>().FindAsync(Franchise.TenantId, Franchise.Austin, Guid.Parse(path[^36..]), CancellationToken.None))?.PriceCents;

    private async Task<string?> AsOfAsync(string path, string at) => (await GetAsync($"/api/locations/{Franchise.Austin}/price-list?at={at}")).GetProperty("items").EnumerateArray()
        .Where(item => path.EndsWith(item.Text("id"), StringComparison.Ordinal)).Select(item => item.Text("priceCents")).SingleOrDefault();

    private async Task<string> AddAsync(string body)
    {
        using var manager = Franchise.As("manager");
        using var made = await manager.PostJsonAsync(Catalog, body);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        return made.Headers.Location!.ToString();
    }

    private async Task<JsonElement> FindAsync(string path) =>
        (await GetAsync($"{Catalog}?active=false&limit=200")).GetProperty("items").EnumerateArray().Single(item => path.EndsWith(item.Text("id"), StringComparison.Ordinal));
}

using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>The CRM's services in our catalog: all of them, each in its newest state, and what staff changed in theirs.</summary>
public sealed class CatalogSyncTests(Franchise franchise) : IClassFixture<Franchise>, IDisposable
{
    private CatalogSync Sync => franchise.Get<CatalogSync>();

    public void Dispose() => franchise.Sandbox.Faults.Clear();

    [Fact]
    public async Task A_new_shop_has_its_own_services_with_prices_and_nobody_elses()
    {
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM service_catalog WHERE location_id = $1 AND active", franchise.Austin)).ShouldBeGreaterThanOrEqualTo(10);
        var suv = (await franchise.Database.RowsAsync("SELECT * FROM service_catalog WHERE location_id = $1 AND name = 'Full SUV Ceramic Tint'", franchise.Austin)).Single();
        (suv["price_cents"], suv["duration_minutes"], suv["bookable"], suv["vehicle_class"], suv["source"]).ShouldBe((47900L, 300, true, "SUV", "crm"));
        (await franchise.Database.ScalarAsync<long>("""
            SELECT count(*) FROM service_catalog a JOIN service_catalog b ON a.external_id = b.external_id AND a.location_id <> b.location_id WHERE a.external_id LIKE '6287a439%'
            """)).ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_catalog_of_several_pages_comes_over_whole_whatever_the_pager_does(bool isDishonest)
    {
        var (shop, external) = await AddShopAsync();
        for (var n = 0; n < 230; n++)
        {
            franchise.PutService($"{external}-{n}", external, $"Service {n}", 100 + n);
        }

        if (isDishonest)
        {
            franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.DishonestPager, Operation = "canned_service.list", Count = 1000 });
        }

        var counts = await franchise.SyncAsync(shop, external);

        counts.ShouldBe(new CatalogCounts(230, 230, 0, 0, true));
        (await franchise.Database.ScalarAsync<long>("SELECT count(DISTINCT price_cents) FROM service_catalog WHERE location_id = $1 AND active", shop)).ShouldBe(230);
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM service_prices p JOIN service_catalog s ON s.id = p.service_id WHERE s.location_id = $1", shop)).ShouldBe(230);
        (await franchise.SyncAsync(shop, external)).ShouldBe(new CatalogCounts(230, 0, 0, 0, true));
    }

    [Fact]
    public async Task What_the_list_no_longer_has_is_let_go_and_comes_back_when_it_has_it_again()
    {
        var (shop, external) = await AddShopAsync();
        franchise.PutService($"{external}-a", external);
        franchise.PutService($"{external}-b", external);
        await franchise.SyncAsync(shop, external);
        franchise.PutService($"{external}-a", "elsewhere");

        (await franchise.SyncAsync(shop, external)).ShouldBe(new CatalogCounts(1, 0, 0, 1, true));
        ((await franchise.ItemAsync(shop, $"{external}-a"))!["active"], (await franchise.ItemAsync(shop, $"{external}-a"))!["crm_state"]).ShouldBe((false, "missing"));
        ((await franchise.ItemAsync(shop, $"{external}-b"))!["active"]).ShouldBe(true);

        franchise.PutService($"{external}-a", external);
        (await franchise.SyncAsync(shop, external)).ShouldBe(new CatalogCounts(2, 0, 1, 0, true));
        ((await franchise.ItemAsync(shop, $"{external}-a"))!["active"]).ShouldBe(true);
        (await HistoryAsync(shop, $"{external}-a")).ShouldBe([(10000L, true), (10000L, false), (10000L, true)]);
    }

    [Fact]
    public async Task A_service_without_a_price_is_not_offered_until_it_has_one()
    {
        var (shop, external) = await AddShopAsync();
        franchise.PutService($"{external}-a", external);
        await franchise.SyncAsync(shop, external);
        franchise.PutService($"{external}-a", external, cents: null);

        (await franchise.SyncAsync(shop, external)).LetGo.ShouldBe(1);

        ((await franchise.ItemAsync(shop, $"{external}-a"))!["active"]).ShouldBe(false);
    }

    [Fact]
    public async Task A_service_of_no_shop_is_of_all_shops_and_one_that_moves_goes_where_it_belongs()
    {
        var row = Row("everywhere", null, version: 1);

        (await Apply(row)).ShouldBeGreaterThanOrEqualTo(2);
        (await OffersAsync("everywhere")).ShouldBe((true, true));
        await Apply(row with { LocationId = Crm.PhoenixId, Meta = new() { Version = 2 } });
        (await OffersAsync("everywhere")).ShouldBe((false, true));
        await Apply(row with { LocationId = Crm.AustinId, Meta = new() { Version = 3 } });
        (await OffersAsync("everywhere")).ShouldBe((true, false));

        async Task<(bool, bool)> OffersAsync(string id) =>
            ((await franchise.ItemAsync(franchise.Austin, id))?["active"] is true, (await franchise.ItemAsync(franchise.Phoenix, id))?["active"] is true);
    }

    [Fact]
    public async Task An_older_state_changes_nothing_and_the_same_again_neither()
    {
        (await Apply(Row("ordered", Crm.AustinId, version: 5, cents: 500))).ShouldBe(1);
        (await Apply(Row("ordered", Crm.AustinId, version: 5, cents: 500))).ShouldBe(0);
        (await Apply(Row("ordered", Crm.AustinId, version: 4, cents: 400))).ShouldBe(0);
        (await Apply(Row("ordered", Crm.AustinId, version: 6, cents: 600))).ShouldBe(1);

        (await HistoryAsync(franchise.Austin, "ordered")).ShouldBe([(500L, true), (600L, true)]);
    }

    [Fact]
    public async Task What_was_deleted_is_not_brought_back_by_an_older_state_or_by_the_same()
    {
        await Apply(Row("deleted", Crm.AustinId, version: 5));
        (await Apply(Row("deleted", Crm.AustinId, version: 6), isGone: true)).ShouldBe(1);

        (await Apply(Row("deleted", Crm.AustinId, version: 5))).ShouldBe(0);
        (await Apply(Row("deleted", Crm.AustinId, version: 6))).ShouldBe(0);
        ((await franchise.ItemAsync(franchise.Austin, "deleted"))!["active"]).ShouldBe(false);
        (await Apply(Row("deleted", Crm.AustinId, version: 7))).ShouldBe(1); // the CRM itself took it back
        ((await franchise.ItemAsync(franchise.Austin, "deleted"))!["active"]).ShouldBe(true);
    }

    [Fact]
    public async Task An_event_that_only_says_deleted_and_an_id_is_believed_in_every_shop()
    {
        await Apply(Row("gone", null, version: 5));

        (await Apply(new CannedServiceRow { Id = "gone" }, isGone: true)).ShouldBeGreaterThanOrEqualTo(2);

        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM service_catalog WHERE external_id = 'gone' AND active")).ShouldBe(0);
        (await Apply(new CannedServiceRow { Id = "never heard of" }, isGone: true)).ShouldBe(0);
        (await Apply(Row("a\u0000b", null, version: 1))).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_is_silent_about_work_and_booking_leaves_what_was_known()
    {
        await Apply(Row("sparse", Crm.AustinId, version: 1) with { Labors = [new() { Hours = 2 }], Bookable = true });
        await Apply(Row("sparse", Crm.AustinId, version: 2, cents: 77) with { Labors = null, Bookable = null });

        var item = (await franchise.ItemAsync(franchise.Austin, "sparse"))!;
        (item["price_cents"], item["duration_minutes"], item["bookable"]).ShouldBe((77L, 120, true));
    }

    [Theory]
    [InlineData("5")] // two rows are never shown
    [InlineData("null")] // the CRM does not say how many there are
    public async Task A_list_that_never_becomes_whole_adds_what_it_shows_and_lets_nothing_go(string total)
    {
        var (shop, external) = await AddShopAsync();
        var id = franchise.PutService($"{external}-a", external);
        await franchise.SyncAsync(shop, external);
        using var crm = new HttpClient(new OneAnswer($$"""
            {"success":true,"data":[{"id":"{{external}}-b","locationId":"{{external}}","name":"New","totalCents":5},null,{"id":"{{external}}-c","name":"Odd"}],"meta":{"total": {{total}} } }
            """));

        var counts = await SyncOf(crm).SyncAsync(franchise.TenantId, shop, external, CancellationToken.None);

        counts.ShouldBe(new CatalogCounts(2, 1, 0, 0, false));
        (await franchise.ItemAsync(shop, id))!["active"].ShouldBe(true);
        (await franchise.ItemAsync(shop, $"{external}-b"))!["price_cents"].ShouldBe(5L);
    }

    [Fact]
    public async Task A_service_that_cannot_be_read_keeps_no_other_one_away()
    {
        var (shop, external) = await AddShopAsync();
        using var crm = new HttpClient(new OneAnswer($$"""
            {"data":[{"id":"{{external}}-a","locationId":"{{external}}","name":350,"totalCents":5,"labors":[{"hours":""}]},
                     {"id":"{{external}}-b","locationId":"{{external}}","name":["odd"],"totalCents":5},{"name":"No id"},
                     {"id":"{{external}}-c","locationId":"{{external}}","name":"Tint","totalCents":"700"}],"meta":{"total":4} }
            """));

        var counts = await SyncOf(crm).SyncAsync(franchise.TenantId, shop, external, CancellationToken.None);

        counts.ShouldBe(new CatalogCounts(3, 2, 0, 0, true));
        (await franchise.ItemAsync(shop, $"{external}-a"))!["name"].ShouldBe("350");
        (await franchise.ItemAsync(shop, $"{external}-c"))!["price_cents"].ShouldBe(700L);
    }

    [Fact]
    public async Task An_outage_in_the_middle_of_a_list_changes_nothing()
    {
        var (shop, external) = await AddShopAsync();
        var id = franchise.PutService($"{external}-a", external);
        await franchise.SyncAsync(shop, external);
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "canned_service.list", Status = 503, Count = 1 });

        (await Should.ThrowAsync<ShopmonkeyException>(() => franchise.SyncAsync(shop, external))).Failure.ShouldBe(ShopmonkeyFailure.Outage);

        (await franchise.ItemAsync(shop, id))!["active"].ShouldBe(true);
    }

    [Fact]
    public async Task Readings_and_events_at_the_same_time_end_in_the_newest_state_with_one_history()
    {
        var (shop, external) = await AddShopAsync();
        var id = franchise.PutService($"{external}-busy", external, cents: 100);
        await Task.WhenAll(Enumerable.Range(1, 20).Select(n => n % 4 == 0
            ? (Task)franchise.SyncAsync(shop, external)
            : Apply(Row(id, external, version: 2_000_000_000_000 + n, cents: 100 + n))));

        var item = (await franchise.ItemAsync(shop, id))!;
        (item["price_cents"], item["active"]).ShouldBe((119L, true));
        var history = await HistoryAsync(shop, id);
        history[^1].ShouldBe((119L, true));
        history.Zip(history.Skip(1)).Count(pair => pair.First == pair.Second).ShouldBe(0);
    }

    private CatalogSync SyncOf(HttpClient crm) =>
        new(new ShopmonkeyClient(crm, franchise.Get<VendorAccounts>(), franchise.Get<CrmPaces>()), franchise.Get<CatalogItemStore>(), franchise.Get<LocationStore>(), franchise.Get<LeadDatabase>());

    private Task<int> Apply(CannedServiceRow row, bool isGone = false) => Sync.ApplyAsync(franchise.TenantId, row, isGone, CancellationToken.None);

    private static CannedServiceRow Row(string id, string? locationId, long version, long cents = 10000) =>
        new() { Id = id, LocationId = locationId, Name = $"Service {id}", FixedPriceCents = cents, Bookable = true, Labors = [], Meta = new() { Version = version } };

    private async Task<(Guid Id, string ExternalId)> AddShopAsync()
    {
        var (id, external) = (Guid.CreateVersion7(), $"shop-{Guid.CreateVersion7():N}");
        await franchise.Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, synced_at, created_at, updated_at) VALUES ($1, $2, $3, 'Shop', 'America/Chicago', now(), now(), now())
            """, franchise.TenantId, id, external);
        return (id, external);
    }

    private async Task<IReadOnlyList<(long PriceCents, bool Active)>> HistoryAsync(Guid shop, string externalId) => [.. (await franchise.Database.RowsAsync("""
        SELECT p.price_cents, p.active FROM service_prices p JOIN service_catalog s ON s.tenant_id = p.tenant_id AND s.id = p.service_id
        WHERE s.location_id = $1 AND s.external_id = $2 ORDER BY p.ordinal
        """, shop, externalId)).Select(row => ((long)row["price_cents"]!, (bool)row["active"]!))];

    private sealed class OneAnswer(string json) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
    }
}

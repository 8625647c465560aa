using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>How shops come over from the CRM, and what becomes of them there.</summary>
public sealed class LocationSyncTests(Franchise franchise) : IClassFixture<Franchise>, IDisposable
{
    private LocationSync Sync => franchise.Get<LocationSync>();

    public void Dispose() => franchise.Sandbox.Faults.Clear();

    [Fact]
    public async Task A_new_shop_that_many_ask_for_at_once_is_read_once()
    {
        var external = PutShop("America/Denver");
        var before = await RunsAsync();

        var found = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => EnsureAsync(external)));

        found.Select(location => location.Id).Distinct().ShouldHaveSingleItem();
        found[0].Timezone.ShouldBe("America/Denver");
        (await RunsAsync()).ShouldBe(before + 1);
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData(null)]
    public async Task A_zone_that_nobody_knows_is_the_franchises(string? zone)
    {
        var tenant = await franchise.Get<TenantStore>().GetAsync(franchise.TenantId, CancellationToken.None);

        (await EnsureAsync(PutShop(zone))).Timezone.ShouldBe(tenant.Timezone);
    }

    [Fact]
    public async Task A_shop_that_the_CRM_no_longer_has_keeps_its_row_and_offers_nothing()
    {
        var external = PutShop("America/Denver");
        var service = franchise.PutService($"of-{external}", external);
        var location = await EnsureAsync(external);
        (await franchise.ItemAsync(location.Id, service))!["active"].ShouldBe(true);
        await DeleteAsync("location", external);
        await DeleteAsync("canned_service", service);

        var counts = await Sync.SyncAsync(franchise.TenantId, external, CancellationToken.None);

        // The CRM tells of what was deleted, too: then it is gone before it is looked for.
        counts.ShouldBe(new CatalogCounts(0, 0, 0, counts.LetGo, true));
        counts.LetGo.ShouldBeInRange(0, 1);
        (await franchise.ItemAsync(location.Id, service))!["active"].ShouldBe(false);
        (await franchise.Database.ScalarAsync<string>("SELECT name FROM locations WHERE id = $1", location.Id)).ShouldBe("A shop");
    }

    [Fact]
    public async Task A_shop_that_the_CRM_never_showed_costs_one_question_and_no_list()
    {
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "canned_service.list", Status = 500, Count = 1 });

        (await Sync.SyncAsync(franchise.TenantId, "6287a4044d1a723b10efaa01", CancellationToken.None)).ShouldBe(new CatalogCounts(0, 0, 0, 0, true));
    }

    [Fact]
    public async Task What_the_CRM_does_not_say_any_more_keeps_its_value()
    {
        var external = PutShop("America/Denver");
        var location = await EnsureAsync(external);
        PutShop("America/Denver", external, row => (row["phone"], row["address1"], row["city"], row["state"], row["postalCode"]) = (null, null, null, null, null));

        await Sync.SyncAsync(franchise.TenantId, external, CancellationToken.None);

        var row = (await franchise.Database.RowsAsync("SELECT phone, address FROM locations WHERE id = $1", location.Id)).Single();
        (row["phone"], row["address"]).ShouldBe(("+13035550100", "1 Main St, Denver, CO 80202"));
    }

    [Fact]
    public async Task A_town_is_no_address_that_a_letter_would_reach_and_one_of_before_is_forgotten()
    {
        var external = PutShop("America/Denver", change: row => row["address1"] = null);
        var location = await EnsureAsync(external);
        (await franchise.Database.ScalarAsync<string?>("SELECT address FROM locations WHERE id = $1", location.Id)).ShouldBeNull();
        await franchise.Database.ExecuteAsync("UPDATE locations SET address = 'Denver, CO 80202' WHERE id = $1", location.Id);

        await Sync.SyncAsync(franchise.TenantId, external, CancellationToken.None);

        (await franchise.Database.ScalarAsync<string?>("SELECT address FROM locations WHERE id = $1", location.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_list_of_services_that_stays_incomplete_fails_the_run_by_name_and_not_the_shop()
    {
        var external = PutShop("America/Denver");
        await EnsureAsync(external);
        using var crm = new HttpClient(new TwoAnswers(
            $$"""{"success":true,"data":{"id":"{{external}}","name":"Renamed","timezone":"America/Denver"} }""", """{"success":true,"data":[],"meta":{"total":3} }"""));
        var client = new ShopmonkeyClient(crm, franchise.Get<VendorAccounts>(), franchise.Get<CrmPaces>());
        var catalog = new CatalogSync(client, franchise.Get<CatalogItemStore>(), franchise.Get<LocationStore>(), franchise.Get<LeadDatabase>());
        var sync = new LocationSync(
            client, franchise.Get<LocationStore>(), catalog, franchise.Get<TenantStore>(), franchise.Get<JobExecutionStore>(), franchise.Get<TimeProvider>(), franchise.Get<ILogger<LocationSync>>());

        (await sync.SyncAsync(franchise.TenantId, external, CancellationToken.None)).IsComplete.ShouldBeFalse();

        (await franchise.Database.ScalarAsync<string>("SELECT error FROM job_executions WHERE job = 'shopmonkey_location_sync' ORDER BY id DESC LIMIT 1")).ShouldBe("shopmonkey_list_incomplete");
        (await franchise.Database.ScalarAsync<string>("SELECT name FROM locations WHERE external_id = $1", external)).ShouldBe("Renamed");
    }

    private Task<Location> EnsureAsync(string external) => Sync.EnsureAsync(franchise.TenantId, external, isPatient: false, CancellationToken.None);

    private Task<long> RunsAsync() => franchise.Database.ScalarAsync<long>("SELECT count(*) FROM job_executions WHERE job = 'shopmonkey_location_sync'");

    private string PutShop(string? zone, string? id = null, Action<JsonObject>? change = null)
    {
        id ??= $"{Guid.CreateVersion7():N}"[..24];
        var row = new JsonObject
        {
            ["id"] = id, ["name"] = "A shop", ["address1"] = "1 Main St", ["city"] = "Denver", ["state"] = "CO", ["postalCode"] = "80202", ["phone"] = "(303) 555-0100", ["timezone"] = zone,
        };
        change?.Invoke(row);
        franchise.Sandbox.Crm.Put("location", row);
        return id;
    }

    private async Task DeleteAsync(string table, string id)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sandbox-shopmonkey-key");
        (await http.DeleteAsync(new Uri($"{franchise.Sandbox.BareUrl}/v3/{table}/{id}"))).EnsureSuccessStatusCode();
    }

    private sealed class TwoAnswers(string shop, string services) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK)
        {
            Content = new StringContent(request.RequestUri!.AbsolutePath.Contains("/location/", StringComparison.Ordinal) ? shop : services, System.Text.Encoding.UTF8, "application/json"),
        });
    }
}

using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Shops;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.Caching.Hybrid;

namespace LeadOrchestrator.ChatApi.Tests.Shops;

/// <summary>What is remembered of shops: never an old price, never another franchise's.</summary>
public sealed class ShopFactsTests(Scene scene) : IClassFixture<Scene>
{
    private ShopFacts Facts => scene.Chat.Get<ShopFacts>();

    private HybridCache Cache => scene.Chat.Get<HybridCache>();

    [Fact]
    public async Task A_changed_price_is_in_the_next_answer_of_every_process()
    {
        var shop = await AddShopAsync(scene.TenantId, 39900);
        var here = await CustomerAsync(scene.TenantId, shop);
        var elsewhere = here.At(await scene.StartAsync());
        (await AnswerAsync(here)).ShouldContain("$399.00");
        (await AnswerAsync(elsewhere)).ShouldContain("$399.00");

        await SetPriceAsync(scene.TenantId, shop, 41000);

        (await AnswerAsync(elsewhere)).ShouldContain("$410.00");
        (await AnswerAsync(here)).ShouldContain("$410.00");
    }

    [Fact]
    public async Task What_has_not_changed_is_not_read_again()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        var conversation = Conversation(shop, version: 2);
        (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);

        // Past the trigger, as nothing of ours can: whoever reads the table now sees 999.
        await scene.Database.ExecuteAsync($"""
            BEGIN; SET LOCAL session_replication_role = replica; UPDATE service_catalog SET price_cents = 999 WHERE location_id = '{shop}'; COMMIT
            """);

        (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);
        (await PricesAsync(scene.TenantId, conversation with { CatalogVersion = 3 })).ShouldBe([999L]);
    }

    [Fact]
    public async Task Two_franchises_whose_shops_have_the_same_name_and_even_the_same_id_have_their_own_prices_and_hours()
    {
        var other = await AddTenantAsync();
        var shop = await AddShopAsync(scene.TenantId, 100);
        await AddShopAsync(other, 200, shop);
        await AddHoursAsync(scene.TenantId, shop, "08:00");
        await AddHoursAsync(other, shop, "11:00");
        var conversation = Conversation(shop, version: 2);

        for (var round = 0; round < 3; round++)
        {
            (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);
            (await PricesAsync(other, conversation)).ShouldBe([200L]);
            (await OpensAsync(scene.TenantId)).ShouldBe(new TimeOnly(8, 0));
            (await OpensAsync(other)).ShouldBe(new TimeOnly(11, 0));
        }

        (await PricesAsync(Guid.CreateVersion7(), conversation)).ShouldBeEmpty();

        async Task<TimeOnly> OpensAsync(Guid tenant) => (await Facts.HoursAsync(tenant, conversation, CancellationToken.None)).Days.Single().Opens;
    }

    [Fact]
    public async Task An_entry_of_another_franchise_under_ones_own_key_is_not_used_and_is_put_right()
    {
        var other = await AddTenantAsync();
        var shop = await AddShopAsync(scene.TenantId, 100);
        var conversation = Conversation(shop, version: 2);
        var key = ShopFacts.CatalogKey(scene.TenantId, shop, 2);
        await Cache.SetAsync(key, new ShopCatalog(new Shop(other, shop), [Item(1)]));

        (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);

        var healed = await Cache.GetOrCreateAsync<ShopCatalog>(key, _ => throw new InvalidOperationException("must be there"));
        healed.Shop.ShouldBe(new Shop(scene.TenantId, shop));
        healed.Items.Single().PriceCents.ShouldBe(100);
        await Cache.SetAsync(key, new ShopCatalog(new Shop(scene.TenantId, Guid.CreateVersion7()), [Item(1)]));
        (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);
        await Cache.SetAsync(ShopFacts.HoursKey(scene.TenantId, shop, 2), new ShopHours(new Shop(other, shop), [], [new(new(2026, 11, 23), true, null, null, "theirs")]));
        (await Facts.HoursAsync(scene.TenantId, conversation, CancellationToken.None)).Exceptions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_asks_after_a_change_was_committed_never_gets_what_was_before_it()
    {
        var shop = await AddShopAsync(scene.TenantId, 1);
        var customer = await CustomerAsync(scene.TenantId, shop);
        var session = new SessionKey(scene.TenantId, customer.SessionId);
        var second = await scene.StartAsync();
        var committed = 1L;
        using var over = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 6).Select(number => ReadAsync(number % 2 == 0 ? scene.Chat : second)).ToList();
        for (var price = 2; price <= 60; price++)
        {
            await SetPriceAsync(scene.TenantId, shop, price);
            Volatile.Write(ref committed, price);
        }

        await over.CancelAsync();
        (await Task.WhenAll(readers)).Sum().ShouldBeGreaterThan(20);

        async Task<int> ReadAsync(ChatServer server)
        {
            var reads = 0;
            for (; !over.IsCancellationRequested; reads++)
            {
                var floor = Volatile.Read(ref committed);
                var conversation = (await server.Get<ConversationStore>().FindAsync(session, CancellationToken.None))!;
                var catalog = await server.Get<ShopFacts>().CatalogAsync(scene.TenantId, conversation, scene.Sandbox.Clock.Now, CancellationToken.None);
                catalog.Single().PriceCents.ShouldBeGreaterThanOrEqualTo(floor);
            }

            return reads;
        }
    }

    [Fact]
    public async Task A_price_of_next_week_is_said_next_week_without_any_change()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        var now = scene.Sandbox.Clock.Now;
        await scene.Database.ExecuteAsync("UPDATE service_catalog SET valid_from = $2 WHERE location_id = $1", shop, now.AddDays(7).UtcDateTime);
        var conversation = Conversation(shop, version: 3);

        (await Facts.CatalogAsync(scene.TenantId, conversation, now, CancellationToken.None)).ShouldBeEmpty();
        (await Facts.CatalogAsync(scene.TenantId, conversation, now.AddDays(7), CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_price_that_ends_is_not_said_on_the_day_after_without_any_change()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        await scene.Database.ExecuteAsync("UPDATE service_catalog SET source = 'override', overridden = '{priceCents}', crm_price_cents = 250, valid_until = '2026-11-24' WHERE location_id = $1", shop);
        var conversation = Conversation(shop, version: 3);
        var midnight = new DateTimeOffset(2026, 11, 25, 6, 0, 0, TimeSpan.Zero); // in Chicago

        var before = (await Facts.CatalogAsync(scene.TenantId, conversation, midnight.AddSeconds(-1), CancellationToken.None)).Single();
        var after = (await Facts.CatalogAsync(scene.TenantId, conversation, midnight, CancellationToken.None)).Single();

        (before.PriceCents, before.ValidUntil).ShouldBe((100, new DateOnly(2026, 11, 24)));
        (after.PriceCents, after.ValidUntil).ShouldBe((250, null));
    }

    [Fact]
    public async Task A_planned_price_is_said_from_its_hour_on_and_the_one_before_it_until_the_day_before()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        await scene.Database.ExecuteAsync("UPDATE service_catalog SET next_price_cents = 300, next_valid_from = '2026-12-01T06:00:00Z' WHERE location_id = $1", shop);
        var conversation = Conversation(shop, version: 3);
        var midnight = new DateTimeOffset(2026, 12, 1, 6, 0, 0, TimeSpan.Zero); // in Chicago

        var before = (await Facts.CatalogAsync(scene.TenantId, conversation, midnight.AddTicks(-1), CancellationToken.None)).Single();
        var after = (await Facts.CatalogAsync(scene.TenantId, conversation, midnight, CancellationToken.None)).Single();

        (before.PriceCents, before.ValidUntil).ShouldBe((100, new DateOnly(2026, 11, 30)));
        (after.PriceCents, after.ValidUntil, after.ValidFrom).ShouldBe((300, null, midnight));
    }

    [Theory]
    [InlineData("2026-12-01T05:59:00Z", "2026-11-29", "2026-11-29T18:00:00Z")]
    [InlineData("2026-12-01T18:00:00Z", "2026-11-30", "2026-11-30T18:00:00Z")]
    [InlineData("2026-12-01T18:00:00Z", null, "2026-12-01T12:00:00Z")]
    public async Task A_price_that_changes_in_the_middle_of_a_day_is_not_said_to_hold_that_day(string changesAt, string? lastDay, string now)
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        await scene.Database.ExecuteAsync("UPDATE service_catalog SET next_price_cents = 300, next_valid_from = $2::text::timestamptz WHERE location_id = $1", shop, changesAt);

        var item = (await Facts.CatalogAsync(scene.TenantId, Conversation(shop, version: 3), DateTimeOffset.Parse(now, null), CancellationToken.None)).Single();

        (item.PriceCents, item.ValidUntil?.ToString("O", null)).ShouldBe((100, lastDay));
    }

    [Fact]
    public async Task A_holiday_that_was_entered_just_now_closes_the_shop_on_the_page()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        await AddHoursAsync(scene.TenantId, shop, "08:00");
        var customer = await CustomerAsync(scene.TenantId, shop);
        (await OpenNowAsync()).ShouldBe("True");

        await scene.Database.ExecuteAsync(
            "INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, note) VALUES ($1, $2, $3, '2026-11-23', true, 'Inventory')",
            scene.TenantId, Guid.CreateVersion7(), shop);

        (await OpenNowAsync()).ShouldBe("False");

        async Task<string> OpenNowAsync()
        {
            using var answer = await customer.SendAsync(HttpMethod.Get, "");
            using var body = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return body.RootElement.GetProperty("location").GetProperty("openNow").ToString();
        }
    }

    [Fact]
    public async Task The_assistant_says_the_holiday_by_its_date_and_name()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        await AddHoursAsync(scene.TenantId, shop, "08:00");
        await scene.Database.ExecuteAsync(
            "INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, note) VALUES ($1, $2, $3, '2026-11-26', true, 'Thanksgiving')",
            scene.TenantId, Guid.CreateVersion7(), shop);
        var customer = await CustomerAsync(scene.TenantId, shop);

        var answer = (await customer.AskAsync("What are your hours?"))[^1].Text("content");

        answer.ShouldContain("Thursday 26 Nov: closed (Thanksgiving)");
        answer.ShouldContain("Monday 23 Nov: 08:00–17:00");
    }

    [Fact]
    public async Task Many_customers_of_a_shop_that_nobody_has_asked_about_get_the_same_catalog()
    {
        var shop = await AddShopAsync(scene.TenantId, 12300);
        var conversation = Conversation(shop, version: 2);

        var catalogs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Facts.CatalogAsync(scene.TenantId, conversation, scene.Sandbox.Clock.Now, CancellationToken.None).AsTask()));

        // One of them asked, and all have the one object that it got: a copy for each would be memory for nothing.
        catalogs.ShouldAllBe(catalog => ReferenceEquals(catalog, catalogs[0]));
        catalogs[0].Single().PriceCents.ShouldBe(12300);
    }

    [Fact]
    public async Task Who_leaves_while_the_catalog_is_read_does_not_spoil_it_for_the_others()
    {
        var shop = await AddShopAsync(scene.TenantId, 100);
        var conversation = Conversation(shop, version: 2);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Facts.CatalogAsync(scene.TenantId, conversation, scene.Sandbox.Clock.Now, gone.Token).AsTask());

        (await PricesAsync(scene.TenantId, conversation)).ShouldBe([100L]);
    }

    private static CatalogItem Item(long priceCents) => new(Guid.CreateVersion7(), "Planted", "", priceCents, null, true, null, DateTimeOffset.UnixEpoch);

    private static Conversation Conversation(Guid shop, long version) =>
        new(Guid.Empty, SessionModes.Ai, Guid.Empty, "Ann", "", "", shop, "Shop", null, null, "America/Chicago", version, version);

    private async Task<IEnumerable<long>> PricesAsync(Guid tenant, Conversation conversation) =>
        (await Facts.CatalogAsync(tenant, conversation, scene.Sandbox.Clock.Now, CancellationToken.None)).Select(item => item.PriceCents);

    private static async Task<string> AnswerAsync(Customer customer) => (await customer.AskAsync("How much is ceramic tint?"))[^1].Text("content");

    private async Task<Guid> AddTenantAsync()
    {
        var id = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Same', 'America/Chicago', now(), now())", id, $"t-{id:N}");
        return id;
    }

    private async Task<Guid> AddShopAsync(Guid tenant, long priceCents, Guid? id = null)
    {
        var shop = id ?? Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Same Name', 'America/Chicago', now(), now())", tenant, shop);
        await scene.Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, bookable, source, valid_from, updated_at)
            VALUES ($1, $2, $3, 'Full Car Ceramic Tint', $4, true, 'manual', '2020-01-01', now())
            """, tenant, Guid.CreateVersion7(), shop, priceCents);
        return shop;
    }

    private Task<int> AddHoursAsync(Guid tenant, Guid shop, string opens) => scene.Database.ExecuteAsync(
        "INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) VALUES ($1, $2, $3, 1, $4::text::time, '17:00')", tenant, Guid.CreateVersion7(), shop, opens);

    private Task<int> SetPriceAsync(Guid tenant, Guid shop, long priceCents) =>
        scene.Database.ExecuteAsync("UPDATE service_catalog SET price_cents = $3 WHERE tenant_id = $1 AND location_id = $2", tenant, shop, priceCents);

    private async Task<Customer> CustomerAsync(Guid tenant, Guid shop)
    {
        var (lead, code) = await scene.LeadAsync();
        await scene.Database.ExecuteAsync("UPDATE leads SET location_id = $3 WHERE tenant_id = $1 AND id = $2", tenant, lead, shop);
        return await Customer.OpenAsync(scene.Chat, code);
    }
}

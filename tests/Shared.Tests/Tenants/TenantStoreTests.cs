using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Shared.Tests.Tenants;

public sealed class TenantStoreTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private TenantStore _tenants = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _tenants = new TenantStore(_database.Lead, new FakeTimeProvider(HttpClock.MondayMorning));
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_tenant_is_found_by_slug_id_and_company()
    {
        var id = await _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", "company-1", CancellationToken.None);

        (await _tenants.FindAsync("acme-tint", CancellationToken.None)).ShouldBe(id);
        (await _tenants.FindAsync(id.ToString(), CancellationToken.None)).ShouldBe(id);
        (await _tenants.FindByCompanyAsync("company-1", CancellationToken.None)).ShouldBe(id);
        (await _tenants.FindAsync("acme", CancellationToken.None)).ShouldBeNull();
        (await _tenants.FindByCompanyAsync("", CancellationToken.None)).ShouldBeNull();
        (await _tenants.GetAsync(id, CancellationToken.None)).ShouldBe(new Tenant(id, "acme-tint", "Acme Tint", "America/Chicago", "company-1", 10_000_000));
    }

    [Fact]
    public async Task Made_at_once_from_many_sides_it_is_one()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", "company-1", CancellationToken.None)));

        ids.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_company_that_is_named_later_is_adopted_and_none_does_not_erase_it()
    {
        var id = await _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", null, CancellationToken.None);

        await _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", "company-1", CancellationToken.None);
        await _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", null, CancellationToken.None);

        (await _tenants.FindByCompanyAsync("company-1", CancellationToken.None)).ShouldBe(id);
    }

    [Fact]
    public async Task A_company_that_is_another_tenants_is_a_problem_of_the_settings_for_an_old_tenant_and_a_new_one()
    {
        await _tenants.EnsureAsync("acme-tint", "Acme Tint", "America/Chicago", "company-1", CancellationToken.None);
        await _tenants.EnsureAsync("bright-detail", "Bright Detail", "America/New_York", null, CancellationToken.None);

        foreach (var slug in new[] { "bright-detail", "third" })
        {
            var exception = await Should.ThrowAsync<SettingsException>(() => _tenants.EnsureAsync(slug, slug, "America/New_York", "company-1", CancellationToken.None));
            exception.Problems.ShouldHaveSingleItem().ShouldStartWith("SHOPMONKEY_TENANT_ID");
        }
    }

    [Theory]
    [InlineData("acme-tint", "Acme Tint")]
    [InlineData("default", "Default")]
    [InlineData("a--b", "A B")]
    public void A_slug_makes_a_first_name(string slug, string name) => DefaultTenant.NameOf(slug).ShouldBe(name);

    [Fact]
    public async Task A_tenant_is_made_in_its_own_transaction_or_not_at_all()
    {
        var id = Guid.CreateVersion7();
        await using (var transaction = await _database.Lead.BeginAsync(id, CancellationToken.None))
        {
            (await _tenants.AddAsync(transaction, "made", "Made", "UTC", "company-made", CancellationToken.None)).ShouldBeTrue();
        }

        (await _tenants.FindAsync("made", CancellationToken.None)).ShouldBeNull("it was never committed");
        await AddAsync(id, "made", "company-made");
        (await _tenants.ViewAsync(id, CancellationToken.None))!.Slug.ShouldBe("made");
        (await AddAsync(Guid.CreateVersion7(), "made", null)).ShouldBeFalse("the slug is taken");
        (await AddAsync(Guid.CreateVersion7(), "other", "company-made")).ShouldBeFalse("the company is taken");
    }

    [Fact]
    public async Task What_is_left_out_of_a_change_stays_and_a_company_of_another_changes_nothing()
    {
        var id = Guid.CreateVersion7();
        await AddAsync(id, "changes", "company-changes");
        await AddAsync(Guid.CreateVersion7(), "neighbour", "company-neighbour");

        (await ChangeAsync(id, "New name", null, null)).ShouldBeTrue();
        (await ChangeAsync(id, "Never", null, "company-neighbour")).ShouldBeFalse();
        (await ChangeAsync(Guid.CreateVersion7(), "Nobody", null, null)).ShouldBeFalse();

        var tenant = (await _tenants.ViewAsync(id, CancellationToken.None))!;
        (tenant.Name, tenant.Timezone, tenant.ShopmonkeyCompanyId).ShouldBe(("New name", "UTC", "company-changes"));
    }

    [Fact]
    public async Task All_are_listed_newest_first_and_each_once()
    {
        var ids = Enumerable.Range(0, 7).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            await AddAsync(id, $"tenant-{ids.IndexOf(id)}", null);
        }

        var first = await _tenants.ListAsync(null, 4, CancellationToken.None);
        var rest = await _tenants.ListAsync(first[^1].Id, 4, CancellationToken.None);

        first.Concat(rest).Select(tenant => tenant.Id).ShouldBe(ids.OrderDescending());
        (await _tenants.ListAsync(ids.Min(), 4, CancellationToken.None)).ShouldBeEmpty();
        (await _tenants.AllAsync(CancellationToken.None)).ShouldBe(ids, ignoreOrder: true);
    }

    private async Task<bool> AddAsync(Guid id, string slug, string? company)
    {
        await using var transaction = await _database.Lead.BeginAsync(id, CancellationToken.None);
        var isMade = await _tenants.AddAsync(transaction, slug, slug, "UTC", company, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return isMade;
    }

    private async Task<bool> ChangeAsync(Guid id, string? name, string? zone, string? company)
    {
        await using var transaction = await _database.Lead.BeginAsync(id, CancellationToken.None);
        var isChanged = await _tenants.ChangeAsync(transaction, name, zone, company, CancellationToken.None);
        if (isChanged)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }

        return isChanged;
    }
}

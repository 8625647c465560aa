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
}

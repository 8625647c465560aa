using System.Net;
using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Staff;

/// <summary>New franchises, made over the API and alive at once.</summary>
public sealed class TenantEndpointsTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Fact]
    public async Task A_new_franchise_is_shown_audited_and_its_owner_signs_in()
    {
        var made = await TwoFranchises.OkAsync(await AddAsync(new
        {
            slug = "new-one", name = "New One", timezone = "America/Denver", shopmonkeyCompanyId = "company-of-new-one", owner = new { email = " Owner@New-One.example ", password = "twelve-letters" },
        }));

        made.GetProperty("slug").GetString().ShouldBe("new-one");
        made.GetProperty("timezone").GetString().ShouldBe("America/Denver");
        made.GetProperty("shopmonkeyCompanyId").GetString().ShouldBe("company-of-new-one");
        var id = made.GetProperty("id").GetGuid();
        (await shop.Admin.GetStringAsync($"/api/tenants/{id}")).ShouldContain("New One");
        (await shop.Database.ScalarAsync<string>("SELECT action FROM audit_events WHERE tenant_id = $1 AND action = 'tenant_created'", id)).ShouldBe("tenant_created");
        using var owner = await shop.SignInAsync("owner@new-one.example", "twelve-letters");
        (await owner.GetStringAsync("/api/leads")).ShouldContain("\"items\":[]");
    }

    [Theory]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\"}", "timezone")]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\",\"timezone\":\"Mars/Olympus\"}", "timezone")]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\",\"timezone\":\"EST5PDT; DROP\"}", "timezone")]
    [InlineData("{\"slug\":\"Big Letters\",\"name\":\"X\",\"timezone\":\"UTC\"}", "slug")]
    [InlineData("{\"slug\":\"-x\",\"name\":\"X\",\"timezone\":\"UTC\"}", "slug")]
    [InlineData("{\"slug\":\"019ab1c2-0000-7000-8000-000000000001\",\"name\":\"X\",\"timezone\":\"UTC\"}", "slug")]
    [InlineData("{\"slug\":\"x\",\"name\":\"\",\"timezone\":\"UTC\"}", "name")]
    [InlineData("{\"slug\":\"x\",\"name\":\"nul\\u0000\",\"timezone\":\"UTC\"}", "name")]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\",\"timezone\":\"UTC\",\"shopmonkeyCompanyId\":\"a b\"}", "shopmonkeyCompanyId")]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\",\"timezone\":\"UTC\",\"owner\":{\"email\":\"a@b.co\",\"password\":\"short\"}}", "password")]
    [InlineData("{\"slug\":\"x\",\"name\":\"X\",\"timezone\":\"UTC\",\"owner\":{\"email\":\"nobody\",\"password\":\"long-enough-1\"}}", "email")]
    public async Task What_cannot_be_a_franchise_is_400_and_names_the_field(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shop.Admin.PostAsync("/api/tenants", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM tenants WHERE slug = 'x'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_slug_or_a_company_that_is_taken_is_409_and_leaves_nothing()
    {
        using var slug = await AddAsync(new { slug = TwoFranchises.Slug, name = "Again", timezone = "UTC" });
        using var company = await AddAsync(new { slug = "again", name = "Again", timezone = "UTC", shopmonkeyCompanyId = TestVariables.ShopmonkeyCompanyId });

        slug.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await slug.Content.ReadAsStringAsync()).ShouldContain("slug");
        company.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await company.Content.ReadAsStringAsync()).ShouldContain("company");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM tenants WHERE name = 'Again'")).ShouldBe(0);
    }

    [Fact]
    public async Task Ten_at_once_with_one_slug_make_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AddAsync(new { slug = "race", name = "Race", timezone = "UTC", owner = new { email = "a@race.example", password = "long-enough-1" } })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(9);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM users WHERE email = 'a@race.example'")).ShouldBe(1);
    }

    [Fact]
    public async Task Name_zone_and_company_are_changed_and_what_is_left_out_stays()
    {
        var id = (await TwoFranchises.OkAsync(await AddAsync(new { slug = "changes", name = "Before", timezone = "UTC" }))).GetProperty("id").GetGuid();

        var changed = await TwoFranchises.OkAsync(await ChangeAsync(id, new { name = "After", shopmonkeyCompanyId = "company-of-changes" }));

        changed.GetProperty("name").GetString().ShouldBe("After");
        changed.GetProperty("timezone").GetString().ShouldBe("UTC");
        changed.GetProperty("shopmonkeyCompanyId").GetString().ShouldBe("company-of-changes");
        (await TwoFranchises.OkAsync(await ChangeAsync(id, new { timezone = "America/Chicago" }))).GetProperty("name").GetString().ShouldBe("After");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE tenant_id = $1 AND action = 'tenant_changed'", id)).ShouldBe(2);
        (await StatusAsync(ChangeAsync(id, new { timezone = "Nowhere" }))).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(ChangeAsync(id, new { shopmonkeyCompanyId = TestVariables.ShopmonkeyCompanyId }))).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_default_tenants_company_is_the_environments()
    {
        var id = await shop.Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug);
        (await StatusAsync(ChangeAsync(id, new { shopmonkeyCompanyId = "another" }))).ShouldBe(HttpStatusCode.Conflict);
        (await StatusAsync(ChangeAsync(id, new { shopmonkeyCompanyId = TestVariables.ShopmonkeyCompanyId }))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_that_does_not_exist_is_404()
    {
        (await StatusAsync(shop.Admin.GetAsync($"/api/tenants/{Guid.CreateVersion7()}"))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(ChangeAsync(Guid.CreateVersion7(), new { name = "Nobody" }))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_owner_sees_no_franchise_not_even_the_own_one_here() =>
        (await StatusAsync(shop.Owner.GetAsync($"/api/tenants/{shop.SecondId}"))).ShouldBe(HttpStatusCode.Forbidden);

    [Fact]
    public async Task The_list_is_paged_and_each_comes_once()
    {
        for (var number = 0; number < 5; number++)
        {
            await TwoFranchises.OkAsync(await AddAsync(new { slug = $"page-{number}", name = "Page", timezone = "UTC" }));
        }

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await TwoFranchises.OkAsync(await shop.Admin.GetAsync($"/api/tenants?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}"));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(tenant => tenant.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.ShouldBe(await shop.Database.ColumnAsync<Guid>("SELECT id FROM tenants ORDER BY id DESC"));
        (await StatusAsync(shop.Admin.GetAsync("/api/tenants?cursor=nonsense"))).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(shop.Admin.GetAsync("/api/tenants?limit=0"))).ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task<HttpResponseMessage> AddAsync(object tenant) => shop.Admin.PostAsJsonAsync("/api/tenants", tenant);

    private Task<HttpResponseMessage> ChangeAsync(Guid id, object change) => shop.Admin.PatchAsJsonAsync($"/api/tenants/{id}", change);

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> answer)
    {
        using var done = await answer;
        return done.StatusCode;
    }
}

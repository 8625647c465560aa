using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Staff;

/// <summary>Who may read what.</summary>
public sealed class AuthEndpointsTests(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [InlineData("/api/leads")]
    [InlineData("/api/touch-points")]
    [InlineData("/api/webhook-events")]
    [InlineData("/api/job-executions")]
    public async Task Without_a_token_staff_routes_are_401(string route)
    {
        using var answer = await shop.Http.GetAsync(route);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData(TestVariables.AdminEmail, "wrong-password")]
    [InlineData("nobody@example.com", TestVariables.AdminPassword)]
    public async Task A_wrong_email_and_a_wrong_password_look_the_same(string email, string password)
    {
        using var answer = await shop.Http.PostAsJsonAsync("/api/auth/sessions", new { email, password });
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("The email or the password is wrong.");
    }

    [Fact]
    public async Task The_first_administrator_is_there_and_signs_in()
    {
        using var answer = await shop.Http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail.ToUpperInvariant(), password = TestVariables.AdminPassword });
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        session.GetProperty("user").GetProperty("role").GetString().ShouldBe("platform_admin");
        session.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(shop.Sandbox.Clock.Now);
    }

    [Fact]
    public async Task The_owner_of_two_franchises_names_one_and_is_asked_to_only_when_the_password_is_right()
    {
        var (first, second) = (await shop.OtherTenantAsync(), await shop.OtherTenantAsync());
        foreach (var tenant in new[] { first, second })
        {
            await new UserStore(shop.Database.Lead, TimeProvider.System).AddAsync(tenant, "two@example.com", "a-long-password", "Two", Roles.Owner, CancellationToken.None);
        }

        (await SignInAsync("a-long-password", null)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SignInAsync("a-wrong-password", null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync("a-long-password", second.ToString())).TenantId.ShouldBe(second);
        (await SignInAsync("a-long-password", $"other-{first:N}")).TenantId.ShouldBe(first);
        (await SignInAsync("a-wrong-password", second.ToString())).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync("a-long-password", TestVariables.TenantSlug)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync("a-long-password", "nobodys")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        async Task<(HttpStatusCode Status, Guid? TenantId)> SignInAsync(string password, string? tenant)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sessions") { Content = JsonContent.Create(new { email = "two@example.com", password }) };
            request.Headers.TryAddWithoutValidation("X-Tenant-Id", tenant);
            using var answer = await shop.Http.SendAsync(request);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (answer.StatusCode, answer.IsSuccessStatusCode ? body.GetProperty("user").GetProperty("tenantId").GetGuid() : null);
        }
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_400_and_names_the_place()
    {
        using var answer = await shop.Http.PostAsJsonAsync("/api/auth/sessions", new { email = 5, password = "x" });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("$.email");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"email\":\"a\\u0000@b.co\",\"password\":\"x\"}")]
    public async Task A_sign_in_that_makes_no_sense_is_400(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        (await shop.Http.PostAsync("/api/auth/sessions", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Another_tenants_lead_and_no_lead_look_the_same()
    {
        var quote = await shop.QuoteAsync("+15125550701");
        var lead = await shop.LeadAsync(quote.OrderId);
        using var staff = await shop.SignedInAsync();
        await shop.Database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'other', 'Other', 'America/New_York', now(), now())", Guid.CreateVersion7());

        (await staff.GetAsync($"/api/leads/{lead["id"]}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await staff.GetAsync($"/api/leads/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        staff.DefaultRequestHeaders.Add("X-Tenant-Id", "other");
        (await staff.GetAsync($"/api/leads/{lead["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.GetStringAsync("/api/leads")).ShouldContain("\"items\":[]");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'platform_admin_acts_in_tenant'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_list_is_paged_by_cursor_without_gap_or_repeat()
    {
        for (var n = 0; n < 5; n++)
        {
            await shop.LeadAsync((await shop.QuoteAsync($"+1512555071{n}")).OrderId);
        }

        using var staff = await shop.SignedInAsync();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await staff.GetFromJsonAsync<JsonElement>($"/api/leads?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Count.ShouldBe((int)(await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads"))!);
    }

    [Theory]
    [InlineData("/api/leads?cursor=nonsense")]
    [InlineData("/api/leads?limit=0")]
    [InlineData("/api/leads?limit=201")]
    [InlineData("/api/leads?limit=many")]
    [InlineData("/api/leads?q=%00")]
    [InlineData("/api/leads?status=%00")]
    [InlineData("/api/touch-points?leadId=nobody")]
    [InlineData("/api/touch-points?limit=-1")]
    [InlineData("/api/webhook-events?status=%00")]
    [InlineData("/api/leads?status=perhaps")]
    [InlineData("/api/touch-points?status=perhaps")]
    [InlineData("/api/webhook-events?status=perhaps")]
    [InlineData("/api/job-executions?limit=100000")]
    public async Task A_question_that_makes_no_sense_is_400(string route)
    {
        using var staff = await shop.SignedInAsync();
        (await staff.GetAsync(route)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Staff;
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
    public async Task An_Orchestrator_of_another_default_tenant_makes_no_second_administrator_and_the_first_one_acts_in_each_ones_own()
    {
        var first = shop.Http;
        var other = await shop.StartAsync(("TENANT_ID", "other-brand"), ("SHOPMONKEY_API_KEY", null), ("SHOPMONKEY_TENANT_ID", null));
        var second = shop.Http;
        shop.ReturnTo(first);

        (await TenantOfAsync(first)).ShouldBe(await shop.TenantAsync());
        (await TenantOfAsync(second)).ShouldBe(await shop.Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = 'other-brand'"));
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM users WHERE role = 'platform_admin'")).ShouldBe(1);

        // Of a release that made one for each.
        var third = await shop.OtherTenantAsync();
        await new UserStore(shop.Database.Lead, TimeProvider.System).AddAsync(third, TestVariables.AdminEmail, TestVariables.AdminPassword, "Admin", Roles.PlatformAdmin, CancellationToken.None);
        (await TenantOfAsync(first)).ShouldBe(await shop.TenantAsync());
        // It would take what the first one plans, and has not its account.
        await shop.StopAsync(other);

        static async Task<Guid> TenantOfAsync(HttpClient http)
        {
            using var answer = await http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword });
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("user").GetProperty("tenantId").GetGuid();
        }
    }

    [Fact]
    public async Task Guessing_ends_with_429_and_locks_nobody_else_out()
    {
        const string email = "guessed@example.com";
        await new UserStore(shop.Database.Lead, TimeProvider.System).AddAsync(await shop.TenantAsync(), email, "a-long-password", "Guessed", Roles.Owner, CancellationToken.None);
        for (var guess = 0; guess < SignInLimits.MostOfBoth; guess++)
        {
            (await SignInAsync($"guess {guess}", "203.0.113.7")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var refused = await SignInAsync("a-long-password", "203.0.113.7");
        (refused.Status, refused.Type).ShouldBe((HttpStatusCode.TooManyRequests, "application/problem+json"));
        refused.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        (await SignInAsync("a-long-password", "203.0.113.8")).Status.ShouldBe(HttpStatusCode.OK);

        for (var address = 9; address < 60; address++)
        {
            await SignInAsync("a guess from everywhere", $"203.0.113.{address}");
        }

        (await SignInAsync("a second guess", "203.0.113.9")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await SignInAsync("a-long-password", "203.0.113.8")).Status.ShouldBe(HttpStatusCode.OK, "the owner's own address has not failed");

        async Task<(HttpStatusCode Status, string? Type, TimeSpan? RetryAfter)> SignInAsync(string password, string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sessions") { Content = JsonContent.Create(new { email, password }) };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"198.51.100.1, {address}");
            using var answer = await shop.Http.SendAsync(request);
            return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task One_address_guesses_the_emails_of_a_few_people_and_no_more()
    {
        var statuses = new List<HttpStatusCode>();
        for (var guess = 0; guess < 70; guess++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sessions") { Content = JsonContent.Create(new { email = $"nobody-{guess}@example.com", password = "x" }) };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "2001:db8::1");
            using var answer = await shop.Http.SendAsync(request);
            statuses.Add(answer.StatusCode);
        }

        statuses.Take(60).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        statuses.Skip(60).ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
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
    public async Task A_leads_timeline_in_pages_is_the_whole_of_it()
    {
        const string phone = "+15125550720";
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        var path = $"/api/leads/{(await shop.LeadAsync(quote.OrderId))["id"]}/timeline";
        foreach (var words in new[] { "Hi", "HELP", "STOP", "START", "Tuesday?" })
        {
            await shop.Sandbox.Twilio.ReceiveAsync(phone, words);
        }

        using var staff = await shop.SignedInAsync();
        var whole = await staff.GetFromJsonAsync<JsonElement>(path);
        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var page = await staff.GetFromJsonAsync<JsonElement>($"{path}?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.GetProperty("items").GetArrayLength().ShouldBeInRange(1, 2);
            pages.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.ToString()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        pages.Count.ShouldBeGreaterThan(7);
        pages.ShouldBe(whole.GetProperty("items").EnumerateArray().Select(entry => entry.ToString()));
        whole.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        (await staff.GetAsync($"{path}?cursor=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"{path}?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"/api/leads/{Guid.CreateVersion7()}/timeline?limit=2")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
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

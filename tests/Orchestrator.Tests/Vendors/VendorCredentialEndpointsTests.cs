using System.Net;
using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Vendors;

/// <summary>A franchise's own accounts go in, are used, and never come out again.</summary>
public sealed class VendorCredentialEndpointsTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    private const string Canary = "canary-0123456789-canary";

    [Fact]
    public async Task What_is_stored_is_shown_by_name_and_state_alone()
    {
        var list = await shop.Owner.GetStringAsync("/api/vendor-credentials");

        list.ShouldContain("\"vendor\":\"shopmonkey\",\"source\":\"tenant\",\"state\":\"ok\"");
        list.ShouldContain("\"vendor\":\"twilio\",\"source\":\"tenant\",\"state\":\"ok\"");
        list.ShouldContain("\"vendor\":\"sendgrid\",\"source\":\"none\",\"state\":\"off\"");
        foreach (var secret in new[] { TwoFranchises.Key, TwoFranchises.WebhookSecret, TwoFranchises.Token, TwoFranchises.AccountSid, TwoFranchises.Number, "secret" })
        {
            list.ShouldNotContain(secret, Case.Insensitive);
        }
    }

    [Fact]
    public async Task The_default_tenant_has_the_environments() =>
        (await shop.Admin.GetStringAsync("/api/vendor-credentials")).ShouldContain("\"vendor\":\"twilio\",\"source\":\"environment\",\"state\":\"ok\"");

    [Fact]
    public async Task Nothing_that_can_be_read_is_in_the_database()
    {
        var rows = await shop.Database.ColumnAsync<string>("SELECT secret FROM vendor_credentials WHERE tenant_id = $1", shop.SecondId);

        rows.Count.ShouldBeGreaterThanOrEqualTo(2);
        rows.ShouldAllBe(secret => secret.StartsWith("v1.", StringComparison.Ordinal));
        string.Join('\n', rows).ShouldNotContain(TwoFranchises.Token);
    }

    [Fact]
    public async Task Saving_a_key_of_the_CRM_learns_the_company_and_says_what_the_CRM_thinks_of_the_key()
    {
        var saved = await TwoFranchises.OkAsync(await shop.Owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = TwoFranchises.Key, webhookSecrets = new[] { TwoFranchises.WebhookSecret } }));

        saved.GetProperty("verified").GetBoolean().ShouldBeTrue();
        saved.GetProperty("companyId").GetString().ShouldBe(TwoFranchises.Company);
        (await shop.Database.ScalarAsync<string>("SELECT shopmonkey_company_id FROM tenants WHERE id = $1", shop.SecondId)).ShouldBe(TwoFranchises.Company);
    }

    [Fact]
    public async Task A_key_that_the_vendor_refuses_is_kept_and_said_so()
    {
        var tenant = await TenantAsync("refused-key");
        (await PutAsync("twilio", new { accountSid = TwoFranchises.AccountSid, authToken = "wrong", phoneNumber = "+15005550011" }, tenant)).ShouldContain("\"verified\":false");
        (await PutAsync("sendgrid", new { apiKey = "SG.nobodys", fromEmail = "hello@franchise.example" }, tenant)).ShouldContain("\"vendor\":\"sendgrid\"");
    }

    [Fact]
    public async Task The_company_of_another_franchise_is_409_and_nothing_is_kept()
    {
        var tenant = await TenantAsync("same-company");

        using var answer = await SendAsync(HttpMethod.Put, "shopmonkey", new { apiKey = TwoFranchises.Key }, tenant);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("belongs to another tenant");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM vendor_credentials WHERE tenant_id = $1", tenant)).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE tenant_id = $1 AND action = 'vendor_credentials_saved'", tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task A_company_that_is_not_the_keys_is_400()
    {
        using var answer = await shop.Owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = TwoFranchises.Key, companyId = "somebody-elses" });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("companyId");
    }

    [Fact]
    public async Task The_default_tenants_company_is_the_environments_to_change()
    {
        using var answer = await shop.Admin.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = "unknown-key", companyId = "another-company" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("SHOPMONKEY_TENANT_ID");
    }

    [Theory]
    [InlineData("shopmonkey", "{}", "apiKey")]
    [InlineData("shopmonkey", "{\"apiKey\":\"two words\"}", "apiKey")]
    [InlineData("shopmonkey", "{\"apiKey\":\"line\\nbreak\"}", "apiKey")]
    [InlineData("shopmonkey", "{\"apiKey\":\"nul\\u0000\"}", "apiKey")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"webhookSecrets\":[]}", "webhookSecrets")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"webhookSecrets\":[\"short\"]}", "webhookSecrets")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"webhookSecrets\":[null]}", "webhookSecrets")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"webhookSecrets\":[\"0123456789abcdef\",\"0123456789abcdef\",\"0123456789abcdef\"]}", "webhookSecrets")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"companyId\":\"a b\"}", "companyId")]
    [InlineData("shopmonkey", "{\"apiKey\":\"k\",\"baseUrl\":\"http://169.254.169.254/\"}", "baseUrl")]
    [InlineData("shopmonkey", "{\"apiKey\":5}", "apiKey")]
    [InlineData("twilio", "{\"authToken\":\"t\",\"phoneNumber\":\"+15005550006\"}", "accountSid")]
    [InlineData("twilio", "{\"accountSid\":\"AC1\",\"authToken\":\"t\",\"phoneNumber\":\"+15005550006\"}", "accountSid")]
    [InlineData("twilio", "{\"accountSid\":\"AC00000000000000000000000000000000\",\"authToken\":\"t\",\"phoneNumber\":\"5005550006\"}", "phoneNumber")]
    [InlineData("twilio", "{\"accountSid\":\"AC00000000000000000000000000000000\",\"authToken\":\"t\",\"phoneNumber\":\"+15005550006\",\"messagingServiceSid\":\"x\"}", "messagingServiceSid")]
    [InlineData("sendgrid", "{\"apiKey\":\"SG.x\",\"fromEmail\":\"nobody\"}", "fromEmail")]
    [InlineData("sendgrid", "{\"apiKey\":\"SG.x\",\"fromEmail\":\"a@b.co\\nBcc: c@d.co\"}", "fromEmail")]
    [InlineData("sendgrid", "{\"apiKey\":\"SG.x\",\"fromEmail\":\"a@b.co\",\"webhookPublicKey\":\"bm8ga2V5\"}", "webhookPublicKey")]
    public async Task What_cannot_be_used_is_400_and_names_the_field(string vendor, string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shop.Owner.PutAsync($"/api/vendor-credentials/{vendor}", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    [Fact]
    public async Task An_unknown_vendor_is_404_and_so_is_one_that_was_never_stored()
    {
        (await StatusAsync(HttpMethod.Put, "fax", new { apiKey = "k" })).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Delete, "fax", null)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Delete, "sendgrid", null, await TenantAsync("nothing-stored"))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Managers_and_advisors_may_not_and_are_told_so()
    {
        foreach (var role in new[] { "manager", "advisor" })
        {
            await shop.Database.ExecuteAsync("""
                INSERT INTO users (tenant_id, id, email, password_hash, name, role, created_at, updated_at)
                SELECT tenant_id, gen_random_uuid(), $1 || '@bright.example', password_hash, 'Staff', $1, created_at, updated_at FROM users WHERE email = 'owner@bright.example'
                ON CONFLICT DO NOTHING
                """, role);
            using var staff = await shop.SignInAsync($"{role}@bright.example", "a-long-password");

            foreach (var route in new[] { "/api/vendor-credentials", "/api/tenants", "/api/webhook-registrations" })
            {
                using var answer = await staff.GetAsync(route);
                answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{role} {route}");
                answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            }
        }
    }

    [Fact]
    public async Task Each_change_is_audited_without_its_content()
    {
        var tenant = await TenantAsync("audited");
        await PutAsync("twilio", new { accountSid = "AC33333333333333333333333333333333", authToken = Canary, phoneNumber = "+15005550012" }, tenant);
        (await StatusAsync(HttpMethod.Delete, "twilio", null, tenant)).ShouldBe(HttpStatusCode.NoContent);

        var audit = await shop.Database.RowsAsync("SELECT action, target FROM audit_events WHERE tenant_id = $1 AND action LIKE 'vendor%' ORDER BY id", tenant);

        audit.Select(row => $"{row["action"]} {row["target"]}").ShouldBe(["vendor_credentials_saved twilio", "vendor_credentials_removed twilio"]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM vendor_credentials WHERE tenant_id = $1", tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task Another_franchises_accounts_are_neither_seen_nor_touched()
    {
        var tenant = await TenantAsync("neighbour");
        await PutAsync("twilio", new { accountSid = "AC44444444444444444444444444444444", authToken = Canary, phoneNumber = "+15005550013" }, tenant);

        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/vendor-credentials/sendgrid") { Headers = { { "X-Tenant-Id", tenant.ToString() } } };
        using var answer = await shop.Owner.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, "an owner stays in the own franchise, whatever the header says");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM vendor_credentials WHERE tenant_id = $1", tenant)).ShouldBe(1);
    }

    private async Task<Guid> TenantAsync(string slug) =>
        (await TwoFranchises.OkAsync(await shop.Admin.PostAsJsonAsync("/api/tenants", new { slug, name = slug, timezone = "UTC" }))).GetProperty("id").GetGuid();

    private async Task<string> PutAsync(string vendor, object body, Guid tenant)
    {
        using var answer = await SendAsync(HttpMethod.Put, vendor, body, tenant);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string vendor, object? body, Guid? tenant = null)
    {
        using var answer = await SendAsync(method, vendor, body, tenant);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string vendor, object? body, Guid? tenant)
    {
        var request = new HttpRequestMessage(method, $"/api/vendor-credentials/{vendor}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Tenant-Id", (tenant ?? shop.SecondId).ToString());
        return shop.Admin.SendAsync(request);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Two franchises behind the same doors: each event and each text is its own franchise's, by that franchise's secrets.</summary>
public sealed partial class TenantDoorsTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Fact]
    public async Task A_quote_of_the_second_franchise_is_its_lead_and_is_texted_from_its_number_through_its_account()
    {
        var quote = await shop.SecondQuoteAsync("+12125550101");

        quote.Deliveries[^1].Status.ShouldBe(200);
        await shop.TouchAsync(quote.OrderId, "delivered");
        (await shop.LeadAsync(quote.OrderId))["tenant_id"].ShouldBe(shop.SecondId);
        shop.Second.Twilio.SentTo("+12125550101").ShouldHaveSingleItem().From.ShouldBe(TwoFranchises.Number);
        shop.Sandbox.Twilio.SentTo("+12125550101").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_franchise_goes_on_with_the_environments_accounts()
    {
        var quote = await shop.QuoteAsync("+15125550301");

        await shop.TouchAsync(quote.OrderId, "delivered");
        shop.Sandbox.Twilio.SentTo("+15125550301").ShouldHaveSingleItem().From.ShouldBe(TestVariables.TwilioPhoneNumber);
        shop.Second.Twilio.SentTo("+15125550301").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/webhooks/shopmonkey/bright-detail", TwoFranchises.WebhookSecret, HttpStatusCode.OK)]
    [InlineData("/webhooks/shopmonkey", TwoFranchises.WebhookSecret, HttpStatusCode.OK)]
    [InlineData("/webhooks/shopmonkey/bright-detail", TestVariables.ShopmonkeyWebhookSecret, HttpStatusCode.Unauthorized)]
    [InlineData("/webhooks/shopmonkey", TestVariables.ShopmonkeyWebhookSecret, HttpStatusCode.Unauthorized)]
    [InlineData("/webhooks/shopmonkey/acme-tint", TwoFranchises.WebhookSecret, HttpStatusCode.Unauthorized)]
    public async Task An_event_is_taken_with_the_secret_of_its_own_franchise_alone(string path, string secret, HttpStatusCode expected)
    {
        using var answer = await PostAsync(path, secret, EventOf(TwoFranchises.Company, $"door-{Guid.CreateVersion7():N}"));
        answer.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"operation":"UPSERT","table":"payment","data":{"companyId":"second-company-0001","n":1}}""", "unknown_table")]
    [InlineData("""{"operation":"INSERT","table":"order","data":{"companyId":"second-company-0001","n":2}}""", "no_row_id")]
    [InlineData("""{"table":"order","data":{"companyId":"second-company-0001","n":3}}""", "not_an_event")]
    [InlineData("""{"operation":"INSERT","operation":"DELETE","table":"order","data":{"id":"4","companyId":"second-company-0001"}}""", "duplicate_keys")]
    [InlineData("""{"operation":"INSERT","table":"\ud800","data":{"id":"5","companyId":"second-company-0001"}}""", "invalid_text")]
    public async Task An_event_that_cannot_be_mapped_is_its_own_franchises_by_its_own_secret_and_kept_there_as_dead(string body, string reason)
    {
        using var foreign = await PostAsync("/webhooks/shopmonkey", TestVariables.ShopmonkeyWebhookSecret, body);
        using var own = await PostAsync("/webhooks/shopmonkey", TwoFranchises.WebhookSecret, body);

        foreign.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shop.Database.ColumnAsync<Guid>("SELECT tenant_id FROM webhook_events WHERE payload = $1 AND status = 'dead' AND reason = $2", body, reason)).ShouldBe([shop.SecondId]);
    }

    [Fact]
    public async Task A_wrong_secret_an_unknown_franchise_and_one_without_secrets_are_refused_alike_to_the_byte()
    {
        await TwoFranchises.OkAsync(await shop.Admin.PostAsJsonAsync("/api/tenants", new { slug = "no-secrets", name = "No secrets", timezone = "UTC" }));
        var bodies = new List<byte[]>();
        foreach (var path in new[] { "/webhooks/shopmonkey/bright-detail", "/webhooks/shopmonkey/no-secrets", "/webhooks/shopmonkey/nobody", "/webhooks/shopmonkey" })
        {
            using var answer = await PostAsync(path, "whsec_d3Jvbmc=", EventOf(TwoFranchises.Company, "refused"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            bodies.Add(await answer.Content.ReadAsByteArrayAsync());
        }

        bodies.ShouldAllBe(body => body.SequenceEqual(bodies[0]));
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_are_taken_and_afterwards_the_new_one_alone()
    {
        const string next = "whsec_bmV4dC1zZWNyZXQtb2YtdGhlLWZyYW5jaGlzZQ==";
        try
        {
            await StoreSecretsAsync(next, TwoFranchises.WebhookSecret);
            (await StatusAsync(TwoFranchises.WebhookSecret)).ShouldBe(HttpStatusCode.OK);
            (await StatusAsync(next)).ShouldBe(HttpStatusCode.OK);

            await StoreSecretsAsync(next);
            (await StatusAsync(TwoFranchises.WebhookSecret)).ShouldBe(HttpStatusCode.Unauthorized);
            (await StatusAsync(next)).ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await shop.StoreCredentialsAsync();
        }

        async Task<HttpStatusCode> StatusAsync(string secret)
        {
            using var answer = await PostAsync("/webhooks/shopmonkey/bright-detail", secret, EventOf(TwoFranchises.Company, $"rotation-{Guid.CreateVersion7():N}"));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_text_to_the_second_franchises_number_is_its_own_and_opts_out_there_alone()
    {
        const string phone = "+12125550102";
        var own = await shop.SecondQuoteAsync(phone);
        var others = await shop.QuoteAsync(phone);
        await shop.TouchAsync(own.OrderId, "delivered");
        await shop.TouchAsync(others.OrderId, "delivered");

        var stop = await shop.Second.Twilio.ReceiveAsync(phone, "STOP");

        stop.Delivery.Status.ShouldBe(200);
        (await shop.LeadAsync(own.OrderId))["status"].ShouldBe("opted_out");
        (await shop.LeadAsync(others.OrderId))["status"].ShouldBe("contacted");
        (await shop.Database.ColumnAsync<Guid>("SELECT tenant_id FROM contacts WHERE phone = $1 AND opted_out_at IS NOT NULL", phone)).ShouldBe([shop.SecondId]);
    }

    [Fact]
    public async Task Franchises_that_share_the_first_ones_number_share_its_stops_and_starts_and_words_go_to_those_who_know_the_person()
    {
        var sharer = (await TwoFranchises.OkAsync(await shop.Admin.PostAsJsonAsync("/api/tenants", new { slug = "sharer", name = "Sharer", timezone = "America/Chicago" }))).GetProperty("id").GetGuid();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/vendor-credentials/twilio")
        {
            Content = JsonContent.Create(new { accountSid = "AC00000000000000000000000000000000", authToken = TestVariables.TwilioAuthToken, phoneNumber = TestVariables.TwilioPhoneNumber }),
            Headers = { { "X-Tenant-Id", sharer.ToString() } },
        };
        await TwoFranchises.OkAsync(await shop.Admin.SendAsync(request));
        const string both = "+15125550311";
        const string theirs = "+15125550312";
        var own = await shop.QuoteAsync(both);
        await shop.TouchAsync(own.OrderId, "delivered");
        await LeadOfAsync(sharer, both);
        var lead = await LeadOfAsync(sharer, theirs);

        var stop = await shop.Sandbox.Twilio.ReceiveAsync(both, "stop texting me", TestVariables.TwilioPhoneNumber);
        stop.Reply!.Body.ShouldContain("Acme Tint Austin");
        (await OutAsync(both)).ShouldBe(2);
        await shop.Sandbox.Twilio.ReceiveAsync(both, "START", TestVariables.TwilioPhoneNumber);
        (await OutAsync(both)).ShouldBe(0);
        await shop.Sandbox.Twilio.ReceiveAsync(theirs, "Is it ready?", TestVariables.TwilioPhoneNumber);
        await shop.Sandbox.Twilio.ReceiveAsync("+15125550313", "Who are you?", TestVariables.TwilioPhoneNumber);

        (await shop.Database.ColumnAsync<string>("SELECT m.content FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1", lead)).ShouldBe(["Is it ready?"]);
        (await shop.Database.ColumnAsync<string>("SELECT payload::jsonb ->> 'Body' FROM webhook_events WHERE reason = 'unknown_sender'")).ShouldBe(["Who are you?"]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE tenant_id = $1 AND role = 'system'", sharer)).ShouldBe(0, "the first one has answered");
        (await shop.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
    }

    [Fact]
    public async Task A_text_through_a_number_of_the_messaging_services_pool_is_found_by_its_account()
    {
        const string phone = "+12125550103";
        var quote = await shop.SecondQuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");

        (await shop.Second.Twilio.ReceiveAsync(phone, "Hello from the pool", to: "+15005550099")).Delivery.Status.ShouldBe(200);

        (await shop.LeadAsync(quote.OrderId, "engaged"))["tenant_id"].ShouldBe(shop.SecondId);
    }

    [Fact]
    public async Task A_text_to_one_franchises_number_that_anothers_token_signed_is_never_the_first_ones()
    {
        const string phone = "+12125550104";
        var quote = await shop.SecondQuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        var form = new Dictionary<string, string>
        {
            ["From"] = phone, ["To"] = TwoFranchises.Number, ["Body"] = "STOP", ["MessageSid"] = "SM00000000000000000000000000000104", ["AccountSid"] = TwoFranchises.AccountSid,
        };
        var url = $"{TestVariables.PublicUrl}/webhooks/twilio/inbound";

        await shop.Second.Twilio.PostAsync("another's", url, form, TwilioSignature.Sign(TestVariables.TwilioAuthToken, url, form));
        var (forged, _) = await shop.Second.Twilio.PostAsync("forged", url, form, TwilioSignature.Sign("nobodys-token", url, form));

        forged.Status.ShouldBe(401);
        (await shop.LeadAsync(quote.OrderId))["status"].ShouldBe("contacted");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE tenant_id = $1 AND external_id = $2", shop.SecondId, form["MessageSid"])).ShouldBe(0);
    }

    [Fact]
    public async Task A_number_that_two_franchises_entered_is_whose_token_signs()
    {
        var third = (await TwoFranchises.OkAsync(await shop.Admin.PostAsJsonAsync("/api/tenants", new { slug = "grabber", name = "Grabber", timezone = "UTC" }))).GetProperty("id").GetGuid();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/vendor-credentials/twilio")
        {
            Content = JsonContent.Create(new { accountSid = "AC22222222222222222222222222222222", authToken = "grabbers-token", phoneNumber = TwoFranchises.Number }),
            Headers = { { "X-Tenant-Id", third.ToString() } },
        };
        await TwoFranchises.OkAsync(await shop.Admin.SendAsync(request));
        const string phone = "+12125550105";
        var quote = await shop.SecondQuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");

        (await shop.Second.Twilio.ReceiveAsync(phone, "Is it mine?")).Delivery.Status.ShouldBe(200);

        await shop.LeadAsync(quote.OrderId, "engaged");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE tenant_id = $1", third)).ShouldBe(0);
    }

    [Fact]
    public async Task A_status_callback_of_one_franchises_text_that_anothers_token_signed_is_401_and_an_unknown_attempt_is_2xx()
    {
        const string phone = "+12125550106";
        var quote = await shop.SecondQuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        var text = shop.Second.Twilio.SentTo(phone)[0];
        var form = new Dictionary<string, string> { ["MessageSid"] = text.Sid, ["MessageStatus"] = "failed", ["AccountSid"] = TwoFranchises.AccountSid, ["From"] = TwoFranchises.Number };

        var forged = await shop.Second.Twilio.PostAsync("forged", text.StatusCallback!, form, TwilioSignature.Sign(TestVariables.TwilioAuthToken, text.StatusCallback!, form));
        var unknown = await shop.Second.Twilio.PostAsync("unknown", $"{TestVariables.PublicUrl}/webhooks/twilio/status/{Guid.CreateVersion7()}", form);

        forged.Delivery.Status.ShouldBe(401);
        unknown.Delivery.Status.ShouldBe(200);
        await shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Fact]
    public async Task A_dead_key_of_the_second_franchise_is_counted_and_the_first_ones_check_stays_well()
    {
        await shop.TouchAsync((await shop.QuoteAsync("+15125550302")).OrderId, "delivered");
        try
        {
            await TwoFranchises.OkAsync(await shop.Owner.PutAsJsonAsync(
                "/api/vendor-credentials/twilio", new { accountSid = TwoFranchises.AccountSid, authToken = "revoked-token", phoneNumber = TwoFranchises.Number }));
            var quote = await shop.SecondQuoteAsync("+12125550107");
            await shop.TouchAsync(quote.OrderId, "needs_review");

            var health = await shop.Http.GetStringAsync("/health");
            var checks = System.Text.Json.JsonDocument.Parse(health).RootElement.GetProperty("checks").EnumerateArray()
                .ToDictionary(check => check.GetProperty("name").GetString()!, check => check);
            checks["twilio"].GetProperty("status").GetString().ShouldBe("ok");
            checks["twilio_tenants"].GetProperty("state").GetString().ShouldBe("denied");
            // Another fact of this class may have left a third one with a token that is none.
            checks["twilio_tenants"].GetProperty("fix").GetString()!.ShouldMatch("^(1 tenant|2 tenants) ");
            health.ShouldNotContain(shop.SecondId.ToString());
            health.ShouldNotContain(TwoFranchises.Slug);
            (await shop.Owner.GetStringAsync("/api/vendor-credentials")).ShouldContain("\"state\":\"denied\"");
        }
        finally
        {
            await shop.StoreCredentialsAsync();
        }
    }

    [Fact]
    public async Task A_no_that_is_written_to_the_address_from_which_a_franchise_writes_is_that_franchises()
    {
        await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.second", fromEmail = "hello@bright.example" }));
        await Ok(shop.Owner.PostAsJsonAsync("/api/leads", new { locationId = await shop.LocationAsync(tenantId: shop.SecondId), firstName = "Eve", email = "eve@example.com" }));

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail("eve@example.com", "Hello", "unsubscribe", "hello@bright.example", "none"));

        (await shop.Database.ColumnAsync<Guid>("SELECT tenant_id FROM email_addresses WHERE email = 'eve@example.com' AND unsubscribed_at IS NOT NULL")).ShouldBe([shop.SecondId]);
    }

    private Task<long> OutAsync(string phone) => shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone = $1 AND opted_out_at IS NOT NULL", phone);

    // A lead that was greeted, with its contact.
    private async Task<Guid> LeadOfAsync(Guid tenant, string phone)
    {
        var (location, lead) = (await shop.LocationAsync(tenantId: tenant), Guid.CreateVersion7());
        await shop.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, now(), now())", tenant, lead, phone);
        await shop.Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, phone, phone_type, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, $2, 'api', $2::text, 'contacted', $4, 'mobile', 'America/Chicago', now(), now(), now())
            """, tenant, lead, location, phone);
        return lead;
    }

    private Task StoreSecretsAsync(params string[] secrets) => Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = TwoFranchises.Key, webhookSecrets = secrets }));

    private static async Task Ok(Task<HttpResponseMessage> answer) => await TwoFranchises.OkAsync(await answer);

    private static string EventOf(string company, string id) =>
        $$$$"""{"apiVersion":"3","operation":"INSERT","table":"order","data":{"id":"{{{{id}}}}","companyId":"{{{{company}}}}","status":"Invoice","locationId":"6287a4044d1a723b10eff1b0","meta":{"version":1}}}""";

    private Task<HttpResponseMessage> PostAsync(string path, string secret, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
        foreach (var (name, value) in shop.Second.Crm.HeadersOf(bytes, new DeliveryOptions { Secret = secret }))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return shop.Http.SendAsync(request);
    }
}

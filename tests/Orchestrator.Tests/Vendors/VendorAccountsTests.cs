using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Vendors;

/// <summary>Which account counts, from when on, and what becomes of one that cannot be opened.</summary>
public sealed class VendorAccountsTests : TwoFranchises
{
    private static readonly string NextKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("another-key-another-key-another!"));

    private VendorAccounts Accounts => App.Services.GetRequiredService<VendorAccounts>();

    [Fact]
    public async Task What_is_stored_wins_over_the_environment_at_once_and_the_environment_is_back_when_it_is_gone()
    {
        var id = await DefaultIdAsync();
        (await Accounts.TwilioAsync(id, CancellationToken.None))!.AuthToken.ShouldBe(TestVariables.TwilioAuthToken);

        await OkAsync(await Admin.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = "own-token", phoneNumber = "+15005550044" }));
        (await Accounts.TwilioAsync(id, CancellationToken.None))!.AuthToken.ShouldBe("own-token");

        await OkAsync(await Admin.DeleteAsync("/api/vendor-credentials/twilio"));
        (await Accounts.TwilioAsync(id, CancellationToken.None))!.AuthToken.ShouldBe(TestVariables.TwilioAuthToken);
    }

    [Fact]
    public async Task The_environment_is_nobody_elses()
    {
        var third = (await OkAsync(await Admin.PostAsJsonAsync("/api/tenants", new { slug = "third", name = "Third", timezone = "UTC" }))).GetProperty("id").GetGuid();
        (await Accounts.TwilioAsync(third, CancellationToken.None)).ShouldBeNull();
        (await Accounts.ShopmonkeyAsync(third, CancellationToken.None)).ShouldBeNull();
        (await Accounts.SendGridAsync(third, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_process_hears_of_a_change_within_ten_seconds()
    {
        var other = await StartOnBothAsync();
        var accounts = other.Services.GetRequiredService<VendorAccounts>();
        (await accounts.TwilioAsync(SecondId, CancellationToken.None))!.PhoneNumber.ShouldBe(Number);

        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = Token, phoneNumber = "+15005550045" }));

        await Eventually.TrueAsync(
            async () => (await accounts.TwilioAsync(SecondId, CancellationToken.None))!.PhoneNumber == "+15005550045", "the other process to know", TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task A_row_that_was_moved_or_changed_switches_its_vendor_off_and_is_on_the_health_page()
    {
        // The second franchise's sealed token, in the third one's name: whoever can write to the database still cannot use it.
        var third = (await OkAsync(await Admin.PostAsJsonAsync("/api/tenants", new { slug = "thief", name = "Thief", timezone = "UTC" }))).GetProperty("id").GetGuid();
        await Database.ExecuteAsync("""
            INSERT INTO vendor_credentials (tenant_id, id, vendor, secret, phone, created_at, updated_at)
            SELECT $1, gen_random_uuid(), vendor, secret, phone, created_at, updated_at FROM vendor_credentials WHERE tenant_id = $2 AND vendor = 'twilio'
            """, third, SecondId);
        await Database.ExecuteAsync("""
            INSERT INTO vendor_credentials (tenant_id, id, vendor, secret, created_at, updated_at)
            SELECT $1, gen_random_uuid(), 'sendgrid', secret, created_at, updated_at FROM vendor_credentials WHERE tenant_id = $2 AND vendor = 'twilio'
            """, SecondId, SecondId);
        Accounts.Forget(third);
        Accounts.Forget(SecondId);

        for (var time = 0; time < 100; time++)
        {
            (await Accounts.TwilioAsync(third, CancellationToken.None)).ShouldBeNull();
        }

        (await Accounts.SendGridAsync(SecondId, CancellationToken.None)).ShouldBeNull();
        (await Accounts.TwilioAsync(SecondId, CancellationToken.None)).ShouldNotBeNull();
        (await Owner.GetStringAsync("/api/vendor-credentials")).ShouldContain("\"vendor\":\"sendgrid\",\"source\":\"tenant\",\"state\":\"unreadable\"");
        (await Http.GetStringAsync("/health")).ShouldContain("vendor_credentials_tenants");
    }

    [Fact]
    public async Task Keys_are_rotated_while_texts_and_webhooks_go_on()
    {
        var quotes = new List<Task>();
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(quotes, stop.Token);

        // As docs/OPERATIONS.md says: first everybody can read with both, then the new one seals, then the old one is forgotten.
        var reads = await StartOnBothAsync(("DATA_ENCRYPTION_KEY", $"{DataKey},{NextKey}"));
        await StopAsync(App);
        var seals = await StartOnBothAsync(("DATA_ENCRYPTION_KEY", $"{NextKey},{DataKey}"));
        await StopAsync(reads);
        await seals.Services.GetRequiredService<CredentialResealing>().RunOnceAsync(CancellationToken.None);
        await ResealedAsync(seals);
        var next = await StartOnBothAsync(("DATA_ENCRYPTION_KEY", NextKey));
        await StopAsync(seals);
        (await next.Services.GetRequiredService<VendorAccounts>().TwilioAsync(SecondId, CancellationToken.None))!.AuthToken.ShouldBe(Token);
        await stop.CancelAsync();
        await load;

        quotes.Count.ShouldBeGreaterThan(5);
        await Task.WhenAll(quotes);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_stored_and_what_was_stored_is_off()
    {
        var without = await StartOnBothAsync(("DATA_ENCRYPTION_KEY", null));
        using var owner = await SignInAsync("owner@bright.example", "a-long-password");

        using var answer = await owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = Token, phoneNumber = Number });

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("DATA_ENCRYPTION_KEY");
        (await without.Services.GetRequiredService<VendorAccounts>().TwilioAsync(SecondId, CancellationToken.None)).ShouldBeNull();
        (await without.Services.GetRequiredService<VendorAccounts>().TwilioAsync(await DefaultIdAsync(), CancellationToken.None)).ShouldNotBeNull();
        (await owner.GetStringAsync("/api/vendor-credentials")).ShouldContain("unreadable");
    }

    [Fact]
    public async Task Stored_accounts_of_a_real_vendor_are_not_used_beside_a_tests_clock()
    {
        var app = await StartOnBothAsync(("TWILIO_BASE_URL", "https://api.twilio.com"), ("TWILIO_ACCOUNT_SID", null), ("TWILIO_AUTH_TOKEN", null), ("TWILIO_PHONE_NUMBER", null));

        (await app.Services.GetRequiredService<VendorAccounts>().TwilioAsync(SecondId, CancellationToken.None)).ShouldBeNull();
        (await app.Services.GetRequiredService<VendorAccounts>().ShopmonkeyAsync(SecondId, CancellationToken.None)).ShouldNotBeNull();
    }

    // Each order must end as a text that was delivered by the franchise's own account, whichever process took it.
    private async Task LoadAsync(List<Task> quotes, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var quote = await SecondQuoteAsync($"+1212555{2000 + number}");
            if (quote.Deliveries[^1].Status == 200)
            {
                quotes.Add(TouchAsync(quote.OrderId, "delivered"));
            }
        }
    }

    private async Task ResealedAsync(WebApplication app)
    {
        var current = app.Services.GetRequiredService<SecretBox>().CurrentKeyId;
        (await Database.ColumnAsync<string>("SELECT secret FROM vendor_credentials")).ShouldAllBe(secret => secret.StartsWith($"v1.{current}.", StringComparison.Ordinal));
    }

    private async Task<Guid> DefaultIdAsync() => await Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug);
}

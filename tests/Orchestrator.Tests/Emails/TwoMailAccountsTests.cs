using System.Net.Http.Json;
using System.Text.Json;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>Two franchises with an account each at SendGrid.</summary>
public sealed class TwoMailAccountsTests : TwoFranchises
{
    [Fact]
    public async Task A_refused_key_is_its_own_franchises_and_the_others_mail_goes_on()
    {
        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.nobodys", fromEmail = "hello@bright.example" }));

        var theirs = await AskAsync(Owner, SecondId, "bob@example.com");
        (await this.StepAsync(theirs, "greeting", "needs_review")).ShouldBe("sendgrid_401");

        (await StateAsync(Owner)).ShouldBe("denied");
        (await StateAsync(Admin)).ShouldBe("ok");
        var checks = (await Http.GetFromJsonAsync<JsonElement>("/health")).GetProperty("checks").EnumerateArray().ToDictionary(
            check => check.GetProperty("name").GetString()!, check => check.GetProperty("status").GetString());
        checks.GetValueOrDefault("sendgrid", "ok").ShouldBe("ok");
        checks["sendgrid_tenants"].ShouldBe("failing");

        await this.SentAsync(await AskAsync(Admin, await TenantAsync(), "ann@example.com"));
        (await StateAsync(Owner)).ShouldBe("denied", "what the other's key can says nothing of this one");
    }

    [Fact]
    public async Task An_account_with_a_name_of_its_own_writes_in_that_name()
    {
        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.sandbox", fromEmail = "hello@bright.example", fromName = "The Bright Team" }));

        await this.SentAsync(await AskAsync(Owner, SecondId, "bob@example.com"));

        var mail = Sandbox.SendGrid.Sent.Single(sent => sent.To[0] == "bob@example.com").Request;
        ((string)mail["from"]!["name"]!, (string)mail["reply_to"]!["name"]!).ShouldBe(("The Bright Team", "The Bright Team"));
    }

    private async Task<Guid> AskAsync(HttpClient staff, Guid tenantId, string email) => await this.LeadByApiAsync(staff, await LocationAsync(tenantId: tenantId), null, email);

    private static async Task<string> StateAsync(HttpClient staff) => (await staff.GetFromJsonAsync<JsonElement>("/api/vendor-credentials")).GetProperty("items").EnumerateArray()
        .Single(vendor => vendor.GetProperty("vendor").GetString() == "sendgrid").GetProperty("state").GetString()!;
}

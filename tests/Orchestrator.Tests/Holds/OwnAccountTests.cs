using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Holds;

/// <summary>What a franchise's own Twilio account shows is that franchise's: who has its key can write there what they like.</summary>
public sealed class OwnAccountTests : TwoFranchises
{
    private const string MadeUp = "/c/zyxwvutsrqponmlkjihgfedc";

    [Fact]
    public async Task A_made_up_link_in_a_franchises_own_account_holds_that_franchise_alone_until_an_operator_says_so()
    {
        await TextAsync(Second, AccountSid, Token, Number);
        await CompareAsync(App);
        await CompareAsync(App);

        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds")).ShouldBe(0);
        (await Database.ColumnAsync<Guid>("SELECT tenant_id FROM holds WHERE released_at IS NULL AND scope = 'tenant' AND cause = 'unknown_text'")).ShouldBe([SecondId]);
        await App.Services.GetRequiredService<RestoreWatch>().RunOnceAsync(CancellationToken.None);
        (await FailingAsync()).ShouldContain("text_history_tenants");
        (await FailingAsync()).ShouldNotContain("database_history");
        await this.SentAsync(await this.LeadByApiAsync(Admin, await LocationAsync(), "+15125551301"));

        var item = (await OkAsync(await Owner.GetAsync("/api/review-items?kind=restore"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid();
        var hold = (await OkAsync(await Owner.GetAsync("/api/holds"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid();
        (await Owner.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "release" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Owner.DeleteAsync($"/api/holds/{hold}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        Admin.DefaultRequestHeaders.Add("X-Tenant-Id", SecondId.ToString());
        await OkAsync(await Admin.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "release" }));
        await CompareAsync(App);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM holds WHERE released_at IS NULL")).ShouldBe(0, "the operator has looked at it");
        await App.Services.GetRequiredService<RestoreWatch>().RunOnceAsync(CancellationToken.None);
        (await FailingAsync()).ShouldNotContain("text_history_tenants");
    }

    [Fact]
    public async Task The_release_of_such_a_hold_ends_its_review_item_and_says_nothing_of_the_database()
    {
        await TextAsync(Second, AccountSid, Token, Number);
        await CompareAsync(App);
        await Database.ExecuteAsync("UPDATE database_identity SET confirmed_by = NULL");
        Admin.DefaultRequestHeaders.Add("X-Tenant-Id", SecondId.ToString());
        var hold = (await OkAsync(await Admin.GetAsync("/api/holds"))).GetProperty("items")[0].GetProperty("id").GetGuid();

        (await Admin.DeleteAsync($"/api/holds/{hold}")).EnsureSuccessStatusCode();

        (await Database.ColumnAsync<string>("SELECT action FROM review_items WHERE kind = 'restore'")).ShouldBe(["release"]);
        (await Database.ScalarAsync<bool>("SELECT confirmed_by IS NULL FROM database_identity")).ShouldBeTrue();
    }

    [Fact]
    public async Task When_a_second_account_shows_such_a_link_too_everything_is_held()
    {
        await StopAsync(App);
        var app = await StartOnBothAsync(("TWILIO_ACCOUNT_SID", null), ("TWILIO_AUTH_TOKEN", null), ("TWILIO_PHONE_NUMBER", null));
        using var admin = await SignedInAsync();
        await OkAsync(await admin.PutAsJsonAsync("/api/vendor-credentials/twilio",
            new { accountSid = "AC00000000000000000000000000000000", authToken = TestVariables.TwilioAuthToken, phoneNumber = TestVariables.TwilioPhoneNumber }));
        await TextAsync(Second, AccountSid, Token, Number);
        await CompareAsync(app);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds")).ShouldBe(0);

        await TextAsync(Sandbox, "AC00000000000000000000000000000000", TestVariables.TwilioAuthToken, TestVariables.TwilioPhoneNumber);
        await CompareAsync(app);

        (await Database.ColumnAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL")).ShouldBe(["vendor_knows_more"]);
    }

    [Fact]
    public async Task A_link_that_staff_have_copied_wrongly_holds_nobody_with_whom_they_share_the_account()
    {
        await SharerAsync(TestVariables.TwilioAuthToken, "AC00000000000000000000000000000000", TestVariables.TwilioPhoneNumber);
        var lead = await this.LeadByApiAsync(Admin, await LocationAsync(), "+15125551302");
        await this.SentAsync(lead);
        await OkAsync(await Admin.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = $"It is here: {TestVariables.PublicUrl}{MadeUp}" }));
        await this.SentAsync(lead, "staff-1");

        await CompareAsync(App);

        (await Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM platform_holds) + (SELECT count(*) FROM holds)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_missed_text_is_for_those_who_have_the_accounts_key_and_not_for_who_entered_its_id()
    {
        const string phone = "+12125551303";
        var grabber = await SharerAsync("no-key-of-it", AccountSid, Number);
        var sharer = await SharerAsync(Token, AccountSid, Number);
        Second.DeliverTo = new Uri("http://127.0.0.1:9");
        (await Second.Twilio.ReceiveAsync(phone, "please stop texting me", Number)).Delivery.Status.ShouldBeNull();
        await SetClockAsync("2026-11-23T16:02:00Z");

        await CompareAsync(App);

        (await Database.ColumnAsync<Guid>("SELECT tenant_id FROM contacts WHERE phone = $1 AND opted_out_at IS NOT NULL", phone)).ShouldBe([SecondId, sharer], ignoreOrder: true);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE tenant_id = $1", grabber)).ShouldBe(0);
    }

    private static Task CompareAsync(WebApplication app) => app.Services.GetRequiredService<TextLists>().CompareAsync(onlyUnread: false, CancellationToken.None);

    private async Task<IReadOnlyList<string>> FailingAsync() => [.. (await Http.GetFromJsonAsync<JsonElement>("/health")).GetProperty("checks").EnumerateArray()
        .Where(check => check.GetProperty("status").GetString() == "failing").Select(check => check.GetProperty("name").GetString()!)];

    // Another franchise that has entered an account.
    private async Task<Guid> SharerAsync(string authToken, string accountSid, string phoneNumber)
    {
        var id = (await OkAsync(await Admin.PostAsJsonAsync("/api/tenants", new { slug = $"s-{Guid.CreateVersion7():N}", name = "Sharer", timezone = "America/Chicago" }))).GetProperty("id").GetGuid();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/vendor-credentials/twilio")
        {
            Content = JsonContent.Create(new { accountSid, authToken, phoneNumber }),
            Headers = { { "X-Tenant-Id", id.ToString() } },
        };
        await OkAsync(await Admin.SendAsync(request));
        return id;
    }

    // By hand, or by another database.
    private static async Task TextAsync(SandboxServer vendor, string account, string token, string from)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{token}")));
        using var form = new FormUrlEncodedContent([new("To", "+15125551305"), new("From", from), new("Body", $"Hi, here: {TestVariables.PublicUrl}{MadeUp}")]);
        (await http.PostAsync(new Uri($"{vendor.BareUrl}/2010-04-01/Accounts/{account}/Messages.json"), form)).EnsureSuccessStatusCode();
    }
}

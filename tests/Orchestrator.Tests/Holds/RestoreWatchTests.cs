using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Holds;

/// <summary>A database that has gone back in time has forgotten what was sent and who said stop: nothing leaves until an operator has looked.</summary>
public sealed class RestoreWatchTests : Shop
{
    private WebApplication _app = null!;
    private HttpClient _admin = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
        _admin = await SignedInAsync();
    }

    [Fact]
    public async Task A_database_of_another_timeline_sends_nothing_from_its_first_instant_and_goes_on_when_an_operator_says_so()
    {
        const string phone = "+15125551201";
        (await Database.ScalarAsync<string>("SELECT value FROM database_identity"))!.ShouldMatch("^[0-9]+/[0-9A-F]{8}/[0-9]+$");
        await BelongToAnotherAsync();
        var lead = await this.LeadByApiAsync(_admin, await LocationAsync(), phone);

        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds WHERE released_at IS NULL AND cause = 'database_went_back'") == 1, "everything to be held");
        Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
        (await Http.GetStringAsync("/health")).ShouldContain("database_history");
        var item = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/review-items?kind=restore"))).GetProperty("items")[0];
        item.GetProperty("evidence").GetProperty("confirmed").GetString().ShouldBe("1/00000001");

        using var owner = await SignedInAsync("owner");
        var resolution = $"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution";
        (await owner.PostAsJsonAsync(resolution, new { action = "release" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await TwoFranchises.OkAsync(await _admin.PostAsJsonAsync(resolution, new { action = "release" }));

        await this.SentAsync(lead);
        (await Database.ScalarAsync<string>("SELECT value FROM database_identity")).ShouldNotBe("1/00000001");
        await Look();
        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds WHERE released_at IS NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task A_restored_database_holds_before_any_process_has_looked()
    {
        await StopAsync(_app);
        await BelongToAnotherAsync();
        await Database.ExecuteAsync("UPDATE tenants SET updated_at = updated_at"); // what a claim reads is there
        var claimed = await Database.Lead.DoorAsync<bool>("SELECT may_anything_be_sent()", null, CancellationToken.None);

        claimed.ShouldBe([false]);
    }

    [Fact]
    public async Task An_older_copy_of_the_same_disk_is_known_by_its_log_and_the_release_ends_the_review_item()
    {
        await Look();
        await Database.ExecuteAsync("CREATE OR REPLACE FUNCTION current_wal_position() RETURNS bigint LANGUAGE sql STABLE RETURN 1::bigint");

        await Look();
        await Look();

        (await Database.ColumnAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL")).ShouldBe(["database_went_back"], "once");
        var hold = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/holds"))).GetProperty("items")[0];
        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).EnsureSuccessStatusCode();
        (await Database.ColumnAsync<string>("SELECT action FROM review_items WHERE kind = 'restore'")).ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_release_by_an_administrator_who_acts_in_another_franchise_ends_the_review_item_too()
    {
        await Look();
        await Database.ExecuteAsync("CREATE OR REPLACE FUNCTION current_wal_position() RETURNS bigint LANGUAGE sql STABLE RETURN 1::bigint");
        await Look();
        var hold = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/holds"))).GetProperty("items")[0].GetProperty("id").GetGuid();
        _admin.DefaultRequestHeaders.Add("X-Tenant-Id", (await OtherTenantAsync()).ToString());

        (await _admin.DeleteAsync($"/api/holds/{hold}")).EnsureSuccessStatusCode();

        (await Database.ColumnAsync<string>("SELECT action FROM review_items WHERE kind = 'restore'")).ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_text_of_ours_that_this_database_never_made_holds_everything_and_a_made_up_link_of_a_customer_does_not()
    {
        var known = await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551202");
        await this.SentAsync(known);
        await Sandbox.Twilio.ReceiveAsync("+15125551203", $"Look: {TestVariables.PublicUrl}/c/abcdefghijklmnopqrstuvwx");
        await CompareAsync();
        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds")).ShouldBe(0);

        await TextByAnotherDatabaseAsync($"Hi, here: {TestVariables.PublicUrl}/c/zyxwvutsrqponmlkjihgfedc");
        await CompareAsync();

        (await Database.ColumnAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL")).ShouldBe(["vendor_knows_more"]);
        (await Database.ColumnAsync<string>("SELECT evidence->>'messageSid' FROM review_items WHERE kind = 'restore'")).ShouldHaveSingleItem().ShouldStartWith("SM");
    }

    [Fact]
    public async Task Of_two_causes_a_release_ends_its_own_and_the_others_hold_and_item_stand()
    {
        await BelongToAnotherAsync();
        await Look();
        await TextByAnotherDatabaseAsync($"Hi, here: {TestVariables.PublicUrl}/c/zyxwvutsrqponmlkjihgfedc");
        await CompareAsync();
        var item = await Database.ScalarAsync<Guid>("SELECT id FROM review_items WHERE kind = 'restore' AND reason = 'vendor_knows_more'");

        await TwoFranchises.OkAsync(await _admin.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "release", note = "seen" }));

        (await Database.ColumnAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL")).ShouldBe(["database_went_back"]);
        (await Database.ColumnAsync<string>("SELECT concat_ws(' ', reason, action, note) FROM review_items WHERE kind = 'restore' ORDER BY reason")).ShouldBe(["database_went_back", "vendor_knows_more release seen"]);
    }

    [Fact]
    public async Task A_link_that_staff_have_copied_wrongly_holds_nobody()
    {
        var lead = await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551206");
        await this.SentAsync(lead);
        await TwoFranchises.OkAsync(await _admin.PostAsJsonAsync(
            $"/api/leads/{lead}/messages", new { channel = "sms", content = $"It is here: {TestVariables.PublicUrl}/c/zyxwvutsrqponmlkjihgfedc" }));
        await this.SentAsync(lead, "staff-1");

        await CompareAsync();

        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds")).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_at_the_vendor_when_an_operator_released_the_hold_takes_no_other_one_and_what_comes_later_does()
    {
        await TextByAnotherDatabaseAsync($"Hi, here: {TestVariables.PublicUrl}/c/zyxwvutsrqponmlkjihgfedc");
        await CompareAsync();
        var hold = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/holds"))).GetProperty("items")[0];
        await SetClockAsync("2026-11-23T16:10:00Z");
        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).EnsureSuccessStatusCode();

        await CompareAsync();
        (await Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds WHERE released_at IS NULL")).ShouldBe(0, "the operator has looked at it");

        await SetClockAsync("2026-11-23T16:20:00Z");
        await TextByAnotherDatabaseAsync($"Hi, here: {TestVariables.PublicUrl}/c/abcdefghijklmnopqrstuvwx");
        await CompareAsync();
        (await Database.ColumnAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL")).ShouldBe(["vendor_knows_more"]);
    }

    [Fact]
    public async Task A_look_that_began_before_the_release_takes_no_other_hold()
    {
        var clock = _app.Services.GetRequiredService<TimeProvider>();
        var seenAt = clock.GetUtcNow();
        await BelongToAnotherAsync();
        await Look();
        var hold = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/holds"))).GetProperty("items")[0].GetProperty("id").GetGuid();
        (await _admin.DeleteAsync($"/api/holds/{hold}")).EnsureSuccessStatusCode();

        (await TakeAsync(seenAt)).ShouldBeFalse("the operator has looked at what it saw");
        (await TakeAsync(seenAt, RestoreHolds.VendorKnowsMore)).ShouldBeTrue("of another cause they have looked at nothing");
        (await TakeAsync(clock.GetUtcNow())).ShouldBeTrue("this is news");

        async Task<bool> TakeAsync(DateTimeOffset seenAt, string cause = RestoreHolds.WentBack)
        {
            await using var transaction = await Database.Lead.BeginAsync(await TenantAsync(), CancellationToken.None);
            return await _app.Services.GetRequiredService<HoldStore>().TakeAllAsync(transaction, cause, "seen", seenAt, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_database_that_does_not_tell_what_it_is_sends_all_the_same()
    {
        await Database.ExecuteAsync("CREATE OR REPLACE FUNCTION current_database_identity() RETURNS text LANGUAGE sql STABLE RETURN NULL::text");

        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551204"));
    }

    private Task Look() => _app.Services.GetRequiredService<RestoreWatch>().RunOnceAsync(CancellationToken.None);

    private Task CompareAsync() => _app.Services.GetRequiredService<TextLists>().CompareAsync(onlyUnread: false, CancellationToken.None);

    private Task<int> BelongToAnotherAsync() => Database.ExecuteAsync("UPDATE database_identity SET value = '1/00000001'");

    private async Task TextByAnotherDatabaseAsync(string body)
    {
        using var http = new HttpClient();
        const string account = "AC00000000000000000000000000000000";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{TestVariables.TwilioAuthToken}")));
        using var form = new FormUrlEncodedContent([new("To", "+15125551205"), new("From", TestVariables.TwilioPhoneNumber), new("Body", body)]);
        (await http.PostAsync(new Uri($"{Sandbox.BareUrl}/2010-04-01/Accounts/{account}/Messages.json"), form)).EnsureSuccessStatusCode();
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Reviews;

/// <summary>What the machine must not decide waits for a person with its evidence, and what the person decides happens once.</summary>
public sealed class ReviewItemTests(ReviewItemTests.ShopWithLateDelivery shop) : IClassFixture<ReviewItemTests.ShopWithLateDelivery>, IAsyncLifetime
{
    private HttpClient _staff = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _staff = await shop.SignedInAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class ShopWithLateDelivery : Shop
    {
        public WebApplication App { get; private set; } = null!;

        protected override bool StartsOne => false;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            App = await StartAsync();
        }
    }

    [Fact]
    public async Task A_touch_that_needs_a_person_has_its_item_with_the_attempts_and_is_sent_again_when_that_is_decided()
    {
        var (lead, item) = await ParkedAsync("+15125551301");

        (item.GetProperty("kind").GetString(), item.GetProperty("reason").GetString()).ShouldBe(("touch_point", "not_found_at_twilio"));
        item.GetProperty("sentence").GetString()!.ShouldContain("Twilio's list");
        item.GetProperty("actions").EnumerateArray().Select(action => action.GetString()).ShouldBe(["send_again", "mark_sent", "cancel"]);
        var attempt = item.GetProperty("evidence").GetProperty("attempts")[0];
        (attempt.GetProperty("number").GetInt32(), attempt.GetProperty("status").GetString()).ShouldBe((1, "accepted"));
        item.GetRawText().ShouldNotContain("5551301");

        var resolved = await OkAsync(await ResolveAsync(item, "send_again", "Twilio's log does not have it"));

        (resolved.GetProperty("action").GetString(), resolved.GetProperty("note").GetString()).ShouldBe(("send_again", "Twilio's log does not have it"));
        await shop.SentAsync(lead);
        shop.Sandbox.Twilio.SentTo("+15125551301").Count.ShouldBe(2, "the first one, and the one that was decided");
        (await shop.Database.ColumnAsync<int>("SELECT number FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id WHERE t.lead_id = $1 ORDER BY number", lead)).ShouldBe([1, 2]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'review_send_again' AND target = $1", $"review item {Id(item)}")).ShouldBe(1);
    }

    [Theory]
    [InlineData("mark_sent", "sent", "marked_sent_by_staff", "+15125551302")]
    [InlineData("cancel", "cancelled", "cancelled_by_staff", "+15125551303")]
    public async Task What_is_decided_happens_once_and_cannot_be_decided_otherwise(string action, string status, string reason, string phone)
    {
        var (lead, item) = await ParkedAsync(phone);

        var first = await OkAsync(await ResolveAsync(item, action));
        var again = await OkAsync(await ResolveAsync(item, action));

        again.GetRawText().ShouldBe(first.GetRawText());
        (await shop.StepAsync(lead, "greeting", status)).ShouldBe(reason);
        (await shop.Database.ScalarAsync<bool>("SELECT status = 'contacted' AND first_contacted_at IS NOT NULL FROM leads WHERE id = $1", lead)).ShouldBe(status == "sent");
        (await ResolveAsync(item, "send_again")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ResolveAsync(item, "confirm_opt_out")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_vendor_tells_after_all_needs_nobody()
    {
        var (lead, item) = await ParkedAsync("+15125551304");
        var sid = shop.Sandbox.Twilio.SentTo("+15125551304").Single().Sid;

        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'delivered', reason = NULL, provider_id = $2 WHERE lead_id = $1", lead, sid);

        (await OkAsync(await _staff.GetAsync($"/api/review-items/{Id(item)}"))).GetProperty("action").GetString().ShouldBe("settled");
        (await ResolveAsync(item, "send_again")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("confirm_opt_out", true, "+15125551305")]
    [InlineData("undo_opt_out", false, "+15125551306")]
    public async Task Words_that_may_be_an_opt_out_count_as_what_staff_read_in_them(string action, bool isOut, string phone)
    {
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), phone);
        await shop.SentAsync(lead);
        await shop.Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z' WHERE phone = $1", phone);
        var id = await AddAsync(ReviewKinds.DoubtfulOptOut, lead, "doubtful_opt_out");

        await OkAsync(await _staff.PostAsJsonAsync($"/api/review-items/{id}/resolution", new { action }));

        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone)).ShouldBe(isOut);
        (await shop.Database.ScalarAsync<string>("SELECT source FROM consent_events WHERE channel = 'console' ORDER BY id DESC LIMIT 1"))!.ShouldStartWith($"review item {id}");
    }

    [Theory]
    [InlineData("stop texting me", "+15125551309")]
    [InlineData("STOP", "+15125551310")]
    public async Task A_doubtful_no_is_not_undone_over_a_clear_one(string clear, string phone)
    {
        var lead = await SaidAsync(phone, "not interested", clear);
        var item = await DoubtAsync(lead);

        using var refused = await ResolveAsync(item, "undo_opt_out");

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("other, clear words");
        (await IsOutAsync(phone)).ShouldBeTrue();
        (await OkAsync(await _staff.GetAsync($"/api/review-items/{Id(item)}"))).GetProperty("resolvedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        await OkAsync(await ResolveAsync(item, "confirm_opt_out"));
    }

    [Fact]
    public async Task A_clear_no_that_staff_were_told_after_a_doubtful_one_is_not_undone_either()
    {
        const string phone = "+15125551311";
        var lead = await SaidAsync(phone, "not interested");
        (await _staff.PostAsJsonAsync($"/api/leads/{lead}/opt-out", new { wording = "on the phone: no more texts" })).EnsureSuccessStatusCode();

        (await ResolveAsync(await DoubtAsync(lead), "undo_opt_out")).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        (await IsOutAsync(phone)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_doubtful_nos_both_are_read_before_anything_is_sent_again()
    {
        const string phone = "+15125551312";
        var lead = await SaidAsync(phone, "not interested", "who gave you my number");
        var items = (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}&kind=doubtful_opt_out"))).GetProperty("items").EnumerateArray().ToList();
        items.Count.ShouldBe(2);

        await OkAsync(await ResolveAsync(items[0], "undo_opt_out"));
        (await IsOutAsync(phone)).ShouldBeTrue();
        await OkAsync(await ResolveAsync(items[1], "undo_opt_out"));

        (await IsOutAsync(phone)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_clear_no_that_was_taken_back_by_the_person_stands_in_nobodys_way()
    {
        const string phone = "+15125551313";
        var lead = await SaidAsync(phone, "stop texting me", "START");
        await shop.SetClockAsync("2026-11-23T16:05:00Z");
        _staff = await shop.SignedInAsync();
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "not interested");

        await OkAsync(await ResolveAsync(await DoubtAsync(lead), "undo_opt_out"));

        (await IsOutAsync(phone)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_list_shows_what_is_open_and_can_be_narrowed_and_is_nobody_elses()
    {
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), "+15125551307");
        var id = await AddAsync("something_new", lead, "could_not_be_decided");
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());

        (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}&kind=something_new"))).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}&status=resolved"))).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await stranger.GetAsync($"/api/review-items/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsJsonAsync($"/api/review-items/{id}/resolution", new { action = "dismiss" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await OkAsync(await _staff.PostAsJsonAsync($"/api/review-items/{id}/resolution", new { action = "dismiss" }));
        (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}"))).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}&status=all"))).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_touch_that_is_born_for_a_person_has_its_item_and_only_one()
    {
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), "+15125551308");
        await shop.SentAsync(lead);
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'later', 'sms', 'needs_review', 'no_legal_hour', '2026-11-24Z', '2026-11-27Z', '2026-11-23Z', '2026-11-23T17:00:00Z' FROM leads WHERE id = $1
            """, lead);
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'needs_review', reason = 'unknown_timezone' WHERE lead_id = $1 AND step = 'later'", lead);

        var item = (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        // Its id is in the order of time, as those that the code makes.
        DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id(item).ToString("N")[..12], 16)).ShouldBe(DateTimeOffset.Parse("2026-11-23T17:00:00Z", null));
        Id(item).Version.ShouldBe(7);
    }

    // A text that went out, and of which nobody knows any more that it did.
    private async Task<(Guid Lead, JsonElement Item)> ParkedAsync(string phone)
    {
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), phone);
        await shop.StepAsync(lead, "greeting", "delivered");
        await shop.StepAsync(lead, "next_day", "scheduled"); // the end of the call is stored as well, which may come after the callback
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'needs_review', reason = 'not_found_at_twilio', provider_id = NULL, sent_at = NULL WHERE lead_id = $1 AND step = 'greeting'", lead);
        await shop.Database.ExecuteAsync("UPDATE leads SET status = 'new', first_contacted_at = NULL WHERE id = $1", lead);
        return (lead, (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem());
    }

    private async Task<Guid> SaidAsync(string phone, params string[] words)
    {
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), phone);
        await shop.SentAsync(lead);
        foreach (var text in words)
        {
            await shop.Sandbox.Twilio.ReceiveAsync(phone, text);
        }

        return lead;
    }

    private async Task<JsonElement> DoubtAsync(Guid lead) =>
        (await OkAsync(await _staff.GetAsync($"/api/review-items?leadId={lead}&kind=doubtful_opt_out"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();

    private Task<bool> IsOutAsync(string phone) => shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone);

    private async Task<Guid> AddAsync(string kind, Guid lead, string reason)
    {
        await using var transaction = await shop.App.Services.GetRequiredService<LeadDatabase>().BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        var id = await shop.App.Services.GetRequiredService<ReviewItemStore>().AddAsync(transaction, kind, lead, null, null, reason, """{"words":"leave it"}""", CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return id;
    }

    private Task<HttpResponseMessage> ResolveAsync(JsonElement item, string action, string? note = null) =>
        _staff.PostAsJsonAsync($"/api/review-items/{Id(item)}/resolution", new { action, note });

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    private static Task<JsonElement> OkAsync(HttpResponseMessage answer) => TwoFranchises.OkAsync(answer);
}

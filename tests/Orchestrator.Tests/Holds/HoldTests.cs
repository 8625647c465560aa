using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Holds;

/// <summary>A hold stops what is sent on every process, loses nothing, and goes when it is released.</summary>
public sealed class HoldTests(TwoOrchestrators shop) : IClassFixture<TwoOrchestrators>, IAsyncLifetime
{
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _admin = await shop.SignedInAsync();
        await shop.Database.ExecuteAsync("UPDATE holds SET released_at = taken_at WHERE released_at IS NULL");
        await shop.Database.ExecuteAsync("UPDATE platform_holds SET released_at = taken_at WHERE released_at IS NULL");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_administrators_in_two_franchises_take_one_hold_on_everything()
    {
        var franchises = new[] { await shop.TenantAsync(), await shop.OtherTenantAsync(), await shop.OtherTenantAsync(), await shop.OtherTenantAsync() };

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/holds") { Content = JsonContent.Create(new { scope = "all" }) };
            request.Headers.Add("X-Tenant-Id", franchises[number % franchises.Length].ToString());
            return (await OkAsync(await _admin.SendAsync(request))).GetProperty("id").GetGuid();
        }));

        answers.Distinct().ShouldHaveSingleItem();
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM platform_holds WHERE released_at IS NULL")).ShouldBe(1);
        (await _admin.DeleteAsync($"/api/holds/{answers[0]}")).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("location", "+15125551101")]
    [InlineData("tenant", "+15125551102")]
    [InlineData("all", "+15125551103")]
    public async Task What_is_held_stays_planned_and_goes_out_after_the_release(string scope, string phone)
    {
        var location = await shop.LocationAsync();
        var hold = await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope, locationId = scope == "location" ? location : (Guid?)null, reason = "Wrong words in the greeting" }));
        var lead = await LeadAsync(location, phone);
        // Both processes look at what is due ten times a second, and this one at once.
        await shop.First.Services.GetRequiredService<TouchPointWorker>().RunOnceAsync(CancellationToken.None);

        var touch = await Eventually.ValueAsync(
            async () => (await OkAsync(await _admin.GetAsync($"/api/touch-points?leadId={lead}"))).GetProperty("items")[0],
            found => found.GetProperty("status").GetString() == "scheduled", "whoever has claimed it to put it back");
        (touch.GetProperty("status").GetString(), touch.GetProperty("reason").GetString(), touch.GetProperty("attempts").GetInt32()).ShouldBe(("scheduled", "held", 0));
        shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
        var explained = await OkAsync(await _admin.GetAsync($"/api/leads/{lead}/explain"));
        explained.GetProperty("items")[0].GetProperty("sentence").GetString()!.ShouldContain("Wrong words in the greeting");
        explained.GetProperty("holds")[0].GetProperty("scope").GetString().ShouldBe(scope);

        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await shop.SentAsync(lead);
        shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("all")]
    public async Task A_hold_is_found_where_its_answer_says_and_tells_its_release(string scope)
    {
        using var taken = await _admin.PostAsJsonAsync("/api/holds", new { scope });
        var place = taken.Headers.Location!;
        (await OkAsync(await _admin.GetAsync(place))).GetProperty("releasedAt").ValueKind.ShouldBe(JsonValueKind.Null);

        (await _admin.DeleteAsync(place)).EnsureSuccessStatusCode();

        var released = await OkAsync(await _admin.GetAsync(place));
        (released.GetProperty("scope").GetString(), released.GetProperty("releasedBy").ValueKind).ShouldBe((scope, JsonValueKind.String));
        (await _admin.GetAsync($"/api/holds/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_lead_that_is_held_holds_nobody_else()
    {
        var location = await shop.LocationAsync();
        var first = await LeadAsync(location, "+15125551104");
        await shop.SentAsync(first);
        await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = first }));
        await OkAsync(await _admin.PostAsJsonAsync($"/api/leads/{first}/messages", new { channel = "sms", content = "Held words" }));
        var other = await LeadAsync(location, "+15125551105");

        await shop.SentAsync(other);
        shop.Sandbox.Twilio.SentTo("+15125551104").Count.ShouldBe(1, "the greeting alone");
        (await shop.Database.ColumnAsync<string>("SELECT status FROM touch_points WHERE lead_id = $1 AND step = 'staff-1'", first)).ShouldBe(["scheduled"]);
    }

    [Fact]
    public async Task A_text_that_was_claimed_before_the_hold_is_put_back()
    {
        await shop.SetClockAsync("2026-11-24T05:00:00Z");
        _admin = await shop.SignedInAsync();
        var lead = await LeadAsync(await shop.LocationAsync(), "+15125551106");
        var tenant = await shop.TenantAsync();
        await shop.Database.ExecuteAsync("""
            UPDATE touch_points SET status = 'sending', reason = NULL, fence = 7, claimed_by = gen_random_uuid(), lease_until = clock_timestamp() + interval '30 s' WHERE lead_id = $1
            """, lead);
        var id = await shop.Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1", lead);
        await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead }));
        var ended = 0;

        await shop.First.Services.GetRequiredService<TextDelivery>().StartAsync([new TouchPointClaim(tenant, id, 7)], () => ended++);

        ended.ShouldBe(1);
        (await shop.Database.ColumnAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(["scheduled held"]);
    }

    [Fact]
    public async Task What_is_planned_under_a_hold_is_looked_at_once_and_no_more()
    {
        var location = await shop.LocationAsync();
        var hold = await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location }));
        var lead = await LeadAsync(location, "+15125551109");
        await Eventually.TrueAsync(() => IsMarkedAsync(lead), "the gate to mark it");

        for (var round = 0; round < 5; round++)
        {
            await shop.First.Services.GetRequiredService<TouchPointWorker>().RunOnceAsync(CancellationToken.None);
        }

        (await shop.Database.ScalarAsync<long>("SELECT fence FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(1, "one claim, however often somebody looks");
        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).EnsureSuccessStatusCode();
        (await IsMarkedAsync(lead)).ShouldBeFalse();
        await shop.SentAsync(lead);
    }

    [Fact]
    public async Task A_release_in_the_moment_in_which_the_gate_marks_leaves_no_text_behind()
    {
        var location = await shop.LocationAsync();
        List<Guid> leads = [];
        for (var round = 0; round < 12; round++)
        {
            var hold = (await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location }))).GetProperty("id").GetGuid();
            leads.Add(await LeadAsync(location, $"+1512555{1200 + round}"));
            // Both processes look now; some rounds the end comes before the mark, and some after it.
            await Task.WhenAll(
                shop.First.Services.GetRequiredService<TouchPointWorker>().RunOnceAsync(CancellationToken.None),
                Task.Run(async () => (await _admin.DeleteAsync($"/api/holds/{hold}")).EnsureSuccessStatusCode()));
        }

        foreach (var lead in leads)
        {
            await shop.SentAsync(lead);
        }

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE is_held")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_holds_that_are_released_at_one_moment_leave_no_text_behind()
    {
        await shop.SetClockAsync("2026-11-24T05:00:00Z");
        _admin = await shop.SignedInAsync();
        var location = await shop.LocationAsync();
        List<Guid> leads = [];
        for (var round = 0; round < 8; round++)
        {
            leads.Add(await LeadAsync(location, $"+1512555{1260 + round}"));
            var holds = new[]
            {
                (await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location }))).GetProperty("id").GetGuid(),
                (await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "tenant" }))).GetProperty("id").GetGuid(),
            };
            await Task.WhenAll(holds.Select(async hold => (await _admin.DeleteAsync($"/api/holds/{hold}")).EnsureSuccessStatusCode()));
        }

        foreach (var lead in leads)
        {
            (await IsMarkedAsync(lead)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_mark_that_is_about_to_be_written_keeps_the_release_waiting()
    {
        await shop.SetClockAsync("2026-11-24T05:00:00Z");
        _admin = await shop.SignedInAsync();
        var tenant = await shop.TenantAsync();
        var lead = await LeadAsync(await shop.LocationAsync(), "+15125551110");
        var hold = (await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead }))).GetProperty("id").GetGuid();
        var id = await shop.Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1", lead);
        await shop.Database.ExecuteAsync("""
            UPDATE touch_points SET status = 'sending', is_held = false, fence = 7, claimed_by = gen_random_uuid(), lease_until = clock_timestamp() + interval '30 s' WHERE id = $1
            """, id);

        Task<HttpResponseMessage> release;
        await using (var gate = await shop.Database.Lead.BeginAsync(tenant, CancellationToken.None))
        {
            // As the gate does it, before it writes.
            await gate.ExecuteAsync("SELECT id FROM holds WHERE tenant_id = @tenantId AND id = @hold FOR SHARE", new { hold }, CancellationToken.None);
            release = _admin.DeleteAsync($"/api/holds/{hold}");
            await Eventually.TrueAsync(() => shop.Database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"), "the release to wait");
            await gate.ExecuteAsync("""
                UPDATE touch_points SET status = 'scheduled', is_held = true, reason = 'held', claimed_by = NULL, lease_until = NULL WHERE tenant_id = @tenantId AND id = @id
                """, new { id }, CancellationToken.None);
            await gate.CommitAsync(CancellationToken.None);
        }

        (await release).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await IsMarkedAsync(lead)).ShouldBeFalse("it saw the mark");
    }

    [Fact]
    public async Task An_order_that_moves_to_another_shop_leaves_the_holds_of_its_old_one_and_comes_under_those_of_the_new()
    {
        await shop.SetClockAsync("2026-11-24T05:00:00Z");
        _admin = await shop.SignedInAsync();
        var (old, other, held) = (await shop.LocationAsync(), await shop.LocationAsync(), await shop.LocationAsync());
        var (left, came) = (await LeadAsync(old, "+15125551112"), await LeadAsync(old, "+15125551113"));
        var hold = await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = old }));
        await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = held }));

        await MoveAsync(left, other);
        await MoveAsync(came, held);
        (await IsMarkedAsync(left)).ShouldBeFalse();
        (await IsMarkedAsync(came)).ShouldBeTrue();
        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).EnsureSuccessStatusCode();
        (await IsMarkedAsync(came)).ShouldBeTrue("its new shop is held");

        await shop.SetClockAsync("2026-11-24T16:00:00Z");
        await shop.SentAsync(left);
    }

    [Fact]
    public async Task A_hold_of_another_franchise_marks_nothing_of_ours()
    {
        await shop.SetClockAsync("2026-11-24T05:00:00Z");
        _admin = await shop.SignedInAsync();
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());
        var lead = await LeadAsync(await shop.LocationAsync(), "+15125551111");

        await OkAsync(await stranger.PostAsJsonAsync("/api/holds", new { scope = "tenant", reason = "Theirs" }));

        (await IsMarkedAsync(lead)).ShouldBeFalse();
        (await OkAsync(await _admin.GetAsync($"/api/leads/{lead}/explain"))).GetProperty("holds").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_email_that_is_held_keeps_the_reason_why_it_goes_by_email()
    {
        var location = await shop.LocationAsync();
        var hold = await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location }));
        var lead = await LeadAsync(location, null, "kept@example.com");
        var why = await shop.Database.ScalarAsync<string?>("SELECT reason FROM touch_points WHERE lead_id = $1", lead);
        await shop.First.Services.GetRequiredService<Orchestrator.Emails.EmailWorker>().RunOnceAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => IsMarkedAsync(lead), "the gate to mark it");

        (await _admin.DeleteAsync($"/api/holds/{hold.GetProperty("id").GetGuid()}")).EnsureSuccessStatusCode();

        (await shop.Database.ScalarAsync<string?>("SELECT reason FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(why);
    }

    [Fact]
    public async Task Emails_are_held_too_and_what_is_held_for_too_long_is_let_go()
    {
        await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "tenant" }));
        var lead = await LeadAsync(await shop.LocationAsync(), null, "held@example.com");
        await shop.First.Services.GetRequiredService<Orchestrator.Emails.EmailWorker>().RunOnceAsync(CancellationToken.None);
        (await shop.Database.ColumnAsync<string>("SELECT channel || ' ' || status FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(["email scheduled"]);

        await shop.SetClockAsync("2026-11-27T16:00:00Z");
        await Eventually.ValueAsync(() => shop.Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE lead_id = $1", lead), status => status == "expired", "the email to be let go");
        shop.Sandbox.SendGrid.Sent.Where(mail => mail.To.Contains("held@example.com")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_hold_twice_is_one_and_each_is_noted()
    {
        var location = await shop.LocationAsync();
        var first = await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location });
        var second = await _admin.PostAsJsonAsync("/api/holds", new { scope = "location", locationId = location, reason = "Again" });

        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        var id = (await OkAsync(first)).GetProperty("id").GetGuid();
        (await OkAsync(second)).GetProperty("id").GetGuid().ShouldBe(id);
        (await _admin.DeleteAsync($"/api/holds/{id}")).EnsureSuccessStatusCode();
        (await _admin.DeleteAsync($"/api/holds/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent, "an end twice is one end");
        (await OkAsync(await _admin.GetAsync("/api/holds"))).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await OkAsync(await _admin.GetAsync("/api/holds?active=false"))).GetProperty("items")[0].GetProperty("releasedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await shop.Database.ColumnAsync<string>("SELECT action FROM audit_events WHERE target LIKE $1 ORDER BY id", $"hold {id}%")).ShouldBe(["hold_taken", "hold_released"]);
    }

    [Fact]
    public async Task A_shop_is_its_managers_and_everything_the_operators_to_hold()
    {
        using var advisor = await shop.SignedInAsync("advisor");
        using var owner = await shop.SignedInAsync("owner");
        var lead = await LeadAsync(await shop.LocationAsync(), "+15125551107");

        (await advisor.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await advisor.PostAsJsonAsync("/api/holds", new { scope = "tenant" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var tenants = await OkAsync(await owner.PostAsJsonAsync("/api/holds", new { scope = "tenant" }));
        (await advisor.DeleteAsync($"/api/holds/{tenants.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await owner.PostAsJsonAsync("/api/holds", new { scope = "all" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var all = await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "all" }));
        (await owner.DeleteAsync($"/api/holds/{all.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_not_there_or_not_said_is_told_so()
    {
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());
        var lead = await LeadAsync(await shop.LocationAsync(), "+15125551108");
        var hold = (await OkAsync(await _admin.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead }))).GetProperty("id").GetGuid();

        (await stranger.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync($"/api/holds/{hold}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetFromJsonAsync<JsonElement>("/api/holds")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await _admin.PostAsJsonAsync("/api/holds", new { scope = "lead" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _admin.PostAsJsonAsync("/api/holds", new { scope = "tenant", leadId = lead })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _admin.PostAsJsonAsync("/api/holds", new { scope = "world" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    // As an intake does it that hears of the move.
    private async Task MoveAsync(Guid lead, Guid location)
    {
        await using var transaction = await shop.Database.Lead.BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        await transaction.ExecuteAsync("UPDATE leads SET location_id = @location WHERE tenant_id = @tenantId AND id = @lead", new { lead, location }, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private Task<bool> IsMarkedAsync(Guid lead) => shop.Database.ScalarAsync<bool>("SELECT is_held FROM touch_points WHERE lead_id = $1", lead)!;

    private Task<Guid> LeadAsync(Guid location, string? phone, string? email = null) => shop.LeadByApiAsync(_admin, location, phone, email);

    private static Task<JsonElement> OkAsync(HttpResponseMessage answer) => TwoFranchises.OkAsync(answer);
}

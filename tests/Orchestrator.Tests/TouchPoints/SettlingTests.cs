using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Tests.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>A message was handed over twice: what a vendor says late of the first time does not overwrite the second.</summary>
public sealed class SettlingTests(LeadExplainerTests.NothingLeaves shop) : IClassFixture<LeadExplainerTests.NothingLeaves>
{
    private readonly Guid _touch = Guid.CreateVersion7();
    private readonly Guid _first = Guid.CreateVersion7();
    private readonly Guid _second = Guid.CreateVersion7();

    [Theory]
    [InlineData("sms", "sent")]
    [InlineData("sms", "unknown")]
    [InlineData("email", "sent")]
    [InlineData("email", "delivered")]
    [InlineData("email", "unknown")]
    public async Task That_the_first_one_failed_changes_nothing(string channel, string status)
    {
        await HandedOverTwiceAsync(channel, status);
        await SayAsync(channel, _first, "failed");
        (await StatusAsync()).ShouldBe(status);
        await SayAsync(channel, _second, "failed");
        (await StatusAsync()).ShouldBe("failed");
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("email")]
    public async Task That_the_first_one_arrived_counts_when_the_second_failed(string channel)
    {
        await HandedOverTwiceAsync(channel, "failed");
        await SayAsync(channel, _first, "delivered");
        (await StatusAsync()).ShouldBe("delivered");
    }

    [Theory]
    [InlineData("sms", "sent", "sent", "sent_again_by_staff")]
    [InlineData("sms", "delivered", "delivered", "sent_again_by_staff")]
    [InlineData("sms", "failed", "scheduled", "sent_again_by_staff")]
    [InlineData("sms", "delivered", "delivered", "outside_legal_hours")] // the gate has seen it since
    [InlineData("sms", "sent", "sent", "frequency_cap")]
    [InlineData("sms", "failed", "scheduled", "outside_legal_hours")]
    [InlineData("email", "sent", "sent", "sent_again_by_staff")]
    [InlineData("email", "delivered", "delivered", "sent_again_by_staff")]
    [InlineData("email", "failed", "scheduled", "sent_again_by_staff")]
    [InlineData("email", "delivered", "delivered", "sendgrid_account_waits")]
    public async Task What_is_to_be_sent_again_is_not_when_it_went_out_after_all(string channel, string said, string becomes, string waitsFor)
    {
        await HandedOverTwiceAsync(channel, "needs_review");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'scheduled', reason = $2, handed_over_at = NULL WHERE id = $1", _touch, waitsFor);
        await SayAsync(channel, _second, said);
        (await StatusAsync()).ShouldBe(becomes);
    }

    [Fact]
    public async Task An_event_that_comes_before_the_end_of_its_call_leaves_no_reason_of_an_earlier_try()
    {
        await HandedOverTwiceAsync("email", "sent");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'sending', reason = 'sendgrid_429', lease_until = now() + interval '1 minute' WHERE id = $1", _touch);
        await SayAsync("email", _second, "delivered");
        (await shop.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE id = $1", _touch)).ShouldBe("delivered landline_phone");
    }

    [Theory]
    [InlineData("sms", "sent", true, "sent")]
    [InlineData("sms", "delivered", true, "delivered")]
    [InlineData("sms", "failed", true, "cancelled")]
    [InlineData("sms", "delivered", false, "cancelled")] // it was with nobody
    [InlineData("email", "delivered", true, "delivered")]
    [InlineData("email", "failed", true, "cancelled")]
    public async Task What_staff_have_cancelled_because_nobody_could_find_it_has_arrived_when_the_vendor_says_so(string channel, string said, bool wasOut, string becomes)
    {
        await HandedOverTwiceAsync(channel, "needs_review");
        await shop.Database.ExecuteAsync(
            "UPDATE touch_points SET status = 'cancelled', reason = 'cancelled_by_staff', handed_over_at = CASE WHEN $2 THEN handed_over_at END WHERE id = $1", _touch, wasOut);
        await SayAsync(channel, _second, said);
        (await StatusAsync()).ShouldBe(becomes);

        await shop.App.Services.GetRequiredService<CadenceRound>().RunOnceAsync(CancellationToken.None);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", _touch)).ShouldBe(1, "what comes after it was cancelled with it");
    }

    [Theory]
    [InlineData("delivered", "accepted", null, true)]
    [InlineData("sent", "accepted", "delivered", true)]
    [InlineData("undelivered", "accepted", "delivered", false)]
    [InlineData("delivered", "accepted", "undelivered", false)]
    [InlineData("delivered", "unknown", null, false)]
    public async Task A_first_attempt_that_turns_up_after_a_second_one_went_out_is_told_of_once(string word, string second, string? secondWord, bool isTold)
    {
        await HandedOverTwiceAsync("sms", "sent");
        await shop.Database.ExecuteAsync("UPDATE message_attempts SET status = $2, provider_status = $3, provider_rank = CASE WHEN $3::text IS NULL THEN 0 ELSE 4 END WHERE id = $1", _second, second, secondWord);

        (await AdvanceAsync(word))!.IsTwice.ShouldBe(isTold);
        (await AdvanceAsync("read"))?.IsTwice.ShouldBeFalse();
    }

    private async Task<MovedAttempt?> AdvanceAsync(string word)
    {
        await using var transaction = await shop.Database.Lead.BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        var moved = await shop.App.Services.GetRequiredService<AttemptStore>().AdvanceAsync(transaction, _first, "SM1", TwilioStatus.Read(word), null, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return moved;
    }

    private async Task HandedOverTwiceAsync(string channel, string status)
    {
        var tenant = await shop.TenantAsync();
        await shop.Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, phone_type, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'api', $2::text, 'contacted', 'Ann', 'landline', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z')
            """, tenant, _touch, await shop.LocationAsync());
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, attempts, due_at, expires_at, handed_over_at, created_at, updated_at)
            VALUES ($1, $2, $2, 'greeting', $3, $4, 'sent_again_by_staff', 2, '2026-12-23Z', '2026-12-24Z', now(), '2026-11-23Z', '2026-11-23Z')
            """, tenant, _touch, channel, status);
        await shop.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT $1, n.id, $2, n.number, $3, 'somewhere', 'x', 'unknown', '2026-11-23Z' FROM (VALUES ($4::uuid, 1), ($5::uuid, 2)) n (id, number)
            """, tenant, _touch, channel, _first, _second);
    }

    private async Task SayAsync(string channel, Guid attempt, string status)
    {
        var store = shop.App.Services.GetRequiredService<TouchPointStore>();
        var reason = status == "failed" ? "twilio_30003" : null;
        await using var transaction = await shop.Database.Lead.BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        await (channel == "sms"
            ? store.SettleAsync(transaction, _touch, attempt, status, reason, "SM1", CancellationToken.None)
            : store.SettleEmailAsync(transaction, _touch, attempt, status, reason, "M1", CancellationToken.None));
        await transaction.CommitAsync(CancellationToken.None);
    }

    private Task<string?> StatusAsync() => shop.Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE id = $1", _touch);
}

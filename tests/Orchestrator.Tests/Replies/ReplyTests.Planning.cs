using System.Net.Http.Json;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Replies;

/// <content>Which answers are planned, and which are somebody's work.</content>
public sealed partial class ReplyTests
{
    [Fact]
    public async Task An_answer_whose_process_was_stopped_is_nobodys_work_while_the_question_is_asked_again()
    {
        var lead = await AskedAsync("+15125552161", "Do you do Sundays?");
        var lost = await BeginAnswerAsync(lead, "", "interrupted", "owner_lost");
        await shop.Database.ExecuteAsync("UPDATE chat_sessions SET answered_seq = asked_seq - 1 WHERE lead_id = $1", lead);
        await EndAnswerAsync(lost);
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<bool>("SELECT dispatched_at IS NOT NULL FROM chat_messages WHERE id = $1", lost), "the lost one to be looked at");

        await AnswerAsync(lead, "No, we don't.");

        await ReplyAsync(lead, "delivered");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM review_items WHERE lead_id = $1", lead)).ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_whose_process_was_lost_twice_is_somebodys_work()
    {
        var lead = await AskedAsync("+15125552162", "Do you do Mondays?");
        await EndAnswerAsync(await BeginAnswerAsync(lead, "", "interrupted", "owner_lost"));

        await Eventually.ValueAsync(
            () => shop.Database.ScalarAsync<string>("SELECT kind || ' ' || reason FROM review_items WHERE lead_id = $1", lead), item => item == "reply_not_sent answer_cut_off", "the item");
    }

    [Fact]
    public async Task An_answer_that_is_planned_while_somebody_takes_over_waits_for_them_and_is_not_sent()
    {
        const string phone = "+15125552165";
        var lead = await AskedAsync(phone, "Are you a robot?");
        var answer = await BeginAnswerAsync(lead, "I am.", "complete", "stop");
        await using (var takeover = await shop.Database.Lead.BeginAsync(await shop.TenantAsync(), CancellationToken.None))
        {
            await takeover.ExecuteAsync("UPDATE chat_sessions SET mode = 'human' WHERE tenant_id = @tenantId AND lead_id = @lead", new { lead }, CancellationToken.None);
            await EndAnswerAsync(answer);
            await Eventually.TrueAsync(() => shop.Database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"), "the answer to wait for the takeover");
            await takeover.CommitAsync(CancellationToken.None);
        }

        (await ReplyAsync(lead, "cancelled"))["reason"].ShouldBe("human_takeover");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_answer_that_cannot_be_planned_keeps_nobody_elses_back()
    {
        var (bad, good) = (await AskedAsync("+15125552163", "One?"), await AskedAsync("+15125552164", "Two?"));
        var first = await BeginAnswerAsync(bad, "Never.", "complete", "stop");
        await shop.Database.ExecuteAsync($"""
            CREATE FUNCTION refuse_bad_reply() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN RAISE 'no'; END $body$;
            CREATE TRIGGER refuse_bad_reply BEFORE INSERT ON touch_points FOR EACH ROW WHEN (NEW.message_id = '{first}') EXECUTE FUNCTION refuse_bad_reply()
            """);
        await EndAnswerAsync(first);

        await AnswerAsync(good, "Sent.");

        await ReplyAsync(good, "delivered");
        await shop.Database.ExecuteAsync("DROP TRIGGER refuse_bad_reply ON touch_points; DROP FUNCTION refuse_bad_reply()");
        await ReplyAsync(bad, "delivered");
    }

    [Fact]
    public async Task Staff_hear_of_an_answer_that_will_not_come()
    {
        const string phone = "+15125552143";
        var lead = await AskedAsync(phone, "Do you do windows?");
        await shop.Database.ExecuteAsync("UPDATE contacts SET crm_opt_out_at = '2026-11-23Z', crm_opt_out_by = '{ann}' WHERE phone = $1", phone);

        await AnswerAsync(lead, "Yes, we do.");

        (await ReplyAsync(lead, "suppressed"))["reason"].ShouldBe("crm_opt_out");
        (await shop.Database.ColumnAsync<string>("SELECT concat_ws(' ', kind, reason, message_id IS NOT NULL) FROM review_items WHERE lead_id = $1", lead)).ShouldBe(["reply_not_sent crm_opt_out t"]);
    }

    [Fact]
    public async Task An_answer_that_the_carrier_did_not_deliver_is_an_item_of_staff_and_is_settled_when_it_goes_out_after_all()
    {
        const string phone = "+15125552171";
        var lead = await AskedAsync(phone, "How much?");
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 30003 });
        await AnswerAsync(lead, "It is $399.00.");
        (await ReplyAsync(lead, "failed"))["reason"].ShouldBe("twilio_30003");
        (await ItemsAsync()).ShouldBe(["reply_not_sent twilio_30003 open"]);

        using var staff = await shop.SignedInAsync();
        await TwoFranchises.OkAsync(await staff.PostAsJsonAsync("/api/touch-points/replays", new { status = "failed", reason = "twilio_30003" }));

        await ReplyAsync(lead, "delivered");
        (await ItemsAsync()).ShouldBe(["reply_not_sent twilio_30003 settled"]);

        Task<IReadOnlyList<string>> ItemsAsync() => shop.Database.ColumnAsync<string>("SELECT concat_ws(' ', kind, reason, coalesce(action, 'open')) FROM review_items WHERE lead_id = $1", lead);
    }
}

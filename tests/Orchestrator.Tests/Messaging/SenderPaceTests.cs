using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>A number sends no faster than the carriers take it, and who asked goes ahead of what was planned for many.</summary>
public sealed class SenderPaceTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-23T20:00:00Z", CultureInfo.InvariantCulture);
    private static readonly SenderPace Fresh = new(Now, Now, Now, new DateOnly(2026, 11, 23), 0);
    private static readonly PacedText Bulk = new(2, false, null);
    private static readonly PacedText First = new(2, true, null);

    [Fact]
    public void Of_many_at_once_those_of_a_moment_go_and_each_other_gets_a_place_of_its_own()
    {
        var (after, decisions) = Fresh.Take([Bulk, Bulk, Bulk, Bulk], 1, null, Now);

        decisions.Select(decision => decision.WaitUntil).ShouldBe([null, Now.AddSeconds(2), Now.AddSeconds(4), Now.AddSeconds(6)]);
        decisions.Skip(1).ShouldAllBe(decision => decision.IsSlot && decision.Reason == "sender_is_paced");
        after.NextFreeAt.ShouldBe(Now.AddSeconds(8));
        after.Segments.ShouldBe(2, "what waits is counted when it goes");
    }

    [Fact]
    public void A_first_touch_goes_ahead_of_any_number_that_waits()
    {
        var (busy, _) = Fresh.Take([.. Enumerable.Repeat(Bulk, 200)], 1, null, Now);

        var (after, decisions) = busy.Take([Bulk, First], 1, null, Now);

        decisions[1].ShouldBe(PaceDecision.Go);
        decisions[0].WaitUntil.ShouldNotBeNull();
        after.FirstFreeAt.ShouldBe(Now.AddSeconds(2));
    }

    [Fact]
    public void So_many_first_touches_that_the_vendors_queue_would_be_long_wait_too()
    {
        var (_, decisions) = Fresh.Take([.. Enumerable.Repeat(First, 20)], 1, null, Now);

        decisions.Count(decision => decision == PaceDecision.Go).ShouldBe(16, "thirty seconds ahead, and the one that ends there");
        decisions.Last().WaitUntil.ShouldBe(Now.AddSeconds(38));
    }

    [Fact]
    public void A_conversation_waits_for_no_greetings_and_takes_its_time_from_them()
    {
        var (busy, _) = Fresh.Take([.. Enumerable.Repeat(First, 400)], 1, null, Now);

        var (after, decisions) = busy.Take([First, First with { IsTalk = true }], 1, null, Now);

        decisions[1].ShouldBe(PaceDecision.Go);
        decisions[0].WaitUntil.ShouldNotBeNull();
        (after.FirstFreeAt - busy.FirstFreeAt, after.NextFreeAt - busy.NextFreeAt).ShouldBe((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void At_half_the_pace_a_text_takes_twice_its_time_and_counts_once_for_the_day()
    {
        var (after, _) = Fresh.Take([new PacedText(1, false, null) { IsSlow = true }], 1, 2_000, Now);

        (after.Segments, after.NextFreeAt, after.CarrierFreeAt).ShouldBe((1, Now.AddSeconds(2), Now.AddSeconds(1)));
    }

    [Fact]
    public void A_text_goes_at_its_place_and_takes_no_other()
    {
        var busy = Fresh with { NextFreeAt = Now.AddMinutes(5) };

        var (after, decisions) = busy.Take([Bulk with { SlotAt = Now }], 1, null, Now);

        decisions.ShouldBe([PaceDecision.Go]);
        after.NextFreeAt.ShouldBe(busy.NextFreeAt);
    }

    [Fact]
    public void After_an_outage_the_places_that_were_missed_are_given_anew_and_nothing_bursts()
    {
        var missed = Enumerable.Range(0, 50).Select(n => Bulk with { SlotAt = Now.AddHours(-1).AddSeconds(n) }).ToList();

        var (_, decisions) = Fresh.Take(missed, 1, null, Now);

        decisions.Count(decision => decision == PaceDecision.Go).ShouldBe(1);
        decisions.Last().WaitUntil.ShouldBe(Now.AddSeconds(98));
    }

    [Fact]
    public void Places_that_have_passed_while_everybody_was_busy_do_not_burst_into_the_carriers_queue()
    {
        var pace = Fresh;
        var waiting = Enumerable.Range(0, 10).Select(n => new PacedText(1, false, Now.AddSeconds(n - 10))).ToList();
        List<DateTimeOffset> sent = [];
        for (var now = Now; waiting.Count > 0; now = now.AddSeconds(1))
        {
            (pace, var decisions) = pace.Take(waiting, 1, null, now);
            decisions.Where(decision => decision != PaceDecision.Go).ShouldAllBe(decision => decision.IsSlot && decision.WaitUntil > now);
            sent.AddRange(decisions.Where(decision => decision == PaceDecision.Go).Select(_ => now));
            waiting = [.. waiting.Zip(decisions).Where(entry => entry.Second != PaceDecision.Go).Select(entry => entry.First with { SlotAt = entry.Second.WaitUntil })];
        }

        sent.Count.ShouldBe(10);
        (sent[^1] - Now).ShouldBe(TimeSpan.FromSeconds(7), "nothing idles either");
        sent.Select((at, before) => before - (at - Now).TotalSeconds).ShouldAllBe(queue => queue <= 2);
    }

    [Fact]
    public void Greetings_that_went_ahead_fill_the_carriers_queue_and_the_many_wait_until_it_is_short()
    {
        var (busy, _) = Fresh.Take([.. Enumerable.Repeat(First, 10)], 1, null, Now);

        var (_, decisions) = busy.Take([Bulk with { SlotAt = Now }, First with { SlotAt = Now }], 1, null, Now);

        decisions[1].ShouldBe(PaceDecision.Go, "who asked does not wait for a place that was given");
        decisions[0].WaitUntil.ShouldBe(Now.AddSeconds(21));
    }

    [Fact]
    public void Places_are_given_ten_minutes_ahead_and_whoever_comes_later_asks_again()
    {
        var (after, decisions) = Fresh.Take([.. Enumerable.Repeat(Bulk, 400)], 1, null, Now);

        (decisions.Last().IsSlot, decisions.Last().WaitUntil).ShouldBe((false, Now.AddMinutes(10)));
        after.NextFreeAt.ShouldBe(Now.AddSeconds(602));
    }

    [Fact]
    public void A_fast_sender_sends_many_at_once() =>
        Fresh.Take([.. Enumerable.Repeat(Bulk, 50)], 100, null, Now).Decisions.ShouldAllBe(decision => decision == PaceDecision.Go);

    [Fact]
    public void The_last_tenth_of_a_day_is_kept_for_first_touches_and_the_next_day_begins_at_midnight_Pacific_time()
    {
        var nearlyFull = Fresh with { Segments = 1_799 };
        var midnight = DateTimeOffset.Parse("2026-11-24T08:00:00Z", CultureInfo.InvariantCulture);

        var (after, decisions) = nearlyFull.Take([Bulk, First], null, 2_000, Now);

        decisions.ShouldBe([new PaceDecision(midnight, "daily_limit_reached", false), PaceDecision.Go]);
        after.Segments.ShouldBe(1_801);
        (after with { Segments = 1_999 }).Take([First], null, 2_000, Now).Decisions[0].Reason.ShouldBe("daily_limit_reached");
        var (next, fresh) = (after with { Segments = 2_000 }).Take([Bulk], null, 2_000, midnight);
        (fresh[0], next.Segments, next.Day).ShouldBe((PaceDecision.Go, 2, new DateOnly(2026, 11, 24)));
    }

    [Theory]
    [InlineData("2026-03-08T07:59:00Z", "2026-03-07")]
    [InlineData("2026-03-09T06:59:00Z", "2026-03-08")]
    [InlineData("2026-03-09T07:00:00Z", "2026-03-09")]
    [InlineData("2026-11-02T07:59:00Z", "2026-11-01")]
    [InlineData("2026-11-02T08:00:00Z", "2026-11-02")]
    public void The_carriers_day_follows_the_clocks_of_the_coast(string at, string day) =>
        CarrierDay.Of(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)).ShouldBe(DateOnly.Parse(day, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("https://api.twilio.com", "+15125550100", null, null, 1)]
    [InlineData("https://api.twilio.com", "+18335550100", null, null, 3)]
    [InlineData("https://api.twilio.com", "+18005550100", null, null, 3)]
    [InlineData("https://api.twilio.com", "+18105550100", null, null, 1)]
    [InlineData("https://api.twilio.com", "+18325550100", null, null, 1)]
    [InlineData("https://api.twilio.com", "+15125550100", "MG1", null, null)]
    [InlineData("https://api.twilio.com", "+15125550100", "MG1", 20, 20)]
    [InlineData("https://api.twilio.com", "+15125550100", null, 0, null)]
    [InlineData("http://localhost:3002", "+15125550100", null, null, null)]
    [InlineData("http://localhost:3002", "+15125550100", null, 5, 5)]
    public void A_senders_pace_is_what_was_said_or_that_of_its_kind(string host, string number, string? service, int? chosen, int? pace) =>
        new TwilioAccount(new Uri(host), "AC0", "token", number, service, chosen).Pace.ShouldBe(pace);

    [Theory]
    [InlineData(99, 50, 50, null, false)]
    [InlineData(1000, 0, 4, null, false)]
    [InlineData(1000, 0, 5, null, true)]
    [InlineData(1000, 0, 10, "too_many_opt_outs", true)]
    [InlineData(1000, 24, 0, null, false)]
    [InlineData(1000, 25, 0, null, true)]
    [InlineData(1000, 50, 0, "too_many_errors", true)]
    public void A_sender_slows_down_and_stops_before_the_carriers_act(long texts, long failed, long optOuts, string? reason, bool isSlow) =>
        Throttle.Of(new TextRates(texts, failed, optOuts)).ShouldBe(new Throttle(reason, isSlow));

    [Theory]
    [InlineData(1000, 4, 0, "too_many_complaints")]
    [InlineData(2000, 2, 0, "too_many_complaints")]
    [InlineData(2001, 2, 0, null)]
    [InlineData(10, 2, 0, "too_many_complaints")]
    [InlineData(10, 1, 0, null)]
    [InlineData(0, 0, 0, null)]
    [InlineData(100, 0, 5, "too_many_bounces")]
    [InlineData(1000, 0, 49, null)]
    [InlineData(99, 0, 99, null)]
    public void Emails_that_are_called_spam_or_come_back_stop_what_is_planned_for_many(long mails, long complaints, long bounced, string? reason) =>
        Throttle.Of(new MailRates(mails, complaints, bounced)).Reason.ShouldBe(reason);

    [Fact]
    public void A_number_of_which_the_carriers_take_nothing_holds_everything_however_few_its_texts() =>
        Throttle.Of(new TextRates(1, 1, 0, "twilio_30034")).ShouldBe(new Throttle("sender_is_blocked", true) { HoldsAll = true });

    [Theory]
    [InlineData(21610, true)]
    [InlineData(30006, true)]
    [InlineData(30034, true)]
    [InlineData(20003, true)]
    [InlineData(30003, false)]
    [InlineData(21611, false)]
    [InlineData(12345, false)]
    public void Some_codes_say_more_than_not_this_text(int code, bool concerns) => VendorVerdicts.Concerns(TwilioErrors.Of(code)).ShouldBe(concerns);
}

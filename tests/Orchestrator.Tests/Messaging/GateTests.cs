using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>When in doubt, it does not send.</summary>
public sealed class GateTests
{
    private static readonly DateTimeOffset Monday11 = DateTimeOffset.Parse("2026-11-23T17:00:00Z", CultureInfo.InvariantCulture);

    private static readonly DueTouchPoint Due = new()
    {
        LeadId = Guid.Empty, Step = "greeting", Attempts = 0, MaxAttempts = 5, ExpiresAt = Monday11.AddDays(3), Phone = "+15125550123", PhoneType = "mobile",
        LeadStatus = "new", IsTest = false, FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Acme",
    };

    private static readonly TwilioAccount Account = new(new Uri("http://localhost:3002"), "AC00000000000000000000000000000000", "t", "+15005550006", null);

    [Fact]
    public void In_legal_hours_it_sends_and_the_carrier_may_hold_it_for_an_hour() =>
        Gate().Decide(Due, Account, Monday11).ShouldBe(new GateDecision.Send(TimeSpan.FromHours(1)));

    [Fact]
    public void Near_the_end_of_the_window_the_carrier_may_hold_it_less_long() =>
        Gate().Decide(Due, Account, At("2026-11-24T02:30:00Z")).ShouldBe(new GateDecision.Send(TimeSpan.FromMinutes(29)));

    [Fact]
    public void With_too_little_left_it_waits_for_the_next_window() =>
        Gate().Decide(Due, Account, At("2026-11-24T02:58:00Z")).ShouldBe(new GateDecision.Wait(At("2026-11-24T15:00:00Z"), "outside_legal_hours"));

    [Fact]
    public void What_is_too_late_is_let_go_even_when_it_was_claimed() =>
        Gate().Decide(Due with { ExpiresAt = Monday11 }, Account, Monday11).ShouldBe(new GateDecision.End("expired", "too_late"));

    [Fact]
    public void An_opt_out_ends_it() => Reason(Due with { OptedOutAt = Monday11 }).ShouldBe("opted_out");

    [Fact]
    public void A_no_in_the_CRM_ends_it_whoever_wrote_it() =>
        new[] { Due, Due with { Step = "later" }, Due with { Content = "Hello" }, Reply(Monday11) }.Select(touch => Reason(touch with { CrmOptOutAt = Monday11 })).ShouldAllBe(reason => reason == "crm_opt_out");

    [Fact]
    public void Whom_no_text_reaches_whatever_its_words_is_told_with_the_reason()
    {
        var ann = new TextRecipient(null, null, "contacted", IsTest: false, "mobile");
        var (gate, demo) = (Gate(), Gate(("DEMO_MODE", "true")));

        gate.WhyNoText(ann, Account).ShouldBeNull();
        gate.WhyNoText(ann with { LeadStatus = "booked" }, Account).ShouldBeNull();
        gate.WhyNoText(ann with { CrmOptOutAt = Monday11 }, Account).ShouldBe("crm_opt_out");
        gate.WhyNoText(ann with { OptedOutAt = Monday11, CrmOptOutAt = Monday11 }, Account).ShouldBe("opted_out");
        gate.WhyNoText(ann with { PhoneType = "missing" }, Account).ShouldBe("no_phone");
        gate.WhyNoText(ann with { PhoneType = "landline" }, Account).ShouldBe("landline_phone");
        gate.WhyNoText(ann, null).ShouldBe("texting_is_switched_off");
        demo.WhyNoText(ann, Account).ShouldBe("demo_mode");
        demo.WhyNoText(ann with { IsTest = true }, Account).ShouldBeNull();
    }

    [Fact]
    public void A_deleted_order_ends_what_was_planned_and_neither_words_of_staff_nor_answers()
    {
        Reason(Due with { DeletedAt = Monday11 }).ShouldBe("order_deleted");
        Gate().Decide(Due with { DeletedAt = Monday11, Content = "Hello" }, Account, Monday11).ShouldBeOfType<GateDecision.Send>();
        Gate().Decide(Reply(Monday11) with { DeletedAt = Monday11 }, Account, Monday11).ShouldBeOfType<GateDecision.Send>();
    }

    [Theory]
    [InlineData("won", "lead_won")]
    [InlineData("lost", "lead_lost")]
    [InlineData("booked", "lead_booked")]
    [InlineData("opted_out", "opted_out")]
    public void A_lead_that_is_decided_is_left_alone(string status, string reason) => Reason(Due with { LeadStatus = status }).ShouldBe(reason);

    [Theory]
    [InlineData("landline")]
    [InlineData("foreign")]
    [InlineData("invalid")]
    public void A_number_that_takes_no_texts_gets_none(string type) => Reason(Due with { PhoneType = type }).ShouldBe($"{type}_phone");

    [Fact]
    public void In_demo_mode_only_test_leads_are_texted()
    {
        var demo = Gate(("DEMO_MODE", "true"));
        demo.Decide(Due, Account, Monday11).ShouldBe(new GateDecision.End("suppressed", "demo_mode"));
        demo.Decide(Due with { IsTest = true }, Account, Monday11).ShouldBeOfType<GateDecision.Send>();
    }

    [Fact]
    public void Without_Twilio_a_person_decides() =>
        Gate().Decide(Due, null, Monday11).ShouldBe(new GateDecision.End("needs_review", "texting_is_switched_off"));

    [Fact]
    public void With_the_real_Twilio_and_no_https_address_a_person_decides() =>
        Gate().Decide(Due, Account with { BaseUrl = new Uri("https://api.twilio.com") }, Monday11).ShouldBe(new GateDecision.End("needs_review", "public_url_is_not_https"));

    [Fact]
    public void Where_no_hour_is_legal_a_person_decides() =>
        Gate().Decide(Due with { Phone = "+15005550001", Timezone = "Pacific/Guam" }, Account, Monday11).ShouldBe(new GateDecision.End("needs_review", "no_legal_hour"));

    [Fact]
    public void A_recipient_on_the_other_side_of_the_world_has_hours_of_their_own() =>
        Gate().Decide(Due with { Phone = "+16715550123" }, Account, Monday11).ShouldBe(new GateDecision.Wait(At("2026-11-23T22:00:00Z"), "outside_legal_hours"));

    [Fact]
    public void The_address_says_where_they_are_before_the_number() =>
        Gate().Decide(Due with { AddressState = "HI" }, Account, Monday11).ShouldBe(new GateDecision.Wait(At("2026-11-23T18:00:00Z"), "outside_legal_hours"));

    [Theory]
    [InlineData(0, 15)]
    [InlineData(-12, 3)]
    public void An_immediate_answer_to_their_own_text_may_go_out_by_night(int askedMinutesAgo, int minutes) =>
        Gate().Decide(Reply(At("2026-11-24T09:00:00Z").AddMinutes(askedMinutesAgo)), Account, At("2026-11-24T09:00:00Z"))
            .ShouldBe(new GateDecision.Send(TimeSpan.FromMinutes(minutes), IsReply: true));

    [Fact]
    public void By_day_the_carrier_may_hold_an_answer_as_long_as_any_text() =>
        Gate().Decide(Reply(Monday11), Account, Monday11).ShouldBe(new GateDecision.Send(TimeSpan.FromHours(1), IsReply: true));

    [Fact]
    public void An_answer_that_is_not_immediate_any_more_is_for_a_person_by_day_too() =>
        Gate().Decide(Reply(Monday11.AddMinutes(-14)), Account, Monday11).ShouldBe(new GateDecision.End("needs_review", "reply_too_late"));

    [Fact]
    public void Our_own_caps_are_not_for_answers_and_a_states_cap_is()
    {
        var answer = Reply(Monday11) with { TextedAt = TextedHoursAgo(1, 2, 3, 4) };
        Gate().Decide(answer, Account, Monday11).ShouldBeOfType<GateDecision.Send>();
        Gate().Decide(answer with { Phone = "+13055550123" }, Account, Monday11).ShouldBe(new GateDecision.End("needs_review", "frequency_cap"));
    }

    [Fact]
    public void Words_of_staff_pass_the_night_and_our_caps_as_well_when_they_answer_at_once_and_wait_like_any_text_when_they_do_not()
    {
        var night = At("2026-11-24T09:00:00Z");
        var words = Reply(night.AddMinutes(-1)) with { Step = "staff-1" };
        Gate().Decide(words, Account, night).ShouldBe(new GateDecision.Send(TimeSpan.FromMinutes(14), IsReply: true));
        Gate().Decide(words, Account, night.AddMinutes(13)).ShouldBe(new GateDecision.Wait(At("2026-11-24T15:00:00Z"), "outside_legal_hours"));

        var fourth = Reply(Monday11) with { Step = "staff-3", TextedAt = TextedHoursAgo(1, 2, 20) };
        Gate().Decide(fourth, Account, Monday11).ShouldBeOfType<GateDecision.Send>();
        Gate().Decide(fourth with { Phone = "+13055550123" }, Account, Monday11).ShouldBeOfType<GateDecision.Wait>().Reason.ShouldBe("frequency_cap");
    }

    [Fact]
    public void Two_machines_that_answer_each_other_end_with_a_person() =>
        Gate().Decide(Reply(Monday11) with { TextedAt = TextedHoursAgo([.. Enumerable.Range(1, 30).Select(number => number / 2.0)]) }, Account, Monday11)
            .ShouldBe(new GateDecision.End("needs_review", "too_many_replies"));

    [Fact]
    public void An_answer_to_somebody_who_said_stop_is_none() => Reason(Reply(Monday11) with { OptedOutAt = Monday11 }).ShouldBe("opted_out");

    private static DueTouchPoint Reply(DateTimeOffset askedAt) => Due with { Step = "reply-2", Content = "Yes.", RepliesToAt = askedAt };

    [Fact]
    public void Over_the_cap_it_waits_until_it_fits() =>
        Gate().Decide(Due with { TextedAt = TextedHoursAgo(1, 2, 20) }, Account, Monday11).ShouldBe(new GateDecision.Wait(Monday11.AddHours(5), "frequency_cap"));

    [Fact]
    public void Over_the_cap_it_waits_for_a_legal_hour_after_that() =>
        Gate().Decide(Due with { TextedAt = TextedHoursAgo(1, 2, 10) }, Account, Monday11).ShouldBe(new GateDecision.Wait(At("2026-11-24T15:00:00Z"), "frequency_cap"));

    [Fact]
    public void What_fits_only_after_its_time_is_let_go() =>
        Gate().Decide(Due with { TextedAt = TextedHoursAgo(1, 2, 3), ExpiresAt = Monday11.AddHours(4) }, Account, Monday11).ShouldBe(new GateDecision.End("expired", "frequency_cap"));

    [Fact]
    public void Under_the_cap_it_goes() =>
        Gate().Decide(Due with { TextedAt = TextedHoursAgo(1, 2, 26) }, Account, Monday11).ShouldBeOfType<GateDecision.Send>();

    [Fact]
    public void With_an_unknown_zone_a_person_decides() =>
        Gate().Decide(Due with { Phone = "+15005550001", Timezone = "Mars/Olympus" }, Account, Monday11).ShouldBe(new GateDecision.End("needs_review", "unknown_timezone"));

    private static DateTimeOffset[] TextedHoursAgo(params double[] hours) => [.. hours.Select(ago => Monday11.AddHours(-ago))];

    private static string Reason(DueTouchPoint touch) => Gate().Decide(touch, Account, Monday11).ShouldBeOfType<GateDecision.End>().Reason;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static Gate Gate(params (string Name, string? Value)[] changes)
    {
        var variables = new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = "postgresql://localhost/lead",
        };
        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        return new Gate(OrchestratorSettings.Read(new Variables(new ConfigurationBuilder().AddInMemoryCollection(variables).Build())));
    }
}

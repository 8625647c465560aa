using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>What follows a step, what ends the sequence, and who gets which words.</summary>
public sealed class FollowUpsTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);
    private static readonly FollowUpFacts Facts = new("next_day", Cadence.Usual.Steps[1], "contacted", "delivered", false, true, "mobile");

    [Fact]
    public void The_products_own_cadence_is_a_greeting_two_texts_and_an_email() => Cadence.Usual.Steps.Select(step => $"{step.Name} {step.Channel} {step.DelayDays}")
        .ShouldBe(["greeting sms 0", "next_day sms 1", "day_3 email 3", "day_7 sms 7"]);

    [Theory]
    [InlineData("sent", null, true)]
    [InlineData("delivered", null, true)]
    [InlineData("failed", "twilio_30003", true)]
    [InlineData("expired", "too_late", true)]
    [InlineData("suppressed", "landline_phone", true)]
    [InlineData("suppressed", "no_email", true)]
    [InlineData("suppressed", "unsubscribed", true)]
    [InlineData("suppressed", "address_bounced", true)]
    [InlineData("suppressed", "address_invalid", true)]
    [InlineData("suppressed", "crm_unsubscribed", true)]
    [InlineData("suppressed", "no_postal_address", true)]
    [InlineData("suppressed", "opted_out", false)]
    [InlineData("suppressed", "demo_mode", false)]
    [InlineData("suppressed", "lead_booked", false)]
    [InlineData("suppressed", "order_too_old", false)]
    [InlineData("cancelled", "replied", false)]
    [InlineData("needs_review", "no_postal_address", false)]
    [InlineData("unknown", "twilio_timeout", false)]
    public void The_next_step_comes_unless_somebody_said_no_or_must_decide(string status, string? reason, bool goesOn) => FollowUps.GoesOn(status, reason).ShouldBe(goesOn);

    [Fact]
    public void Each_step_leads_to_the_next_and_the_last_to_none()
    {
        var lead = Guid.CreateVersion7();
        var second = FollowUps.Next(Cadence.Usual, new EndedStep(lead, "greeting", Monday, Monday, "America/Chicago", "trace"))!;
        (second.LeadId, second.Step.Name, second.DueAt, second.TraceParent, second.IsLast, second.Silence).ShouldBe(
            (lead, "next_day", Monday.AddDays(1).AddMinutes(30), "trace", false, null));
        FollowUps.Next(Cadence.Usual, new EndedStep(lead, "day_3", Monday, Monday.AddDays(3), "America/Chicago", null))!.IsLast.ShouldBeTrue();
        FollowUps.Next(Cadence.Usual, new EndedStep(lead, "day_7", Monday, Monday.AddDays(7), "America/Chicago", null)).ShouldBeNull();
        FollowUps.Next(Cadence.Usual, new EndedStep(lead, "gone", Monday, Monday, "America/Chicago", null)).ShouldBeNull("a step that is no more in the product's own cadence ends it");
    }

    [Fact]
    public void Who_has_answered_or_speaks_with_staff_gets_nothing_planned_any_more()
    {
        FollowUps.WhyNot(Facts).ShouldBeNull();
        FollowUps.WhyNot(Facts with { LeadStatus = "engaged" }).ShouldBe(new GateDecision.End("cancelled", "replied"));
        FollowUps.WhyNot(Facts with { IsTakenOver = true }).ShouldBe(new GateDecision.End("cancelled", "human_takeover"));
        FollowUps.WhyNot(Facts with { EndedAs = "staff_took_over" }).ShouldBe(new GateDecision.End("cancelled", "staff_took_over"), "one that came back unsent");
        FollowUps.WhyNot(Facts with { Step = "greeting", EndedAs = "staff_took_over" }).ShouldBeNull("of another request of theirs it answers what they asked there");
        FollowUps.WhyNot(Facts with { Step = "greeting", EndedAs = "customer_deleted" }).ShouldBe(new GateDecision.End("cancelled", "customer_deleted"), "one that came back unsent is for nobody");
        FollowUps.WhyNot(Facts with { Step = "greeting", Planned = null, LeadStatus = "engaged" }).ShouldBeNull("the first step has its own rules");
        FollowUps.WhyNot(Facts with { LeftAs = "order_archived" }).ShouldBe(new GateDecision.End("cancelled", "order_archived"));
        FollowUps.WhyNot(Facts with { Step = "greeting", LeftAs = "order_archived" }).ShouldBe(new GateDecision.End("cancelled", "order_archived"), "one that came back unsent is no greeting of a lead any more");
        FollowUps.WhyNot(Facts with { Planned = null }).ShouldBe(new GateDecision.End("suppressed", "step_not_in_cadence"));
    }

    [Theory]
    [InlineData("greeting_delivered", "greeting_not_delivered")]
    [InlineData("has_email", "no_email")]
    [InlineData("takes_texts", "landline_phone")]
    public void A_step_whose_condition_does_not_hold_is_left_out_for_a_reason(string condition, string reason)
    {
        var step = Cadence.Usual.Steps[1] with { Conditions = [condition, "not_replied", "not_booked"] };
        FollowUps.WhyNot(Facts with { Planned = step }).ShouldBeNull();
        FollowUps.WhyNot(Facts with { Planned = step, GreetingStatus = "sent", HasEmail = false, PhoneType = "landline" }).ShouldBe(new GateDecision.End("suppressed", reason));
        FollowUps.GoesOn("suppressed", reason).ShouldBeTrue("it is only this step that does not fit");
    }

    [Fact]
    public void A_lead_always_gets_the_same_wording_and_many_leads_get_them_by_weight()
    {
        var step = new Step("a", "sms") { Variants = [new("A", 3, "a"), new("B", 1, "b")] };
        var leads = Enumerable.Range(0, 4000).Select(_ => Guid.CreateVersion7()).ToList();
        leads.Count(lead => step.VariantFor(lead).Name == "A").ShouldBeInRange(2850, 3150);
        leads.ShouldAllBe(lead => step.VariantFor(lead) == step.VariantFor(lead));
        step.Variant("B").Text.ShouldBe("b");
        step.Variant(null).Text.ShouldBe("a");
    }
}

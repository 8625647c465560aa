using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>A step in the words that a lead would read. {link} and {unsubscribe} stand where the links will.</summary>
/// <param name="IsChosen">This is the wording that this lead gets.</param>
/// <param name="Html">Of an email.</param>
/// <param name="Segments">Of a text.</param>
public sealed record PreviewedStep(
    string Step, string Channel, string Variant, bool IsChosen, string? Subject, string Text, string? Html, string? Encoding, int Segments, long CostMicros);

/// <summary>All steps of a cadence in all wordings, for one lead.</summary>
public sealed record CadencePreview(Guid CadenceId, Guid LeadId, IReadOnlyList<PreviewedStep> Steps, long CostMicros);

/// <summary>A step that waits: since when, until when, and why.</summary>
public sealed record Deferral(DateTimeOffset From, DateTimeOffset Until, string Reason);

/// <summary>What would happen with one step.</summary>
/// <param name="Status">sent, suppressed, expired, cancelled or needs_review.</param>
/// <param name="At">When it would end so.</param>
public sealed record SimulatedTouch(
    string Step, string Channel, string? Variant, DateTimeOffset DueAt, string Status, string? Reason, DateTimeOffset At, IReadOnlyList<Deferral> Deferrals, string? Text, int Segments,
    long CostMicros);

/// <summary>What would happen with a lead that comes in at an instant. <c>ends</c> says why nothing comes after the last touch.</summary>
public sealed record CadenceSimulation(Guid CadenceId, Guid? LeadId, DateTimeOffset StartsAt, IReadOnlyList<SimulatedTouch> Touches, string Ends, long CostMicros);

/// <summary>How a trial goes: for whom, from when on, and whether they answer.</summary>
internal sealed record TrialTerms(TrialLead Lead, TwilioAccount? Twilio, SendGridAccount? SendGrid, DateTimeOffset StartsAt, DateTimeOffset? RepliesAt);

/// <summary>Tries a cadence out and writes nothing: the same planning and the same gates as when it is meant.</summary>
public sealed class CadenceTrials(Gate gate, EmailGate emailGate, OrchestratorSettings settings)
{
    // A text waits over a few nights at most; then it is let go.
    private const int MostDeferrals = 30;

    internal static CadencePreview Preview(Guid cadenceId, Cadence cadence, TrialLead lead, int linkLength)
    {
        List<PreviewedStep> steps = [.. cadence.Steps.SelectMany((step, place) => place == 0 && IsGreetedByEmail(lead) ? [Greeting(step, lead)] : step.Variants.Select(variant => Preview(step, variant, lead, linkLength)))];
        return new CadencePreview(cadenceId, lead.Id, steps, steps.Where(step => step.IsChosen).Sum(step => step.CostMicros));
    }

    internal CadenceSimulation Simulate(Guid cadenceId, Cadence cadence, Guid? leadId, TrialTerms terms)
    {
        List<SimulatedTouch> touches = [];
        var ends = "last_step";
        var plannedAt = terms.StartsAt;
        for (var next = First(cadence, terms); next is not null;)
        {
            var touch = next.Step.Channel == "email" ? RunEmail(cadence, next, terms) : RunText(cadence, next, plannedAt, terms, TextedAt(touches));
            plannedAt = touch.At;
            touches.Add(touch);
            // A greeting that no number takes is let go as it is planned, and nothing follows it.
            if (!FollowUps.GoesOn(touch.Status, touch.Reason) || (touches.Count == 1 && touch is { Status: "suppressed", Channel: "sms" }))
            {
                ends = touch.Reason ?? touch.Status;
                break;
            }

            next = FollowUps.Next(cadence, new EndedStep(terms.Lead.Id, touch.Step, terms.StartsAt, touch.At, terms.Lead.Timezone, null));
        }

        return new CadenceSimulation(cadenceId, leadId, terms.StartsAt, touches, ends, touches.Sum(touch => touch.CostMicros));
    }

    // Which of the simulated texts are out: they count against the caps of the next.
    private static DateTimeOffset[] TextedAt(IEnumerable<SimulatedTouch> touches) =>
        [.. touches.Where(touch => touch is { Status: "sent", Channel: "sms" }).Select(touch => touch.At)];

    private static bool IsGreetedByEmail(TrialLead lead) => (!PhoneTypes.TakesTexts(lead.PhoneType) || lead.IsWrongNumber) && EmailAddress.Read(lead.Email) is not null;

    private static NewTouchPoint First(Cadence cadence, TrialTerms terms)
    {
        var lead = terms.Lead;
        var step = cadence.Steps[0];
        return new NewTouchPoint(lead.Id, IsGreetedByEmail(lead) ? step with { Channel = "email" } : step, terms.StartsAt, null, null, null) { Variant = step.VariantFor(lead.Id).Name };
    }

    private SimulatedTouch RunText(Cadence cadence, NewTouchPoint plan, DateTimeOffset plannedAt, TrialTerms terms, DateTimeOffset[] textedAt)
    {
        if (terms.Lead.Phone is null)
        {
            // A text to nobody's number ends as it is planned.
            return Ended(plan, "suppressed", terms.Lead.PhoneType is PhoneTypes.Missing or PhoneTypes.Unknown ? "no_phone" : $"{terms.Lead.PhoneType}_phone", plannedAt, []);
        }

        var due = DueText(cadence, plan, terms) with { TextedAt = textedAt };
        List<Deferral> deferrals = [];
        var at = plan.DueAt;
        while (!(terms.RepliesAt <= at))
        {
            switch (gate.Decide(due, terms.Twilio, at))
            {
                case GateDecision.Wait wait when deferrals.Count < MostDeferrals:
                    deferrals.Add(new Deferral(at, wait.Until, wait.Reason));
                    at = wait.Until;
                    due = wait.Reason == Gate.OutsideLegalHours && due.ExpiresAt < at + Gate.GoodForInItsHours ? due with { ExpiresAt = at + Gate.GoodForInItsHours } : due;
                    continue;
                case GateDecision.End end:
                    return Ended(plan, end.Status, end.Reason, at, deferrals);
                case GateDecision.Send:
                    var text = TextTemplates.Of(due);
                    var size = StepEstimate.SizeOf(text, settings.LinkLength);
                    return Ended(plan, "sent", null, at, deferrals) with { Text = text, Segments = size.Segments, CostMicros = size.CostMicros };
                default:
                    return Ended(plan, "needs_review", "no_legal_hour", at, deferrals);
            }
        }

        return Replied(plan, terms, deferrals);
    }

    private SimulatedTouch RunEmail(Cadence cadence, NewTouchPoint plan, TrialTerms terms)
    {
        if (terms.RepliesAt <= plan.DueAt)
        {
            return Replied(plan, terms, []);
        }

        var lead = terms.Lead;
        var due = DueEmail(cadence, plan, terms);
        var recipient = new EmailRecipient(EmailAddress.Read(lead.Email), lead.IsOptedOut || lead.SaidStop, lead.IsUnsubscribed, lead.Suppression, lead.SaidNoInCrm);
        return emailGate.Decide(due, recipient, terms.SendGrid, plan.DueAt) is { } end
            ? Ended(plan, end.Status, end.Reason, plan.DueAt, [])
            : Ended(plan, "sent", plan.Step.Name == Cadence.Greeting ? EndedEmail.WhyByEmail(lead.PhoneType) : null, plan.DueAt, []) with { Text = EmailTemplates.Of(due).Plain, CostMicros = StepEstimate.MicrosPerEmail };
    }

    private static DueTouchPoint DueText(Cadence cadence, NewTouchPoint plan, TrialTerms terms)
    {
        var lead = terms.Lead;
        return new DueTouchPoint
        {
            LeadId = lead.Id, Step = plan.Step.Name, Attempts = 0, MaxAttempts = 1, ExpiresAt = plan.DueAt + Cadence.GoodFor, Phone = lead.Phone ?? "", PhoneType = lead.PhoneType, AddressState = lead.AddressState,
            LeadStatus = lead.IsOptedOut ? "opted_out" : "contacted", IsTest = lead.IsTest, FirstName = lead.FirstName, Vehicle = lead.Vehicle, Timezone = lead.Timezone,
            LocationName = lead.LocationName, DeletedAt = lead.DeletedAt, CrmOptOutAt = lead.CrmOptOutAt, OptedOutAt = lead.IsWrongNumber ? terms.StartsAt : null, IsWrongNumber = lead.IsWrongNumber, ServiceInterest = lead.ServiceInterest, ArrivedAt = terms.StartsAt, CadenceId = cadence.Id,
            Variant = plan.Variant, GreetingStatus = "delivered", HasEmail = lead.Email is not null, Planned = cadence.Find(plan.Step.Name),
        };
    }

    private static DueEmail DueEmail(Cadence cadence, NewTouchPoint plan, TrialTerms terms)
    {
        var lead = terms.Lead;
        return new DueEmail
        {
            LeadId = lead.Id, Step = plan.Step.Name, Attempts = 0, MaxAttempts = 1, ExpiresAt = plan.DueAt + Cadence.GoodFor, Email = lead.Email, PhoneType = lead.PhoneType,
            LeadStatus = lead.IsOptedOut ? "opted_out" : "contacted", IsTest = lead.IsTest, FirstName = lead.FirstName, Vehicle = lead.Vehicle, DeletedAt = lead.DeletedAt,
            LocationName = lead.LocationName, LocationAddress = lead.LocationAddress, Timezone = lead.Timezone, ServiceInterest = lead.ServiceInterest, CadenceId = cadence.Id,
            Variant = plan.Variant, GreetingStatus = "delivered", Planned = cadence.Find(plan.Step.Name),
        };
    }

    // In the product's own words, whatever the step's wordings are.
    private static PreviewedStep Greeting(Step step, TrialLead lead)
    {
        var words = EmailTemplates.Greeting(lead.FirstName, lead.LocationName, lead.Vehicle, lead.LocationAddress ?? "");
        return new PreviewedStep(step.Name, "email", step.VariantFor(lead.Id).Name, true, words.Subject, words.Plain, words.Html, null, 0, StepEstimate.MicrosPerEmail);
    }

    private static PreviewedStep Preview(Step step, StepVariant variant, TrialLead lead, int linkLength)
    {
        var isChosen = step.VariantFor(lead.Id).Name == variant.Name;
        if (step.Channel == "email")
        {
            var words = EmailTemplates.FollowUp(variant, lead.FirstName, lead.LocationName, lead.Vehicle, lead.ServiceInterest, lead.LocationAddress ?? "");
            return new PreviewedStep(step.Name, step.Channel, variant.Name, isChosen, words.Subject, words.Plain, words.Html, null, 0, StepEstimate.MicrosPerEmail);
        }

        var text = TextTemplates.Fill(variant.Text, lead.FirstName, lead.LocationName, lead.Vehicle, lead.ServiceInterest);
        var size = StepEstimate.SizeOf(text, linkLength);
        return new PreviewedStep(step.Name, step.Channel, variant.Name, isChosen, null, text, null, size.Encoding, size.Segments, size.CostMicros);
    }

    private static SimulatedTouch Replied(NewTouchPoint plan, TrialTerms terms, IReadOnlyList<Deferral> deferrals) =>
        Ended(plan, "cancelled", "replied", terms.RepliesAt!.Value, deferrals);

    private static SimulatedTouch Ended(NewTouchPoint plan, string status, string? reason, DateTimeOffset at, IReadOnlyList<Deferral> deferrals) =>
        new(plan.Step.Name, plan.Step.Channel, plan.Variant, plan.DueAt, status, reason, at, deferrals, null, 0, 0);
}

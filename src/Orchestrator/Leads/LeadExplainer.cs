using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Phones;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>One thing that was sent, was not, or comes next, and why.</summary>
/// <param name="At">When it was sent or ended, or when it is due.</param>
/// <param name="What">sent, not_sent, next, or unclear: nobody knows yet, or a person decides.</param>
/// <param name="Reason">One machine word.</param>
/// <param name="Sentence">The same in English.</param>
public sealed record ExplainedItem(DateTimeOffset At, string What, string Channel, string Step, string Status, string Reason, string Sentence, Guid TouchPointId);

/// <summary>What comes next, or why nothing does.</summary>
/// <param name="What">next: it is planned; unclear: a person decides first, or nobody knows yet how the last one ended; nothing.</param>
/// <param name="Reason">One machine word.</param>
/// <param name="Sentence">The same in English.</param>
public sealed record WhatIsNext(string What, string Reason, string Sentence);

/// <summary>May this person be written to, and why not? As the gates would decide now.</summary>
/// <param name="State">allowed, or a machine word.</param>
public sealed record ChannelConsent(string Channel, string State, string Sentence);

/// <summary>Everything that was sent to a lead, was not, or comes next, each with its reason.</summary>
/// <param name="Items">In the order of their time.</param>
/// <param name="Next">What comes next; always there.</param>
/// <param name="Consent">Of each channel.</param>
/// <param name="Holds">That hold this lead now.</param>
/// <param name="NextLegalWindow">The stretch in which texting is allowed: the one of now, or the next; null without a number, or when there is none.</param>
/// <param name="NextCursor">Null: it is all there is.</param>
public sealed record LeadExplanation(
    Guid LeadId, string Status, IReadOnlyList<ExplainedItem> Items, WhatIsNext Next, IReadOnlyList<ChannelConsent> Consent, IReadOnlyList<HoldView> Holds, LegalWindow? NextLegalWindow, string? NextCursor);

/// <summary>A stretch in which a text may be sent to this number.</summary>
public sealed record LegalWindow(DateTimeOffset OpensAt, DateTimeOffset ClosesAt, bool IsOpen);

/// <summary>Explains a lead: what was sent, what was not, what comes next.</summary>
public sealed class LeadExplainer(
    ExplanationStore store, HoldStore holds, VendorAccounts accounts, Gate gate, EmailGate emailGate, TextPauses texts, EmailPauses emails, TimeProvider clock)
{
    // Longer than whoever sends takes to come to it: another process's account may rest, or its clock be wrong.
    private static readonly TimeSpan Seconds = TimeSpan.FromMinutes(2);

    /// <summary>The explanation, or null when there is no such lead.</summary>
    public async Task<LeadExplanation?> ExplainAsync(Guid tenantId, Guid leadId, CancellationToken cancel)
    {
        if (await store.LeadAsync(tenantId, leadId, cancel) is not { } lead)
        {
            return null;
        }

        var held = await holds.OfLeadAsync(tenantId, leadId, cancel);
        var window = WindowOf(lead);
        ChannelConsent[] consent = [OfTexts(lead, await accounts.TwilioAsync(tenantId, cancel)), OfEmails(lead, await accounts.SendGridAsync(tenantId, cancel))];
        var touches = await store.TouchesAsync(tenantId, leadId, cancel);
        string? resting(string channel) => channel == "sms" ? texts.IsResting(tenantId) ? TextDelivery.AccountWaits : null : emails.IsResting(tenantId) ? EmailDelivery.AccountWaits : null;
        var items = touches.Select(touch => Explain(touch, held, consent, window, resting(touch.Channel))).OrderBy(item => item.At).ToList();
        return new LeadExplanation(leadId, lead.Status, items, NextOf(lead, touches, items), consent, held, window, null);
    }

    private ExplainedItem Explain(ExplainedTouch touch, IReadOnlyList<HoldView> held, ChannelConsent[] consent, LegalWindow? window, string? resting)
    {
        var late = clock.GetUtcNow() - touch.DueAt;
        var isDue = late >= TimeSpan.Zero;
        var never = consent.First(channel => channel.Channel == touch.Channel) is { State: not Allowed } no ? no : null;
        var (reason, sentence) = touch switch
        {
            { Status: "scheduled" } when held.Count > 0 => (HoldStore.Held, string.Join(' ', held.Select(SentenceOf).Distinct())),
            // What the gate will say when its time comes, if nothing changes until then.
            { Status: "scheduled" } when never is not null => (never.State, $"As things are, it will not go out. {never.Sentence}"),
            { Status: "scheduled", Channel: "sms" } when isDue && window is { IsOpen: false } => Said(Gate.OutsideLegalHours),
            { Status: "scheduled", Reason: null or HoldStore.Held } => Said(!isDue ? "not_due_yet" : resting ?? (late > Seconds ? "overdue" : "due_now")),
            // Whatever it waited for before.
            { Status: "sending" } => Said("being_sent"),
            { Reason: { } known } => (known, TouchReasons.Say(known, touch.Status)),
            _ => Said(touch.Status),
        };
        sentence = touch.LeftBeforeTheStop ? $"{sentence} {TouchReasons.Say("left_before_the_stop")}" : sentence;
        return new ExplainedItem(touch.DeliveredAt ?? touch.SentAt ?? (IsNext(touch) ? touch.DueAt : touch.UpdatedAt), WhatOf(touch), touch.Channel, touch.Step, touch.Status, reason, sentence, touch.Id);
    }

    private static (string Reason, string Sentence) Said(string reason) => (reason, TouchReasons.Say(reason));

    private static string SentenceOf(HoldView hold) => hold switch
    {
        { IsOwn: true } => $"It was held by itself, and a platform administrator releases it. {TouchReasons.Say(hold.Cause)}",
        { Reason: HoldEndpoints.NoReason } => TouchReasons.Say(HoldStore.Held),
        _ => $"{TouchReasons.Say(HoldStore.Held)} It was held because: {hold.Reason}{(hold.Reason is [.., '.' or '!' or '?'] ? "" : ".")}",
    };

    private static WhatIsNext NextOf(ExplainedLead lead, IReadOnlyList<ExplainedTouch> touches, List<ExplainedItem> items)
    {
        if (items.FirstOrDefault(item => item.What == "next") is { } next)
        {
            return new WhatIsNext("next", next.Reason, next.Sentence);
        }

        // Whom nobody may write to any more needs no decision about what was to be written.
        var ended = WhyEnded(lead);
        if (ended != "opted_out" && items.LastOrDefault(item => item.What == "unclear") is { } unclear)
        {
            return new WhatIsNext("unclear", unclear.Reason, unclear.Sentence);
        }

        if (ended is not null)
        {
            return Nothing(ended);
        }

        var steps = touches.Where(touch => touch.IsStep).ToList();
        return steps.LastOrDefault() switch
        {
            null => Nothing("nothing_planned"),
            { Status: "cancelled", Reason: "cancelled_by_staff" } => Nothing("step_cancelled"),
            var last when !FollowUps.GoesOn(last.Status, last.Reason) => Nothing(last.Reason ?? last.Status),
            { Followed: false } => new WhatIsNext("next", "planned_within_seconds", TouchReasons.Say("planned_within_seconds")),
            // A greeting that was never to go out is the last step, too.
            { Status: "suppressed", Reason: { } reason } when !steps.Exists(step => step.Status is "sent" or "delivered") => Nothing(reason),
            { Status: "sent" or "delivered" } => Nothing("last_step_sent"),
            _ => Nothing("last_step_over"),
        };
    }

    private static WhatIsNext Nothing(string reason) => new("nothing", reason, TouchReasons.Say(reason));

    // What ends a sequence, in the order of what a person must know first.
    private static string? WhyEnded(ExplainedLead lead) => lead switch
    {
        { Status: "opted_out" } or { Consent: "opted_out" } => "opted_out",
        { DeletedAt: not null } => "order_deleted",
        { StatusReason: { } reason } when LeadStore.HasLeftAs(reason) => reason,
        { SequenceEndedAs: { } reason } => reason,
        { Status: "won" or "lost" } => $"lead_{lead.Status}",
        { Status: "booked", StatusReason: "appointment_in_crm" } => "appointment_in_crm",
        { Status: "booked" } => "appointment_booked",
        { Status: "engaged", StatusReason: "appointment_cancelled" } => "appointment_cancelled",
        { Status: "engaged" } => "replied",
        _ => null,
    };

    private static bool IsNext(ExplainedTouch touch) => touch.Status is "scheduled" or "sending";

    private static string WhatOf(ExplainedTouch touch) => touch.Status switch
    {
        "sent" or "delivered" => "sent",
        "scheduled" or "sending" => "next",
        "unknown" or "needs_review" => "unclear",
        _ => "not_sent",
    };

    private ChannelConsent OfTexts(ExplainedLead lead, TwilioAccount? account) => Consent("sms", lead, gate.WhyNoText(RecipientOf(lead), account));

    private ChannelConsent OfEmails(ExplainedLead lead, SendGridAccount? account)
    {
        var recipient = new EmailRecipient(EmailAddress.Read(lead.Email), lead.SaidStop, lead.UnsubscribedAt is not null, lead.Suppression, lead.SaidNoInCrm);
        return Consent("email", lead, emailGate.WhyNoEmail(recipient, RecipientOf(lead), lead.LocationAddress, account));
    }

    private static TextRecipient RecipientOf(ExplainedLead lead) =>
        new(lead.OptedOutAt, lead.CrmOptOutAt, lead.Consent == "opted_out" ? "opted_out" : lead.Status, lead.IsTest, lead.Phone is null ? PhoneTypes.Missing : lead.PhoneType)
        {
            IsWrongNumber = lead.WrongNumberAt is not null,
        };

    private static ChannelConsent Consent(string channel, ExplainedLead lead, string? whyNot) => new(channel, whyNot ?? Allowed, whyNot is null ? WhyAllowed(lead) : TouchReasons.Say(whyNot));

    private const string Allowed = "allowed";

    private static string WhyAllowed(ExplainedLead lead) => lead.Consent == "opted_in" ? "The person agreed to messages." : "The person asked for a quote, and no stop of theirs stands.";

    private LegalWindow? WindowOf(ExplainedLead lead)
    {
        if (lead.Phone is not { } phone || LegalHours.PlacesOf(lead.Timezone, phone, lead.AddressState) is not { } places)
        {
            return null;
        }

        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        return LegalHours.WindowAtOrAfter(now, places) is { } window
            ? new LegalWindow(window.Start.ToDateTimeOffset(), window.End.ToDateTimeOffset(), window.Start <= now)
            : null;
    }
}

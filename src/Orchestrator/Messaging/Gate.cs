using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Shared.Phones;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What may happen with a due touch point now.</summary>
public abstract record GateDecision
{
    /// <summary>Send it. The carrier may hold it at most so long, so that its own queue cannot carry it into the night.</summary>
    /// <param name="IsReply">It is an immediate answer to the person's own text: the one thing that may go out by night.</param>
    public sealed record Send(TimeSpan Validity, bool IsReply = false) : GateDecision;

    /// <summary>Not now: at that business time.</summary>
    public sealed record Wait(DateTimeOffset Until, string Reason) : GateDecision;

    /// <summary>It ends here: suppressed, expired or needs_review.</summary>
    public sealed record End(string Status, string Reason) : GateDecision;
}

/// <summary>What is known of somebody who might be texted, whatever the text.</summary>
public sealed record TextRecipient(DateTimeOffset? OptedOutAt, DateTimeOffset? CrmOptOutAt, string LeadStatus, bool IsTest, string PhoneType)
{
    /// <summary>The no is a stranger's, who has the number: it ends texts, and no emails.</summary>
    public bool IsWrongNumber { get; init; }
}

/// <summary>Decides whether a touch point may go out. Pure; asked inside the transaction that holds the contact's lock.</summary>
public sealed class Gate(OrchestratorSettings settings)
{
    /// <summary>Why a touch point waits for its hour.</summary>
    public const string OutsideLegalHours = "outside_legal_hours";

    /// <summary>Why a touch point waits: the person has had as many texts as they may get for now.</summary>
    public const string FrequencyCap = "frequency_cap";

    /// <summary>Why an answer to a text is given to staff instead: it is not immediate any more.</summary>
    public const string ReplyTooLate = "reply_too_late";

    /// <summary>Why an answer to a text is given to staff instead: so many in a day are no talk but two machines that answer each other.</summary>
    public const string TooManyReplies = "too_many_replies";

    /// <summary>The texts that a person may have had in a day when another answer goes out by itself.</summary>
    public const int MostTextsADay = 30;

    /// <summary>So long after the person's own text an answer to it is immediate (47 CFR 64.1200 by docs/decisions/0011).</summary>
    public static readonly TimeSpan ReplyWindow = StaffTextStore.Immediate;

    /// <summary>Twilio holds a text at most this long (its own limit is ten hours).</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromHours(1);

    /// <summary>Kept between the end of the validity and the end of the legal hours.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>With less than this left of a window, the next one is better.</summary>
    public static readonly TimeSpan ShortestValidity = TimeSpan.FromMinutes(2);

    /// <summary>What waits for a legal hour is still worth something for this long then: some states close for four days around a holiday.</summary>
    public static readonly TimeSpan GoodForInItsHours = TimeSpan.FromHours(2);

    private const string DemoMode = "demo_mode";

    /// <summary>The decision at a business time. When in doubt, it does not send.</summary>
    /// <param name="account">The tenant's at Twilio; null = it has none.</param>
    public GateDecision Decide(DueTouchPoint touch, TwilioAccount? account, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(touch);
        // The round lets go what is too late before it claims; between the two the hour may have struck.
        var end = touch.ExpiresAt <= now ? new GateDecision.End("expired", "too_late") : WhyNever(touch) ?? WhyNotWithoutAPerson(account);
        if (end is not null)
        {
            return end;
        }

        if (LegalHours.PlacesOf(touch.Timezone, touch.Phone, touch.AddressState) is not { } places)
        {
            return new GateDecision.End("needs_review", "unknown_timezone");
        }

        var answer = touch.RepliesToAt is { } asked ? WhileFresh(touch, asked + ReplyWindow - now, places, Instant.FromDateTimeOffset(now)) : null;
        return answer is GateDecision.Send || (answer is not null && touch.IsOnlyForNow) ? answer : WhenLawful(touch, places, Instant.FromDateTimeOffset(now));
    }

    /// <summary>Why no text at all would go to somebody now, whatever its words: one machine word, or null.</summary>
    /// <param name="account">The tenant's at Twilio; null = it has none.</param>
    public string? WhyNoText(TextRecipient who, TwilioAccount? account)
    {
        ArgumentNullException.ThrowIfNull(who);
        return WhyNotAnyMore(who) ?? (IsOutOfTheDemo(who.IsTest) ? DemoMode : null) ?? WhyNotTo(who.PhoneType) ?? WhyNotWithoutAPerson(account)?.Reason;
    }

    /// <summary>In demo mode only test leads are written to.</summary>
    public bool IsOutOfTheDemo(bool isTest) => settings.IsDemoMode && !isTest;

    // Waiting makes an answer to a text worse than none: it goes out now, or a person decides. What staff answer late is a text like any other.
    private static GateDecision WhileFresh(DueTouchPoint touch, TimeSpan left, Whereabouts places, Instant now)
    {
        if (left < ShortestValidity)
        {
            return new GateDecision.End("needs_review", ReplyTooLate);
        }

        if (Frequency.FitsAt(touch.TextedAt, LegalHours.CapsOf(places, now).Where(cap => cap.HoldsForReplies), now) is not null)
        {
            return new GateDecision.End("needs_review", FrequencyCap);
        }

        if (touch.TextedAt.Count(text => Instant.FromDateTimeOffset(text) > now - Duration.FromDays(1)) >= MostTextsADay)
        {
            return new GateDecision.End("needs_review", TooManyReplies);
        }

        // By day the carrier has as long as for any text; by night until the answer is no answer any more.
        var byDay = LegalHours.WindowAtOrAfter(now, places) is { } window && window.Start <= now ? ValidityIn(window, now) : TimeSpan.Zero;
        var validity = byDay > left ? byDay : left;
        return new GateDecision.Send(validity < LongestValidity ? validity : LongestValidity, IsReply: true);
    }

    private static GateDecision WhenLawful(DueTouchPoint touch, Whereabouts places, Instant now)
    {
        var fits = Frequency.FitsAt(touch.TextedAt, LegalHours.CapsOf(places, now), now);
        var from = fits ?? now;
        var window = LegalHours.WindowAtOrAfter(from, places);
        if (window is { } first && first.Start <= from && ValidityIn(first, from) < ShortestValidity)
        {
            window = LegalHours.WindowAtOrAfter(first.End, places);
        }

        if (window is not { } open)
        {
            return new GateDecision.End("needs_review", "no_legal_hour");
        }

        if (open.Start <= now)
        {
            return new GateDecision.Send(ValidityIn(open, now) is var left && left < LongestValidity ? left : LongestValidity);
        }

        var until = open.Start.ToDateTimeOffset();
        return fits is not null && until >= touch.ExpiresAt
            ? new GateDecision.End("expired", FrequencyCap)
            : new GateDecision.Wait(until, fits is null ? OutsideLegalHours : FrequencyCap);
    }

    private static TimeSpan ValidityIn(Interval window, Instant at) => (window.End - at).ToTimeSpan() - Margin;

    private GateDecision.End? WhyNever(DueTouchPoint touch) => touch switch
    {
        _ when WhyNotAnyMore(touch.Recipient) is { } reason => new("suppressed", reason),
        // An order that is gone from the CRM is nobody's no: who asks is answered, and staff may write.
        { DeletedAt: not null, Content: null } => new("suppressed", "order_deleted"),
        { LeadStatus: "booked" or "won" or "lost", Content: null } => new("suppressed", $"lead_{touch.LeadStatus}"),
        _ when IsOutOfTheDemo(touch.IsTest) => new("suppressed", DemoMode),
        { Content: null } when FollowUps.WhyNot(touch.FollowUp) is { } end => end,
        _ when WhyNotTo(touch.PhoneType) is { } reason => new("suppressed", reason),
        _ => null,
    };

    private static string? WhyNotAnyMore(TextRecipient who) => Silence.OfTheNo(who.OptedOutAt, who.CrmOptOutAt, who.LeadStatus, who.IsWrongNumber);

    private static string? WhyNotTo(string phoneType) => phoneType switch
    {
        PhoneTypes.Missing => "no_phone",
        _ when !PhoneTypes.TakesTexts(phoneType) => $"{phoneType}_phone",
        _ => null,
    };

    private GateDecision.End? WhyNotWithoutAPerson(TwilioAccount? account) => account switch
    {
        null => new("needs_review", "texting_is_switched_off"),
        { IsReal: true } when !settings.Platform.IsHttps => new("needs_review", "public_url_is_not_https"),
        _ => null,
    };
}

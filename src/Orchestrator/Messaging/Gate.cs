using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What may happen with a due touch point now.</summary>
public abstract record GateDecision
{
    /// <summary>Send it. The carrier may hold it at most so long, so that its own queue cannot carry it into the night.</summary>
    public sealed record Send(TimeSpan Validity) : GateDecision;

    /// <summary>Not now: at that business time.</summary>
    public sealed record Wait(DateTimeOffset Until, string Reason) : GateDecision;

    /// <summary>It ends here: suppressed, expired or needs_review.</summary>
    public sealed record End(string Status, string Reason) : GateDecision;
}

/// <summary>Decides whether a touch point may go out. Pure; asked inside the transaction that holds the contact's lock.</summary>
public sealed class Gate(OrchestratorSettings settings)
{
    /// <summary>Why a touch point waits for its hour.</summary>
    public const string OutsideLegalHours = "outside_legal_hours";

    /// <summary>Twilio holds a text at most this long (its own limit is ten hours).</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromHours(1);

    /// <summary>Kept between the end of the validity and the end of the legal hours.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>With less than this left of a window, the next one is better.</summary>
    public static readonly TimeSpan ShortestValidity = TimeSpan.FromMinutes(2);

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

        if (LegalHours.ZonesOf(touch.Timezone, touch.Phone) is not { } zones)
        {
            return new GateDecision.End("needs_review", "unknown_timezone");
        }

        var at = Instant.FromDateTimeOffset(now);
        if (LegalHours.WindowAtOrAfter(at, zones) is not { } window)
        {
            return new GateDecision.End("needs_review", "no_legal_hour");
        }

        if (window.Start <= at && ValidityIn(window, at) is var left && left >= ShortestValidity)
        {
            return new GateDecision.Send(left < LongestValidity ? left : LongestValidity);
        }

        var next = window.Start > at ? window : LegalHours.WindowAtOrAfter(window.End, zones) ?? window;
        return new GateDecision.Wait(next.Start.ToDateTimeOffset(), OutsideLegalHours);
    }

    private static TimeSpan ValidityIn(Interval window, Instant at) => (window.End - at).ToTimeSpan() - Margin;

    private GateDecision.End? WhyNever(DueTouchPoint touch) => touch switch
    {
        { OptedOutAt: not null } or { LeadStatus: "opted_out" } => new("suppressed", "opted_out"),
        { DeletedAt: not null } => new("suppressed", "order_deleted"),
        { LeadStatus: "booked" or "won" or "lost", Content: null } => new("suppressed", $"lead_{touch.LeadStatus}"),
        { IsTest: false } when settings.IsDemoMode => new("suppressed", "demo_mode"),
        _ when !PhoneTypes.TakesTexts(touch.PhoneType) => new("suppressed", $"{touch.PhoneType}_phone"),
        _ => null,
    };

    private GateDecision.End? WhyNotWithoutAPerson(TwilioAccount? account) => account switch
    {
        null => new("needs_review", "texting_is_switched_off"),
        { IsReal: true } when !settings.Platform.IsHttps => new("needs_review", "public_url_is_not_https"),
        _ => null,
    };
}

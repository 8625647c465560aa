namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>A text that wants to go out by a sender.</summary>
/// <param name="IsFirst">A first touch, or words of staff: it goes ahead of what was planned for many.</param>
/// <param name="SlotAt">The place that it was given before; null = none.</param>
public sealed record PacedText(int Segments, bool IsFirst, DateTimeOffset? SlotAt)
{
    /// <summary>Words of staff, or an answer to a text: somebody waits for it, so it waits for nobody.</summary>
    public bool IsTalk { get; init; }

    /// <summary>It takes twice its time of the number: half the pace.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>When it may go.</summary>
/// <param name="WaitUntil">Null = now.</param>
/// <param name="Reason">Null, or why it waits.</param>
/// <param name="IsSlot">The place is kept for it.</param>
public sealed record PaceDecision(DateTimeOffset? WaitUntil, string? Reason, bool IsSlot)
{
    /// <summary>Now.</summary>
    public static readonly PaceDecision Go = new(null, null, false);
}

/// <summary>How fast one sender goes on and what it sent today. Pure; real time.</summary>
/// <param name="NextFreeAt">For what was planned for many.</param>
/// <param name="FirstFreeAt">For first touches. A conversation waits for neither: it goes, and pushes both back.</param>
/// <param name="CarrierFreeAt">When the carrier has taken all that went out. What goes out before that waits in its queue, where nobody can stop it any more.</param>
/// <param name="Day">The day in Pacific time that <paramref name="Segments"/> were sent on.</param>
public sealed record SenderPace(DateTimeOffset NextFreeAt, DateTimeOffset FirstFreeAt, DateTimeOffset CarrierFreeAt, DateOnly Day, int Segments)
{
    /// <summary>Why a text waits for its sender.</summary>
    public const string Paced = "sender_is_paced";

    /// <summary>Why a text waits for another day.</summary>
    public const string DailyLimit = "daily_limit_reached";

    // A place that was given is good for so long after its time: what an outage has kept back takes new ones and bursts through nothing.
    private static readonly TimeSpan SlotIsGoodFor = TimeSpan.FromSeconds(30);

    // Texts of a moment go together.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    // Several whose places have passed, because everybody was busy, do not go together: the carrier's queue stays as short as this.
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(2);

    // A first touch does not wait with us while the vendor's own queue holds less than this of them.
    private static readonly TimeSpan FirstsAhead = TimeSpan.FromSeconds(30);

    // Places are given so far ahead; who comes later asks again.
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(10);

    // The last tenth of a day's texts is kept for first touches.
    private const int KeptForFirsts = 10;

    /// <summary>Decides for texts in their order: conversations, first touches, then what was planned for many.</summary>
    /// <param name="perSecond">Segments; null = no pace.</param>
    /// <param name="daily">Segments; null = no limit.</param>
    public (SenderPace After, IReadOnlyList<PaceDecision> Decisions) Take(IReadOnlyList<PacedText> texts, int? perSecond, int? daily, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var today = CarrierDay.Of(now);
        var pace = today == Day ? this : this with { Day = today, Segments = 0 };
        var decisions = new PaceDecision[texts.Count];
        foreach (var (text, place) in texts.Select((text, place) => (text, place)).OrderBy(entry => entry.text switch { { IsTalk: true } => 0, { IsFirst: true } => 1, _ => 2 }))
        {
            (pace, decisions[place]) = pace.Take(text, perSecond, daily, now);
        }

        return (pace, decisions);
    }

    private (SenderPace, PaceDecision) Take(PacedText text, int? perSecond, int? daily, DateTimeOffset now)
    {
        if (daily is { } most && Segments + text.Segments > (text.IsFirst ? most : most - most / KeptForFirsts))
        {
            return (this, new PaceDecision(CarrierDay.EndOf(Day), DailyLimit, false));
        }

        if (perSecond is not { } rate)
        {
            return (this with { Segments = Segments + text.Segments }, PaceDecision.Go);
        }

        var takes = TimeSpan.FromSeconds((double)text.Segments / rate);
        var queue = Later(CarrierFreeAt, now);
        var counted = this with { Segments = Segments + text.Segments, CarrierFreeAt = queue + takes };
        if (text.IsTalk)
        {
            return (counted with { NextFreeAt = Later(NextFreeAt, now) + takes, FirstFreeAt = Later(FirstFreeAt, now) + takes }, PaceDecision.Go);
        }

        if (text.SlotAt is { } slot && slot <= now + Slack && slot > now - SlotIsGoodFor)
        {
            return text.IsFirst || queue - now <= LongestQueue ? (counted, PaceDecision.Go) : (this, new PaceDecision(queue - Slack, Paced, true));
        }

        var (free, ahead) = text.IsFirst ? (FirstFreeAt, FirstsAhead) : (NextFreeAt, Slack);
        var at = Later(free, text.IsFirst ? now : queue);
        if (at - now > Horizon)
        {
            return (this, new PaceDecision(now + Horizon, Paced, false));
        }

        // What goes ahead takes its time from the others.
        var next = text.IsFirst ? Later(NextFreeAt, now) + takes : at + (text.IsSlow ? takes * 2 : takes);
        var first = text.IsFirst ? at + takes : FirstFreeAt;
        return at - now <= ahead
            ? (counted with { NextFreeAt = next, FirstFreeAt = first }, PaceDecision.Go)
            : (this with { NextFreeAt = next, FirstFreeAt = first }, new PaceDecision(at, Paced, true));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>The day by which the carriers count: midnight Pacific time, as most pages on error 30023 say, and some say UTC; not verified with Twilio (read 2026-11-29).</summary>
public static class CarrierDay
{
    private static readonly NodaTime.DateTimeZone Pacific = NodaTime.DateTimeZoneProviders.Tzdb["America/Los_Angeles"];

    /// <summary>The day of an instant.</summary>
    public static DateOnly Of(DateTimeOffset at) => NodaTime.Instant.FromDateTimeOffset(at).InZone(Pacific).Date.ToDateOnly();

    /// <summary>The instant at which a day ends.</summary>
    public static DateTimeOffset EndOf(DateOnly day) => Pacific.AtStartOfDay(NodaTime.LocalDate.FromDateOnly(day).PlusDays(1)).ToDateTimeOffset();
}

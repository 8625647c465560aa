using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A time at which a bay is free for a service.</summary>
public sealed record Slot(DateTimeOffset StartsAt, DateTimeOffset EndsAt, Guid BayId);

/// <summary>A time that is taken.</summary>
/// <param name="BayId">Null: the CRM's own appointment, which says of no bay that it is in it.</param>
public sealed record TakenTime(Guid? BayId, DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    internal bool Overlaps(DateTimeOffset startsAt, DateTimeOffset endsAt) => StartsAt < endsAt && startsAt < EndsAt;
}

/// <summary>A shop's bays and what is taken of their time.</summary>
/// <param name="Bays">Those in use, in their order.</param>
public sealed record ShopCalendar(IReadOnlyList<Guid> Bays, IReadOnlyList<TakenTime> Taken);

/// <summary>Finds free slots. Pure.</summary>
/// <remarks>
/// Slots are instants: an opening is stepped through in elapsed time, so that a day of 23 or 25 hours gives just as many as fit into it. An appointment that the CRM made names no bay;
/// so many bays as such appointments overlap at one moment of a slot are taken away from those that are free.
/// </remarks>
public static class Slots
{
    /// <summary>Why there is no slot: the shop has no such bay in use.</summary>
    public const string NoSuchBay = "no_such_bay";

    /// <summary>The free slots that begin in a span of time, in order, each with the bay that would be taken.</summary>
    /// <param name="from">First beginning.</param>
    /// <param name="until">No beginning from here on.</param>
    public static IEnumerable<Slot> Find(LocationHours hours, ShopCalendar calendar, TimeSpan duration, DateTimeOffset from, DateTimeOffset until, DateTimeOffset now, BookingRules rules)
    {
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(rules);
        var first = Later(from, now + rules.MinimumLead);
        var end = until <= now + rules.Horizon ? until : now + rules.Horizon;
        if (first >= end)
        {
            yield break;
        }

        for (var (day, last) = (DateOf(hours, first), DateOf(hours, end)); day <= last; day = day.AddDays(1))
        {
            foreach (var (opens, closes) in hours.OpeningsOn(day))
            {
                for (var start = opens; start + duration <= closes && start < end; start += rules.Step)
                {
                    if (start >= first && FreeBay(calendar, start, start + duration, null) is { } bay)
                    {
                        yield return new Slot(start, start + duration, bay);
                    }
                }
            }
        }
    }

    /// <summary>The slot that begins at an instant, or why there is none.</summary>
    /// <param name="bayId">The bay that is wanted; null = any.</param>
    public static (Slot? Slot, string? Refusal) At(LocationHours hours, ShopCalendar calendar, TimeSpan duration, DateTimeOffset startsAt, Guid? bayId, DateTimeOffset now, BookingRules rules)
    {
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(rules);
        if (bayId is { } wanted && !calendar.Bays.Contains(wanted))
        {
            return (null, NoSuchBay);
        }

        // First the rules: there is no reckoning at the ends of the calendar.
        if (startsAt < now + rules.MinimumLead || startsAt >= now + rules.Horizon)
        {
            return (null, startsAt < now + rules.MinimumLead ? "too_soon" : "too_far_ahead");
        }

        var endsAt = startsAt + duration;
        return startsAt.UtcTicks % TimeSpan.TicksPerMinute != 0 ? (null, "not_a_whole_minute")
            : !IsOpenThroughout(hours, startsAt, endsAt) ? (null, "outside_business_hours")
            : FreeBay(calendar, startsAt, endsAt, bayId) is { } bay ? (new Slot(startsAt, endsAt, bay), null)
            : (null, "slot_taken");
    }

    /// <summary>A bay that no booking of ours has in this time, whatever the opening hours; the one that is preferred, if it is free. Null: all are taken.</summary>
    public static Guid? BayFor(ShopCalendar calendar, DateTimeOffset startsAt, DateTimeOffset endsAt, Guid preferred)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var ours = calendar with { Taken = [.. calendar.Taken.Where(taken => taken.BayId is not null)] };
        return FreeBay(ours, startsAt, endsAt, preferred) ?? FreeBay(ours, startsAt, endsAt, null);
    }

    /// <summary>Is this bay free in this time, with one left for each appointment of the CRM, whatever the opening hours?</summary>
    public static bool IsFree(ShopCalendar calendar, DateTimeOffset startsAt, DateTimeOffset endsAt, Guid bayId)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        return FreeBay(calendar, startsAt, endsAt, bayId) is not null;
    }

    private static bool IsOpenThroughout(LocationHours hours, DateTimeOffset startsAt, DateTimeOffset endsAt) =>
        hours.OpeningsOn(DateOf(hours, startsAt)).Any(opening => opening.Opens <= startsAt && endsAt <= opening.Closes);

    private static DateOnly DateOf(LocationHours hours, DateTimeOffset instant) => hours.Local(instant).Date.ToDateOnly();

    private static Guid? FreeBay(ShopCalendar calendar, DateTimeOffset startsAt, DateTimeOffset endsAt, Guid? wanted)
    {
        var overlapping = calendar.Taken.Where(taken => taken.Overlaps(startsAt, endsAt)).ToList();
        var occupied = overlapping.Where(taken => taken.BayId is not null).Select(taken => taken.BayId!.Value).ToHashSet();
        var free = calendar.Bays.Where(bay => !occupied.Contains(bay)).ToList();
        var elsewhere = MostAtOnce([.. overlapping.Where(taken => taken.BayId is null)]);
        if (free.Count <= elsewhere)
        {
            return null;
        }

        return wanted is null ? free[0] : free.Contains(wanted.Value) ? wanted : null;
    }

    // The number of overlapping times is largest at the beginning of one of them.
    private static int MostAtOnce(List<TakenTime> times) =>
        times.Count == 0 ? 0 : times.Max(one => times.Count(other => other.StartsAt <= one.StartsAt && one.StartsAt < other.EndsAt));

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>What a request says of prices to come. Pure.</summary>
/// <param name="Item">With the price that is planned from now on.</param>
/// <param name="Changes">What is left of the request: what counts from now on.</param>
/// <param name="Refusal">Why it cannot be; null when it can.</param>
internal sealed record PricePlan(CatalogItemView Item, CatalogItemChanges Changes, string? Refusal = null, string Field = "")
{
    // Times are told in milliseconds and kept in microseconds.
    private static readonly TimeSpan Told = TimeSpan.FromMilliseconds(1);
    private const int MostYears = 10;

    /// <summary>Is this instant farther ahead than anybody plans? At the end of all dates there is no reckoning.</summary>
    public static bool IsTooFar(DateTimeOffset? from, DateTimeOffset now) => from > now.AddYears(MostYears);

    /// <summary>Says so.</summary>
    public const string TooFar = "It is at most ten years from now.";

    /// <summary>Takes what is to come out of a request. What was told and is given back changes nothing.</summary>
    public static PricePlan Of(CatalogItemView item, CatalogItemChanges changes, DateTimeOffset now)
    {
        var isSold = item.ValidFrom <= now;
        if (IsTooFar(changes.ValidFrom, now) || IsTooFar(changes.Next?.ValidFrom, now))
        {
            return new(item, changes, TooFar, IsTooFar(changes.ValidFrom, now) ? CatalogFields.ValidFrom : CatalogFields.Next);
        }

        if (changes.Has(CatalogFields.Next))
        {
            if (changes.Next is { } next && !IsTold(next, item) && (!isSold || next.ValidFrom <= now))
            {
                return new(item, changes, isSold ? "This instant is over: give priceCents alone." : "It is not sold yet: give priceCents and validFrom, and the price after that later.", CatalogFields.Next);
            }

            item = IsTold(changes.Next, item) ? item : item with { Next = changes.Next };
        }
        else if (changes.Has(CatalogFields.PriceCents) && changes.PriceCents is null)
        {
            item = item with { Next = null }; // back to the CRM's, for good
        }

        if (changes.ValidFrom is not { } from)
        {
            return new(item, changes);
        }

        if (IsSame(from, item.ValidFrom) && changes.PriceCents == item.PriceCents)
        {
            return new(item, changes.WithoutPrice());
        }

        if (!isSold)
        {
            return new(item with { ValidFrom = from > now ? from : now }, changes);
        }

        if (from <= now)
        {
            return new(item, changes);
        }

        return changes.PriceCents is not { } cents
            ? new(item, changes, "Give the priceCents that counts from then on.", CatalogFields.PriceCents)
            : changes.ValidUntil is not null
                ? new(item, changes, "A price that is planned counts until it is changed: give its last day when it has begun.", CatalogFields.ValidUntil)
                : new(item with { Next = new NextPrice(cents, from) }, changes.WithoutPrice());
    }

    private static bool IsTold(NextPrice? next, CatalogItemView item) => next is null
        ? item.Next is null
        : item.Next is { } planned ? next.PriceCents == planned.PriceCents && IsSame(next.ValidFrom, planned.ValidFrom)
        : next.PriceCents == item.PriceCents && IsSame(next.ValidFrom, item.ValidFrom);

    private static bool IsSame(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() < Told;
}

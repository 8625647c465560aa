using LeadOrchestrator.Shared.Catalog;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>What an item is after staff have changed it. Pure.</summary>
internal static class CatalogOverrides
{
    /// <summary>The item with the changes, or a sentence that says why it cannot have them.</summary>
    /// <param name="timezone">The shop's.</param>
    public static (CatalogItemView? Item, string? Refusal, string Field) Apply(CatalogItemView item, CatalogItemChanges changes, string timezone, DateTimeOffset now)
    {
        if (changes.ValidUntil is { } lastDay && LastDays.EndOf(lastDay, timezone) <= now)
        {
            return (null, "This day is over at the shop.", CatalogFields.ValidUntil);
        }

        var plan = PricePlan.Of(item, changes, now);
        if (plan.Refusal is not null)
        {
            return (null, plan.Refusal, plan.Field);
        }

        var (changed, refusal, field) = item.Source == "manual" ? ToManual(plan.Item, plan.Changes) : ToCrm(plan.Item, plan.Changes);
        // A price that is another counts from now on; that of something that is not sold yet, from when it is.
        return (changed?.PriceCents != plan.Item.PriceCents && plan.Item.ValidFrom <= now && changed is not null ? changed with { ValidFrom = now } : changed, refusal, field);
    }

    private static (CatalogItemView?, string?, string) ToManual(CatalogItemView item, CatalogItemChanges changes)
    {
        string[] filled = [CatalogFields.Name, CatalogFields.PriceCents, CatalogFields.Bookable];
        object?[] values = [changes.Name, changes.PriceCents, changes.Bookable];
        if (filled.Where((field, index) => changes.Has(field) && values[index] is null).FirstOrDefault() is { } empty)
        {
            return (null, "An item by hand has no value of the CRM to go back to: give one.", empty);
        }

        if (changes.ValidUntil is not null)
        {
            return (null, "An item by hand has no price of the CRM that could follow: its price counts until it is changed.", CatalogFields.ValidUntil);
        }

        return (item with
        {
            Name = changes.Name ?? item.Name,
            Description = changes.Has(CatalogFields.Description) ? changes.Description ?? "" : item.Description,
            PriceCents = changes.PriceCents ?? item.PriceCents,
            DurationMinutes = changes.Has(CatalogFields.DurationMinutes) ? changes.DurationMinutes : item.DurationMinutes,
            Bookable = changes.Bookable ?? item.Bookable,
            VehicleClass = changes.Has(CatalogFields.VehicleClass) ? changes.VehicleClass : item.VehicleClass,
            Active = changes.Has(CatalogFields.Active) ? changes.Active ?? true : item.Active,
        }, null, "");
    }

    private static (CatalogItemView?, string?, string) ToCrm(CatalogItemView item, CatalogItemChanges changes)
    {
        var isThere = item.Crm is null or { State: "offered" };
        if (changes.Active == true && !isThere)
        {
            return (null, "The CRM no longer offers this service. Offer it there again, or add an item by hand.", CatalogFields.Active);
        }

        var ours = item.Overridden.ToHashSet();
        var crm = item.Crm;
        var changed = item with
        {
            Name = Take(CatalogFields.Name, changes.Name, item.Name, crm?.Name ?? item.Name)!,
            Description = Take(CatalogFields.Description, changes.Description, item.Description, crm?.Description ?? item.Description)!,
            PriceCents = Take(CatalogFields.PriceCents, changes.PriceCents, item.PriceCents, crm?.PriceCents ?? item.PriceCents)!.Value,
            DurationMinutes = Take(CatalogFields.DurationMinutes, changes.DurationMinutes, item.DurationMinutes, crm is null ? item.DurationMinutes : crm.DurationMinutes),
            Bookable = Take(CatalogFields.Bookable, changes.Bookable, item.Bookable, crm?.Bookable ?? item.Bookable)!.Value,
            VehicleClass = Take(CatalogFields.VehicleClass, changes.VehicleClass, item.VehicleClass, crm is null ? item.VehicleClass : crm.VehicleClass),
        };
        // Hiding is ours; showing only ends it.
        _ = Take(CatalogFields.Active, changes.Active == false ? false : (bool?)null, item.Active, isThere);
        var isOurPrice = ours.Contains(CatalogFields.PriceCents);
        if (changes.ValidUntil is not null && !(isOurPrice && crm?.PriceCents is not null))
        {
            return (null, "Only a price of ours can end, and only when the CRM has one that follows: give priceCents as well.", CatalogFields.ValidUntil);
        }

        return (changed with
        {
            // A new price has its own last day, or none.
            ValidUntil = changes.Has(CatalogFields.ValidUntil) || changes.Has(CatalogFields.PriceCents) || !isOurPrice ? changes.ValidUntil : item.ValidUntil,
            Active = isThere && !ours.Contains(CatalogFields.Active),
            Overridden = [.. ours.Order(StringComparer.Ordinal)],
            Source = ours.Count > 0 ? "override" : "crm",
        }, null, "");

        T Take<T>(string field, T given, T now, T ofCrm)
        {
            if (!changes.Has(field))
            {
                return now;
            }

            if (given is null)
            {
                ours.Remove(field);
                return ofCrm;
            }

            ours.Add(field);
            return given;
        }
    }
}

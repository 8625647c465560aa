using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>What may be true of Acme Tint Austin and its customer while something is said: the same sentence is honest in one of them and a lie in another.</summary>
internal static class GuardSituations
{
    private static readonly GuardShop Shop = GuardShop.All[0];
    private static readonly TruthFacts Facts = Shop.Facts("2021 Honda Civic");

    // Tomorrow at ten, the day after at two.
    private static readonly TakenSlot Tuesday = new(GuardShop.Now.AddDays(1), 39900, "Full Car Ceramic Tint", IsHeld: false);
    private static readonly TakenSlot Wednesday = new(GuardShop.Now.AddDays(2).AddHours(4), 39900, "Full Car Ceramic Tint", IsHeld: true);

    /// <summary>By the word that stands before a sentence in a list.</summary>
    public static TruthFacts Of(string name) => name switch
    {
        "plain" => Facts,
        "held" => Shop.Facts("2021 Honda Civic", Deeds.Held) with { Slots = [Tuesday with { IsHeld = true }] },
        "booked" => Shop.Facts("2021 Honda Civic", Deeds.Booked | Deeds.Sent) with { Slots = [Tuesday] },
        "moving" => Shop.Facts("2021 Honda Civic", Deeds.Booked | Deeds.Held | Deeds.Sent) with { Slots = [Tuesday, Wednesday] },
        "optout" => Shop.Facts("2021 Honda Civic", Deeds.OptedOut),
        "bright" => GuardShop.All[1].Facts("2016 Mazda 3"),
        "staff" => Shop.Facts("2021 Honda Civic", Deeds.StaffTold),
        "saturday" => Facts with { Hours = Hours(Facts.Hours.Days.Append(new OpenSpan(6, new TimeOnly(9, 0), new TimeOnly(13, 0)))) },
        "short" => Facts with { Hours = Hours([.. Enumerable.Range(1, 5).Select(day => new OpenSpan(day, new TimeOnly(8, 0), new TimeOnly(18, 0))), new OpenSpan(6, new TimeOnly(9, 0), new TimeOnly(14, 0))]) },
        "night" => Facts with { Now = GuardShop.Now.AddHours(10) },
        "lunch" => Facts with { Hours = Hours(Facts.Hours.Days.SelectMany(day => (OpenSpan[])[day with { Closes = new TimeOnly(12, 0) }, day with { Opens = new TimeOnly(13, 0) }])) },
        "thanksgiving" => Facts with
        {
            Hours = Facts.Hours with
            {
                Exceptions = [new(new DateOnly(2026, 11, 26), true, null, null, "Thanksgiving"), new(new DateOnly(2026, 11, 27), false, new TimeOnly(9, 0), new TimeOnly(13, 0), "Day after Thanksgiving")],
            },
        },
        "gratis" => new TruthFacts([.. Facts.Catalog, Facts.Catalog[0] with { Name = "Estimate", PriceCents = 0 }], Facts.Hours, Facts.Now, Facts.ShopName, Facts.Phone, Facts.Address, Facts.Vehicle, Deeds.None, Facts.Hosts),
        "promised" => new TruthFacts([Facts.Catalog[0] with { ValidUntil = new DateOnly(2026, 12, 31) }], Facts.Hours, Facts.Now, Facts.ShopName, Facts.Phone, Facts.Address, Facts.Vehicle, Deeds.None, Facts.Hosts),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such situation."),
    };

    private static LocationHours Hours(IEnumerable<OpenSpan> days) => Facts.Hours with { Days = [.. days] };
}

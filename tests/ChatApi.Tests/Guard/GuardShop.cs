using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>A shop of which the corpus speaks, and an answer on its way through the guard.</summary>
internal sealed record GuardShop(string Name, string Phone, string Address, IReadOnlyList<(string Name, long Cents, int Minutes)> Services, LocationHours Hours, IReadOnlyList<string> Vehicles)
{
    // A Monday, 10:00 in Chicago.
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyList<GuardShop> All =
    [
        new("Acme Tint Austin", "+15125550100", "1 Main St, Austin, TX 78701",
            [("Full Car Ceramic Tint", 39900, 240), ("Windshield Strip", 4900, 45), ("Front Two Windows", 12900, 60), ("Sunroof", 7950, 40)],
            Week("America/Chicago", (1, 5, 8, 0, 17, 0)), ["2021 Honda Civic", "2019 Ford F-150", "2022 Tesla Model 3"]),
        new("Bright Auto Glass", "(512) 555-0170", "4200 North Lamar Blvd, Austin, TX 78756",
            [("Ceramic 70 Windshield", 19999, 90), ("CTX 35 Full Sedan", 124900, 300), ("Paint Protection Front", 189500, 480), ("Headlight Film", 9900, 30)],
            Week("America/Chicago", (1, 5, 9, 0, 18, 0), (6, 6, 9, 0, 13, 0)), ["2018 Chevrolet Silverado 1500", "2020 Porsche 911", "2016 Mazda 3"]),
        new("Sol y Sombra", "+1 737-555-0150", "88 Calle Ocho",
            [("Película de carbono", 24900, 180), ("Película cerámica", 44900, 210), ("Parabrisas", 14950, 60)],
            Week("America/Chicago", (1, 6, 8, 30, 17, 30)), ["2015 Toyota Corolla", "2023 Hyundai Tucson"]),
    ];

    public TruthFacts Facts(string vehicle, Deeds done = Deeds.None) => new(
        [.. Services.Select(service => new CatalogItem(Guid.CreateVersion7(), service.Name, "", service.Cents, service.Minutes, true, null, Now.AddYears(-1)))],
        Hours, Now, Name, Phone, Address, vehicle, done, ["shop.example"]);

    /// <summary>The first span of a weekday on which it is open all the same hours.</summary>
    public OpenSpan Usual => Hours.Days.First(day => day.Weekday == 2);

    private static LocationHours Week(string zone, params (int From, int To, int Opens, int OpensMinute, int Closes, int ClosesMinute)[] spans) => new(zone,
        [.. spans.SelectMany(span => Enumerable.Range(span.From, span.To - span.From + 1).Select(day =>
            new OpenSpan(day, new TimeOnly(span.Opens, span.OpensMinute), new TimeOnly(span.Closes, span.ClosesMinute))))]);
}

/// <summary>What became of a text on its way.</summary>
internal sealed record Passage(string Shown, Violation? Violation)
{
    /// <summary>Sends a text through a guard of its own.</summary>
    public static Passage Of(TruthFacts facts, IEnumerable<string> pieces)
    {
        var guard = new TruthGuard(facts);
        var shown = new System.Text.StringBuilder();
        foreach (var piece in pieces)
        {
            var step = guard.Take(piece);
            shown.Append(step.Text);
            if (step.Violation is not null)
            {
                return new Passage(shown.ToString(), step.Violation);
            }
        }

        var last = guard.Finish();
        return new Passage(shown.Append(last.Text).ToString(), last.Violation);
    }

    /// <summary>In pieces as models make them: words, parts of words, a few words at once.</summary>
    public static IEnumerable<string> Pieces(string text, Random random)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(text.Length - at, random.Next(1, 9));
            yield return text.Substring(at, length);
            at += length;
        }
    }
}

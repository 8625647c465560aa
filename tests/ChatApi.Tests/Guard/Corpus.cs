using System.Globalization;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>A sentence of the corpus, and the shop of which it is said.</summary>
/// <param name="Kind">What is wrong with it; empty when nothing is.</param>
/// <param name="Secret">What must never be seen of it.</param>
internal sealed record Saying(GuardShop Shop, string Vehicle, string Text, string Kind, string? Secret);

/// <summary>Makes sayings of the hand-written lists: each line for each shop, with its services, cars and notations.</summary>
internal sealed class Corpus(Random random)
{
    private static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] DíasDeLaSemana = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

    // No service costs any of them, and no two of them are a part of a listed price.
    private static readonly int[] Bad = [249 + 50, 35, 75, 150, 199, 220, 275, 349, 500, 899, 1200, 1450];

    /// <summary>True sayings.</summary>
    public IEnumerable<Saying> Legitimate(int each) => from line in Lines("legitimate.txt")
                                                       from shop in GuardShop.All
                                                       from round in Enumerable.Range(0, each)
                                                       select Fill(shop, line, "");

    /// <summary>False ones.</summary>
    public IEnumerable<Saying> Violations() => from line in Lines("violations.txt")
                                               let parts = line.Split(" | ", 2)
                                               from shop in GuardShop.All
                                               from round in Enumerable.Range(0, line.Contains("{bad", StringComparison.Ordinal) || line.Contains("{malas", StringComparison.Ordinal) ? 3 : 1)
                                               select Fill(shop, parts[1], parts[0]);

    /// <summary>The lines of a list.</summary>
    public static IEnumerable<string> Lines(string file) => File.ReadLines(Repository.Path($"tests/ChatApi.Tests/Guard/{file}"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\u200b", "\u200b", StringComparison.Ordinal));

    private Saying Fill(GuardShop shop, string line, string kind)
    {
        var order = shop.Services.OrderBy(_ => random.Next()).ToList();
        var (first, second) = (order[0], order[1]);
        var (low, high) = first.Cents < second.Cents ? (first, second) : (second, first);
        var vehicle = shop.Vehicles[random.Next(shop.Vehicles.Count)];
        var bads = Bad.OrderBy(_ => random.Next()).Take(2).Order().ToArray();
        var closed = Enumerable.Range(1, 7).Where(day => shop.Hours.Days.All(span => span.Weekday != day)).OrderBy(_ => random.Next()).First();
        var workday = random.Next(1, 6);
        var (opens, closes) = Times(shop.Usual);
        var text = line
            .Replace("{usd.es}", Pesos(first.Cents), StringComparison.Ordinal).Replace("{usd2.es}", Pesos(second.Cents), StringComparison.Ordinal)
            .Replace("{low.es}", Pesos(low.Cents), StringComparison.Ordinal).Replace("{high.es}", Pesos(high.Cents), StringComparison.Ordinal)
            .Replace("{low}", Dollars(low.Cents), StringComparison.Ordinal).Replace("{high}", Dollars(high.Cents), StringComparison.Ordinal)
            .Replace("{usd2}", Dollars(second.Cents), StringComparison.Ordinal).Replace("{usd}", Dollars(first.Cents), StringComparison.Ordinal)
            .Replace("{item2}", second.Name, StringComparison.Ordinal).Replace("{item}", first.Name, StringComparison.Ordinal)
            .Replace("{min}", first.Minutes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{vehicle}", vehicle, StringComparison.Ordinal).Replace("{year}", vehicle[..4], StringComparison.Ordinal).Replace("{model}", vehicle[5..], StringComparison.Ordinal)
            .Replace("{name}", "Ann", StringComparison.Ordinal).Replace("{phone}", Phone(shop.Phone), StringComparison.Ordinal)
            .Replace("{address}", shop.Address, StringComparison.Ordinal).Replace("{shop}", shop.Name, StringComparison.Ordinal)
            .Replace("{open}", opens, StringComparison.Ordinal).Replace("{close}", closes, StringComparison.Ordinal)
            .Replace("{closed.es}", DíasDeLaSemana[closed - 1], StringComparison.Ordinal)
            .Replace("{closed}", Weekdays[closed - 1], StringComparison.Ordinal).Replace("{workday}", Weekdays[workday - 1], StringComparison.Ordinal)
            .Replace("{bad2}", Digits(bads[1]), StringComparison.Ordinal)
            .Replace("{badwords}", EnglishNumber.Of(bads[0]), StringComparison.Ordinal).Replace("{malas}", SpanishNumber.Of(bads[0]), StringComparison.Ordinal)
            .Replace("{bad.full}", string.Concat(Digits(bads[0]).Select(digit => (char)(digit - '0' + '０'))), StringComparison.Ordinal)
            .Replace("{bad.circled}", string.Concat(Digits(bads[0]).Select(digit => digit == '0' ? '⓪' : (char)(digit - '1' + '①'))), StringComparison.Ordinal)
            .Replace("{bad.spaced}", string.Join(' ', Digits(bads[0]).ToCharArray()), StringComparison.Ordinal)
            .Replace("{bad}", Digits(bads[0]), StringComparison.Ordinal);
        return new Saying(shop, vehicle, text, kind, kind == "price" && line.Contains("{bad}", StringComparison.Ordinal) ? Digits(bads[0]) : null);
    }

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Dollars(long cents) => One(
        $"${cents / 100}.{cents % 100:00}", string.Create(CultureInfo.InvariantCulture, $"${cents / 100m:#,0.00}"),
        cents % 100 == 0 ? $"${cents / 100}" : $"${cents / 100}.{cents % 100:00}",
        cents % 100 == 0 ? $"{cents / 100} dollars" : $"{cents / 100}.{cents % 100:00} dollars", $"USD {cents / 100}.{cents % 100:00}",
        cents % 100 == 0 ? $"{EnglishNumber.Of((int)(cents / 100))} dollars" : $"${cents / 100}.{cents % 100:00}",
        cents % 100 == 0 ? $"{cents / 100} bucks" : $"{cents / 100}.{cents % 100:00} USD");

    private string Pesos(long cents) => cents % 100 == 0
        ? One($"${cents / 100}", $"{cents / 100} dólares", $"{SpanishNumber.Of((int)(cents / 100))} dólares", $"${cents / 100}.00", $"${cents / 100} dólares")
        : One($"${cents / 100}.{cents % 100:00}", $"{cents / 100},{cents % 100:00} dólares");

    private string Phone(string phone)
    {
        var digits = new string([.. phone.Where(char.IsAsciiDigit)])[^10..];
        return One($"({digits[..3]}) {digits[3..6]}-{digits[6..]}", $"{digits[..3]}-{digits[3..6]}-{digits[6..]}", $"+1{digits}", $"{digits[..3]}.{digits[3..6]}.{digits[6..]}", phone);
    }

    private (string Opens, string Closes) Times(OpenSpan span)
    {
        var style = random.Next(4);
        return (Say(span.Opens), Say(span.Closes));

        string Say(TimeOnly time) => style switch
        {
            0 => time.ToString("HH:mm", CultureInfo.InvariantCulture),
            1 => time.ToString("h:mm tt", CultureInfo.InvariantCulture),
            2 => time.Minute == 0 ? time.ToString("h tt", CultureInfo.InvariantCulture).ToLowerInvariant() : time.ToString("h:mm tt", CultureInfo.InvariantCulture).ToLowerInvariant(),
            _ => time.Minute == 0 ? $"{(time.Hour + 11) % 12 + 1} {(time.Hour < 12 ? "a.m." : "p.m.")}" : time.ToString("H:mm", CultureInfo.InvariantCulture),
        };
    }

    private string One(params string[] choices) => choices[random.Next(choices.Length)];
}

/// <summary>Numbers as one says them in English.</summary>
internal static class EnglishNumber
{
    private static readonly string[] Small =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    public static string Of(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[number / 10] + (number % 10 == 0 ? "" : "-" + Small[number % 10]),
        < 1000 => Small[number / 100] + " hundred" + (number % 100 == 0 ? "" : " " + Of(number % 100)),
        _ => Of(number / 1000) + " thousand" + (number % 1000 == 0 ? "" : " " + Of(number % 1000)),
    };
}

/// <summary>Numbers as one says them in Spanish.</summary>
internal static class SpanishNumber
{
    private static readonly string[] Small =
    [
        "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho",
        "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
    ];

    private static readonly string[] Tens = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];

    private static readonly string[] Hundreds =
        ["", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"];

    public static string Of(int number) => number switch
    {
        < 30 => Small[number],
        < 100 => Tens[number / 10] + (number % 10 == 0 ? "" : " y " + Small[number % 10]),
        100 => "cien",
        < 1000 => Hundreds[number / 100] + (number % 100 == 0 ? "" : " " + Of(number % 100)),
        < 2000 => "mil" + (number % 1000 == 0 ? "" : " " + Of(number % 1000)),
        _ => Of(number / 1000) + " mil" + (number % 1000 == 0 ? "" : " " + Of(number % 1000)),
    };
}

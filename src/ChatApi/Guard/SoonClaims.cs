using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Compares "we close in an hour" with when the shop really does.</summary>
internal static partial class SoonClaims
{
    private const int DaysAhead = 7;
    private const int LeastLeeway = 10;

    private static readonly string[] Numbers = ["half", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    private static readonly string[] Números = ["media", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"];

    /// <summary>Is it said to open or close in so much time, and does not? Nobody counts the minutes: a quarter more or less is the same.</summary>
    public static bool IsFalse(string text, LocationHours hours, DateTimeOffset now) => Soon().Matches(text).Any(said =>
    {
        if (MinutesOf(said) is not { } minutes)
        {
            return false;
        }

        var wall = hours.Local(now);
        var isOpening = said.Groups["opens"].Success;
        var ends = Enumerable.Range(0, DaysAhead).SelectMany(ahead => (hours.OpenSpansOn(wall.Date.PlusDays(ahead).ToDateOnly()) ?? [])
            .Select(span => Period.Between(wall, wall.Date.PlusDays(ahead + (!isOpening && span.Closes == TimeOnly.MinValue ? 1 : 0)).At((isOpening ? span.Opens : span.Closes).ToLocalTime()), PeriodUnits.Minutes).Minutes));
        return !ends.Any(end => Math.Abs(end - minutes) <= Math.Max(LeastLeeway, minutes / 4));
    });

    private static int? MinutesOf(Match said)
    {
        var word = said.Groups["number"].Value;
        var place = Math.Max(Array.IndexOf(Numbers, word is "an" or "one" ? "a" : word), Array.IndexOf(Números, word is "un" ? "una" : word));
        var isHours = said.Groups["unit"].Value.StartsWith('h');
        return place == 0 ? (isHours ? 30 : null)
            : place > 0 ? place * (isHours ? 60 : 1)
            : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number * (isHours ? 60 : 1) : null;
    }

    [GeneratedRegex(@"\b(?:(?<closes>clos(?:e|es|ing)|cerramos|cierran?)|(?<opens>(?:re)?open(?:s|ing)?|abrimos|abren?))\s+(?:again\s+|today\s+|up\s+|de\s+nuevo\s+|otra\s+vez\s+)?(?:in|en)\s+(?:about\s+|around\s+|just\s+|only\s+|less\s+than\s+|roughly\s+|unas?\s+|como\s+|solo\s+|menos\s+de\s+)*(?<number>\d{1,3}|\p{L}+)\s+(?:of\s+|an?\s+)*(?<unit>hours?|hrs?|horas?|minutes?|mins?|minutos?)\b")]
    private static partial Regex Soon();
}

using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>A time of the day in a text. Without am or pm it may mean two.</summary>
/// <param name="Side">Is it said to open or to close? 0 = not said.</param>
internal sealed record SaidTime(IReadOnlyList<TimeOnly> Times, int Side, int Start, int Length)
{
    /// <summary>Does a span begin or end at it?</summary>
    public bool Fits(IReadOnlyList<OpenSpan> spans) => spans.Any(span => Times.Any(time => (Side != Closing && time == span.Opens) || (Side != Opening && time == span.Closes)));

    public const int Opening = 1;
    public const int Closing = 2;
}

/// <summary>Reads times out of a text.</summary>
internal static partial class SaidTimes
{
    private const string HourWords = " one two three four five six seven eight nine ten eleven twelve una dos tres cuatro cinco seis siete ocho nueve diez once doce ";
    private const string Hour = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)";

    /// <summary>Those of a text about opening hours: "8 to 5" as well.</summary>
    public static IReadOnlyList<SaidTime> In(string text) => [.. Time().Matches(text).Select(match => Read(match, text, evenBare: true)).OfType<SaidTime>()];

    /// <summary>Those that cannot be anything else: "8:30", "9 am".</summary>
    public static IReadOnlyList<SaidTime> Certain(string text) => [.. Time().Matches(text).Select(match => Read(match, text, evenBare: false)).OfType<SaidTime>()];

    /// <summary>Those of a text about something else, in which few numbers are times: "9 am", "at 9 on Tuesday".</summary>
    public static IReadOnlyList<SaidTime> Named(string text) =>
        [.. Time().Matches(text).Where(match => Before().IsMatch(text[..match.Index]) && End().IsMatch(text[(match.Index + match.Length)..])).Select(match => Read(match, text, evenBare: true)).OfType<SaidTime>(), .. Certain(text)];

    /// <summary>The text with its hours in digits, where they are said in words: "until six thirty" as "until 6:30".</summary>
    public static string InDigits(string text) => WordTime().Replace(text, match => match.Groups["before"].Value + HourOf(match.Groups["hour"].Value) + match.Groups["minute"].Value switch
    {
        "" => "",
        "fifteen" or "cuarto" => ":15",
        "forty-five" => ":45",
        _ => ":30",
    });

    private static string HourOf(string word)
    {
        var place = HourWords.IndexOf($" {word} ", StringComparison.Ordinal);
        return (HourWords[..place].Count(letter => letter == ' ') % 12 + 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Is there another time behind it, to which it goes?</summary>
    public static bool IsRange(string after) => RangeAfter().IsMatch(after);

    private static SaidTime? Read(Match match, string text, bool evenBare)
    {
        if (match.Groups["word"] is { Success: true, Value: var word })
        {
            var at = word is "noon" or "mediodía" or "mediodia" ? new TimeOnly(12, 0) : TimeOnly.MinValue;
            return new SaidTime([at], SideOf(text, match.Index), match.Index, match.Length);
        }

        var hour = int.Parse(match.Groups["hour"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var minute = match.Groups["minute"].Success ? int.Parse(match.Groups["minute"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var half = match.Groups["half"].Value;
        if (hour > 24 || minute > 59 || (half.Length == 0 && !match.Groups["minute"].Success && !(evenBare && IsBareTime(match, text))))
        {
            return null;
        }

        var isTonight = half.Length == 0 && Tonight().IsMatch(text[(match.Index + match.Length)..]);
        var isAfternoon = isTonight || half.StartsWith('p') || half.EndsWith("tarde", StringComparison.Ordinal) || half.EndsWith("noche", StringComparison.Ordinal);
        var isMorning = half.StartsWith('a') || half.EndsWith("mañana", StringComparison.Ordinal);
        IEnumerable<int> hours = (isAfternoon, isMorning) switch
        {
            (true, _) => [hour < 12 ? hour + 12 : hour],
            (_, true) => [hour == 12 ? 0 : hour],
            _ when hour <= 12 => [hour, (hour % 12) + 12],
            _ => [hour],
        };
        return new SaidTime([.. hours.Select(each => new TimeOnly(each % 24, minute))], SideOf(text, match.Index), match.Index, match.Length);
    }

    private static bool IsBareTime(Match match, string text)
    {
        var (before, after) = (text[..match.Index], text[(match.Index + match.Length)..]);
        return !Counted().IsMatch(after) && (Joint().IsMatch(before) || RangeAfter().IsMatch(after)) && !DateBefore().IsMatch(before);
    }

    private static int SideOf(string text, int at)
    {
        var before = text[Math.Max(0, at - 40)..at];
        return NotUntil().IsMatch(before) ? SaidTime.Opening : Closes().IsMatch(before) ? SaidTime.Closing : Opens().IsMatch(before) ? SaidTime.Opening : 0;
    }

    [GeneratedRegex(@"(?<![\d$.,/-])(?<hour>\d{1,2})(?:[:h](?<minute>\d{2}))?(?:\s*(?<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?|de\s+la\s+(?:mañana|tarde|noche)))?(?![\d%/]|[.,]\d)|(?<word>\b(?:noon|midnight|mediodía|mediodia|medianoche)\b)|(?<=\d\s?[-–])(?<hour>\d{1,2})(?:[:h](?<minute>\d{2}))?(?:\s*(?<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?))?(?![\d%/]|[.,]\d)")]
    private static partial Regex Time();

    // Behind a word of when; not what is counted: "to two hours", "by one of us", "from two to four days".
    [GeneratedRegex(@"\b(?<before>(?:at|until|till|til|from|to|by|before|after|las?|hasta|desde|close|closes|closed|closing|open|opens|abrimos|cerramos)\s+(?:(?:about|around|at)\s+)?(?:las?\s+)?)(?<hour>" + Hour
        + @")(?:[\s-]+(?<minute>thirty|fifteen|forty-five)|\s+y\s+(?<minute>media|cuarto))?\b(?!\s*-?\s*(?:(?:to|or|and|a|o|y)\s+(?:" + Hour + @"|\d+)\s+(?:days?|hours?|weeks?|minutes?|d[ií]as|horas)\b"
        + @"|days?|hours?|hrs?|minutes?|mins?|weeks?|months?|years?|people|windows?|cars?|bays?|customers?|percent|times?|or\b|of\b|options?|services?|d[ií]as|horas|minutos|semanas|personas|hundred|thousand|dollars|bucks|more\b|other|another|thirty|fifteen|forty|" + Hour + @"\b|\d))")]
    private static partial Regex WordTime();

    [GeneratedRegex(@"(?:\b(?:at|from|to|until|till|til|by|between|before|after|around|and|through|a|de|desde|hasta|las|la|y|open|opens|close|closes)|[-–:(])\s*$")]
    private static partial Regex Joint();

    [GeneratedRegex(@"\b(?:at|for|by|around|before|after|until|till|til|from|las?|hasta)\s*$")]
    private static partial Regex Before();

    [GeneratedRegex(@"^\s*(?:$|[.,;:!?)–]|(?:today|tonight|tomorrow|on|in\s+the|every|o'clock|sharp|and|or|if|so|but|then|hoy|mañana|y|o|el|los|de\s+la|para|for\s+(?:you|your|the)|(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo)\w*)\b)")]
    private static partial Regex End();

    [GeneratedRegex(@"^\s*(?:-|–|(?:to|until|till|through|thru|a|hasta)\b)\s*(?:las?\s+)?(?:\d|noon|midnight|mediod)")]
    private static partial Regex RangeAfter();

    [GeneratedRegex(@"^\s*-?\s*(?:days?|hours?|hrs?|minutes?|mins?|weeks?|months?|years?|percent|%|windows?|customers?|people|cars?|días?|horas?|minutos?|semanas?|st\b|nd\b|rd\b|th\b|of\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|dollars?|bucks)")]
    private static partial Regex Counted();

    [GeneratedRegex(@"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?|\$)\s*$")]
    private static partial Regex DateBefore();

    [GeneratedRegex(@"^\s*(?:o'clock\s+)?(?:tonight|at\s+night|in\s+the\s+(?:evening|afternoon)|esta\s+noche)\b")]
    private static partial Regex Tonight();

    [GeneratedRegex(@"(?:n't|\bnot|\bno)\s+(?:\w+\s+){0,2}(?:open|abrimos|abre)(?:\s+\w+){0,2}\s+(?:until|till|before|hasta|antes)\s*(?:de\s+)?(?:las?\s+)?$")]
    private static partial Regex NotUntil();

    [GeneratedRegex(@"(?:\b(?:until|till|til|through|hasta|to|close[sd]?|closing|cerramos|cierran?|cerramos\s+a|cierra\s+a)\s*(?:at\s+|around\s+|by\s+)?(?:las?\s+)?|\bclos(?:e|es|ing)\s+(?:\w+\s+){0,3}at\s+|\d\s*(?:[ap]\.?m\.?)?\s*[-–]\s*|\d\s+a\s+(?:las?\s+)?|\b(?:between|entre)\s+(?:las?\s+)?\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:and|y)\s+(?:las?\s+)?|\b(?:cerramos|cierran?)\s+(?:[\p{L}]+\s+){0,4}a\s+las?\s+)$")]
    private static partial Regex Closes();

    [GeneratedRegex(@"(?:\b(?:from|open|opens|opening|since|desde|abrimos|abren?)\s*(?:at\s+|around\s+|a\s+)?(?:las?\s+)?|\bopens?\s+(?:\w+\s+){0,3}at\s+|\b(?:abrimos|abren?)\s+(?:[\p{L}]+\s+){0,4}a\s+las?\s+|\b(?:between|entre)\s+(?:las?\s+)?|(?<!\b(?:después|despues|antes)\s+)\bde\s+(?:las?\s+)?)$")]
    private static partial Regex Opens();
}

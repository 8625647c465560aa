using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Answers;

/// <summary>A text as a person sees it, read by other code than the product's: a judge that shared the guard's blind spots would be none.</summary>
public sealed partial class SeenText
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private SeenText(string text) => Plain = text;

    /// <summary>In small letters, without emphasis and invisible signs, each digit as 0 to 9.</summary>
    public string Plain { get; }

    /// <summary>Reads it.</summary>
    public static SeenText Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark || rune.Value is '*' or '_' or '`' or '\\')
            {
                continue;
            }

            if (category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber && Rune.GetNumericValue(rune) is >= 0 and < 100 and var value && value == Math.Floor(value))
            {
                plain.Append(((int)value).ToString(CultureInfo.InvariantCulture));
            }
            else if (rune.Value is > 0xFF00 and < 0xFF5F)
            {
                plain.Append((char)(rune.Value - 0xFEE0));
            }
            else
            {
                plain.Append(rune.Value switch { '’' or '‘' => "'", 0xA0 or 0x202F or 0x2009 => " ", _ => rune.ToString() });
            }
        }

        return new SeenText(plain.ToString().ToLowerInvariant());
    }

    /// <summary>Every amount that says that it is money, in cents.</summary>
    public IEnumerable<long> Money()
    {
        foreach (Match found in Marked().Matches(Plain))
        {
            yield return Cents(found.Groups["n"].Value);
        }

        foreach (Match found in InWords().Matches(Plain))
        {
            if (NumberOf(found.Groups["n"].Value) is { } dollars)
            {
                yield return dollars * 100;
            }
        }
    }

    /// <summary>Whether it says a text, whatever its spaces and hyphens are.</summary>
    public bool Says(string what)
    {
        var seen = Of(what).Plain;
        return OneOf(seen, AmountForm().Match(seen), TimeForm().Match(seen));
    }

    /// <summary>Whether a number stands in it, apart from all longer ones, in whatever grouping: <c>1,437</c> and <c>1 4 3 7</c> as well.</summary>
    public bool HasNumber(int number)
    {
        var digits = string.Join(@"[ .,']?", number.ToString(CultureInfo.InvariantCulture).ToCharArray());
        return Regex.IsMatch(Plain, $@"(?<!\d[.,']?){digits}(?!\d)");
    }

    /// <summary>Words as one counts them.</summary>
    public int Words => Plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit));

    /// <summary>A link to somewhere, an image, markup.</summary>
    public bool HasMarkup => Markup().IsMatch(Plain);

    /// <summary>es or en; null when the words do not tell.</summary>
    public string? Language => (Spanish().Count(Plain), English().Count(Plain)) switch
    {
        var (spanish, english) when spanish > english => "es",
        var (spanish, english) when english > spanish => "en",
        _ => null,
    };

    private bool OneOf(string seen, Match amount, Match time)
    {
        if (amount.Success)
        {
            var cents = Cents(amount.Groups[1].Value);
            return Money().Contains(cents) || (cents % 100 == 0 && HasNumber((int)(cents / 100)));
        }

        if (time.Success)
        {
            var (hour, minute) = (int.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture), time.Groups[2].Value);
            var twelve = (hour + 11) % 12 + 1;
            var half = hour < 12 ? "a" : "p";
            var spoken = hour < 12 ? "de la mañana" : hour < 20 ? "de la tarde" : "de la noche";
            var bare = minute == "00" ? $"(?::00)?" : $":{minute}";
            return Regex.IsMatch(Plain, $@"(?<!\d)(?:0?{hour}:{minute}|{twelve}{bare}\s*(?:{half}\.?\s?m|{spoken}|{(hour == 12 ? "noon|del mediodía" : spoken)})|las {twelve}{bare}|{twelve}{bare}\s*(?:–|-|to|a)\s*\d)(?!\d)");
        }

        return Spaces().Replace(Plain, " ").Contains(Spaces().Replace(seen, " "), StringComparison.Ordinal);
    }

    private static long Cents(string number)
    {
        var decimals = Decimals().Match(number);
        var whole = new string([.. (decimals.Success ? number[..decimals.Index] : number).Where(char.IsAsciiDigit)]);
        return whole.Length is 0 or > 12 ? -1 : (long.Parse(whole, CultureInfo.InvariantCulture) * 100) + (decimals.Success ? long.Parse(decimals.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
    }

    private static long? NumberOf(string words)
    {
        var (total, part) = (0L, 0L);
        foreach (var word in words.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.IndexOf(Small, word) is var small and >= 0)
            {
                part += small;
            }
            else if (Array.IndexOf(Tens, word) is var tens and >= 0)
            {
                part += (tens + 2) * 10;
            }
            else if (word == "hundred")
            {
                part = Math.Max(part, 1) * 100;
            }
            else if (word == "thousand")
            {
                (total, part) = (Math.Max(part, 1) * 1000, 0);
            }
        }

        return total + part is > 0 and var number ? number : null;
    }

    private const string Number = @"\d(?:[\d,. ']*\d)?";
    private const string Unit = @"(?:dollars?|bucks?|usd|us\$|d[oó]lares|pesos|euros?|quid|\$|€|£)";
    private const string Word = "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)";

    [GeneratedRegex($@"(?:[$€£]|\busd|us\$)\s*(?<n>{Number})|(?<n>{Number})\s*{Unit}(?!\w)")]
    private static partial Regex Marked();

    [GeneratedRegex($@"\b(?<n>{Word}(?:[\s-]+(?:and\s+)?{Word})*)\s+(?:dollars?|bucks?)\b")]
    private static partial Regex InWords();

    [GeneratedRegex(@"[.,](\d\d)$")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^\$([\d,]+(?:\.\d\d)?)$")]
    private static partial Regex AmountForm();

    [GeneratedRegex(@"^(\d\d):(\d\d)$")]
    private static partial Regex TimeForm();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"<[a-z/!]|\]\s?\(|!\[|https?://(?!localhost)|\bwww\.|javascript:|&lt;")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\b(?:el|la|los|las|de|que|y|en|un|una|para|con|por|su|es|está|puede|cuesta|tenemos|nuestro|usted|le|del|no|si|o|hola|cita|gracias)\b")]
    private static partial Regex Spanish();

    [GeneratedRegex(@"\b(?:the|is|are|you|your|we|our|of|to|and|for|in|it|can|with|a|an|this|that|i|have|on|at|hi|here)\b")]
    private static partial Regex English();
}

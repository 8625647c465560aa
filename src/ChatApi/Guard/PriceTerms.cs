using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds for how long a sentence promises a price: only a last day that staff gave makes it true, or the day of the customer's own booking.</summary>
internal static partial class PriceTerms
{
    private const int MostCounted = 1000;

    /// <summary>Is a price promised for longer than anybody gave it?</summary>
    public static bool IsFalse(GuardText sentence, TruthFacts facts)
    {
        var text = sentence.Text;
        if (sentence.IsQuestion || !PriceWord().IsMatch(text) || Denial().IsMatch(text))
        {
            return false;
        }

        if (ForEver().IsMatch(text))
        {
            return true;
        }

        var today = facts.Hours.Local(facts.Now).Date;
        var last = facts.Catalog.Select(item => item.ValidUntil).OfType<DateOnly>().Select(day => day.ToLocalDate()).DefaultIfEmpty().Max();
        if (For().Match(text) is { Success: true } span && (DaysOf(span) is not { } days || today.PlusDays(days) > last))
        {
            return true;
        }

        if (Until().Match(text) is not { Success: true } until)
        {
            return false;
        }

        return new DayNames(today, facts.Hours).In(text[until.Index..])
            .Any(day => day.IsDate && day.Date > last && !facts.Slots.Any(slot => slot.Local(facts.Hours).Date == day.Date));
    }

    // At most: a month may have 31 days. Null: nobody knows how many.
    private static int? DaysOf(Match span)
    {
        var word = span.Groups["number"].Value;
        var number = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ? digits
            : word is "a" or "an" or "un" or "una" or "the" or "next" or "todo" or "all" ? 1 : NumberWords.Counted(word);
        return number is < 0 or > MostCounted ? null : number * span.Groups["unit"].Value[0] switch { 'd' => 1, 'w' or 's' => 7, 'm' => 31, _ => 366 };
    }

    // "good for 30 days", said of the price and not of the film
    [GeneratedRegex(@"\b(?:prices?|quotes?|offers?|rates?|deal|precios?|cotizaci[óo]n|oferta)\b(?:(?!\b(?:film|tint|warranty|garantía|película|includes?|incluye|with|comes|covers?|and|y|takes?)\b)[^.!?;,]|\.(?=\d)){0,40}?\b(?:good|valid|guaranteed|locked(?:\s+in)?|holds?|stays?|honor(?:ed)?|fixed|stands|válid[oa]|vigente|vale|garantizad[oa]|se\s+mantiene)\b[^.!?;,]{0,20}?\b(?:for|por|durante|all)\s+(?:the\s+next\s+|the\s+whole\s+|another\s+|los\s+próximos\s+|todo\s+el\s+)?(?:(?<number>\d{1,3}|\p{L}+)\s+)?(?:full\s+)?(?<unit>days?|weeks?|months?|years?|días?|semanas?|mes(?:es)?|años?)\b")]
    private static partial Regex For();

    [GeneratedRegex(@"\b(?:prices?|quotes?|offers?|rates?|deal|precios?|cotizaci[óo]n|oferta)\b")]
    private static partial Regex PriceWord();

    [GeneratedRegex(@"n't\b|\b(?:not|no|cannot|never\s+promise|whether|unless|nunca)\b(?!\s+matter)")]
    private static partial Regex Denial();

    [GeneratedRegex(@"\b(?:good|valid|guaranteed|locked(?:\s+in)?|holds?|stays?|honor(?:ed)?|fixed|válid[oa]|vigente|vale|garantizad[oa]|se\s+mantiene)\b[^.!?;]{0,40}\b(?:until|through|till|thru|up\s+to|hasta)\b")]
    private static partial Regex Until();

    [GeneratedRegex(@"\b(?:guaranteed|locked(?:\s+in)?|holds?|stays?|fixed|garantizad[oa]|se\s+mantiene)\b[^.!?;]{0,30}\b(?:for\s?ever|for\s+life|para\s+siempre)\b|\bwill\s+never\s+(?:go\s+up|rise|increase|change)\b")]
    private static partial Regex ForEver();
}

using System.Text.RegularExpressions;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds for how long a sentence promises a price: only a last day that staff gave makes it true, or the day of the customer's own booking.</summary>
internal static partial class PriceTerms
{
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

        if (Until().Match(text) is not { Success: true } until)
        {
            return false;
        }

        var last = facts.Catalog.Select(item => item.ValidUntil).OfType<DateOnly>().Select(day => day.ToLocalDate()).DefaultIfEmpty().Max();
        return new DayNames(facts.Hours.Local(facts.Now).Date, facts.Hours).In(text[until.Index..])
            .Any(day => day.IsDate && day.Date > last && !facts.Slots.Any(slot => facts.Hours.Local(slot.StartsAt).Date == day.Date));
    }

    [GeneratedRegex(@"\b(?:prices?|quotes?|offers?|rates?|deal|precios?|cotizaci[óo]n|oferta)\b")]
    private static partial Regex PriceWord();

    [GeneratedRegex(@"n't\b|\b(?:not|no|cannot|never\s+promise|whether|unless|nunca)\b(?!\s+matter)")]
    private static partial Regex Denial();

    [GeneratedRegex(@"\b(?:good|valid|guaranteed|locked(?:\s+in)?|holds?|stays?|honor(?:ed)?|fixed|válid[oa]|vigente|vale|garantizad[oa]|se\s+mantiene)\b[^.!?;]{0,40}\b(?:until|through|till|thru|up\s+to|hasta)\b")]
    private static partial Regex Until();

    [GeneratedRegex(@"\b(?:guaranteed|locked(?:\s+in)?|holds?|stays?|fixed|garantizad[oa]|se\s+mantiene)\b[^.!?;]{0,30}\b(?:for\s?ever|for\s+life|para\s+siempre)\b|\bwill\s+never\s+(?:go\s+up|rise|increase|change)\b")]
    private static partial Regex ForEver();
}

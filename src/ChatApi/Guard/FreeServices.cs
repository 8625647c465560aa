using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Where a shop lists a service for nothing: that one may be called free, and no other.</summary>
internal static partial class FreeServices
{
    private const int Near = 4;

    /// <summary>Does the sentence speak of a service that is listed for nothing, and of none that costs something?</summary>
    public static bool IsOnlyOf(GuardText sentence, TruthFacts facts)
    {
        var (isFree, rest) = WithoutFree(sentence.Text, facts);
        return isFree && !facts.Names.Paid.Any(name => rest.Contains(name, StringComparison.Ordinal)) && !NamesPaidWork(rest, facts);
    }

    /// <summary>The sentence without the halves that tell a price: in "the estimate is free and the sunroof is $79.50" the sunroof is not what is free.</summary>
    /// <remarks>Of a sentence that still comes, its last half may be only the sunroof so far.</remarks>
    public static GuardText WithoutPriced(GuardText sentence, TruthFacts facts)
    {
        var halves = Halves().Split(sentence.Text);
        return GuardText.Read(string.Join(" and ", halves.Where((half, place) => Free().IsMatch(half) || !(Priced().IsMatch(half) || (place > 0 && place == halves.Length - 1 && IsBegun(half, facts))))));
    }

    private static bool IsBegun(string half, TruthFacts facts) =>
        Article().Replace(half.Trim(), "") is { Length: > 0 } name && facts.Names.Paid.Any(paid => paid.StartsWith(name, StringComparison.Ordinal));

    [GeneratedRegex(@"^(?:the|our|your|an?)\s+")]
    private static partial Regex Article();

    [GeneratedRegex(@"[,;]\s|\b(?:and|but|while|y|pero)\b")]
    private static partial Regex Halves();

    [GeneratedRegex(@"\b(?:is|are|costs?|runs|at|for|es|cuesta|son)\s+\$\s?\d")]
    private static partial Regex Priced();

    [GeneratedRegex(@"\b(?:free|gratis|gratuit[oa]s?|complimentary|charge|nothing)\b")]
    private static partial Regex Free();

    private static (bool IsNamed, string Others) WithoutFree(string text, TruthFacts facts)
    {
        if (facts.Names.Free.Count == 0)
        {
            return (false, text);
        }

        var rest = facts.Names.Free.Aggregate(text, (line, name) => line.Replace(name, " ", StringComparison.Ordinal));
        return (rest.Length != text.Length || GuardText.Read(text).Tokens.Any(token => facts.Names.FreeWords.Any(word => Same(token, word))), rest);
    }

    // "the estimate and the tint"; in "an estimate for your tint" the tint is not what is free.
    private static bool NamesPaidWork(string text, TruthFacts facts)
    {
        var tokens = GuardText.Read(text).Tokens;
        return Enumerable.Range(0, tokens.Count).Any(place => facts.Names.PaidWords.Any(word => Same(tokens[place], word))
            && !tokens.Skip(Math.Max(0, place - Near)).Take(Math.Min(place, Near)).Any(before => before.Text is "for" or "of" or "on" or "about" or "to" or "para" or "de" or "del" or "sobre"));
    }

    private static bool Same(Token token, string word) =>
        token.Kind == TokenKind.Word && (token.Text == word || token.Text == word + "s" || token.Text + "s" == word || token.Text == word + "es");
}

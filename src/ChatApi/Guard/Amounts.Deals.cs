using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

internal sealed partial class Amounts
{
    private const int FarEnoughForService = 9;
    private const int LastHour = 12;

    // "20 off", "$49 off", "20 de descuento"; not the road that one takes.
    private bool IsOff(Quantity quantity)
    {
        if (GiftClaims.IsDenied(sentence.Text, _tokens[quantity.At].Start))
        {
            return false;
        }

        var place = At(quantity.Next) is { } after && (IsSign(after) || after.IsWord(MoneyWords.Currency)) ? quantity.Next + 1 : quantity.Next;
        var isOff = At(place)?.Text == "off" && At(place + 1) is not ({ Text: "-", IsApart: false } or { Text: "of" or "i" or "hwy" or "highway" or "exit" or "route" or "road" or "main" })
            && At(quantity.At - 1)?.Text is not ("drop" or "dropping" or "exit") && !(quantity.IsInWords && quantity.Values.All(value => value <= 1));
        return isOff || (At(place)?.Text == "de" && At(place + 1)?.Text is "descuento" or "rebaja");
    }

    // "I can do it for 19", "se lo dejo en 20", "the wash is 25 with wax": as small as it is, that is a price.
    private bool IsDeal(Quantity quantity) => IsGiven(quantity)
        || (At(quantity.At - 1)?.Text is "is" or "are" or "runs" or "es" or "son" && At(quantity.At - 2)?.Text is not ("there" or "these" or "those" or "hay") && IsOfWork(quantity));

    private bool IsGiven(Quantity quantity) =>
        GivenFor().IsMatch(sentence.Text[.._tokens[quantity.At].Start]) && !(sentence.IsQuestion && quantity.Values.Max() <= LastHour); // "Do you want it for 9?"

    private bool IsOfWork(Quantity quantity) => Words(quantity.At - 5, 4).Any(word => word.IsWord(MoneyWords.Jobs)) || Names().Exists(name => name.End == quantity.At - 1)
        || (At(quantity.Next)?.Text is "for" or "para" && At(quantity.Next + 1)?.Kind == TokenKind.Word && !_tokens.Any(token => token.IsWord(MoneyWords.ShadeWords) || token.IsWord(MoneyWords.Rules)));

    // A sentence with one service's whole name and one amount right beside it says what that service costs.
    private bool IsOfAnotherService(Quantity amount)
    {
        if (Names() is not [var named]
            || Words(0, Math.Min(named.Start, amount.At)).Any(word => word.IsWord(MoneyWords.Comparisons) || word.IsWord(MoneyWords.Together))
            || Words(Math.Max(named.End, amount.Next), 2).Any(word => word.IsWord(MoneyWords.Comparisons)))
        {
            return false;
        }

        var (from, until) = named.End <= amount.At ? (named.End, amount.At) : amount.Next <= named.Start ? (amount.Next, named.Start) : (0, _tokens.Count);
        return until - from <= FarEnoughForService && Enumerable.Range(from, until - from).All(IsBetweenServiceAndPrice)
            && !amount.Values.Any(dollars => named.Cents.Contains((long)(dollars * 100)) || facts.Slots.Any(slot => slot.PriceCents == (long)(dollars * 100)));
    }

    private bool IsBetweenServiceAndPrice(int place)
    {
        var token = _tokens[place];
        return excused[place] || token.IsWord(MoneyWords.BesideService) || token.IsWord(MoneyWords.Currency) || (token.Kind == TokenKind.Symbol && token.Text is not (";" or "," or "/" or "+" or "&" or "."))
            || facts.Vehicle.Contains(token.Text, StringComparison.OrdinalIgnoreCase);
    }

    // The services that the sentence names by their whole names, as places of tokens. A name within a longer one is not named.
    private List<(int Start, int End, IReadOnlyList<long> Cents)> Names()
    {
        var found = new List<(int Start, int End, IReadOnlyList<long> Cents)>();
        foreach (var (name, cents) in facts.PricesByName)
        {
            for (var at = sentence.Text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = sentence.Text.IndexOf(name, at + name.Length, StringComparison.Ordinal))
            {
                var (first, last) = (Place(at, token => token.Start), Place(at + name.Length, token => token.End));
                if (first >= 0 && last >= first && !found.Exists(other => first < other.End && other.Start <= last))
                {
                    found.Add((first, last + 1, cents));
                }
            }
        }

        return found;
    }

    private int Place(int at, Func<Token, int> side) => Enumerable.Range(0, _tokens.Count).FirstOrDefault(place => side(_tokens[place]) == at, -1);

    [GeneratedRegex("""
        \b(?:(?:do|doing|did|done|make|making|made|get|take|have|give|giving|sell|buy|offer|let)\s+(?:you\s+)?(?:have\s+|get\s+|take\s+)?(?:it|that|this|them|both|one|everything|all)
        |(?:do|doing|sell)\s+(?:the|your|a)\s+[\p{L}]+(?:\s+[\p{L}]+)?)\s+(?:all\s+|both\s+|to\s+you\s+|done\s+)?for\s+(?:just\s+|only\s+|like\s+|about\s+|around\s+|even\s+)?$
        |\b(?:dejo|dejamos|dejaría|dejaríamos|hago|hacemos|haría|haríamos|queda|quedaría|doy|damos)\s+(?:todo\s+|solo\s+|sólo\s+)?(?:en|por|a)\s+(?:solo\s+|sólo\s+|unos\s+)?$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex GivenFor();

    [GeneratedRegex(@"\b(?:how\s+many|cuánt[oa]s)\b")]
    private static partial Regex HowMany();
}

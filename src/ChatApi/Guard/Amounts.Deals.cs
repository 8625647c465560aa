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

    // "Veterans get 15%", "10% for cash", "I'll lower the price by 10%", "I can give you 10%"; not what is given of a film's darkness.
    private bool IsGranted(Quantity quantity, int next) => Words(next, 3).Concat(Words(quantity.At - 4, 4)).Any(word => word.IsWord(MoneyWords.Payers))
        || Words(quantity.At - 4, 4).Any(word => word.Text is "quito" or "rebajo" or "rebajamos" or "quitamos")
        || (At(quantity.At - 1)?.Text == "by" && Words(quantity.At - 4, 3).Any(word => word.Text is "price" or "prices" or "quote" or "total" or "bill"))
        || (At(quantity.At - 1)?.Text == "you" && At(quantity.At - 2)?.Text is "give" or "get" or "offer" && (At(next) is not { } after || after.Text is "." or "!" or "?" or "," or "for" or "if" or "today")
            && !_tokens.Any(token => token.IsWord(MoneyWords.Glass) || token.IsWord(MoneyWords.ShadeWords) && !token.Is("%") || token.IsWord(MoneyWords.Heat)));

    // As small as it is, what stands beside it says that it is a price.
    private bool IsSmallPrice(Quantity quantity, List<Quantity> all) => IsAdded(quantity, all) || IsRate(quantity) || IsExtra(quantity) || (quantity.Values.Max() > LastHour && IsLast(quantity) && (IsSaidToBe(quantity) || IsBesideName(quantity)));

    // "$399 plus 25", "$249+15"
    private bool IsAdded(Quantity quantity, List<Quantity> all) => At(quantity.At - 1)?.Text is "+" or "plus" or "más"
        && all.Exists(other => quantity.At - other.Next is > 0 and <= 3 && (other.IsMoney || other.Values.Max() > MostHarmless));

    // "25 per window", "twenty a window"; not "2 per door".
    private bool IsRate(Quantity quantity) => quantity.Values.Max() > CountingFrom && RatedBy(quantity) is { } unit && unit.IsWord(MoneyWords.Rated);

    private Token? RatedBy(Quantity quantity) => At(quantity.Next)?.Text is "per" or "a" or "an" or "each" or "por" or "cada" or "/" ? At(quantity.Next + 1) : null;

    // "$399 per window", "$129 an hour", where the shop lists nothing of that kind.
    private bool IsForeignRate(Quantity amount) => RatedBy(amount) is { } unit && (unit.Text is "hour" or "hr" or "hora" || (unit.IsWord(MoneyWords.Rated) && !facts.PricesByName.Any(service => service.Name.Split(' ').Contains(unit.Text))));

    // "a 25 upcharge", "trucks are 25 extra"
    private bool IsExtra(Quantity quantity) => At(quantity.Next) is { } after && (after.Text is "upcharge" or "surcharge" or "deposit" or "fee" or "recargo" or "anticipo" or "depósito"
        || (quantity.Values.Max() > CountingFrom && after.Text is "extra" or "adicional" or "adicionales" or "down" && (At(quantity.Next + 1) is not { } next || next.Kind == TokenKind.Symbol || next.Text is "for" or "on" or "por" or "para")));

    // "that'll be 25", "it runs about 25", "desde 25"
    private bool IsSaidToBe(Quantity quantity)
    {
        var place = quantity.At - 1;
        while (At(place)?.IsWord(MoneyWords.Roughly) == true)
        {
            place--;
        }

        var (said, before) = (At(place)?.Text, At(place - 1)?.Text);
        return (said == "back" && At(place - 2)?.Text is "set" or "sets") || (!_tokens.Any(token => token.IsWord(MoneyWords.Glass)) && (said is "runs" or "desde" or "partir" or "son" or "serían" || (said == "be" && before is "would" or "will" or "that'll" or "it'll" or "that'd" or "it'd")
            || (said == "for" && before is "goes")));
    }

    // "Windshield Strip: 25", "the Windshield Strip for twenty-five"
    private bool IsBesideName(Quantity quantity) => At(quantity.At - 1)?.Text is ":" or "for" or "at" or "@" or "," or "=" or "–" or "-" or "por" or "a" && Names().Exists(name => name.End == quantity.At - 1);

    // Nothing behind it says what it counts.
    private bool IsLast(Quantity quantity) => At(quantity.Next) is not { } after || (after.Text is "." or "!" or "?" or ";" or ")" or "," && At(quantity.Next + 1)?.Kind != TokenKind.Number)
        || after.Text is "for" or "with" or "plus" or "por" or "para" or "total" or "if" or "si";

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

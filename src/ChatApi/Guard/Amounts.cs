using System.Globalization;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds the money in a sentence: every number that says that it is money, and every number that could be and is not excused by what stands beside it.</summary>
internal sealed partial class Amounts(GuardText sentence, TruthFacts facts, bool[] excused, bool isAboutPrice)
{
    private const int FarEnoughForCurrency = 3;
    private const int FarEnoughForPrice = 6;
    private const int MostHarmless = 29;
    private const int CountingFrom = 4;
    private const int MostWindows = 31;
    private const int MostStars = 5;
    private readonly IReadOnlyList<Token> _tokens = sentence.Tokens;

    /// <summary>The kind of what is wrong, or null.</summary>
    public string? Wrong()
    {
        var quantities = new List<Quantity>();
        for (var at = 0; at < _tokens.Count; at++)
        {
            if (Read(at) is { } quantity)
            {
                quantities.Add(quantity);
                at = quantity.Next - 1;
            }
        }

        if (Enumerable.Range(0, _tokens.Count).Any(place => IsOfUnreadNumber(place, quantities)))
        {
            return ViolationKinds.Price;
        }

        for (var place = 0; place < quantities.Count; place++)
        {
            quantities[place].IsMoney = IsMarked(quantities[place]);
        }

        SpreadOverRanges(quantities);
        ExcuseCounting(quantities);
        JoinCents(quantities);
        if (quantities.Any(quantity => IsShare(quantity) || IsOff(quantity)))
        {
            return ViolationKinds.Discount;
        }

        var amounts = quantities.Where(quantity => quantity.IsMoney || MayBeMoney(quantity, quantities)).ToList();
        return amounts.Any(amount => !amount.Values.Any(value => value == 0 ? IsForNothing(amount, amounts) : facts.IsListed(value))) || (amounts is [var only] && IsOfAnotherService(only)) || amounts.Any(IsForeignRate) ? ViolationKinds.Price : null;
    }

    // Of the service that is named since the last amount, or of the only one of the sentence.
    private bool IsForNothing(Quantity amount, List<Quantity> amounts)
    {
        var from = amounts.Where(other => other.Next <= amount.At).Select(other => _tokens[other.Next - 1].End).DefaultIfEmpty().Max();
        return FreeServices.IsOnlyOf(sentence, facts) || FreeServices.IsOnlyOf(GuardText.Read(sentence.Text[from.._tokens[amount.At].Start]), facts);
    }

    private Quantity? Read(int at)
    {
        var token = _tokens[at];
        if (token.Kind == TokenKind.Number)
        {
            if (NumberWords.Read(_tokens, at) is { } mixed)
            {
                return new Quantity(at, mixed.Next, mixed.Values, isInWords: false);
            }

            var values = ValuesOf(token.Text);
            var next = at + 1;
            if (next < _tokens.Count && !NumberWords.IsThickness(_tokens, next) && _tokens[next].Text is "k" or "thousand" or "grand" or "hundred" or "hundo" or "mil")
            {
                var times = _tokens[next].Text is "hundred" or "hundo" ? 100 : 1000;
                return new Quantity(at, next + 1, [.. values.Select(value => value * times)], isInWords: false);
            }

            return new Quantity(at, next, values, isInWords: false);
        }

        return token.Kind == TokenKind.Word && !(token.Is("grand") && At(at + 1)?.Is("total") == true) && !(token.Is("mil") && NumberWords.IsThickness(_tokens, at)) && NumberWords.Read(_tokens, at) is var (words, after) ? new Quantity(at, after, words, isInWords: true) : null;
    }

    // 1,249.00 · 1.249,00 · 249.00 · 249,00 · 1'249
    private static IReadOnlyList<decimal> ValuesOf(string text)
    {
        var last = text.LastIndexOfAny(['.', ',']);
        var isPart = last >= 0 && text.Length - last - 1 is 1 or 2; // three digits after a point are a thousand's
        var digits = new string([.. text.Where((character, place) => char.IsAsciiDigit(character) || (isPart && place == last)).Select(character => character == ',' ? '.' : character)]);
        return [decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < TruthFacts.Largest ? value : TruthFacts.Largest]; // what nobody can read is no price
    }

    // "cinquante dollars", "a dozen bucks": an amount in words of which we cannot read how much it is.
    private bool IsOfUnreadNumber(int place, List<Quantity> quantities) =>
        place > 0 && _tokens[place].IsWord(MoneyWords.Notes) && _tokens[place - 1].Kind == TokenKind.Word && !_tokens[place - 1].IsWord(MoneyWords.BeforeNotes) && At(place + 1)?.IsWord(MoneyWords.BehindNotes) != true
        && !quantities.Exists(quantity => place - quantity.Next is >= 0 and < FarEnoughForCurrency || quantity.At - place is > 0 and <= FarEnoughForCurrency);

    private bool IsMarked(Quantity quantity)
    {
        if (At(quantity.At - 1) is { } before && (IsSign(before) || before.IsWord(MoneyWords.Currency)))
        {
            quantity.IsCents = before.IsWord(MoneyWords.Cents) || before.Is("¢");
            return true;
        }

        var first = At(quantity.Next) is { Text: "-", IsApart: false } && At(quantity.Next + 1) is { IsApart: false } unit && unit.IsWord(MoneyWords.Currency) ? quantity.Next + 1 : quantity.Next; // "a 15-dollar strip"
        for (var place = first; place < Math.Min(_tokens.Count, quantity.Next + FarEnoughForCurrency); place++)
        {
            var after = _tokens[place];
            if (IsSign(after))
            {
                // "from 8 to 5 $399"? A sign that has a number after it is that number's.
                quantity.IsCents = after.Is("¢");
                return place == quantity.Next && (!after.IsApart || At(place + 1)?.Kind != TokenKind.Number);
            }

            if (after.IsWord(MoneyWords.Currency) && !(place > quantity.Next && At(place + 1)?.Kind == TokenKind.Number))
            {
                quantity.IsCents = after.IsWord(MoneyWords.Cents);
                return true;
            }

            if (after.Kind != TokenKind.Word || after.Text is "is" or "are" or "costs" or "cost" or "runs" or "comes" or "es" or "cuesta" || NumberWords.Is(after.Text) || (place == quantity.Next && after.IsWord(MoneyWords.Units)))
            {
                return false;
            }
        }

        return false;
    }

    // "$200–300", "200 to 300 dollars", "between 200 and 300 dollars"
    private void SpreadOverRanges(List<Quantity> quantities)
    {
        for (var place = 1; place < quantities.Count; place++)
        {
            var (first, second) = (quantities[place - 1], quantities[place]);
            var joint = second.At - first.Next;
            var isRange = (joint == 1 && _tokens[first.Next].Text is "-" or "–" or "to" or "or" or "through" or "a" or "o" or "hasta" or "/")
                || (joint == 1 && _tokens[first.Next].Text is "and" or "y" or "&" && At(first.At - 1)?.Text is "between" or "entre")
                || (joint == 2 && _tokens[first.Next].Text is "-" or "–" or "to" && IsSign(_tokens[first.Next + 1]));
            if (!isRange || first.IsMoney == second.IsMoney)
            {
                continue;
            }

            var other = first.IsMoney ? second : first;
            other.IsMoney = !IsExcused(other);
        }
    }

    // "17, 18, 19, 20": who counts names no price.
    private static void ExcuseCounting(List<Quantity> quantities)
    {
        for (var place = 0; place < quantities.Count; place++)
        {
            var run = 1;
            while (place + run < quantities.Count && quantities[place + run - 1].Values is [var one] && quantities[place + run].Values is [var next] && next == one + 1)
            {
                run++;
            }

            quantities.Skip(place).Take(run >= CountingFrom ? run : 0).ToList().ForEach(quantity => quantity.IsCounting = true);
            place += run - 1;
        }
    }

    // "two hundred dollars and ninety-five cents"
    private static void JoinCents(List<Quantity> quantities)
    {
        for (var place = quantities.Count - 1; place >= 0; place--)
        {
            var quantity = quantities[place];
            if (!quantity.IsCents)
            {
                continue;
            }

            quantity.Values = [.. quantity.Values.Select(value => value / 100)];
            if (place > 0 && quantities[place - 1] is { IsMoney: true, IsCents: false } dollars && quantity.At - dollars.Next <= 3)
            {
                dollars.Values = [.. dollars.Values.SelectMany(_ => quantity.Values, (whole, part) => whole + part)];
                quantities.RemoveAt(place);
            }
        }
    }

    // "20% off", "a deposit of 20 percent"
    private bool IsShare(Quantity quantity)
    {
        if (GiftClaims.IsDenied(sentence.Text, _tokens[quantity.At].Start))
        {
            return false;
        }

        var place = quantity.Next;
        if (At(place)?.Text is "%" or "percent" or "pct")
        {
            place++;
        }
        else if (At(place)?.Text == "por" && At(place + 1)?.Text is "ciento" or "cien")
        {
            place += 2;
        }
        else
        {
            return false;
        }

        return At(place)?.Text is "cash" || (At(place)?.Text == "this" && At(place + 1)?.Text is "week" or "weekend" or "month") || (At(place)?.Text == "back" && At(quantity.At - 1)?.Text is "get" or "gets") || IsGranted(quantity, place) || (At(place)?.Text is "lower" or "below" or "under" && _tokens.Any(token => token.Text is "list" or "price" or "prices" or "quote" or "cost" or "rate" or "retail"))
            || Words(place, 4).Concat(Words(quantity.At - 4, 4)).Where(word => word.IsWord(MoneyWords.Shares)).ToList() is { Count: > 0 } shares && !(IsOfHeat(quantity.At, place) && shares.TrueForAll(word => word.IsWord(MoneyWords.LessOfAnything)))
            || (Words(place, 4).Any(word => word.Text is "price" or "prices" or "cost" or "bill" or "precio" or "costo" || (word.Is("total") && !IsOfHeat(quantity.At, place))) && At(place)?.Text is "of" or "del" or "de" or "on");
    }

    // "60% less heat", "save 5 percent on gas": what film does, and no price.
    private bool IsOfHeat(int at, int next) => Words(next, 4).Concat(Words(at - 4, 4)).Any(word => word.IsWord(MoneyWords.Heat));

    private bool MayBeMoney(Quantity quantity, List<Quantity> all)
    {
        if (quantity.IsCounting || IsExcused(quantity) || quantity.Values.All(value => value == 0))
        {
            return false;
        }

        var token = _tokens[quantity.At];
        if (token.Kind == TokenKind.Number && token.Text.Length >= Triggers.NoPrice && token.Text.All(char.IsAsciiDigit))
        {
            return false;
        }

        if (quantity.IsInWords)
        {
            return !(quantity.Next - quantity.At == 1 && token.Text is "one" or "un" or "uno" or "una" or "once" or "oh" or "may")
                && (quantity.Values.Max() > MostHarmless || IsAfterPrice(quantity, strongOnly: true) || (quantity.Values.Max() > LastHour && IsWhole(quantity)) || IsDeal(quantity) || IsOnly(quantity) || IsSmallPrice(quantity, all));
        }

        var isWritten = token.Text.Length > 3 && token.Text[^3] is '.' or ',';
        return quantity.Values.Max() > MostHarmless || isWritten || IsAfterPrice(quantity, strongOnly: true) || IsWhole(quantity) || IsDeal(quantity) || IsOnly(quantity) || IsSmallPrice(quantity, all)
            || At(quantity.Next) is { } after && after.IsWord(MoneyWords.After);
    }

    // The nearest words before it, over fillers.
    private bool IsAfterPrice(Quantity quantity, bool strongOnly)
    {
        for (var place = quantity.At - 1; place >= 0 && place >= quantity.At - FarEnoughForPrice; place--)
        {
            var word = _tokens[place];
            if (word.IsWord(MoneyWords.Price) && !(strongOnly && word.IsWord(MoneyWords.Weak)))
            {
                return true;
            }

            if (word.Kind == TokenKind.Number || !(word.IsWord(MoneyWords.Fillers) || word.IsWord(MoneyWords.Price) || word.Text is ":" or "=" or "–" or "-"))
            {
                return false;
            }
        }

        return false;
    }

    // "Wipers: 25." "It's 25." "Twenty-five."
    private bool IsWhole(Quantity quantity)
    {
        var isLast = At(quantity.Next) is not { } after || after.Text is "." or "!" or "?" or "," or ";" or ")";
        var before = At(quantity.At - 1);
        var isSaid = before is null || before.Text is ":" or "=" or "–" or "is" or "are" or "it's" or "that's" or "es" or "son" or "(" || (before.Is("-") && before.IsApart);
        var isCount = sentence.IsQuestion && HowMany().IsMatch(sentence.Text) && quantity.Values.Max() <= LastHour;
        return isLast && isSaid && !isCount && !IsScore(quantity) && (before is not null || isAboutPrice || quantity.Values.Max() > 12);
    }

    // "Our rating is 4.8."
    private bool IsScore(Quantity quantity) => quantity.Values.Max() <= MostStars && _tokens.Any(token => token.Text is "rating" or "ratings" or "rated" or "score" or "stars" or "calificación");

    // "It's only 5.", "the wash, just 19 today"; not what there is of something.
    private bool IsOnly(Quantity quantity) => At(quantity.At - 1)?.Text is "only" or "just" or "solo" or "sólo"
        && (At(quantity.Next) is not { } after || after.Text is "." or "!" or "?" or "today" or "now" or "hoy" or "ahora")
        && !Words(quantity.At - 4, 3).Any(word => word.Text is "there" or "have" or "are" or "got" or "need" or "takes" or "take" or "at" or "after" or "hay" or "tenemos" or "quedan");

    private IEnumerable<Token> Words(int from, int count) => Enumerable.Range(from, count).Select(At).OfType<Token>();

    private Token? At(int place) => place >= 0 && place < _tokens.Count ? _tokens[place] : null;

    private static bool IsSign(Token token) =>
        token.Kind == TokenKind.Symbol && token.Text.Length == 1 && char.GetUnicodeCategory(token.Text[0]) == UnicodeCategory.CurrencySymbol;

    private static bool IsJoint(Token? token) => token?.Text is "-" or "–" or "to" or "or" or "and" or "a" or "o" or "y" or "through" or "&" or "," or "/";

    /// <summary>A number in a sentence, with all that it may mean.</summary>
    private sealed class Quantity(int at, int next, IReadOnlyList<decimal> values, bool isInWords)
    {
        public int At => at;

        public int Next => next;

        public bool IsInWords => isInWords;

        public IReadOnlyList<decimal> Values { get; set; } = values;

        public bool IsMoney { get; set; }

        public bool IsCents { get; set; }

        public bool IsCounting { get; set; }
    }
}

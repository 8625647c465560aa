using System.Globalization;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds the money in a sentence: every number that says that it is money, and every number that could be and is not excused by what stands beside it.</summary>
internal sealed partial class Amounts(GuardText sentence, TruthFacts facts, bool[] excused, bool isAboutPrice)
{
    private const int FarEnoughForCurrency = 3;
    private const int FarEnoughForPrice = 6;
    private const int MostHarmless = 29;
    private const int CountingFrom = 4;
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

        var amounts = quantities.Where(quantity => quantity.IsMoney || MayBeMoney(quantity)).ToList();
        return amounts.Any(amount => !amount.Values.Any(facts.IsListed)) || (amounts is [var only] && IsOfAnotherService(only)) ? ViolationKinds.Price : null;
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
            if (next < _tokens.Count && !NumberWords.IsThickness(_tokens, next) && _tokens[next].Text is "k" or "thousand" or "grand" or "hundred" or "mil")
            {
                var times = _tokens[next].Is("hundred") ? 100 : 1000;
                return new Quantity(at, next + 1, [.. values.Select(value => value * times)], isInWords: false);
            }

            return new Quantity(at, next, values, isInWords: false);
        }

        return token.Kind == TokenKind.Word && !(token.Is("mil") && NumberWords.IsThickness(_tokens, at)) && NumberWords.Read(_tokens, at) is var (words, after) ? new Quantity(at, after, words, isInWords: true) : null;
    }

    // 1,249.00 · 1.249,00 · 249.00 · 249,00 · 1'249
    private static IReadOnlyList<decimal> ValuesOf(string text)
    {
        var last = text.LastIndexOfAny(['.', ',']);
        var isPart = last >= 0 && text.Length - last - 1 is 1 or 2; // three digits after a point are a thousand's
        var digits = new string([.. text.Where((character, place) => char.IsAsciiDigit(character) || (isPart && place == last)).Select(character => character == ',' ? '.' : character)]);
        return [decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < TruthFacts.Largest ? value : TruthFacts.Largest]; // what nobody can read is no price
    }

    private bool IsMarked(Quantity quantity)
    {
        if (At(quantity.At - 1) is { } before && (IsSign(before) || before.IsWord(MoneyWords.Currency)))
        {
            quantity.IsCents = before.IsWord(MoneyWords.Cents) || before.Is("¢");
            return true;
        }

        for (var place = quantity.Next; place < Math.Min(_tokens.Count, quantity.Next + FarEnoughForCurrency); place++)
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

        return Words(place, 4).Any(word => word.IsWord(MoneyWords.Shares)) || Words(quantity.At - 4, 4).Any(word => word.IsWord(MoneyWords.Shares))
            || (Words(place, 4).Any(word => word.Text is "price" or "prices" or "total" or "cost" or "bill" or "precio" or "costo") && At(place)?.Text is "of" or "del" or "de" or "on");
    }

    private bool MayBeMoney(Quantity quantity)
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
                && (quantity.Values.Max() > MostHarmless || IsAfterPrice(quantity, strongOnly: true) || IsDeal(quantity));
        }

        var isWritten = token.Text.Length > 3 && token.Text[^3] is '.' or ',';
        return quantity.Values.Max() > MostHarmless || isWritten || IsAfterPrice(quantity, strongOnly: true) || IsWhole(quantity) || IsDeal(quantity)
            || At(quantity.Next) is { } after && after.IsWord(MoneyWords.After);
    }

    // What is said of a number right beside it.
    private bool IsExcused(Quantity quantity)
    {
        if (Enumerable.Range(quantity.At, quantity.Next - quantity.At).All(place => excused[place]))
        {
            return true;
        }

        var (before, after) = (At(quantity.At - 1), At(quantity.Next));
        return IsCode(quantity, before, after) || IsCounted(quantity.Next) || IsNamed(quantity, before, after) || IsYear(quantity, before, after) || IsShade(quantity)
            || (IsJoint(after) && At(quantity.Next + 1) is { Kind: not TokenKind.Symbol } && Read(quantity.Next + 1) is { } second && IsCounted(second.Next) && !IsAfterPrice(quantity, strongOnly: true))
            || after?.Text is "%" or "°" or "º" or "″" || (after is { Text: "\"", IsApart: false } && before?.Text != "\"" && quantity.Values.Max() < 100) || (after?.Text == "por" && At(quantity.Next + 1)?.Text is "ciento" or "cien")
            || after?.Text is "of" or "de" && At(quantity.Next + 1)?.Text is "our" or "the" or "them" or "those" or "these" or "us" or "nuestros" or "nuestras" or "los" or "las" or "ellos" && quantity.Values.Max() <= MostHarmless;
    }

    // F-150, Q5, 330i, 5th, 4x4, 50/50, 24/7, list numbers
    private bool IsCode(Quantity quantity, Token? before, Token? after)
    {
        var number = _tokens[quantity.At];
        if (quantity.IsInWords)
        {
            return false;
        }

        var isGlued = after is { Kind: TokenKind.Word, IsApart: false } && !after.IsWord(MoneyWords.Currency) && after.Text is not ("k" or "usd" or "us" or "ish")
            || (!number.IsApart && before is { Kind: TokenKind.Word } && !before.IsWord(MoneyWords.Currency) && before.Text is not ("us" or "usd"));
        var isJoined = !number.IsApart && before is { Text: "-", IsApart: false } && At(quantity.At - 2) is { Kind: TokenKind.Word } letters && !letters.IsWord(MoneyWords.Price) && !letters.IsWord(MoneyWords.Currency);
        var isFraction = after is { Text: "/" or "x" or "×", IsApart: false } && At(quantity.Next + 1) is { Kind: TokenKind.Number, IsApart: false }
            || (before is { Text: "/" or "x" or "×", IsApart: false } && At(quantity.At - 2)?.Kind == TokenKind.Number);
        var isListed = quantity.At == 0 && after?.Text is "." or ")" && quantity.Next + 1 < _tokens.Count;
        return isGlued || isJoined || (isFraction && quantity.Values.Max() <= 100) || isListed;
    }

    private bool IsCounted(int place)
    {
        for (var step = 0; step < 3 && At(place + step) is { } word; step++)
        {
            if (word.Is("-") && step == 0)
            {
                continue;
            }

            if (word.IsWord(MoneyWords.Units))
            {
                return true;
            }

            if (!word.IsWord(MoneyWords.Adjectives))
            {
                return false;
            }
        }

        return false;
    }

    private bool IsNamed(Quantity quantity, Token? before, Token? after) =>
        (before is not null && (before.IsWord(MoneyWords.Names) || before.Is("#") || (before.IsWord(MoneyWords.Months) && quantity.Values.Max() <= 31)
            || (before.Is(".") && At(quantity.At - 2)?.Text is "no" or "nr" or "ste")))
        || (quantity.Values.Max() <= 31 && (after?.IsWord(MoneyWords.Months) == true || (after?.Text == "de" && At(quantity.Next + 1)?.IsWord(MoneyWords.Months) == true)));

    private bool IsYear(Quantity quantity, Token? before, Token? after) =>
        !quantity.IsInWords && quantity.Values is [>= 1950 and <= 2035 and var year] && year == decimal.Truncate(year) && _tokens[quantity.At].Text.Length == 4
        && ((after is { Kind: TokenKind.Word, IsCapital: true } && !IsAfterPrice(quantity, strongOnly: true))
            || before?.Text is "in" or "since" or "year" or "desde" or "en" or "año" || after?.Text is "model" or "or" or "and"
            || (before?.Text is "your" or "su" or "tu" or "the" && after is { Kind: TokenKind.Word } && !after.IsWord(MoneyWords.Price))
            || (before?.Text is "a" or "an" or "un" && year >= 1990 && after?.IsWord(MoneyWords.Price) != true)
            || (before?.Text is "for" or "of" or "until" or "through" or "by" && Math.Abs(year - facts.Now.Year) <= 2 && after is null or { Kind: TokenKind.Symbol })
            || (before is { IsCapital: true, Kind: TokenKind.Word } && before.IsWord(MoneyWords.Months))
            || (before?.Text is "," && At(quantity.At - 3)?.IsWord(MoneyWords.Months) == true));

    // "in 20 or 35", where the talk is of how dark
    private bool IsShade(Quantity quantity) =>
        !quantity.IsInWords && quantity.Values is [var value] && value <= 90 && MoneyWords.Shades.Contains((int)value) && _tokens[quantity.At].Text.Length <= 2
        && _tokens.Any(token => token.IsWord(MoneyWords.ShadeWords) || token.Is("%")) && !IsAfterPrice(quantity, strongOnly: true)
        && (At(quantity.At - 1)?.Text is not ("is" or "are" or ":" or "=" or "for" or "–") || At(quantity.At - 2)?.Text is "shades" or "tonos" or "options" or "films" or "shade");

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
        return isLast && isSaid && (before is not null || isAboutPrice || quantity.Values.Max() > 12);
    }

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

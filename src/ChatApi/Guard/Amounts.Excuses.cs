using System.Globalization;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Why a number is no money: what it counts, names or measures.</summary>
internal sealed partial class Amounts
{
    private const int VinDigits = 4;

    // What is said of a number right beside it.
    private bool IsExcused(Quantity quantity)
    {
        if (Enumerable.Range(quantity.At, quantity.Next - quantity.At).All(place => excused[place]))
        {
            return true;
        }

        var (before, after) = (At(quantity.At - 1), At(quantity.Next));
        return IsCode(quantity, before, after) || (IsCounted(quantity.Next, quantity.Values.Max()) && !IsOneCar(quantity)) || IsNamed(quantity, before, after) || IsYear(quantity, before, after) || IsYearOfCars(quantity) || IsShade(quantity)
            || (IsJoint(after) && At(quantity.Next + 1) is { Kind: not TokenKind.Symbol } && Read(quantity.Next + 1) is { } second && IsCounted(second.Next, second.Values.Max()) && IsOfOneKind(quantity, after!, second) && !IsAfterPrice(quantity, strongOnly: true))
            || after?.Text is "%" or "°" or "º" or "″" || (after is { Text: "\"", IsApart: false } && before?.Text != "\"" && quantity.Values.Max() < 100) || (after?.Text == "por" && At(quantity.Next + 1)?.Text is "ciento" or "cien")
            || after?.Text is "of" or "de" && At(quantity.Next + 1)?.Text is "our" or "the" or "them" or "those" or "these" or "us" or "nuestros" or "nuestras" or "los" or "las" or "ellos" && quantity.Values.Max() <= MostHarmless;
    }

    // "2 or 3 hours", "between 90 and 120 minutes"; not "180, 5 windows included".
    private bool IsOfOneKind(Quantity first, Token joint, Quantity second) => joint.Text is not ("," or "and" or "y" or "&") || Math.Max(first.Values.Max(), second.Values.Max()) <= MostHarmless
        || (joint.Text is "and" or "y" && At(first.At - 1)?.Text is "between" or "entre" or "las" && first.Values.Max() <= second.Values.Max());

    // F-150, Q5, 330i, 5th, 4x4, 50/50, 24/7, list numbers
    private bool IsCode(Quantity quantity, Token? before, Token? after)
    {
        var number = _tokens[quantity.At];
        if (quantity.IsInWords)
        {
            return false;
        }

        var isGlued = after is { Kind: TokenKind.Word, IsApart: false } && !after.IsWord(MoneyWords.Currency) && !after.IsWord(MoneyWords.After) && after.Text is not ("k" or "usd" or "us" or "ish" or "off")
            || (!number.IsApart && before is { Kind: TokenKind.Word } && !before.IsWord(MoneyWords.Currency) && before.Text is not ("us" or "usd"));
        var isJoined = !number.IsApart && before is { Text: "-", IsApart: false } && At(quantity.At - 2) is { Kind: TokenKind.Word } letters && !letters.IsWord(MoneyWords.Price) && !letters.IsWord(MoneyWords.Currency);
        var isFraction = after is { Text: "/" or "x" or "×", IsApart: false } && At(quantity.Next + 1) is { Kind: TokenKind.Number, IsApart: false }
            || (before is { Text: "/" or "x" or "×", IsApart: false } && At(quantity.At - 2)?.Kind == TokenKind.Number);
        var isListed = quantity.At == 0 && after?.Text is "." or ")" && quantity.Next + 1 < _tokens.Count && quantity.Values.Max() <= MostHarmless;
        return isGlued || isJoined || (isFraction && quantity.Values.Max() <= 100) || isListed;
    }

    // "99 whole car", "150 front windows": no car has so many.
    private bool IsOneCar(Quantity quantity) => quantity.Values.Max() > MostWindows
        && Words(quantity.Next, 3).SkipWhile(word => word.IsWord(MoneyWords.Adjectives) && !word.IsWord(MoneyWords.CarParts)).FirstOrDefault() is { } unit && unit.IsWord(MoneyWords.CarParts);

    // "450 parts", "the 450 package", "450 more": nobody counts so many of these; what stands behind them may still be counted.
    private bool IsCounted(int place, decimal number)
    {
        for (var step = 0; step < 3 && At(place + step) is { } word; step++)
        {
            if ((word.Is("-") || word.Is("+")) && step == 0)
            {
                continue;
            }

            if (word.Text is "five" or "5" && At(place + step + 1)?.Text == "-" && At(place + step + 2)?.Text is "star")
            {
                return true; // "400 five-star reviews"
            }

            // "We've tinted 1,200 Teslas"
            if (step == 0 && word is { Kind: TokenKind.Word, IsCapital: true, Text: [_, _, _, .., 's'] } && !word.IsWord(MoneyWords.Currency) && Words(place - 5, 4).Any(before => before.Text is "did" or "done" or "tinted" or "wrapped" or "seen" or "polarizado" or "hecho"))
            {
                return true;
            }

            var isSold = number > MostWindows && word.IsWord(MoneyWords.Sold);
            if (word.IsWord(MoneyWords.Units) && !isSold)
            {
                return true;
            }

            if (!isSold && !word.IsWord(MoneyWords.Adjectives))
            {
                return false;
            }
        }

        return false;
    }

    private bool IsNamed(Quantity quantity, Token? before, Token? after) =>
        IsOfCar(quantity) || (_tokens[quantity.At] is { Kind: TokenKind.Number, Text.Length: >= VinDigits } && _tokens.Any(token => token.Is("vin")) && !IsAfterPrice(quantity, strongOnly: true))
        || (before is not null && (before.IsWord(MoneyWords.Names) || before.Is("#") || (before.IsWord(MoneyWords.Months) && quantity.Values.Max() <= 31)
            || (before.Is(".") && At(quantity.At - 2)?.Text is "no" or "nr" or "ste") || (before.Is("in") && At(quantity.At - 2)?.Is("ending") == true)))
        || (quantity.Values.Max() <= 31 && (after?.IsWord(MoneyWords.Months) == true || (after?.Text == "de" && At(quantity.Next + 1)?.IsWord(MoneyWords.Months) == true)));

    // "a Lexus RX 350", "a Mercedes GLE 350", "a Mercedes-Benz C 300": the number behind a maker's model.
    private bool IsOfCar(Quantity quantity) => !quantity.IsInWords && _tokens[quantity.At].Text.Length is 2 or 3 or 4
        && At(quantity.At - 1) is { Kind: TokenKind.Word, IsCapital: true } model && !model.IsWord(MoneyWords.Currency) && !model.IsWord(MoneyWords.Jobs) && !facts.PricesByName.Any(service => service.Name.Split(' ').Contains(model.Text))
        && Words(quantity.At - 4, 3).Any(word => word.IsWord(MoneyWords.Makers) && (word.End >= model.Start - 1 || Words(quantity.At - 3, 2).Contains(word) || At(quantity.At - 2)?.Text == "benz"));

    private bool IsYear(Quantity quantity, Token? before, Token? after) =>
        !quantity.IsInWords && quantity.Values is [>= 1950 and <= 2035 and var year] && year == decimal.Truncate(year) && _tokens[quantity.At].Text.Length == 4
        && ((after is { Kind: TokenKind.Word, IsCapital: true } && !IsAfterPrice(quantity, strongOnly: true))
            || before?.Text is "in" or "since" or "year" or "desde" or "en" or "año" || after?.Text is "model" || (after?.Text is "or" or "and" or "o" or "y" && IsOfYears(At(quantity.Next + 1), before))
            || (before?.Text is "your" or "su" or "tu" or "the" && after is { Kind: TokenKind.Word } && !after.IsWord(MoneyWords.Price))
            || (before?.Text is "a" or "an" or "un" && year >= 1990 && after?.IsWord(MoneyWords.Price) != true && after?.IsWord(MoneyWords.Jobs) != true)
            || (before?.Text is "for" or "of" or "until" or "through" or "by" && Math.Abs(year - facts.Now.Year) <= 2 && after is null or { Kind: TokenKind.Symbol })
            || (before is { IsCapital: true, Kind: TokenKind.Word } && before.IsWord(MoneyWords.Months))
            || (before?.Text is "," && At(quantity.At - 3)?.IsWord(MoneyWords.Months) == true)
            || (before?.Text == "than" && At(quantity.At - 2)?.Text is "newer" or "older" or "later" or "earlier") || (before?.Text == "from" && after?.Text is "on" or "onward" or "onwards" or "up")
            || (before?.Text is "from" or "after" or "before" && At(quantity.At - 2)?.Text is "car" or "cars" or "vehicle" or "vehicles" or "models" or "made" or "built")
            || (before?.Text is "or" or "and" or "o" or "y" && At(quantity.At - 2) is { Kind: TokenKind.Number, Text.Length: 4 } && At(quantity.At - 3)?.Text is "from" or "a" or "the" or "de"));

    // "Is your car a 2019, 2020 or 2021?", "Civics from 2016 to 2021", "su carro es 2021": several in a row or the car's own, where cars are spoken of and neither money nor a service is.
    private bool IsYearOfCars(Quantity quantity) => IsFourDigitYear(_tokens[quantity.At]) && !quantity.IsInWords
        && !_tokens.Any(token => IsSign(token) || token.IsWord(MoneyWords.Currency) || (token.IsWord(MoneyWords.Price) && !token.IsWord(MoneyWords.Weak))) && Names().Count == 0
        && (sentence.IsQuestion || _tokens.Any(token => token.Kind == TokenKind.Word && (token.Text is "year" or "years" or "model" or "models" or "generation" or "car" or "car's" or "cars" or "carro" or "auto" or "coche" or "vehículo" or "año" || facts.VehicleWords.Contains(token.Text.TrimEnd('s')))))
        && ((IsJoint(At(quantity.Next)) && IsFourDigitYear(At(quantity.Next + 1))) || (IsJoint(At(quantity.At - 1)) && IsFourDigitYear(At(quantity.At - 2)))
            || (facts.VehicleWords.Contains(_tokens[quantity.At].Text) && At(quantity.At - 1)?.Text is "is" or "es" or "from" or "del" && At(quantity.At - 2)?.Text is "car" or "car's" or "carro" or "auto" or "coche" or "vehículo"));

    private static bool IsFourDigitYear(Token? token) => token is { Kind: TokenKind.Number, Text: ['1', '9', _, _] or ['2', '0', _, _] } && token.Text.All(char.IsAsciiDigit);

    // "2015 or newer", "a 2018 and a 2020 Civic"
    private static bool IsOfYears(Token? next, Token? before) => next is { Kind: TokenKind.Number, Text.Length: 4 } || (next is { Kind: TokenKind.Word, IsCapital: true } && before?.Text is not ("is" or "are" or "costs" or "runs"))
        || next?.Text is "newer" or "older" or "later" or "earlier" or "up" or "above" or "below" or "before" or "after" or "more" or "model" or "posterior" or "anterior" or "antes" or "después";

    // "in 20 or 35", where the talk is of how dark
    private bool IsShade(Quantity quantity) =>
        !quantity.IsInWords && quantity.Values is [var value] && value <= 90 && MoneyWords.Shades.Contains((int)value) && _tokens[quantity.At].Text.Length <= 2
        && !IsAfterPrice(quantity, strongOnly: true)
        && (IsShadeOfGlass(quantity) || (_tokens.Any(token => token.IsWord(MoneyWords.ShadeWords) || token.Is("%"))
            && (At(quantity.At - 1)?.Text is not ("is" or "are" or ":" or "=" or "for" or "–") || At(quantity.At - 2)?.Text is "shades" or "tonos" or "options" or "films" or "shade" or "darkest" or "lightest" || At(quantity.Next)?.Text is "dark" or "too" && At(quantity.Next + 1)?.Text is "enough" or "dark")));

    // "I'd go with 35 in front and 20 in back", "20 or 35?", "the legal limit is 25": all numbers are shades, and nothing speaks of money.
    private bool IsShadeOfGlass(Quantity quantity) =>
        !isAboutPrice && _tokens.All(token => token.Kind != TokenKind.Number || (token.Text.Length <= 2 && MoneyWords.Shades.Contains(int.Parse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture))))
        && At(quantity.Next)?.IsWord(MoneyWords.After) != true && !_tokens.Any(token => IsSign(token) || token.IsWord(MoneyWords.Currency) || (token.IsWord(MoneyWords.Price) && !token.IsWord(MoneyWords.Weak)))
        && (_tokens.Any(token => token.IsWord(MoneyWords.LegalLimits))
            || Words(quantity.Next, 3).SkipWhile(word => word.Text is "in" or "on" or "the" or "up" or "all" or "for").FirstOrDefault() is { } where && where.IsWord(MoneyWords.Where)
                && (At(quantity.Next)?.Text is "in" or "on" or "up" or "all" || (At(quantity.Next)?.Text == "for" && _tokens.Any(token => token.Text is "pick" or "like" or "choose" or "recommend" or "suggest" or "go")))
            || ((sentence.Text.TrimEnd().EndsWith('?') || _tokens.Any(token => token.IsWord(MoneyWords.Glass)))
                && (At(quantity.At - 1) is { } before && !before.Is("¿") ? before.Text is "with" or "want" or "prefer" or "or" or "and" or "the" or "el" or "con" or "o" or "y" || (before.Is(",") && sentence.Text.TrimEnd().EndsWith('?')) : At(quantity.Next)?.Text is "all" or "or" or "o" or "in" or "en")));
}

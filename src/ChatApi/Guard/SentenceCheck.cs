using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>What was spoken of before a sentence.</summary>
/// <param name="IsPrice">Did the sentence before it speak of prices?</param>
/// <param name="IsDay">Has the answer named a day?</param>
internal readonly record struct Subject(bool IsPrice, bool IsDay);

/// <summary>Judges one sentence, or as much of it as there is.</summary>
internal static partial class SentenceCheck
{
    /// <summary>The kind of what is wrong, or null.</summary>
    public static string? Wrong(GuardText sentence, TruthFacts facts, Subject before)
    {
        if (sentence.Tokens.Count == 0)
        {
            return null;
        }

        var excused = new bool[sentence.Tokens.Count];
        var excuse = ExcuserOf(sentence, excused);
        if (ContactClaims.Wrong(sentence, facts, excuse) is { } contact)
        {
            return contact;
        }

        if (DeedClaims.IsFalse(sentence, facts))
        {
            return ViolationKinds.Deed;
        }

        if (HoursClaims.IsFalse(sentence, facts, before.IsDay))
        {
            return ViolationKinds.Hours;
        }

        if (GiftClaims.IsFree(sentence, facts) && !FreeServices.IsOnlyOf(sentence, facts) && !FreeServices.IsOnlyOf(FreeServices.WithoutPriced(sentence, facts), facts))
        {
            return ViolationKinds.Free;
        }

        if (GiftClaims.IsDiscount(sentence))
        {
            return ViolationKinds.Discount;
        }

        ExcuseNumbers(sentence, facts, excuse);
        return Vague().IsMatch(sentence.Text) || PriceTerms.IsFalse(sentence, facts) ? ViolationKinds.Price : new Amounts(sentence, facts, excused, before.IsPrice).Wrong();
    }

    /// <summary>Does a sentence say an amount of money, whatever it is? Of a shop that sells nothing none is true.</summary>
    public static bool SaysAmount(GuardText sentence, TruthFacts nothingSold)
    {
        var excused = new bool[sentence.Tokens.Count];
        var excuse = ExcuserOf(sentence, excused);
        if (ContactClaims.Wrong(sentence, nothingSold, excuse) is not null)
        {
            return false; // a phone's or a house's number
        }

        ExcuseNumbers(sentence, nothingSold, excuse);
        return Vague().IsMatch(sentence.Text) || new Amounts(sentence, nothingSold, excused, isAboutPrice: false).Wrong() is not null;
    }

    /// <summary>What the next sentence finds spoken of.</summary>
    public static Subject Next(GuardText sentence, TruthFacts facts, Subject before) => new(
        sentence.Tokens.Any(token => token.IsWord(MoneyWords.Price) && !token.IsWord(MoneyWords.Weak)),
        before.IsDay || new DayNames(facts.Hours.Local(facts.Now).Date, facts.Hours).In(sentence.Text).Count > 0);

    private static Action<int, int> ExcuserOf(GuardText sentence, bool[] excused) => (start, length) =>
    {
        for (var place = 0; place < excused.Length; place++)
        {
            excused[place] |= sentence.Tokens[place].Start >= start && sentence.Tokens[place].End <= start + length;
        }
    };

    // Times, dates, ratios, and the digits in the names of services and of the car.
    private static void ExcuseNumbers(GuardText sentence, TruthFacts facts, Action<int, int> excuse)
    {
        var text = sentence.Text;
        foreach (var time in HasHours().IsMatch(text) ? SaidTimes.In(text) : SaidTimes.Certain(text))
        {
            excuse(time.Start, time.Length);
        }

        foreach (Match found in DateOrRatio().Matches(text))
        {
            excuse(found.Index, found.Length);
        }

        foreach (var name in facts.NamesWithDigits)
        {
            for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + name.Length, StringComparison.Ordinal))
            {
                excuse(at, name.Length);
            }
        }

        ExcuseVehicle(sentence, facts, excuse);
    }

    // "Your RX 350", "su Civic 2021", "el Civic del 2021": a number of the car that stands beside another piece of its name.
    private static void ExcuseVehicle(GuardText sentence, TruthFacts facts, Action<int, int> excuse)
    {
        var isOfCar = false;
        for (var place = 0; place < sentence.Tokens.Count; place++)
        {
            var token = sentence.Tokens[place];
            if (token.Kind == TokenKind.Number && facts.VehicleWords.Contains(token.Text) && (isOfCar || (place + 1 < sentence.Tokens.Count && IsName(sentence.Tokens[place + 1]))))
            {
                excuse(token.Start, token.Text.Length);
                isOfCar = true;
            }
            else
            {
                isOfCar = IsName(token) || (isOfCar && token.Text is "-" or "de" or "del");
            }
        }

        // A word of prices is a name only as it is written in one: "Lexus ES 350" is no "es 350".
        bool IsName(Token token) => token.Kind == TokenKind.Word && facts.VehicleWords.Contains(token.Text) && (token.IsCapital || !(token.IsWord(MoneyWords.Fillers) || token.IsWord(MoneyWords.Price)));
    }

    // Money of which nobody says how much: "a few hundred", "hundreds of dollars".
    [GeneratedRegex(@"\b(?:a\s+few|few|couple(?:\s+of)?|several|some|(?<!how\s)many)\s+(?:hundred|hundreds|thousand|bucks|dollars|grand)\b(?!\s+(?:cars|customers|reviews|people|vehicles|times|windows|hours|miles))|\b(?:hundreds|thousands|tens)\s+of\s+(?:dollars|bucks)\b|\b(?:cientos|miles)\s+de\s+(?:dólares|dolares|pesos)\b|\bunos\s+cuantos\s+(?:dólares|dolares|cientos)\b|\b(?:double|triple|single)\s+digits\b|\b(?:low|mid|high)[\s-]+(?:three|four|two|hundreds)\b|\b(?:three|four)[\s-]figures?\b|(?<!(?:n't|\b(?:cannot|not|never))\b[^.!?;]{0,30})\b(?:for|only|just|costs?(?:\s+you)?|is|it's|that's)\s+(?:just\s+|only\s+|like\s+|about\s+)?an?\s+(?:dollar|buck|fiver|tenner)\b(?!\s+(?:amount|sign|figure|store))|\b(?:por|en|a|cuesta|vale)\s+(?:solo\s+|sólo\s+)?un\s+(?:dólar|dolar|peso|billete)\b|\b(?:two|three|four|five|six|seven|eight|nine)\s+hundreds\b|\b(?:the|low|mid|high|upper)[\s-]+[1-9]\d{2}'?s\b|^\W{0,8}an?\s+(?:buck|tenner|fiver|twenty|fifty|benjamin|c-note)\b(?=\s*(?:[.!,]|$))|\b(?:c-notes?|benjamins?)\b")]
    private static partial Regex Vague();

    [GeneratedRegex(@"\b(?:open|opens|close|closes|closed|hours|until|till|between|abiert|abrimos|cerramos|horario|hasta|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|morning|afternoon|drop|come|pick|lunes|martes|miércoles|jueves|viernes|sábado|domingo)")]
    private static partial Regex HasHours();

    [GeneratedRegex(@"(?<![\d$.,/])(?:(?:19|20)\d\d-\d{1,2}-\d{1,2}|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?:/(?:20)?\d\d)?|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:20)?\d\d|24/7|50/50|60/40|70/30|80/20|4x4|\d{1,2}:\d{1,2})(?![\d/]|[.,]\d)")]
    private static partial Regex DateOrRatio();
}

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Numbers in words, English and Spanish, as people say prices: "two hundred forty-nine", "two forty-nine", "doscientos cuarenta y nueve".</summary>
internal static class NumberWords
{
    private const int MostDigits = 9;

    private static readonly Dictionary<string, int> Small = new()
    {
        ["zero"] = 0, ["oh"] = 0, ["one"] = 1, ["two"] = 2, ["three"] = 3, ["four"] = 4, ["five"] = 5, ["six"] = 6, ["seven"] = 7, ["eight"] = 8, ["nine"] = 9,
        ["ten"] = 10, ["eleven"] = 11, ["twelve"] = 12, ["thirteen"] = 13, ["fourteen"] = 14, ["fifteen"] = 15, ["sixteen"] = 16, ["seventeen"] = 17,
        ["eighteen"] = 18, ["nineteen"] = 19,
        ["cero"] = 0, ["un"] = 1, ["uno"] = 1, ["una"] = 1, ["dos"] = 2, ["tres"] = 3, ["cuatro"] = 4, ["cinco"] = 5, ["seis"] = 6, ["siete"] = 7, ["ocho"] = 8,
        ["nueve"] = 9, ["diez"] = 10, ["once"] = 11, ["doce"] = 12, ["trece"] = 13, ["catorce"] = 14, ["quince"] = 15, ["dieciséis"] = 16, ["dieciseis"] = 16,
        ["diecisiete"] = 17, ["dieciocho"] = 18, ["diecinueve"] = 19, ["veintiuno"] = 21, ["veintiún"] = 21, ["veintiun"] = 21, ["veintidós"] = 22, ["veintidos"] = 22,
        ["veintitrés"] = 23, ["veintitres"] = 23, ["veinticuatro"] = 24, ["veinticinco"] = 25, ["veintiséis"] = 26, ["veintiseis"] = 26, ["veintisiete"] = 27,
        ["veintiocho"] = 28, ["veintinueve"] = 29,
    };

    private static readonly Dictionary<string, int> Tens = new()
    {
        ["twenty"] = 20, ["thirty"] = 30, ["forty"] = 40, ["fourty"] = 40, ["fifty"] = 50, ["fiddy"] = 50, ["sixty"] = 60, ["seventy"] = 70, ["eighty"] = 80, ["ninety"] = 90,
        ["veinte"] = 20, ["treinta"] = 30, ["cuarenta"] = 40, ["cincuenta"] = 50, ["sesenta"] = 60, ["setenta"] = 70, ["ochenta"] = 80, ["noventa"] = 90,
    };

    private static readonly Dictionary<string, int> Hundreds = new()
    {
        ["cien"] = 100, ["ciento"] = 100, ["doscientos"] = 200, ["doscientas"] = 200, ["trescientos"] = 300, ["trescientas"] = 300, ["cuatrocientos"] = 400,
        ["cuatrocientas"] = 400, ["quinientos"] = 500, ["quinientas"] = 500, ["seiscientos"] = 600, ["seiscientas"] = 600, ["setecientos"] = 700,
        ["setecientas"] = 700, ["ochocientos"] = 800, ["ochocientas"] = 800, ["novecientos"] = 900, ["novecientas"] = 900,
    };

    private static readonly Dictionary<string, int> Multipliers = new() { ["hundred"] = 100, ["hundo"] = 100, ["thousand"] = 1000, ["grand"] = 1000, ["mil"] = 1000 };

    /// <summary>Words that may begin an amount. Not "one": it is said of everything, and alone it is no price; nor "once", which is eleven only in Spanish.</summary>
    public static IEnumerable<string> Telling => new[] { Small, Tens, Hundreds, Multipliers }.SelectMany(words => words.Keys)
        .Except(["one", "un", "uno", "una", "once", "oh"]);

    /// <summary>Is this a word of a number?</summary>
    public static bool Is(string word) => Small.ContainsKey(word) || Tens.ContainsKey(word) || Hundreds.ContainsKey(word) || Multipliers.ContainsKey(word);

    /// <summary>The number of one such word; -1 when it is none.</summary>
    public static int Counted(ReadOnlySpan<char> word) => word.Length is < 3 or > 12 ? -1 : SmallLookup.TryGetValue(word, out var small) ? small : -1;

    private static readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> SmallLookup =
        new Dictionary<string, int>(Small, StringComparer.OrdinalIgnoreCase) { ["twenty"] = 20 }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reads the number that begins at a token.</summary>
    /// <returns>What it may mean, and the token after it; null when none begins there.</returns>
    public static (IReadOnlyList<decimal> Values, int Next)? Read(IReadOnlyList<Token> tokens, int at)
    {
        var groups = new List<decimal>();
        var group = new Group();
        var place = at;
        while (place < tokens.Count)
        {
            var token = tokens[place];
            if (Atom(token, group.IsEmpty && groups.Count == 0 && NextMultiplies(tokens, place)) is { } atom)
            {
                if (!group.TryAdd(atom))
                {
                    groups.Add(group.Value);
                    group = new Group();
                    group.TryAdd(atom);
                }

                place++;
            }
            else if (place > at && IsJoint(token) && place + 1 < tokens.Count && Atom(tokens[place + 1], false) is { } next && group.TakesAfterJoint(next, token.Text))
            {
                place++;
            }
            else
            {
                break;
            }
        }

        if (group.IsEmpty)
        {
            return null;
        }

        groups.Add(group.Value);
        return (Meanings(groups), place);
    }

    // "two forty-nine" is 249, "nineteen ninety-nine" 19.99 or 1999, "two four nine" 249, "one twenty-nine ninety-five" 129.95.
    private static IReadOnlyList<decimal> Meanings(List<decimal> groups) => groups switch
    {
        [var one] => [one],
        _ when groups.Count > 3 && groups.Skip(1).Zip(groups).All(pair => pair.First == pair.Second + 1) => [0], // who counts names no price
        _ when groups.Count > MostDigits => [TruthFacts.Largest],
        _ when groups.Count > 2 && groups.All(group => group < 10) => [groups.Aggregate(0m, (sum, digit) => (sum * 10) + digit)],
        [var first, var second] when second is >= 10 and < 100 => [(first * 100) + second, first + (second / 100)],
        [var first, 0, var last] when last < 10 => [(first * 100) + last],
        [var first, var second, var third] when second < 100 && third < 100 => [(first * 100) + second + (third / 100)],
        _ => [.. groups],
    };

    private static bool NextMultiplies(IReadOnlyList<Token> tokens, int place) =>
        place + 1 < tokens.Count && tokens[place + 1].Kind == TokenKind.Word && Multipliers.ContainsKey(tokens[place + 1].Text) && !IsThickness(tokens, place + 1);

    /// <summary>Is this "mil" how thick a film is, and not a thousand?</summary>
    public static bool IsThickness(IReadOnlyList<Token> tokens, int place) =>
        tokens[place].Is("mil") && !tokens.Skip(place + 1).Take(5).Any(token => token.IsWord(MoneyWords.Currency) || token.IsWord(MoneyWords.After) || Hundreds.ContainsKey(token.Text));

    private static bool IsJoint(Token token) => token.Text is "and" or "y" or "-" or "–";

    private static (int Value, int Size)? Atom(Token token, bool mayBeDigits)
    {
        if (mayBeDigits && token.Kind == TokenKind.Number && int.TryParse(token.Text, out var digits) && digits < 1000)
        {
            return (digits, digits < 10 ? 1 : 10);
        }

        return token.Kind != TokenKind.Word ? null
            : Small.TryGetValue(token.Text, out var small) ? (small, small < 10 ? 1 : 10)
            : Tens.TryGetValue(token.Text, out var tens) ? (tens, 20)
            : Hundreds.TryGetValue(token.Text, out var hundreds) ? (hundreds, 100)
            : Multipliers.TryGetValue(token.Text, out var times) ? (times, times == 100 ? 1000 : 2000)
            : null;
    }

    /// <summary>One number by the rules of school; a word that does not fit begins the next one.</summary>
    private sealed class Group
    {
        private const int Hundred = 1000;
        private const int Thousand = 2000;
        private decimal _total;
        private decimal _part;
        private int _smallest = int.MaxValue;

        public bool IsEmpty { get; private set; } = true;

        public decimal Value => _total + _part;

        public bool TryAdd((int Value, int Size) atom)
        {
            switch (atom.Size)
            {
                case Thousand when _total > 0 && !IsEmpty:
                    return false;
                case Thousand:
                    _total = (_part == 0 ? 1 : _part) * atom.Value;
                    (_part, _smallest) = (0, int.MaxValue);
                    break;
                case Hundred when _part >= 100:
                    return false;
                case Hundred:
                    _part = (_part == 0 ? 1 : _part) * 100;
                    _smallest = 100;
                    break;
                default:
                    if (!Fits(atom.Size))
                    {
                        return false;
                    }

                    _part += atom.Value;
                    _smallest = atom.Size == 10 ? 1 : atom.Size;
                    break;
            }

            IsEmpty = false;
            return true;
        }

        // "and" joins a part of a number ("two hundred and forty"), not two numbers ("two and three").
        public bool TakesAfterJoint((int Value, int Size) next, string joint) =>
            next.Size < Hundred && Fits(next.Size) && (joint is "-" or "–" or "y" ? _smallest >= 20 : _smallest >= 100);

        private bool Fits(int size) => size < _smallest && !(size == 10 && _smallest == 20);
    }
}

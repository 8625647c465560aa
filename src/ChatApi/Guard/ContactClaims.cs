using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Compares phone numbers, addresses, emails and links with the shop's own, and excuses the digits of those that are true.</summary>
internal static partial class ContactClaims
{
    private const int ZipDigits = 5;

    /// <summary>The kind of what is wrong, or null.</summary>
    /// <param name="excuse">Gets the places of numbers that are no money.</param>
    public static string? Wrong(GuardText sentence, TruthFacts facts, Action<int, int> excuse)
    {
        var text = sentence.Text;
        if (Email().IsMatch(sentence.Linked) || Email().IsMatch(text) || Handle().IsMatch(text))
        {
            return ViolationKinds.Contact;
        }

        if (Image().IsMatch(sentence.Linked) || Markup().IsMatch(sentence.Linked) || IsForeign(sentence, facts) || Targets().Matches(sentence.Linked).Any(target => !IsSafe(target.Groups[1].Value, facts)))
        {
            return ViolationKinds.Link;
        }

        foreach (Match phone in Phone().Matches(text))
        {
            excuse(phone.Index, phone.Length);
            var digits = TruthFacts.DigitsOf(phone.Value);
            if (digits != facts.PhoneDigits && !IsAskedAs(sentence) && !(digits.Length == 7 && facts.PhoneDigits.EndsWith(digits, StringComparison.Ordinal)))
            {
                return ViolationKinds.Contact;
            }
        }

        return IsElsewhere(sentence, facts, excuse) ? ViolationKinds.Contact : null;
    }

    // "Is 512-555-0142 still your number?" sends nobody anywhere.
    private static bool IsAskedAs(GuardText sentence) => sentence.Text.TrimEnd().EndsWith('?') && YourNumber().IsMatch(sentence.Text) && !OurNumber().IsMatch(sentence.Text);

    // A browser reads a backslash as the end of the host, and a letter of another alphabet as itself; Clean does not. So what stands there is looked at as it came as well.
    private static bool IsForeign(GuardText sentence, TruthFacts facts) =>
        Links(sentence.Linked).Concat(Links(sentence.Text)).Concat(Links(sentence.Original.ToLowerInvariant()))
            .Concat(Domain().Matches(sentence.Cased).Concat(Domain().Matches(sentence.Original)).Select(domain => domain.Value)).Any(host => !IsOurs(host, facts))
        || Authority().Matches(sentence.Original).Any(written => !IsHost(Port().Replace(written.Groups["host"].Value.TrimEnd(EndOfHost), "")))
        || BackslashedTarget().IsMatch(sentence.Original);

    private static readonly char[] EndOfHost = ['*', '_', '~', '`', '.', ',', ':', ';', '!', '…'];

    private static IEnumerable<string> Links(string text) => Url().Matches(text).Select(url => url.Groups["host"].Value.TrimEnd(EndOfHost));

    private static bool IsOurs(string host, TruthFacts facts) =>
        IsHost(host) && facts.Hosts.Any(ours => host.Equals(ours, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + ours, StringComparison.OrdinalIgnoreCase));

    private static bool IsHost(string host) => host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-');

    // Where a link of Markdown leads. Our own pages by their path, and the shop's own phone.
    private static bool IsSafe(string target, TruthFacts facts) =>
        target.StartsWith("http://", StringComparison.Ordinal) || target.StartsWith("https://", StringComparison.Ordinal) ? Links(target).Any(host => IsOurs(host, facts))
        : target.StartsWith("tel:", StringComparison.Ordinal) ? TruthFacts.DigitsOf(target) == facts.PhoneDigits
        : target.StartsWith('/') && !target.StartsWith("//", StringComparison.Ordinal);

    private static bool IsElsewhere(GuardText sentence, TruthFacts facts, Action<int, int> excuse)
    {
        ExcuseOwn(sentence, facts, excuse);
        return Streets(sentence).Concat(NamedStreet().Matches(sentence.Cased).Select(match => match.Groups["name"].Value + " " + match.Groups["kind"].Value)).Any(street => !IsOwn(street, facts));
    }

    // "78701" in "Austin, TX 78701": a number that stands in the address beside the same word as here, or as long as a zip code.
    private static void ExcuseOwn(GuardText sentence, TruthFacts facts, Action<int, int> excuse)
    {
        var address = $" {string.Join(' ', facts.PlainAddress.Split(' ').Select(InFull))} ";
        var words = sentence.Tokens.Where(token => token.Kind != TokenKind.Symbol).ToList();
        for (var place = 0; place < words.Count; place++)
        {
            if (words[place].Kind == TokenKind.Number
                && ((place > 0 && address.Contains($" {InFull(words[place - 1].Text)} {words[place].Text} ", StringComparison.Ordinal))
                    || (place + 1 < words.Count && address.Contains($" {words[place].Text} {InFull(words[place + 1].Text)} ", StringComparison.Ordinal))
                    || (words[place].Text.Length == ZipDigits && address.Contains($" {words[place].Text} ", StringComparison.Ordinal))))
            {
                excuse(words[place].Start, words[place].Text.Length);
            }
        }
    }

    private static IEnumerable<string> Streets(GuardText sentence) =>
        Street().Matches(sentence.Cased).Concat(PlainStreet().Matches(sentence.Text)).Select(match => $"{match.Groups["number"].Value} {match.Groups["name"].Value} {match.Groups["kind"].Value}")
            .Concat(Calle().Matches(sentence.Text).Select(match => $"{match.Groups["name"].Value} {match.Groups["number"].Value}"));

    // With its kind, where the address tells one: 1 Main Ave is not 1 Main St.
    private static bool IsOwn(string street, TruthFacts facts)
    {
        var words = street.ToLowerInvariant().Split([' ', '.'], StringSplitOptions.RemoveEmptyEntries).Select(InFull).ToList();
        var address = facts.PlainAddress.Split(' ').Select(InFull).ToList();
        return Enumerable.Range(0, address.Count).Any(place => IsAt(place, words.Count) || (Kinds.ContainsValue(words[^1]) && IsAt(place, words.Count - 1) && !(place + words.Count - 1 < address.Count && Kinds.ContainsValue(address[place + words.Count - 1]))));

        bool IsAt(int place, int count) => count > 0 && place + count <= address.Count && address.Skip(place).Take(count).SequenceEqual(words.Take(count));
    }

    private static string InFull(string word) => Kinds.GetValueOrDefault(word) ?? Directions.GetValueOrDefault(word) ?? word;

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["st"] = "street", ["ave"] = "avenue", ["av"] = "avenue", ["rd"] = "road", ["blvd"] = "boulevard", ["dr"] = "drive", ["ln"] = "lane", ["way"] = "way", ["hwy"] = "highway", ["pkwy"] = "parkway", ["ct"] = "court",
        ["plz"] = "plaza", ["sq"] = "square", ["cir"] = "circle", ["ter"] = "terrace", ["trl"] = "trail", ["loop"] = "loop", ["pike"] = "pike",
    };

    private static readonly Dictionary<string, string> Directions = new() { ["n"] = "north", ["s"] = "south", ["e"] = "east", ["w"] = "west" };

    // The sign first: a long word is gone through once.
    [GeneratedRegex(@"@(?<=[\w.+-]\s?@)\s?[\w-]+(?:(?:\.|\s\.\s)[\w-]+)+|(?:\(at\)|\[at\]|\sat\s)\s*[\w-]+\s*(?:\(dot\)|\[dot\]|\sdot\s)\s*(?:com|net|org)\b")]
    private static partial Regex Email();

    // "@acmetint", "CashApp $acmetint"
    [GeneratedRegex(@"(?<![\w@])@[a-z][\w.]{2,}|\b(?:venmo|cash\s?app|zelle|paypal|instagram)\s?(?::\s?|\$)[a-z]")]
    private static partial Regex Handle();

    [GeneratedRegex(@"!\s*\[[^\]]*\]\s*\(")]
    private static partial Regex Image();

    [GeneratedRegex(@"<\s*/?\s*[a-z!]")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\]\s*\(\s*([^)\s]*)")]
    private static partial Regex Targets();

    [GeneratedRegex(@"\]\s*\(\s*[^)\s\\]{0,500}\\")]
    private static partial Regex BackslashedTarget();

    [GeneratedRegex(@"(?:https?\s?:[/\\]+|[a-z]:[/\\]{2,})(?<host>[^\s/?#)\]""'<>]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Authority();

    [GeneratedRegex(@":\d{1,5}$")]
    private static partial Regex Port();

    // Whatever ends as a host may: "evil.example". A capital begins a sentence where a blank was left out ("done.It"), or names a thing ("Node.js"); one letter is short for a word ("i.e.no").
    [GeneratedRegex(@"(?:(?<![\w@.$/-])|(?<=//))(?=[\d-]*\p{Ll})[\p{Ll}\d][\p{Ll}\d-]+(?:\.[\p{Ll}\d-]+)*\.\p{Ll}{2,}(?![\w-])")]
    private static partial Regex Domain();

    [GeneratedRegex(@"(?:\b[a-z][a-z+.-]*://(?:[^\s/@]*@)?(?<host>[^\s/:?#)\]""'<>]+)|\b(?<host>www\.[^\s/:?#)\]]+)|(?<![\w@.-])(?<host>(?:[a-z0-9][a-z0-9-]*\.)+(?:" + Endings + @")(?![\w-])|(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}(?=/[\w?#]))|\b(?<host>[a-z0-9-]+\s?(?:\[\.\]|[(\[]dot[)\]]|\sdot\s)\s?(?:com|net|org|co|io|us|shop|biz|info)\b))")]
    private static partial Regex Url();

    // Common ones, and those of countries but for the words that a sentence may begin with where a blank was left out ("done.It", "coche.La").
    private const string Endings = "com|net|org|edu|gov|io|co|us|shop|info|biz|me|app|ly|mx|dev|site|online|store|auto|cars|tint|link|gl|xyz|ai|cc|tv|gg|top|click|page|vip|live|win|club|fun|tech|pro|team"
        + "|news|space|website|blog|support|deals|sale|promo|buzz|money|cash|bid|loan|cloud|digital|agency|network|icu|cyou|monster|services|solutions|company|center|expert|mobi|name|web|lol|wtf|guru"
        + "|ac|ad|ae|af|ag|ao|aq|ar|au|aw|az|ba|bb|bd|bg|bh|bi|bm|bn|bo|br|bs|bt|bw|bz|ca|cd|cf|cg|ch|ci|ck|cl|cm|cn|cr|cu|cv|cy|cz|de|dj|dk|dm|dz|ec|ee|eg|er|et|eu|fi|fj|fm|fo|fr|ga|gd|ge|gf|gh|gi|gm|gp|gq|gr|gt|gu|gy"
        + "|hk|hn|hr|ht|hu|ie|il|im|iq|ir|je|jo|jp|ke|kg|kh|ki|km|kr|kw|ky|kz|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|mg|mk|mm|mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mz|na|nc|ne|nf|ng|nl|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pr|ps|pt|pw|py|qa|ro|rs|ru|rw"
        + "|sb|sc|sd|sg|sh|sk|sl|sm|sn|sr|ss|st|sv|sx|sy|sz|tc|td|tf|tg|th|tj|tk|tl|tm|tn|tr|tt|tw|tz|ua|ug|uk|uy|uz|vc|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw";

    [GeneratedRegex(@"\b(?:your|su|tu)\s+(?:[\p{L}]+\s+){0,2}?(?:number|phone|cell|mobile|número|teléfono|celular)\b|\bnumber\s+for\s+you\b|\byou\s+(?:\w+\s+)?at\b|\byou\s+(?:wrote|called|texted)\s+from\b")]
    private static partial Regex YourNumber();

    [GeneratedRegex(@"\b(?:our|ours|us|we|call|calling|dial|text|texting|reach|contact|shop|shop's|owner|manager|llame|llama|llamar|marque|marcar|nuestro|taller)\b")]
    private static partial Regex OurNumber();

    [GeneratedRegex(@"(?<![\d$.,])(?:\+?1[\s.\-–]?)?\(?\d{3}\)?[\s.\-–]{0,2}\d{3}[\s.\-–]?\d{4}(?![\d%])|(?<![\d$.,-])\d{3}[.\-–]\d{4}(?![\d%-])|(?<!\d)\+\d{7,15}(?!\d)")]
    private static partial Regex Phone();

    // "We're on Elm Street": without a number. "Highway" would be one more word that waits, and each "Hi" with it.
    [GeneratedRegex(@"\b(?:[Ww]e're|[Ww]e\s+are|[Ll]ocated|[Ff]ind\s+us|[Ss]hop\s+is)\s+(?:(?:right|just|located)\s+)?(?:on|at|in)\s+(?<name>(?:\p{Lu}[\p{L}']+|\d+(?:st|nd|rd|th))(?:\s+\p{Lu}[\p{L}']+)?)\s+(?<kind>St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Hwy|Pkwy|Parkway|Plaza)\b")]
    private static partial Regex NamedStreet();

    [GeneratedRegex(@"(?<![\d$.,])(?<number>\d{1,6})\s+(?<name>(?:(?:[NSEW]\.?|North|South|East|West)\s+)?(?:[A-Z][\p{L}']+|\d+(?:st|nd|rd|th))(?:\s+[A-Z][\p{L}']+)?)\s+(?<kind>St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Way|Hwy|Highway|Pkwy|Parkway|Ct|Court|Plz|Plaza|Sq|Square|Cir|Circle|Ter|Terrace|Trl|Trail|Loop|Pike)\b")]
    private static partial Regex Street();

    [GeneratedRegex(@"(?<![\d$.,])(?<number>\d{1,6})\s+(?<name>\p{L}+(?:\s+\p{L}+)?)\s+(?<kind>street|avenue|boulevard|road|highway|parkway)\b")]
    private static partial Regex PlainStreet();

    [GeneratedRegex(@"\b(?:calle|avenida|carrera|bulevar)\s+(?<name>\p{L}+(?:\s+\p{L}+)?)\s*,?\s*(?:#|no\.?|número)?\s*(?<number>\d{1,6})\b")]
    private static partial Regex Calle();
}

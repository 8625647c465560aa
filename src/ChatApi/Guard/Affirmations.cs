using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>A "Yes, it is!" says what was asked: "Is it free?" makes it as false as "It is free".</summary>
internal static partial class Affirmations
{
    /// <summary>Longer is no bare yes.</summary>
    public const int Longest = 60;

    private const int LongestQuestion = 300;
    private const int MostQuestions = 8;

    /// <summary>The kind of the lie that a yes to one of the customer's questions would be; null when it would be none, or the last of what they wrote is nothing that a yes answers.</summary>
    public static string? LieOf(TruthFacts facts)
    {
        var written = Sentence().Split(facts.Asked ?? "").Select(sentence => sentence.Trim()).Reverse().SkipWhile(sentence => Courtesy().IsMatch(sentence)).Take(MostQuestions).ToList();
        return written is [var last, ..] && QuestionOf(last) is { } asked && !AsksForWords().IsMatch(asked) ? written.Select(sentence => LieOf(QuestionOf(sentence), facts)).FirstOrDefault(kind => kind is not null) : null;
    }

    private static string? LieOf(string? asked, TruthFacts facts)
    {
        if (asked is null || !IsOfOurs().IsMatch(asked) || Either().IsMatch(asked) || AsksForWords().IsMatch(asked))
        {
            return null;
        }

        var said = GuardText.Read(Swapped(asked));
        return SentenceCheck.Wrong(said, facts, default) is { } kind and not (ViolationKinds.Contact or ViolationKinds.Link) && (kind != ViolationKinds.Price || Money().IsMatch(said.Text)) ? kind : null;
    }

    /// <summary>Is it a yes, and nothing more?</summary>
    public static bool IsBare(string sentence) => sentence.Length <= Longest && Bare().IsMatch(GuardText.Normalize(sentence).Trim());

    // "So it's free?" Many leave its mark out.
    private static string? QuestionOf(string sentence)
    {
        var asked = sentence.Length > LongestQuestion ? "" : Opening().Replace(sentence.TrimEnd('?', ' '), "");
        return asked.Length > 0 && (sentence[^1] == '?' || Unmarked().IsMatch(asked) || SoItIs().IsMatch(sentence)) ? asked : null;
    }

    // As we would say it: "am I booked" is "you are booked".
    private static string Swapped(string question)
    {
        var tagless = Tag().Replace(question, "");
        var turned = Verb().Replace(tagless, found => found.Groups["who"].Value.ToLowerInvariant() switch
        {
            "" => "",
            "i" => "you " + Of(found, "are"),
            "you" or "we" or "y'all" or "you guys" => "we " + Of(found, "are"),
            var who => $"{who} {Of(found, found.Groups["verb"].Value)}",
        }, 1);
        turned = BareStart().Replace(turned, found => (found.Groups["hours"].Success ? "we're " : found.Groups["deed"].Success ? "you are " : "it is ") + found.Value);
        return Persons().Replace(turned, found => found.Value.ToLowerInvariant() switch
        {
            "my" => "your",
            "me" => "you",
            "i'm" => "you're",
            "i" => "you",
            "mi" => "su",
            "tengo" => "tiene",
            _ => "está",
        }) + ".";
    }

    private static string Of(Match found, string be) => found.Groups["verb"].Value.ToLowerInvariant() switch
    {
        "am" or "are" or "is" => be + " ",
        "do" or "does" => "",
        var verb => verb + " ",
    };

    [GeneratedRegex(@"(?<=[?!;])\s*|(?<=[.…])\s+|\n+")]
    private static partial Regex Sentence();

    // "Thanks!", "hello?", a smile: asks for the answer, and nothing else.
    [GeneratedRegex(@"^(?:\W|\b(?:thanks?|thank\s+you|thx|ty|please|pls|hello|hi|hey|any(?:one|body)|there|are\s+you|so\s+much|very\s+much|a\s+lot|again|in\s+advance|(?:muchas\s+)?gracias|hola|por\s+favor)\b)*$", RegexOptions.IgnoreCase)]
    private static partial Regex Courtesy();

    // "So the strip is free", "the strip is free right"
    [GeneratedRegex(@"^\W*(?:so|then|entonces)\b[\s,]+(?:(?:the|my|that|this)\s+(?:[\p{L}\d]+\s+){1,3}?(?:is|are)|it's|it\s+is|that's|i'm|i\s+am|you're|you\s+are)\b|\b(?:is|are|it's|that's|i'm|you're|es|está)\b.*\s(?:right|correct|huh|verdad|cierto)\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex SoItIs();

    // "If I get the full tint, is the strip free?" asks behind its comma.
    [GeneratedRegex(@"^(?:[\s¿¡]|(?:if|when|si|cuando)\b[^,?]*,\s*|(?:so|and|but|wait|ok|okay|oh|hi|hey|hello|great|sorry|well|then|entonces|y|pero|oiga|hola)\b[\s,]*)+", RegexOptions.IgnoreCase)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^(?:am\s+i|is\s+(?:it|this|that|there|the|my)|are\s+(?:you|we)|do\s+(?:i|you)|did\s+you|does\s+it|es\s+gratis|cuesta|está|están|hay|abren?|estoy|tengo)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Unmarked();

    [GeneratedRegex(@",?\s+(?:right|correct|yes|no|huh|isn't\s+it|aren't\s+you|am\s+i\s+not|aren't\s+i|don't\s+you|verdad|cierto|no\s+es\s+así)\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^(?<verb>am|are|is|was|were|do|does|did|have|has|will|would|can|could)\s+(?:(?<who>i|you\s+guys|you|y'all|we|it|that|this|they|everything|there)\b\s*)?", RegexOptions.IgnoreCase)]
    private static partial Regex Verb();

    // "Open on Sunday?", "Booked?", "Free?", "$99?"
    [GeneratedRegex(@"^(?:(?<hours>(?:still\s+)?(?:open|closed)\b)|(?<deed>(?:all\s+)?(?:booked|scheduled|confirmed|set)\b)|(?=free\b|\$|\d|half\b))", RegexOptions.IgnoreCase)]
    private static partial Regex BareStart();

    [GeneratedRegex(@"(?<!\p{L})(?:my|me(?!\p{L}|\s+(?:cobra|hace|da|dan))|i'm|i|mi|tengo|estoy)(?![\p{L}'])", RegexOptions.IgnoreCase)]
    private static partial Regex Persons();

    // "Is it free or not?", "do you know whether it is free": a yes answers something else.
    [GeneratedRegex(@"\b(?:or|whether|what|how|where|which|who|why|o|qué|cómo|cuándo|cuánto|cuál|dónde|quién)\b|^(?:if|when|si|cuando)\b|\b(?:tell|know|check|ask|say|see|wonder\p{L}*|sure|find\s+out|decir\p{L}*|dice|saber|sabe|ver|preguntar)\b[^,?]{0,40}\b(?:if|when|si|cuando)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Either();

    // "Can you tell me that it's free": a yes only promises to.
    [GeneratedRegex(@"^(?:can|could|would|will|may|puede|podría|me\s+puede)\s+(?:you\s+|i\s+|we\s+|usted\s+)?(?:please\s+|just\s+)?(?:tell|check|see|ask|show|confirm|explain|help|let|say|look|find|know|give\s+me\s+(?:a|the|an)\s+(?:quote|price|estimate)|decir|confirmar|ver|explicar|ayudar|preguntar)", RegexOptions.IgnoreCase)]
    private static partial Regex AsksForWords();

    [GeneratedRegex(@"\$|\d\s?(?:%|dollars|bucks|usd|dólares)|\b(?:free|gratis|gratuit|complimentary|price[sd]?|costs?|charges?|pay|discounts?|off|deal|half|dollars|bucks|book(?:ed)?|scheduled|confirmed|reserved|held|hold|holding|appointment|booking|cancel|sent|text|told|call|open|closed?|hours|descuento|precio|cuesta|cobra|cita|reserva|reservad|agendad|confirmad|cancelad|abiert|abren|abre|cerrad|cierran|rebaja|enviad)", RegexOptions.IgnoreCase)]
    private static partial Regex IsOfOurs();

    [GeneratedRegex(@"\$|\d\s?(?:dollars|bucks|usd|dólares)|\b(?:price[sd]?|costs?|charges?|pay|total|dollars|bucks|precio|cuesta|cobra)|^it is \d")]
    private static partial Regex Money();

    [GeneratedRegex("""
        ^\W*(?:(?:oh|well|ok|okay|hi|hello|hey|good\s+question|great\s+question|hola|pues|buena\s+pregunta)\b\W*)*
        (?:yes|yep|yeah|yup|sure|correct|exactly|absolutely|definitely|certainly|indeed|totally|of\s+course|right|you\s+bet|you\s+got\s+it|affirmative|true|(?:that's|that\s+is|you're|you\s+are)\s+(?:right|correct|true)
        |(?:it|you|we|they|that|there)\s+(?:sure\s+|certainly\s+|definitely\s+|really\s+)?(?:is|are|do|does|will|did|have|has)|sí|si|claro|correcto|exacto|exactamente|así\s+es|por\s+supuesto|efectivamente|desde\s+luego|cierto|en\s+efecto)\b
        (?:\W+(?:yes|sure|it|it's|you|we|they|that|that's|there|is|are|do|does|will|did|have|has|right|correct|true|indeed|absolutely|definitely|certainly|of|course|sir|ma'am|thing|sí|que|lo|es|está|estamos|están|tiene|así|claro|señor|señora|correcto|exacto|thanks|for|asking|totally|all|really)\b){0,7}(?:,\s*(?!(?:but|not|no|almost|partly|maybe|depends|although|just|please|one|let|pero|casi|happy|glad)\b)\p{L}+)?(?:\W+(?:no\s+(?:problem|worries)|(?:happy|glad)\s+to\s+help|my\s+pleasure|you're\s+(?:all\s+)?(?:good|set|welcome)|con\s+gusto))?\W*$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Bare();
}

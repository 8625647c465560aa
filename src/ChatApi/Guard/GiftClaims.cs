using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds what is called free, and discounts without a number.</summary>
internal static partial class GiftClaims
{
    // Letters, before or behind.
    private const int Near = 120;

    /// <summary>Is something given for nothing, that is not the word's other sense and not denied?</summary>
    public static bool IsFree(GuardText sentence, TruthFacts facts)
    {
        var text = OtherFree().Replace(FreeThen().Replace(sentence.Text, found => IsOfTime(sentence.Text, found, facts) ? " " : found.Value), " ");
        if (sentence.IsQuestion && AsksWhether().IsMatch(text))
        {
            return false;
        }

        return Free().Matches(text).Any(found => !IsDenied(text, found.Index, FreeDenied())) || ForNothing().Matches(text).Any(found => !(IsOfCharge().IsMatch(found.Value) && IsDenied(text, found.Index, FreeDenied())))
            || Gift().Matches(text).Any(found => !IsDenied(text, found.Index, Denied()));
    }

    /// <summary>Is a discount given, or a share of a price named in words?</summary>
    public static bool IsDiscount(GuardText sentence) =>
        Share().Matches(sentence.Text).Any(found => !IsDenied(sentence.Text, found.Index, Denied()))
        || Offer().Matches(sentence.Text).Any(found => !IsDenied(sentence.Text, found.Index + found.Length, Denied()));

    /// <summary>Is a discount that stands here denied by the words before it?</summary>
    public static bool IsDenied(string text, int at) => IsDenied(text, at, Denied());

    // "The bay is free this week" tells when, "the strip is free this week" gives it away: the nearest word that says of what it is said decides.
    private static bool IsOfTime(string text, Match free, TruthFacts facts)
    {
        var from = Math.Max(free.Index - Near, text.AsSpan(0, free.Index).LastIndexOfAny('!', '?', ';') + 1);
        var (isIt, isOne) = (false, false);
        var before = GuardText.Read(text[from..free.Index]).Tokens.Where(token => token.Kind == TokenKind.Word).Reverse().ToList();
        for (var place = 0; place < before.Count; place++)
        {
            var word = before[place];
            if (word.IsWord(FreeInTime))
            {
                // "the strip for you", "the strip at our shop": not what it is said of.
                if (before.Skip(place + 1).SkipWhile(token => token.Text is "the" or "our" or "your" or "a").FirstOrDefault()?.Text is "for" or "at" or "on" or "in" or "with" or "from" or "by" or "of")
                {
                    isOne = true;
                    continue;
                }

                return !isIt || TimeBehind().IsMatch(text, free.Index);
            }

            if (IsForSale(word, facts))
            {
                return false;
            }

            if (word.Text is "if" or "whether" or "when" or "si")
            {
                return true;
            }

            isIt |= word.Text is "it" or "it's" or "this" or "everything" or "all";
            isOne |= word.Text is "one" or "ones" or "both" or "they" or "which" or "what" or "what's" or "anything" or "something" or "nothing";
        }

        return TimeBehind().IsMatch(text, free.Index) || (!isIt && (isOne || before.Count == 0) && !GuardText.Read(text[free.Index..Math.Min(text.Length, free.Index + Near)]).Tokens.Any(token => IsForSale(token, facts)));
    }

    private static bool IsForSale(Token token, TruthFacts facts) => token.IsWord(MoneyWords.Jobs) || token.IsWord(MoneyWords.CarParts) || token.Text is "tint" or "tints" or "tinting" or "film" or "estimate" or "quote" or "upgrade"
        || facts.Names.PaidWords.Contains(token.Text);

    // Only what stands shortly before it, without a stop between.
    private static bool IsDenied(string text, int at, Regex denial) => denial.IsMatch(text[Math.Max(0, at - 70)..at]);

    private static readonly FrozenSet<string> FreeInTime = """
        we we're we'll we'd you you're you'll you'd i i'm i'll i'd he she bay bays slot slots spot spots time times opening openings day days morning afternoon evening noon am pm who calendar schedule
        technician technicians installer installers manager owner team shop staff somebody someone anybody anyone nobody
        monday tuesday wednesday thursday friday saturday sunday today tomorrow
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    private const string Then = """
        (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?\s+\d{1,2}(?:st|nd|rd|th)?|(?:1\d|2\d|3[01])(?:st|nd|rd|th)
        |morning|afternoon|evening|noon|\d{1,2}:\d\d(?:\s*[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?|\d{1,2}/\d{1,2}\b)
        """;

    [GeneratedRegex(@"\bfree\s+(?:at|on|this|next|tomorrow|today|tonight|now|later|around|after|before|between|then|from\s+\d|in\s+the|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b")]
    private static partial Regex FreeThen();

    [GeneratedRegex(@"\Gfree\s+(?:at|on|this|next|tomorrow|today|around|after|before|between|from)\b[^.!?;]{0,20}?\b\d{1,2}(?::\d\d)?\b(?!\s*%)")]
    private static partial Regex TimeBehind();

    // Free as a bird, not as beer; the words go, so that a gift beside them is still seen.
    [GeneratedRegex("""
        \bfeel(?:ing)?\s+free\b|\b(?!cost|charge|fee|tax|price|payment|obligation)\p{L}+-free\b
        |\b(?:scratch|bubble|glare|streak|dust|haze|crease|hassle|stress|worry|hands|toll|maintenance|wrinkle|lint|peel|error|mess)\s+free\b
        |\bfree\s+to\s+(?:call|ask|text|reach|come|stop|visit|write|message|let|contact|drop|send|bring|swing|share|tell|give|check|pick|choose|chat|look|take|browse|decide|change|say)\b
        |\bfree\s+(?:up|time|times|slot|slots|spot|spots|moment|minute|day|days|bay|bays|evening|morning|afternoon|weekend|parking\s+spots?)\b(?!\s+(?:remov|wash|detail|clean|polish|repair|treat|correct|tint|job))
        |\b(?:when|if|whenever|once)\s+you(?:'re|\s+are|\s+have|'ve\s+got)\s+(?:\w+\s+)?free\b|\bare\s+you\s+free\b|\bif\s+you\s+get\s+a\s+free\b|\bwould\s+you\s+be\s+free\b|\b(?:check|see|look\s+at|find\s+out)\s+what(?:'s|\s+is)\s+free\b(?=\s*(?:[.!?]|$|for\s+you|on|at|this|next))
        |(?<!\b(?:at|in|on|during|for|from)\s+(?:that|this|the|these|those)\s+)\b(?:times?|slots?|spots?|bays?|openings)\s+(?:(?:is|are|that|which|still|also|both|all|currently)\s+){1,3}free\b(?!\s+of\b)
        |(?:^|[.,;:!?(–]|\b(?:but|and|so|or|have|has|see|that|pero|like|shows?|because|since)\b)\W*(?:on\s+)?(?:next\s+|this\s+)?(?:the\s+)?
        """ + Then + """
        [\s,]*(?:(?:(?:the|next|this)\s+)?(?:
        """ + Then + """
        |at|or|and|\d{1,2}(?:st|nd|rd|th)?\b)[\s,]*){0,9}(?:(?:is|are|both|still|also|all|currently|looks?)\s+){0,3}free\b
        |\bfree\s+of\s+(?:bubbles|scratches|dust|dirt|glare|streaks|haze|wrinkles|creases|defects|any\s+bubbles|debris|stickers|objects|clutter)\b
        |\bsugar\s+free\b|\bset\s+free\b|\bfree\s+will\b
        """ + OtherPlain, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OtherFree();

    [GeneratedRegex(@"\b(?:free|freebie|freebies|gratis|gratuit[oa]s?|complimentary|complementary)\b")]
    private static partial Regex Free();

    // "not free", "no free tint", "nothing is free", "no es gratis"
    [GeneratedRegex(@"(?:n't|\bnot|\bcannot|\bnever|\bnothing|\bnone|\bno|\bnunca|\bnada)\s+(?:(?!only|just|merely|but|que|solo|sólo)[\p{L}']+\s+){0,4}$|\bwhether\b[^.!?;]*$")]
    private static partial Regex FreeDenied();

    // These deny by themselves what is to be paid.
    [GeneratedRegex("""
        \b(?:no|zero|without(?:\s+any)?|free\s+of|at\s+no|for\s+no|sin|cero)\s+(?:extra\s+|additional\s+|ningún\s+|added\s+|further\s+)?(?:charge|cost|costs|fee|fees|payment|costo|costos|coste|cargo|cobro|cargos)\b
        |\b(?:costs?|cost|pay|pays|charge|charges|owe)\s+(?:you\s+|us\s+|them\s+)?(?:nothing|nada|zero|zilch|zip|nil)\b|\bfor\s+(?:nothing|nada|zilch)\b
        |\b(?:won't|doesn't|does\s+not|will\s+not|don't|do\s+not|wouldn't|not|never|no)\s+(?:cost|pay|charge|owe)\s+(?:you\s+)?(?:anything|a\s+thing|a\s+cent|a\s+dime|a\s+penny|extra|more|any\s+money)\b(?![^.!?;]{0,50}\b(?:until|till|before|up\s?front|in\s+advance|yet)\b|(?<=pay\s+anything)\s+(?:now|here)\b)
        |\bno\s+(?:le\s+|te\s+|les\s+)?(?:cuesta|cobramos|cobra|cobraremos|costará|cobran|paga|pagas|pague)\s+(?:nada|extra|más)\b(?!\s+(?:preguntar|consultar|intentar)\b)
        |\bnot\s+(?:a|one)\s+(?:cent|dime|penny|dollar)\b|\bni\s+un\s+(?:centavo|peso|dólar)\b
        |\b(?:won't|don't|doesn't|do\s+not|does\s+not|will\s+not|never|isn't|aren't|is\s+not|are\s+not)\s+(?:be\s+)?(?:charged?|billed?)(?=\s+(?:you|for|anything|extra)\b|\s*(?:[.!,;]|$))(?![^.!?;]{0,50}\b(?:until|till|before|up\s?front|in\s+advance|yet|unless|if|to\s+(?:ask|chat|text|message))\b)
        |\bnever\s+a\s+charge\b|\b(?:don't|won't|doesn't|needn't|do\s+not|will\s+not|no\s+need\s+to)\s+(?:have\s+to\s+|need\s+to\s+)?pay(?=\s+(?:for|extra)\b|\s*(?:[.!,;]|$))(?![^.!?;]{0,50}\b(?:until|till|before|up\s?front|in\s+advance|yet|unless|if)\b)
        |\bnothing\s+to\s+pay\b(?!\s+(?:now|today|yet|until|up\s?front|before|in\s+advance))|\b(?:zero|no\s+money|nothing)\s+down\b|\bat\s+no\s+extra\b|\bwithout\s+paying\b(?!\s+(?:now|up\s?front|in\s+advance|first))|\bzero\s+(?:bucks|dollars)\b
        |\bno\s+(?:tienen?|hay|llevan?)\s+(?:ningún\s+)?(?:costo|coste|cargo|cobro)\b(?!\s+por\s+(?:preguntar|consultar|escribir))|\bno\s+(?:(?:se|le|les|te)\s+)?(?:cobra|cobramos|cobran|cobraremos|cuesta)(?=\s*(?:[.!,;]|$)|\s+(?:por|eso)\b)(?!\s+por\s+(?:adelantado|anticipado))|\bsin\s+cobrar(?:le|te)?\b
        """ + PlainNothing, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ForNothing();

    [GeneratedRegex("""
        \bon\s+the\s+house\b|\b(?:it's|is|are|that's|be|all|tint|one|windshield)\s+on\s+us\b|\b(?:my|our)\s+treat\b|\bas\s+a\s+gift\b|\bour\s+gift\b|\bgift\s+from\b|\bfreely\s+given\b
        |\bwaiv(?:e|ed|ing|es)\b|\bthr(?:ow|owing|own|ew)\s+(?:[\p{L}']+\s+){0,5}in\b|\bcomp(?:ed|ing)\b
        |\btoss(?:es|ed|ing)?\s+(?:[\p{L}']+\s+){0,5}in\b|\bcomp\s+(?:the|it|that|your|you)\b|\b(?:it's|one's|is|strip's|are)\s+on\s+me\b|\b(?:it's|it\s+is|consider\s+it)\s+a\s+gift\b(?!\s+(?:card|certificate|to)\b)|\b(?:as|is|are)\s+a\s+bonus\b|\bes\s+cortesía\b|\b(?:va|viene|está)\s+incluid[oa]\s+(?:sin|gratis)\b
        |\bpor\s+cuenta\s+de\s+la\s+casa\b|\bla\s+casa\s+invita\b|\bde\s+regalo\b|\bregalad[oa]s?\b|\b(?:le|te|se\s+lo|se\s+la)\s+regal(?:o|amos|aremos)\b|\bde\s+cortesía\b|\bcortesía\s+de\b
        """ + PlainGift, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Gift();

    // "can't do", "only the manager can"; not "can't wait to give you", "why don't we"
    [GeneratedRegex(@"(?:n't(?!\s+(?:we|i)\b)|\b(?<!\bwhy\s)not|\bcannot|\bnever|\bunable|\bno|\bnothing(?:'s)?)\s+(?:(?!only|just|merely|but|wait|help|believe|beats?|miss|resist|doubt|question|matter|catch|less)[\p{L}']+\s+){0,5}$|\bonly\s+(?:the|our|a)\s+(?:manager|owner|boss|shop|team)\s+can\s+(?:\p{L}+\s+)?$")]
    private static partial Regex Denied();

    [GeneratedRegex(@"^\W*(?:is|are|was|does|do\s+you\s+(?:ask|mean)|you\s+(?:ask|asked|want\s+to\s+know)|es|son)\b")]
    private static partial Regex AsksWhether();

    [GeneratedRegex("""
        \bhalf[\s-]+(?:(?:the|of\s+the|its|your|our)\s+)?(?:price|priced|off|cost)\b|\bfor\s+half\b(?=\s*(?:[.!?,;]|$)|\s+(?:of\s+)?(?:the|that|what|price))|\bpay(?:s|ing)?\s+(?:only\s+|just\s+)?half\b|\bhalf\s+as\s+much\b|\b(?:a\s+)?(?:third|quarter|fifth|tenth)\s+(?:off|of\s+the\s+price)\b
        |\b(?:mitad|tercio)\s+(?:de|del)\s+(?:precio|costo)\b|\bmedio\s+precio\b|\b(?:two|2)[\s-]*(?:for|x)[\s-]*(?:one|1)\b|\bdos\s+por\s+uno\b|\bfor\s+the\s+price\s+of\s+(?:one|two|a|1|2)\b|\bpor\s+el\s+precio\s+de\s+(?:un[oa]?|dos)\b|\bbogo\b
        |\bbuy\s+(?:one|1|two|2)\b[^.!?]{0,20}\bget\b|\bdouble\s+discount\b|\bprice\s+(?:cut|slash)\b|\bcut\s+(?:the|your)\s+price\b
        |\b(?:discount|promo|coupon)\s+code\b|\bprice[\s-]match(?:ing|ed)?\b(?!\s+(?:isn't|is\s+not)\s+(?!just|only|merely))
        |\b(?:knock|knocked|knocking|take|taking|took|shave|shaved|cut)\s+off\s+(?:another\s+)?(?:\$\s?)?(?>\d+|ten|fifteen|twenty|thirty|forty|fifty)(?!\s*(?:min|hour|of\b|windows?|strips?))|\b(?:minus|credit(?:ing)?\s+you)\s+(?:\$\s?)?\d|\b(?:le|te)\s+(?:quito|descuento|rebajo|bajo)\s+\d|\bprecio\s+especial\s+para\s+(?:usted|ti)\b|\$\s?-\s?\d
        |\b(?:\d{1,3}|ten|fifteen|twenty|thirty|forty|fifty)\s+(?:(?:dollars|bucks)\s+)?(?:cheaper\b|credit\b|less(?=\W{0,4}$))|\b0\s?%\s+(?:financing|apr)\b|\bno\s+interest\b(?!\s+in\b)
        |\b(?:normally|usually|regular(?:ly)?|was|used\s+to\s+be|instead\s+of|retail)\s+(?:\p{L}+\s+){0,3}?(?:\$\s?\d|\d{3,4}(?![:\d]))(?>[\d.,]*)[^.!?;]{0,25}\b(?:now|today|pay|for\s+you|down\s+to)\b[^.!?;]{0,15}?(?:\$\s?\d|\d{3})
        |\b(?:saves?|saving|deposit|fee|gift\s+card|credit|rebate|refund|tax(?<!\b(?:before|plus|pre|without|excluding)[\s-]tax))\b[^.!?;]{0,12}\$\s?\d|\$\s?\d[\d.,]*\s+(?:deposit|fee|gift\s+card|credit(?!\s+card)|rebate|per\s+month|a\s+month)\b|\bpayments?\s+of\s+\$
        |[€£¥₹₩₱₽฿]\s?\d|\b\d(?>[\d.,]*)\s?(?:[€£¥₹₩₱₽฿]|(?:euros?|pesos|gbp|cad|eur|rupees?|yen|yuan|francs?|reais|mxn)\b)|\b(?:cad|eur|gbp|mxn)\s?\d|(?<!\p{L})(?:c|ca|a|au|nz|hk|mx|r)\$\s?\d
        |(?<!\b(?:if|whether)\s+)\bthere(?:'s|\s+is|\s+are)\s+(?:also\s+|even\s+)?(?!no\b|not\b|any\b)(?:(?:an?|the|our|some)\s+)?(?:\p{L}+\s+)?(?:discounts?|coupons?|rebates?|sale)\b(?!\s+(?:that\s+)?only)|\bdiscounts?\s+(?:applied|added|applies)\b|\bon\s+sale\b|\bhalf\s+of\s+(?:the\s+price\b|\$?\s?\d)|\b2\s?por\s?1\b|\b(?:paga|pagas|pague|pagan)\s+(?:solo\s+|sólo\s+)?la\s+mitad\b
        |\b(?:tenemos|hay|ofrecemos|damos|hacemos)\s+(?:un\s+|unos\s+|buenos\s+)?(?:descuentos?|rebajas?|promociones|promoción)\b|\b(?:deduct|subtract)(?:ing|ed)?\s+\$?\s?\d|\b(?:descuento|rebaja|recargo|anticipo|depósito|multa|reembolso)\s+de\s+\$?\s?\d
        |\$\s?\d[\d.,]*\s+(?:(?:discount|coupon|voucher|cancel+ation\s+fee|upcharge|surcharge|penalty|tip|tax(?:es)?(?!\s+(?:included|not|is|are)\b))\b|back(?=\s*(?:[.!,;]|$)|\s+(?:if|for|when|to)\b)|less\s+\$|de\s+(?:anticipo|depósito|descuento|rebaja|recargo|multa|impuestos?)\b)|\b(?:cancel+ing|cancel+ations?|no-?shows?|rescheduling)\s+(?:\p{L}+\s+)?(?:costs?|fees?|charges?)\b[^.!?;]{0,12}\$?\d
        """ + PlainShare, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Share();

    [GeneratedRegex(@"^free\s+of\b")]
    private static partial Regex IsOfCharge();

    // Somebody gets it, and not only asks for it.
    [GeneratedRegex("""
        \b(?:you(?:'ll|\s+will|'d)?\s+(?:get|receive|have|qualify\s+for|are\s+eligible\s+for)|you\s+(?:get|qualify\s+for)|(?:i|we)(?:'ll|\s+will|\s+can|'d|'ve)?\s+(?:can\s+)?(?:give|offer|apply|applied|add|take|do|knock|got|have|gladly\s+give|happily\s+give|include)|get|enjoy|take)
        \s+(?:you\s+|him\s+|her\s+)?(?:an?\s+|the\s+|our\s+|some\s+|extra\s+|special\s+|nice\s+|big\s+|little\s+|further\s+|same\s+|good\s+|military\s+|student\s+|friends\s+|first-time\s+|loyalty\s+|cash\s+|small\s+)*
        (?:discount|discounts|price\s+break|special\s+price|markdown|coupon|rebate|better\s+price|lower\s+price|deal\s+on|something\s+off|money\s+off|a\s+few\s+(?:dollars|bucks)\s+off)\b
        |\b(?:le|te|les)\s+(?:doy|damos|daremos|hago|hacemos|haremos|puedo\s+(?:dar|hacer)|podemos\s+(?:dar|hacer)|ofrezco|ofrecemos)\s+(?:un\s+|una\s+|el\s+|buen\s+|pequeño\s+|gran\s+)*(?:descuento|rebaja|precio\s+especial|oferta)\b
        |\bcon\s+(?:un\s+)?descuento\b|\b(?:your|su|tu)\s+(?:discount|descuento)\s+(?:is|of|es|de|has\s+been)\b|\bdiscounted\s+(?:price|rate)\s+(?:is|of|for|today)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Offer();
}

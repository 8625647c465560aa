using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>Whether words ask for no more messages.</summary>
public enum OptOut
{
    /// <summary>They do not.</summary>
    No,

    /// <summary>They may: it is taken for an opt-out, and a person looks at it.</summary>
    Doubtful,

    /// <summary>They do.</summary>
    Clear,
}

/// <summary>
/// Reads opt-outs by any reasonable words, in English and Spanish, on whatever channel (47 CFR 64.1200(a)(10), in force since 2025-04-11). A wrong number is one.
/// </summary>
/// <remarks>
/// Clear is what names messages, a number or a list and says no to them, or is nothing but a word of stopping. Doubtful is anger, a death, a word of stopping that is about
/// nothing else, a no to messages in words that no rule knows, and a clear no in a text that says more: it may be about Tuesday, or by mistake. What stops, ends or is cancelled
/// otherwise — by, at five, the appointment, the noise, working — is a customer's ordinary sentence.
/// </remarks>
public static partial class OptOutWords
{
    // Twilio's default list (read 2026-11-22): it answers these, as the whole text, and nothing else. Not trusted to be complete for us: OtherWords has the FCC's.
    private static readonly HashSet<string> CarrierWords = new(StringComparer.OrdinalIgnoreCase) { "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout" };

    // As a whole text they say one thing: the FCC's words, those typed in a hurry, and Spanish.
    private static readonly HashSet<string> OtherWords =
    [
        "stop all", "opt out", "alto", "para", "pare", "paren", "parar", "parale", "basta", "basta ya", "ya basta", "baja", "darme de baja", "dame de baja", "denme de baja", "no mas", "ya no", "cancelar", "cancelen",
        "detener", "detente", "detenganse", "desuscribir", "desuscribirme", "quitenme", "quiteme", "borrenme", "saquenme", "remove", "remove me", "leave me alone", "leave us alone", "no thanks stop",
        "arret", "unsuscribe", "unsubcribe", "unsubscrib", "unsubscibe", "unsub", "stp", "stoop", "stap", "stawp", "stop it", "stop stop", "stop stop stop", "opt me out", "opting out",
        "i opt out", "cease", "desist", "cease and desist", "end all", "end it", "delete me", "take me off", "lose my number", "fuera", "dejenme en paz", "dejame en paz", "end messages",
        "end texts", "cancel texts", "cancel messages", "cancel all", "quit it", "i quit", "please remove", "remove please", "remove us", "no contact", "do not contact", "dont contact", "do not text", "dont text",
        "dnc",
    ];

    // So many from the front and from the end of a text are read: more than anybody needs to say no, and a bound for what reading costs.
    private const int MostLetters = 10_000;

    /// <summary>Is this, to the letter, one of the carrier's own words? Only these does Twilio know and confirm by itself: not <c>Stop.</c> and not <c>stop all</c>.</summary>
    public static bool IsKeyword(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return CarrierWords.Contains(text.Trim());
    }

    /// <summary>What the words ask for. An email's quoted part is to be cut off before: it holds our own "Reply STOP".</summary>
    public static OptOut Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Heard(text);
        var all = Spelled(PlainWords.Of(text));
        if (Alone(text, all) is var alone && alone != OptOut.No)
        {
            return alone;
        }

        var words = WithoutInnocent(all);
        return IsNo(words) ? SaysMore(text, all) || Negated().IsMatch(all) ? OptOut.Doubtful : OptOut.Clear
            : Doubt().IsMatch(words) || Rude().IsMatch(words) || Threat().IsMatch(words) || Gone().IsMatch(words) || IsSomebodyElse(text, words) || Unheard().IsMatch(words) ? OptOut.Doubtful
            : OptOut.No;
    }

    /// <summary>Do they say that the number is not our customer's? Whoever says so speaks for the number, whatever they ask for besides.</summary>
    public static bool IsWrongNumber(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Read(text) == OptOut.No)
        {
            return false;
        }

        text = Heard(text);
        var words = WithoutInnocent(Spelled(PlainWords.Of(text)));
        return WrongNumber().IsMatch(words) || WrongNumberToo().IsMatch(words) || IsSomebodyElse(text, words);
    }

    // What only the punctuation says is put into words before it is gone: "No, text me" asks for a text, "No, es número equivocado" denies nothing, and "Stop. By the way" is no visit.
    private static string Heard(string text)
    {
        var cut = text.Length > 2 * MostLetters ? $"{text[..MostLetters]} {text[^MostLetters..]}" : text;
        return StopThen().Replace(NoThen().Replace(cut, " "), "$0 stop ");
    }

    private static string WithoutInnocent(string words) => NoWrongNumber().Replace(InnocentOfAShop().Replace(Innocent().Replace(words, " "), " "), " ");

    // Who is somebody else and speaks for our customer is none of them.
    private static bool IsSomebodyElse(string text, string words) => (SomebodyElse().IsMatch(text) && !Family().IsMatch(text)) || Named().IsMatch(words);

    private static bool IsNo(string words) =>
        WrongNumber().IsMatch(words) || NoMessages().IsMatch(words) || NoConsent().IsMatch(words) || OffTheList().IsMatch(words) || InSpanish().IsMatch(words) || NoInSpanish().IsMatch(words);

    // "STOPPPP", "st0p", "stahp", "s t o p", "wrng numbr": as they are meant.
    private static string Spelled(string words)
    {
        var spelled = Stop().Replace(ZeroInAWord().Replace(Repeated().Replace(words, "$1"), "o"), "stop");
        return Dont().Replace(Wrong().Replace(Number().Replace(spelled, "number"), "wrong"), "dont");
    }

    [GeneratedRegex(@"([a-z])\1{2,}")]
    private static partial Regex Repeated();

    [GeneratedRegex("(?<=[a-z])0(?=[a-z])")]
    private static partial Regex ZeroInAWord();

    [GeneratedRegex(@"\b(ss?tt?opp?|sstt?oo?pp?|stt?oopp|stah+p+|sotp|sopt|stpo|tsop|stpp|syop|stip|dtop|srop|5top|stp(?= (text|txt|messag|msg|send|contact|spam|pls|please))|st op|s t o p)\b")]
    private static partial Regex Stop();

    [GeneratedRegex(@"\b(dnt|donot|dont t)\b")]
    private static partial Regex Dont();

    [GeneratedRegex(@"\b(worng|wrng|wromg|wrog|wronf|(wring|wron|wong|wtong|wrond)(?= (number|num|person|phone)\b))\b")]
    private static partial Regex Wrong();

    [GeneratedRegex(@"\b(nmbr|numbr|nunber|nubmer|numbet|numbe|numer|nuber|bumber|munber|numner)\b")]
    private static partial Regex Number();

    [GeneratedRegex(
        @"\bno\s*[,.;:!…–—-]+\s*(?=((please|pls|just|you can|thanks|thank you|ok|sorry|then)[\s,.!]+)*(text|txt|message|msg|email|contact|write)\s+(me|us)\b(?!\s+(again|ever|any ?more)\b)|es\s+(un\s+|el\s+)?n[uú]mero\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoThen();

    [GeneratedRegex(@"^\W*((please|ok|okay|hey|hi|hello|no)\W+)*stop\s*[.,;:!\n]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StopThen();

    private const string Nouns =
        "(texts?|texting|textin|txts?|txting|messages?|messaging|msgs?|msging|sms|mms|spam|spamming|notifications?|alerts?|reminders?|communications?|outreach|contact|contacting|emailing|" + Emails + ")";

    private const string Verbs =
        "(text|texting|txt|txting|textin|message|messaging|msg|msging|contact|contacting|write|writing|email|emailing|mail(?! (me|us) (the|a|an|my|our|it)\\b)|mailing|bother|bothering|harass|harassing|spam|spamming|bug|bugging"
        + "|pester|pestering|annoy|annoying|hit up|hitting up|blow up|blowing up|solicit|soliciting|reach out|reaching out)";

    private const string Polite = "(please|pls|plz|plez|just|ok|okay|hey|hi|hello|yo|no|nope|bro|dude|sir|maam|omg|wtf|sorry|i said|i want to|i wish to|i would like to|id like to|por favor|ya|y)";

    // Before "stop", and not before "cancel": that is asked for of appointments.
    private const string Ask = "((can|could|would|will) you( guys)?|you( guys)? (need|have) to|i (told|asked|need|want) (you|u|yall|them)( guys)? to|tell (them|him|her) to)";

    private const string After =
        "(please|pls|plz|now|thanks|thank you|thx|ty|me|already|immediately|all|asap|today|forever|everything|completely|right now|sir|bro|man|dude|guys|ok|okay|stop|por favor|ya|gracias|at once|from this|from now on|anymore|any more)";

    // What is said of messages is never innocent.
    private const string OfMessages = @"(?!(\w+ ){0,2}(text|txt|messag|msg|sms|spam|contact|communicat|harass|bother|call|alert|notif|remind|list|subscri|email|send|writ))";

    // The same, where much may stand between.
    private const string OfAnyMessages = @"(?!( \w+){0,6} (text|txt|messag|msg|sms|spam|contact|communicat|harass|bother|bug|pester|annoy|solicit|call|alert|notif|remind|list|subscri|email|send|writ))";

    // "Stop by at 5" is a visit; "stop at once", "stop in texting" and "stop to text me" are none. "I'll stop in, text me" is one.
    private const string Visit =
        @"(?! once)(?! (\w+ )?(text|txt|messag|msg|spamm|contact|harass|bother|writ|send)\w*ing)(?! (all |the |these |your |any )*(texts|txts|messages|msgs|sms|spam|contact)\b)(?<!to(?= (text|txt|messag|msg|contact|bother|harass|write|send|email|call)))";

    // "STOP PLEASE", "ok stop now": few words, of which one is the word itself and the others are nothing.
    [GeneratedRegex(
        $"^({Polite} )*(({Ask} ({Polite} )*)?(stop|stopit|stopall|unsubscribe|unsub|optout|opt out|quit|cease|desist|discontinue|terminate|halt|revoke|alto|pare|paren|parele|parenle|parale|basta|parar|detener|no mas|stop it)( (it|this|that|{After}))*"
        + $"|(cancel|end|remove me)( {After})*|end (it|this|that|all)( {After})*|no (texts?|texting|txts?|text (messages|msgs)|messages?|messaging|msgs?|sms|spam|mensajes?|textos?|emails|correos)( {After})*)$")]
    private static partial Regex Bare();

    // What a customer of a shop stops, ends or cancels, and "stop" where it means a visit. Taken out before the rest is read.
    [GeneratedRegex(
        @"\b((can|could|may|will|ill|would|let me|going to|gonna|want to|like to|need to|able to|try to|might|did|didnt|should|ll) (i |we |you |he |she |they )?(just |also )?stop (by|in|at|over|on|there|here|to)\b" + Visit
        + @"|(?<!\b(you|u|them|guys|people|yall|everyone|you need|you have) )to (just |also )?stop (in|at|over|on|off|there|here|for|and)\b" + Visit + @"|to (just |also )?stop by\b" + Visit
        + @"|stop(ping|ped)? (by|over|in (at|to|and|tomorrow|today|on|this|next|after|before|around|for))\b" + Visit
        + @"|(?<!\b(you|u|guys|they|people) )(dont|do not) (ever )?stop|never stop " + OfMessages + @"\w+"
        + @"|(cant|cannot|can not|couldnt|wont|doesnt|does not|didnt|will not|not) stop " + OfMessages + @"\w+|(wont|doesnt|didnt|cant|does not) stop$"
        + @"|(when|what time|how late|what day)(?! (will|are) (you|this|these|they|it) stop$)( \w+){1,4} (stop|end|quit|close)s?( |$)" + OfMessages
        + @"|(cancel|end|stop|quit)(led|ed|ing|ping)? (my|our|the|that|an|any|a|his|her|todays|tomorrows) " + OfMessages + @"(\w+ ?){1,3}"
        + @"|(when|where|if|until|before|after|every time) ((i|we|the car|the truck) stop|(you|it) stop\b" + OfAnyMessages + ")"
        // "To stop" alone is an order to us. It is none before a thing of a car, nor of one that brakes.
        + @"|to stop (it |all |any )?(from )?(leak|beep|squeak|squeal|squeel|rattl|fad|peel|rust|rub|shak|vibrat|grind|smok|drip|spin|blink|flash|heat|sun\b|sunlight|glare|uv\b|noise|alarm|crack|rot\b|rotting|corro|water|rain|fog|wear|whin|click|hum|bubbl|overheat|stall|air\b|wind)\w*"
        + @"|(try|trying|tried|attempt|attempting|failed?|fails|refuses?|(car|truck|van|suv|brakes?|vehicle)|takes?( \w+){1,3}|(hard|harder|slow|slower|time|distance|able|unable)) to stop\b" + OfAnyMessages
        + @"|(the|that|this|my) (beep|squeak|squeal|leak|noise|sound|light|alarm|rattl|grind|shak|vibrat|smok|drip|whin|click|hum)\w* to stop"
        + @"|(doesnt|wont|didnt|does not|will not) (want|seem|like) to stop\b" + OfAnyMessages
        + @"|(a|complete|full|non) stop\b(?! to)" + OfAnyMessages + "|(one|bus|pit|rest|next|first|last|truck|door) stop(?! (text|txt|messag|msg|contact|send|spam|bother|call|harass))"
        + @"|stop (light|lights|lamp|lamps|sign|signs|watch|gap|leak|and go|and start)|(start|startup|engine|auto|idle) (and |or )?stop|(the|week|weekend|month|year|day|front|back|rear|high|low|dead|tail|other|far) end|end of|ends? (on|at|up|in)"
        + @"|(did|didnt|whyd|whend) (you|u|yall|ya|you all|you guys|they) (just |ever |suddenly )?(stop|quit) (text|messag|respond|answer|reply|send|writ|contact)\w*( me| us)?"
        + @"|(in|to|into|from|my|the|your) (the |my |your )?spam( folder| box)?|spam folder|never (text|contact|message|write|email)(ed)? (me|us) (back|the|a|an|with|about|yet))\b")]
    private static partial Regex Innocent();

    // "No one called me back": who was to call, not what somebody is called.
    private const string Anyone =
        "(me|us|my|our|back|again|yet|about|regarding|or|and|to|from|for|after|before|at|when|while|if|in|on|with|until|by|because|but|except|either|him|her|them|the|yesterday|today|tonight|this|that|it|last|since|so|all|anyone|anybody|i|we|you|u|he|she|they|still|though|tho|\\w*day)";

    [GeneratedRegex(
        $@"\b((wrong|worng|rong|incorrect) ?(number|person|phone|cell|telephone|num|numb|nmbr)(?! (of|on|is on|in (the|your|my)|for (my|our) {Relative}|(phone )?(mount|holder|case|charger)s?)\b)|^(sorry )?(wrong|worng|rong|incorrect) (guy|one|contact|no|dude|man|woman|lady|girl)( sorry)?$"
        + $@"|(?<!\b(i|ive|we|weve) )(have|got|texted|texting|reached|contacted|messaged) (the |a )?(wrong|worng|rong|incorrect) (guy|one|contact|no|man|woman|lady|girl|{Names})\b|(not|isnt|aint) the (right|correct) (number|person|phone|guy)|not (my|his|her) number|(number|phone|cell)( \w+){{0,3}} belong(s|ed)? to (someone|somebody|another|a different)\b"
        + $@"|(no one|nobody|noone|no \w+) (here )?((by|with|named) (that|this) name|(named|called|by) (that|this)$)|(no one|nobody|noone) (here )?(named (?!(a|an|the|any|your|my|it|that|this|me|us)\b)|called (?!{Anyone}\b)\w+( \w+)?( (here|at|on|in|has|lives|lived|sorry|stop|please|with)\b|$)|by the name)|(nobody|no one|(theres|there is) no \w+) (at|on|with|has) this (number|phone|cell)"
        + @"|this number (no longer|doesnt|does not) belongs? to|(no longer|doesnt|does not) (has|have|own|use) this (number|cell|phone(?! (mount|holder|case)))|is no longer (\w+s|his|her|their) (number|phone|cell)|(just|recently) got this number|new owner of this number|not who you (think|are looking)|this (isnt|is not|aint) \w+s (number|phone|cell)|(i am|im|this is) not (the person|who)|dont know (who )?(you|this)( are)? (and )?stop)\b")]
    private static partial Regex WrongNumber();

    // Somebody else's name, by its capital letter: the one thing for which the letters are read as they came.
    [GeneratedRegex(
        @"\b((([Ii]['’]?m|[Ii] am|[Tt]his is) not|[Tt]his isn['’]?t|[Nn]o soy) (?!(Sure|Interested|Available|Ready|Home|There|Here|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b)\p{Lu}\p{Ll}+( \p{Lu}\p{Ll}+)?"
        + @"|([Nn]o|[Nn]ot any) \p{Lu}\p{Ll}+ (lives )?here|(don['’]?t|do not) know (a|any|anyone named|anybody named|who) \p{Lu}\p{Ll}+|[Nn]o conozco a (ningún |ninguna |ningun )?\p{Lu}\p{Ll}+|[Nn]o hay ning[uú]n \p{Lu}\p{Ll}+|[Nn]o me llamo (\p{Lu}\p{Ll}+|" + Names + @")|[Mm]y name( is not| isn['’]?t|['’]s not) \p{Lu}\p{Ll}+(?!\W+(it|its|I|is|my|but|call|i)\b))\s*($|[.!,;:)\n]|(and|but|so|sorry|you|please|stop|y|is|aqu[ií])\b)")]
    private static partial Regex SomebodyElse();

    [GeneratedRegex(
        $@"\b((stop|quit|cease|end|halt|discontinue|no more|(?<!not )enough(?= (with|of|these|those|your|ur|fucking|damn)\b)|cancel|suspend|turn off|shut off|switch off|disable|terminate|knock off|cut out|stay out of)( (with|all|any|these|those|the|this|that|your|ur|future|further|automated|auto|sending|getting|receiving|at once|of|me|us|more|marketing|fucking|damn))* {Nouns}"
        + $@"|(stop|quit|cease) ((in|to|at|on|with|all) )?(sending|{Verbs})|((?<!\bwhy )dont|do not|(?<!\b(you|u|yall|guys|they|he|she|people) )never|plz dont|no longer|not to|you may not|you cannot|shouldnt) (you )?(ever )?(again )?{Verbs} (to )?(me|us)"
        + $@"|never (ever )?{Verbs} (me|us) (again|anymore|any more)|(?<!\b(i|we|they|you|guys|who|to|why) )(stop|quit|dont|do not|never) (ever )?(follow|following) ?up( (with )?(me|us))?( {After})*$"
        + $@"|(?<!\b(i|we|they|you|who|to) )(dont|do not|never) (ever )?(text|txt|message|msg|contact|e ?mail)( {After})*$|(dont|do not) (ever )?(text|message|contact) (this|here|business)"
        + $@"|no (texts?|texting|txts?|messages?|messaging|msgs?|sms) (please|pls|plz|to this|on this|anymore|any more)|no (text|txt|message|msg) (me|us){ToTheEnd}|no need to {Verbs}( (me|us))? (anymore|any more|again|further)"
        + $@"|(didnt|did not|never|havent|have not) (ever )?(sign up|signed up|opt in|opted in|subscribe|subscribed)( {After})*$"
        + $@"|(didnt|did not|never|havent|have not) (ever )?((sign|signed|opt|opted|subscribe|subscribed) (up |in )?(for|to) ((this|these|that){OfAService}|any|be|get|getting|your|receive|receiving|texts|messages|emails|anything)|(consent|consented|agree|agreed) to (get|getting|receive|receiving|texts|messages|emails|be (texted|contacted|messaged)|(this|these|your) (texts?|messages?)))"
        + @"|(dont|do not|no longer|never) (want|wish|need|care|like) (to )?(receive|receiving) (these|this|those|them|any|anything|it|stuff)"
        + @"|(dont|do not|never) (ever )?(text|txt|message|msg|contact|email) (again|anymore|any more|ever|this number|this phone|my phone|my number|here)"
        + @"|(dont|do not|never) (ever )?send (me |us )?(any|anything|any ?more|more|another|these|those|texts?|messages?|stuff)( |$)"
        + $@"|(dont|do not|no longer|never) (want|wanna(?! (text|txt|message|contact)\b)|wish|need|like|care)( (to|get|receive|hear|be|have|see|any|more|these|those|your|ur|further|future|text|promotional|marketing|getting|receiving|from you|from|a|the|on))* ({Nouns}|texted|contacted|messaged|emailed|bothered)"
        + @"|(dont|do not|no longer) (want to|wish to|wanna) hear from (you|u|ya|yall|this|anyone|anybody|your|ur)|(stop|end|cease) all (contact|communication)|cease and desist|leave (me|us) alone|loo?se (my|this) number|unsub\w*|uns?u?b?s?c?rib\w*|un sub(scribed?)?|opt(ing|ed)? (me |us |my number )?out(?! of (?!(\w+ ){0,3}(text|txt|list|messag|msg|sms|alert|notif|communicat|remind|email|marketing|promo|contact|call|spam|receiv|getting)|(this|these|them|all|everything|your (service|program|system)|future)\b))"
        + @"|cancel (my|the|this) (subscription|texts|messages)|(?<!\b(i|ill|to|we|he|she|when|just|cant) )(get|stay) (off|out of) (my|our) (phone|cell|inbox|texts|messages)"
        + @"|(report|reporting|sue|suing|block|blocking|blocked|reported) (you|u|ya|your number)(?! (in|did|have|finished|found)\b)|(report|reporting|reported) this number|^(im |i am |just )?(block|blocking|blocked) (this|the) number$|(youre|you are|your|ur|u r|u are) (now )?(blocked|reported)( (and|now|reported|blocked))*$|not interested (and |so |please )?(stop|remove|take|quit)|(youre|you are|this is|u r) (harassment|harassing|spam(?! filter)))\b")]
    private static partial Regex NoMessages();

    [GeneratedRegex(
        $@"\b((remove|delete|erase|scratch|strike) (me|us|my (number|name|phone|info|information|contact|cell|data)|this (number|phone|cell)|our number){Calendar}{OfACar}( off| from| please| now| out of|$)"
        + $@"|take (me|us|my (number|name|phone|cell)|this (number|phone|cell)|our number){Calendar}{OfACar} off( (of )?(this|these|that)( (thing|shit|crap|mess))?)?( {After})*$|(i|id|we|ive) (want|wish|would like|like|need|asked|am asking) to be (removed|taken off|deleted|opted out){Calendar}"
        + $@"|((take|get|drop) (me|us)|take (my (number|name|phone|cell|e ?mail|address)|this (number|phone|cell|e ?mail|address)|our number)){Calendar}{OfACar} (off|out) (of )?(your|this|that|the|these|ur|all|any) (\w+ ){{0,3}}(list(?! price)|lists|system|database|records|texts?|messages?|texting|messaging|mailing|notifications?|thread|group text|rotation)\b|drop (me|us|my (number|name)|this number) from (the|your|this|all|any) (\w+ ){{0,2}}(lists?|texts|messages|database|system)\b"
        + $@"|(remove|delete|erase) (all )?(of )?(my|this|our) (personal )?(number|phone|contact|info|information|data|details(?= (from|off|please|now|thanks)\b|$)|name|cell){OfACar}|(?<!\b(you|u|dont|do not|didnt|never|not|cant|wont|will|ill|i|to) )forget (my|this|our) (number|phone|contact|info|information|data|cell){OfACar}|(remove|delete) (me|us){Calendar}( please)? from"
        + @"|(off|from) (of )?(your|this|ur|the (mailing|text|texting|sms|contact|call|calling)) (?!(price|wait|waiting|color|service|services|parts|tint) )(\w+ )?list(?! price)( |$)|do not (text|contact|call|disturb) list|(put|add) (me|us|my number|this number) (on|to) (your |the )?(\w+ )?(dnc|do not)"
        + $@"|(have|get) (my|this|our) (number|name|info|information|contact|e ?mail) (removed|deleted|erased|taken off){OfACar}|can i (please )?be (removed|taken off)( (from|off) (of )?(the|your|this) (\w+ )?(list|system|database))?( {After})*$|(?<!\bdid (you|u) )get rid of (my|this|our) (number|info|information|contact|e ?mail){OfACar}"
        + $@"|(remove|delete|erase) (my|this|our) (e ?mail( address)?|address)(?= (from|off|please|now|thanks|asap)\b|$){OfACar})")]
    private static partial Regex OffTheList();

    [GeneratedRegex(
        @"\b((numero|number|num|telefono|persona|celular|contacto|correo) (equi[vb]ocad[oa]|incorrect[oa]|erroneo|errado)(?! de\b)|equivoc\w+ (de )?(numero|telefono|persona)|no soy (esa persona|quien|(la|el) (persona )?que busca\w*)"
        + @"|(ya )?no (me|nos) (vuelvas? a |vuelvan a )?(escrib(an|as|a|ir)(?! al? otr)|(mand(en|es|e|ar)|envi(en|es|e|ar))(?= (mas|nada|ningun\w*|(\w+ )?(mensaje|texto|sms|publicidad|correo)s?|estos|estas|esos|esas|esto|eso|por favor|ya|gracias|a este)\b|$)"
        + @"|contact(en|es|e|ar)|molest(en|es|e|ar)|text(een|ees|ee|ear|en|es|e)|hostigu(en|es|e)|busqu(en|es)|sig(an|as) (?!(cobr|factur|avis|inform|atend|ayud)\w*)\w+)( |$)"
        + @"|no (me |nos )?llam(en|es|e) ((mas|a este (numero|telefono|celular)) )*(ni|o) (me |nos )?(escrib|mand|envi|text|contact|molest)\w+"
        + @"|no (quiero|deseo|quisiera|queremos|necesito)( (mas|recibir|ningun|sus|estos|tus|seguir|recibiendo|que me|me|manden|envien|llamen (ni|o)|llamadas (ni|o)))* (mensajes?|textos?|msjs?|sms|publicidad|recibir(?= (nada|mas|esto|eso|estos|esos|sus|tus|ningun\w*|por favor|gracias|ya|de ustedes)\b(?! llamadas)|$)|escriban|manden|contacten|recibiendo|molesten|e ?mails?|correos?(?! (electronico )?(mand|envi|text|mejor|solo)\w*))"
        + @"|(^|por favor |favor (de )?|please |ya |pido )no (me |nos )?(molestar|contactar|escribir|textear|hostigar|mensajear)(me|nos)?( mas| por favor| a este| este| gracias|$)|no (enviar|mandar)(me|nos)?( (mas|estos|sus|tus))* (mensajes?|textos?|sms|publicidad|correos?|nada)"
        + @"|(detener|detengan?|deten|desactiv(ar|en|a|e)|parar|paren|pare|alto|basta|fin|termin(ar|en|e)|suspend(er|an|a))( (a|de|con|los|las|estos|esos|sus|tus|todos|mas|ya|el|envio))* (mensajes?|textos?|sms|publicidad|correos?)"
        + @"|no mas (mensajes?|textos?|sms|msjs?|publicidad|correos?|emails?)|ni un (mensaje|texto|msj|correo) mas|(deje|deja|dejen|paren|pare|para|dejar|parar|basta)(me|nos)? (ya )?de (estar )?((?!(cobr|factur|avis|preocup|quej|dol|da|fall))\w+rme|escrib(ir|iendo)|mand(ar|ando)|envi(ar|ando)|molest(ar|ando)|text(ear|eando)|contact(ar|ando)|hostig(ar|ando)|mensajes|textos)\w*|dej(o|ar) de recibir (mas |sus |los |estos |tantos |tus )*(mensajes|textos|sms|msjs|correos|publicidad|e ?mails)"
        + @"|dej(e|a|en)(me|nos) (en paz|tranquil\w+)|(quit|borr|elimin|sac|saqu|remuev|retir)\w{0,5}(me|nos) (del?\b(?! (la |las |los |el |mi |una |esta )?(dudas?|espera|cita|apuros?|lista de espera|factura|orden|horario|calendario|agenda|turno|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b)|por favor|ya)|(?!(?<=\bno (me |nos ))\w+(en|es?) )(quit|borr|elimin|sac|saqu|remuev|remov|retir)\w{0,6} de (la|su|tu|esta|esa|las|sus) listas?(?! de (espera|precios))|(quit|borr|elimin|remuev|remov|saqu)\w{0,4} (mi (numero|telefono|nombre|contacto)|(todos )?mis datos)(?! (viejo|anterior|antiguo|pasado|de la (factura|orden|cita|cotizacion)|del? (el |mi )?(carro|auto|bluetooth|recibo))\b)"
        + @"|(dar|da|de|den|dar)(me|nos) de baja|me (doy|quiero dar|puedo dar) de baja|d(ar|e|en) de baja (mi|este) (numero|telefono|celular)|(cancel|anul)\w* (la |mi |esta |mis |los )?(su[bs]+cripcion|mensajes|textos|sms)|(desuscrib|desinscrib|dessuscrib)\w*|no autorizo|(retiro|revoco) mi consentimiento"
        + $@"|{NotTheNumber}|aqui no vive|{NotTheirs}|salir(me)? de (la|esta|su|tu|esa) lista|(los|lo|te|la) voy a (bloquear|reportar|denunciar))")]
    private static partial Regex InSpanish();

    // Anger, and a word of stopping about nothing that a shop does.
    [GeneratedRegex(
        @"\b(stop|pause (all |the |these |my |your )*(texts?|messages?|texting|messaging|msgs?)|harass\w*|spam\w*|scam\w*|unwanted|(fuck|fck|fuk|fk|f k|f ck|piss|eff|f) off|fuck (you|u)|get lost|screw you|stfu|shut up|buzz off|how(d| did) (you|u|ya|yall)( guys)? get (my|this) (number|info|name)|where did (you|u) get (my|this) (number|info|name)"
        + @"|who gave (you|u) (my|this) number|(not|no longer) interested|cancel (it|this|that)( |$)|(too|so) many (texts|messages|msgs|emails)|ftc|fcc|tcpa|lawsuit|do not disturb|no (me|nos) interesa|no estoy interesad[oa]|no estamos interesados"
        + @"|quien (te|le|les) dio mi numero|como (consigui|obtuv)\w+ mi numero|demasiados mensajes|vayanse|larguense|vete a|chinga\w*|estafa\w*|acos(o|ar|ando)|esta(s|n)? equivocad[oa]"
        + $@"|(didnt|did not|never) (ever )?((ask|asked) for|request|requested) ((these|those|your|any) )?(this|these|it|that|texts?|text messages|messages|emails)( {After})*$|(went with|found|chose|hired|using) (another|other|someone|somebody|(a )?(different|cheaper))( \w+){{0,3}} no need to (text|message|follow up|reach out|email)( (with )?(me|us))?( {After})*$|no need to contact( (me|us))?$|^({Polite} )*no need to (text|message|txt|follow up|reach out|email)( (me|us))?( {After})*$|this is (a|my|our) (business|work|office|company) line|this is a land ?line|no longer want these( {After})*$"
        + $@"|(dont|do not) want anything( (from (you|u|yall)|{After}))*$|no quiero (saber )?nada( (mas|de (ustedes|usted|ti)|con ustedes|{After}))*$|^no soy (?!(de|yo|el|la|un|una|muy|tan|rico|rica|experto|experta|mecanico|exigente)\b)\w+$)\b")]
    private static partial Regex Doubt();
}

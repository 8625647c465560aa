using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds what a sentence says was done, or is being done, by us: only a committed row makes it true.</summary>
internal static partial class DeedClaims
{
    /// <summary>Is something said to be done that is not among <paramref name="done"/>?</summary>
    public static bool IsFalse(GuardText sentence, Deeds done) => Told(sentence).Any(claim => (DeedsOf(claim.Value) & done) == Deeds.None);

    /// <summary>Is something said to be done that is not, or a booking told with another day or time than its own?</summary>
    public static bool IsFalse(GuardText sentence, TruthFacts facts) =>
        Told(sentence).Any(claim => (DeedsOf(claim.Value) & facts.Done) == Deeds.None || IsOfAnotherTime(sentence.Text, claim, facts));

    private static IEnumerable<Match> Told(GuardText sentence) => Claims(sentence).Where(claim => !IsOnlyImagined(sentence.Text, claim.Index));

    // It is enough that one slot has a day and a time that are said: who moves one names two, and says until when they are there.
    private static bool IsOfAnotherTime(string text, Match claim, TruthFacts facts)
    {
        var deeds = DeedsOf(claim.Value);
        if ((deeds & (Deeds.Booked | Deeds.Moved)) == Deeds.None)
        {
            return false;
        }

        var end = claim.Index + claim.Length;
        var said = Deadline().Replace(text[..(NextThought().Match(text, end) is { Success: true } next ? next.Index : text.Length)], " ");
        var days = new DayNames(facts.Hours.Local(facts.Now).Date, facts.Hours).In(said);
        var times = SaidTimes.Named(said);
        return (days.Count > 0 || times.Count > 0)
            && !facts.Slots.Where(slot => !slot.IsHeld || deeds.HasFlag(Deeds.Held)).Select(slot => facts.Hours.Local(slot.StartsAt))
                .Any(starts => (days.Count == 0 || days.Exists(day => day.Covers(starts.Date))) && (times.Count == 0 || times.Any(time => time.Times.Contains(starts.TimeOfDay.ToTimeOnly()))));
    }

    private static IEnumerable<Match> Claims(GuardText sentence)
    {
        var (text, asks) = (sentence.Text, sentence.IsQuestion);
        return ByUs().Matches(text)
            .Concat(AtWork().Matches(text))
            .Concat(Promise().Matches(text))
            .Concat(asks ? [] : Passive().Matches(text))
            .Concat(asks ? [] : Exclaimed().Matches(text))
            .Concat(asks ? [] : Appointment().Matches(text))
            .Concat(asks ? [] : SeeYou().Matches(text))
            .Concat(asks ? [] : Spanish().Matches(text));
    }

    // "once it is booked", "not booked", "can be booked", "if I booked"
    private static bool IsOnlyImagined(string text, int at) => Imagined().IsMatch(text[Math.Max(0, at - 60)..at]) || ByTheTap().IsMatch(text[..at]);

    /// <summary>Which deeds make a claim true; None = nothing does.</summary>
    private static Deeds DeedsOf(string claim) =>
        MovedWord().IsMatch(claim) ? Deeds.Moved
        : CancelledWord().IsMatch(claim) ? Deeds.Cancelled
        : StaffWord().IsMatch(claim) ? Deeds.StaffTold
        : SentWord().IsMatch(claim) ? Deeds.Sent
        : HeldWord().IsMatch(claim) ? Deeds.Held | Deeds.Booked
        : SilentWord().IsMatch(claim) ? Deeds.OptedOut
        : Deeds.Booked;

    private const string Soon = @"(?:(?:just|already|now|also|then|both|gone\s+ahead\s+and|went\s+ahead\s+and|successfully|happily|personally|officially|so)\s+)*";
    private const string Done = """
        (?:booked|scheduled|reserved|pencil+ed|slotted|arranged|secured|registered|locked|blocked|saved|held|holding|confirmed|placed|cancel+ed|called\s+off|deleted|rescheduled|moved|changed|switched|pushed|updated
        |sent|texted|emailed|e-mailed|mailed|messaged|forwarded|shot|told|asked(?=\s+(?:the|our|my|them|someone))|notified|informed|alerted|passed|flagged|charged|refunded|unsubscribed|opted|taken\s+you\s+off|removed|submitted|set\s+(?:it|that|this|you|up|everything)
        |put\s+(?:you|it|your|that|in)|got(?:ten)?\s+(?:you|your|it)|made\s+(?:you|your|the|an?)\s+(?:appointment|booking|reservation)|let\s+(?:the|our|my|them|everyone|someone|a)\b)
        """;

    [GeneratedRegex(@"\b(?:i|we|our\s+team|the\s+team|the\s+shop|my\s+colleague)(?:'ve|\s+have|\s+has|'d|\s+had|\s+did|\s+am|'m)?\s+" + Soon + Done
        + @"(?=(?:\s+[\p{L}'-]+){0,4}?\s+(?:you|your|it|that|this|them|the|a|an|everything|both|one|team|shop|staff|for|down|slot|spot|in|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow)\b)(?:\s+(?:the|our|my)?\s*(?:team|shop|staff|manager|boss|installer|them|advisor|owner|along|on)\b)?", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ByUs();

    [GeneratedRegex(@"\b(?:i'm|i\s+am|we're|we\s+are)\s+" + Soon + @"(?:booking|scheduling|reserving|holding|cancel+ing|sending|texting|emailing|rescheduling|moving|putting|locking|forwarding|notifying|refunding|confirming|setting)\s+(?:you|your|it|that|this|a|the|everything|them|over)\b")]
    private static partial Regex AtWork();

    [GeneratedRegex("""
        \b(?:i'll|i\s+will|i'm\s+going\s+to|i\s+am\s+going\s+to|i'm\s+gonna|we'll|we\s+will|let\s+me)
        \s+(?:(?:just|now|also|go\s+ahead\s+and|gladly|happily|then|quickly|immediately|right\s+away)\s+)*
        (?:(?:book|schedule|reserve|hold|cancel|reschedule|lock|pencil|move|save|block)\s+(?:you|your|it|that|this|an?|the)\b
        |(?:put|get|set)\s+(?:you|it|that|this)\s+(?:down|in|up|booked|scheduled|set|reserved|on\s+the)\b
        |(?:send|text|email|forward)\s+(?:you|it|that|this|an?|the|over|your)\b
        |call\s+you\b|pass\s+(?:it|this|that|your|along)\b
        |(?:notify|tell|inform|alert|ask|let|have)\s+(?:the|our|my|someone|somebody|them|a\s+person|an\s+advisor)\b(?:\s+(?:team|shop|staff|manager|know|call|reach))?)
        |\byou(?:'ll|\s+will)\s+(?:soon\s+|shortly\s+|also\s+)?(?:get|receive|be\s+sent)\s+(?:an?|the|your|our)\s+(?:[\p{L}-]+\s+){0,2}?(?:text|email|e-mail|message|sms|confirmation|reminder)\b
        |\b(?:someone|somebody|a\s+(?:person|colleague|technician|manager)|our\s+(?:team|manager|staff)|the\s+(?:team|manager|staff|shop))\s+(?:[\p{L}]+\s+){0,4}?(?:will|is\s+going\s+to)\s+(?:call|text|contact|reach|email)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Promise();

    [GeneratedRegex(@"\b(?:you're|you\s+are|you've\s+been|you\s+have\s+been|(?:your|the|that|this|an?)\s+(?:[\p{L}'-]+\s+){0,3}?(?:is|are|has\s+been|have\s+been|was|were|got|stands)|it's|it\s+is|it\s+has\s+been|it\s+was|that's|that\s+is|everything\s+is|everything's|all\s+is|(?:slot|spot|appointment|booking|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|time)\s+(?:is|'s))\s+(?:(?:all|now|already|just|also|officially|hereby|successfully|both|good\s+and)\s+)*(?:booked|scheduled|reserved|confirmed|on\s+hold|held\s+for|being\s+held|cancel+ed|rescheduled|moved\s+to|locked\s+in|all\s+set|(?<=all\s+)set|secured|(?:been\s+)?sent|on\s+(?:its|their)\s+way|on\s+the\s+way|refunded|in\s+the\s+(?:books|calendar|system)|on\s+the\s+(?:books|calendar|schedule|list)|down\s+for|pencil+ed\s+in|unsubscribed|opted\s+out|signed\s+up|taken\s+care\s+of|yours(?=\s*(?:[.!,]|on|at|for|now))|off\s+(?:the|our)\s+list)\b")]
    private static partial Regex Passive();

    [GeneratedRegex(@"(?:^|[.!?:;–]\s+)\W*(?:great[,!]?\s+|perfect[,!]?\s+|ok(?:ay)?[,!]?\s+|sure[,!]?\s+|alright[,!]?\s+|yes[,!]?\s+|and\s+)?(?:all\s+)?(?:booked|scheduled|reserved|confirmed|cancel+ed|rescheduled|sent|done|all\s+set|all\s+done|consider\s+it\s+(?:done|booked)|reservado|agendad[oa]|confirmad[oa]|cancelad[oa]|enviad[oa]|hecho)(?=\s*(?:[!.,:;–-]|$)|\s+(?:for|you|your|on|it|that|and)\b)")]
    private static partial Regex Exclaimed();

    [GeneratedRegex(@"\byour\s+(?:appointment|booking|slot|reservation|time|spot)\s+(?:is|will\s+be|stands)\s+(?:now\s+)?(?:at|on|for|set|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today)\b|\byou(?:'ve|\s+have|'ve\s+got|\s+now\s+have)\s+(?:got\s+)?(?:an?\s+|your\s+)?(?:confirmed\s+)?(?:appointment|booking|reservation)\b|\b(?:i|we)(?:'ve|\s+have)?\s+(?:got\s+|have\s+)?(?:you|your\s+[\p{L}]+)\s+(?:down|in|on\s+the\s+(?:books|schedule|calendar)|booked|scheduled|set|signed\s+up|penciled)\b|\b(?:i|we)\s+(?:just\s+)?made\s+(?:an?|the|your)\s+(?:appointment|booking|reservation)\b")]
    private static partial Regex Appointment();

    [GeneratedRegex(@"(?<!\b(?:can|could|to|may|might|ever|not|when|if)\s)\b(?:see\s+you|we(?:'ll|\s+will)?\s+expect\s+you|we're\s+expecting\s+you|lo\s+esperamos|la\s+esperamos|te\s+esperamos|nos\s+vemos)\s+(?:on\s+|at\s+|this\s+|next\s+|el\s+|este\s+)*(?:then|today|tonight|tomorrow|hoy|mañana|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|miércoles|jueves|viernes|sábado|domingo|\d|a\s+las)")]
    private static partial Regex SeeYou();

    [GeneratedRegex(@"\b(?:(?:le|te|les|ya|lo|la|se\s+lo)\s+)*(?:he|hemos|ha\s+sido|han\s+sido|acabo\s+de|acabamos\s+de)\s+(?:ya\s+)?(?:reserv|agend|program|confirm|cancel|apart|envi|mand|reprogram|avis|anot|registr|pas)(?:ado|ada|ados|ar)\b|(?<!\p{L})(?:reservé|agendé|programé|confirmé|cancelé|aparté|envié|mandé|reprogramé|avisé|anoté|reservamos|agendamos|cancelamos|enviamos|mandamos)(?!\p{L})(?=\s+(?:su|tu|la|el|un|una|para|al|a)\b)|\b(?:su|tu|la)\s+(?:cita|reserva|reservación|turno|espacio|lugar|confirmación|mensaje)\s+(?:ya\s+)?(?:está|esta|queda|quedó|quedo|ha\s+sido|fue|es|será)\s+(?:ya\s+)?(?:reservad|agendad|programad|confirmad|cancelad|apartad|enviad|list|el|mañana|hoy|a\s+las|para)[\p{L}]*|\b(?:queda|quedó|quedas|está|estás|quedaste|ya\s+está)\s+(?:ya\s+)?(?:reservad|agendad|confirmad|apartad|cancelad|programad|anotad)[oa]s?\b|\b(?:le|te)\s+(?:voy\s+a\s+)?(?:reservo|agendo|aparto|envío|mando|reservaré|agendaré|enviaré|mandaré|cancelaré|apartaré|agendar|reservar|enviar|mandar)\b|\btiene(?:s)?\s+(?:una\s+|su\s+|tu\s+)?(?:cita|reserva)\s+(?:el|para|mañana|hoy|a\s+las|confirmada)")]
    private static partial Regex Spanish();

    [GeneratedRegex(@"(?:\b(?:if|once|when|after|until|unless|before|whether|as\s+soon\s+as|would|could|should|can|cannot|might|may|not|never|nothing|no|without|to\s+be|to\s+get|till|how|what|want|like|prefer|i\s+wish|si|cuando|una\s+vez|después|hasta|antes|no|nunca|puede|puedo|podemos|podría|quiere|gustaría)|n't)\s+(?:(?!but|so|and|because|,)[\p{L}']+[\s,]+){0,4}$")]
    private static partial Regex Imagined();

    // "until 10:20": how long it is held, or when to be there
    [GeneratedRegex(@"\b(?:until|till|til|hasta|before|by|antes\s+de)\s+(?:las?\s+)?\d{1,2}(?::\d\d)?(?:\s*[ap]\.?\s?m\b\.?)?")]
    private static partial Regex Deadline();

    [GeneratedRegex(@"[;.!?–]\s|\b(?:please|por\s+favor)\b|(?:,\s*|\b)(?:but|and|so|pero|y)\s+(?:we|our|the\s+shop|arrive|bring|drop|come|remember|call|you|if|let|the\s+car|it|estamos|abrimos|llegue|traiga|deje|si)\b|\b(?:if|when|cuando|si)\b")]
    private static partial Regex NextThought();

    // "tap Confirm on the card, and it is yours": what the customer's own tap does
    [GeneratedRegex(@"(?<!\b(?:i|we|i'll|we'll|will|let\s+me)\s+(?:just\s+)?)\b(?:tap|press|click|hit|toque|pulse|presione)\b[^.!?;]{0,70}\b(?:and|then|y)\s+(?:then\s+)?$")]
    private static partial Regex ByTheTap();

    [GeneratedRegex(@"\breschedul|\bmov(?:ed|ing)|\bchanged|\bswitched|\bpushed|\breprogram")]
    private static partial Regex MovedWord();

    [GeneratedRegex(@"\bcancel|\bcalled\s+off|\bdeleted|\brefund")]
    private static partial Regex CancelledWord();

    [GeneratedRegex(@"\b(?:told|asked|notif|inform|alert|passed|pass\s|flagged|let\s|tell\s|ask\s|have\s+(?:the|our|my|some|a)|will\s+(?:call|contact|reach)|forward|avis|call\s+you)")]
    private static partial Regex StaffWord();

    [GeneratedRegex(@"\b(?:sen[dt]|texted|emailed|e-mailed|mailed|messaged|shot|text\s|email\s|texting|emailing|sending|on\s+(?:its|their|the)\s+way|confirmation|env[ií]|mand)")]
    private static partial Regex SentWord();

    [GeneratedRegex(@"\b(?:held|hold|holding|on\s+hold|saved?|block|apart)")]
    private static partial Regex HeldWord();

    [GeneratedRegex(@"\b(?:unsubscribed|opted|off\s+(?:the|our)\s+list|taken\s+you\s+off)")]
    private static partial Regex SilentWord();
}

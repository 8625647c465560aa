using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

internal static partial class DeedClaims
{
    private const string Soon = @"(?:(?:just|already|now|also|then|both|gone\s+ahead\s+and|went\s+ahead\s+and|successfully|happily|personally|officially|so)\s+)*";
    private const string Done = """
        (?:booked|scheduled|reserved|pencil+ed|slotted|arranged|secured|registered|locked|blocked|saved|held|holding|confirmed|placed|cancel+ed|called\s+off|deleted|rescheduled|moved|changed|switched|pushed|updated
        |sent|texted|emailed|e-mailed|mailed|messaged|forwarded|shot|dropped(?=\s+you\b)|fired\s+off|told(?!\s+you\b)|asked(?=\s+(?:the|our|my|them|someone))|notified|informed|alerted|passed|flagged|charged|refunded|unsubscribed|opted|taken\s+you\s+off|taken\s+care\s+of|removed|submitted|set\s+(?:it|that|this|you|up|everything|aside)
        |put\s+(?:you|it|your|that|in|an?\s+hold)|got(?:ten)?\s+(?:you|it|your(?!\s+(?:\p{L}+\s+)?(?:message|request|picture|pictures|photo|photos|note|text|question|email|info|information|details|number|point|quote|(?:car|truck)(?=\s+(?:down\s+)?as))\b))|made\s+(?:you|your|the|an?)\s+(?:appointment|booking|reservation)|let\s+(?:the|our|my|them|everyone|someone|a)\b)
        """;

    [GeneratedRegex(@"\b(?:i|we|our\s+team|the\s+team|the\s+shop|my\s+colleague)(?:'ve|\s+have|\s+has|'d|\s+had|\s+did|\s+am|'m)?\s+" + Soon + Done
        + @"(?=(?:\s+[\p{L}'-]+){0,4}?\s+(?:you|your|it|that|this|them|the|a|an|everything|both|one|team|shop|staff|for|down|slot|spot|in|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|aside)\b)(?:\s+(?:the|our|my)?\s*(?:team|shop|staff|manager|boss|installer|them|advisor|owner|along|on)\b)?" + PlainByUs, RegexOptions.IgnorePatternWhitespace)]
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
        |(?:notify|tell|inform|alert|ask|let)\s+(?:the|our|my|someone|somebody|them|a\s+person|an\s+advisor)\b(?:\s+(?:team|shop|staff|manager|know|call|reach))?
        |have\s+(?:(?:someone|somebody|them|a\s+person|an\s+advisor)\b(?:\s+(?:call|reach))?|(?:the|our|my)\s+\p{L}+\s+(?:call|text|email|contact|reach|follow|check)\b))
        |\b(?:i'll|i\s+will|we'll|we\s+will)\s+(?:[\p{L}]+\s+){0,2}?(?:put\s+an?\s+hold|give\s+you\s+an?\s+(?:quick\s+)?(?:call|ring)|get\s+back\s+to\s+you|get\s+in\s+touch|be\s+in\s+touch|reach\s+out|contact\s+you)\b
        |\b(?:you\s+(?:can|should|may)\s+)?expect\s+(?:an?|our)\s+(?:[\p{L}]+\s+)?(?:call|text|email|message)\b
        |\byou(?:'ll|\s+will)\s+(?:soon\s+|shortly\s+|also\s+)?(?:get|receive|be\s+sent)\s+(?:an?|the|your|our)\s+(?:[\p{L}-]+\s+){0,2}?(?:text|email|e-mail|message|sms|confirmation|reminder)\b
        |\b(?:someone|somebody|a\s+(?:person|colleague|technician|manager)|our\s+(?:team|manager|staff)|the\s+(?:team|manager|staff|shop))\s+(?:[\p{L}]+\s+){0,4}?(?:will|is\s+going\s+to)\s+(?:[\p{L}]+\s+)?(?:call|text|contact|reach|email|get\s+back|get\s+in\s+touch|be\s+in\s+touch|give\s+you\s+an?\s+(?:quick\s+)?(?:call|ring)|follow\s+up)\b
        """ + PlainPromise, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Promise();

    [GeneratedRegex(@"\b(?:you're|you\s+are|you've\s+been|you\s+have\s+been|(?:your|the|that|this|an?)\s+(?:[\p{L}'-]+\s+){0,3}?(?:is|are|ha(?:s|ve)\s+(?:(?:just|already|now|also)\s+)?been|was|were|got|stands)|your\s+(?:[\p{L}-]+\s+){0,2}?[\p{L}-]+'s(?:\s+been)?|your\s+(?:\p{L}+\s+)?\d{1,2}(?::\d\d)?(?:\s*[ap]\.?m\b\.?)?(?:\s+(?:is|was|has\s+been)|'s)|it's|it\s+is|it\s+has\s+been|it\s+was|that's|that\s+is|everything\s+is|everything's|all\s+is|(?:slot|spot|appointment|booking|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|time)\s+(?:is|'s))\s+(?:(?:all|now|already|just|also|officially|hereby|successfully|both|good\s+and)\s+)*(?:booked|scheduled|reserved|confirmed|on\s+hold|held\s+for|being\s+held|cancel+ed|rescheduled|moved\s+to|locked\s+in|all\s+set|(?<=all\s+)set|secured|(?:been\s+)?sent|on\s+(?:its|their)\s+way|on\s+the\s+way|refunded|in\s+the\s+(?:books|calendar|system)|on\s+the\s+(?:books|calendar|schedule|list)|down\s+for|pencil+ed\s+in|being\s+processed|an?\s+done\s+deal|set\s+for\s+(?:\d|tomorrow|today|\p{L}+day)|good(?:\s+to\s+go)?\s+for\s+(?:\d|tomorrow|today|\p{L}+day)|unsubscribed|opted\s+out|signed\s+up|taken\s+care\s+of|yours(?=\s*(?:[.!,]|on|at|for|now))|off\s+(?:the|our)\s+(?:\p{L}+\s+)?list|texted|emailed)\b" + PlainPassive + PlainState)]
    private static partial Regex Passive();

    // "The film is secured at the edges", "your privacy is secured", "the choice is yours"
    [GeneratedRegex(@"^(?:your|the|this|that|an?)\s+(?:\p{L}+\s+){0,2}?(?:film|tint|glass|privacy|data|information|adhesive|edges?|windows?|choice|decision)\s+(?:is|are|was|were)\s+(?:\p{L}+\s+){0,2}?(?:secured|locked\s+in|held\s+for|yours)$")]
    private static partial Regex OfThings();

    // "That time is booked by somebody else", "Tuesday is booked solid", "is confirmed by your tap"
    [GeneratedRegex(@"\G\s+(?:by\s+(?:somebody|someone|another|other|your\s+(?:own\s+)?tap)|solid\b|up\b(?!\s+for\s+you))")]
    private static partial Regex ByOthers();

    [GeneratedRegex(@"^(?:(?:the|that|this)\s+)?(?:[\p{L}'-]+\s+){0,3}?(?:time|slot|spot)(?:\s+is|'s)\s+(?:(?:already|just|now)\s+)*(?:booked|reserved)$")]
    private static partial Regex TimeIsBooked();

    [GeneratedRegex(@"\b(?:sorry|unfortunately|afraid|lamentablemente)\b(?:,?\s+(?:but|that|to\s+say|it\s+looks\s+like|the|\d{1,2}(?::\d\d)?(?:\s?[ap]\.?m\.?)?))*[,\s]*$")]
    private static partial Regex SorryThat();

    [GeneratedRegex(@"\G[^.!?;]*\b(?:for\s+you|your|you're|you\s+are)\b")]
    private static partial Regex ForYou();

    [GeneratedRegex(@"\G,?\s+(?:but|though|so)\b(?![^.!?;]*\b(?:for\s+you|your|you're)\b)[^.!?;]{0,40}(?:\d\s?(?:[ap]\.?m\b\.?)?[^.!?;]{0,12}\b(?:free|open|available)\b|\bhow\s+about\b|\bi\s+(?:do\s+|still\s+)?have\s+\d|\banother\s+time\b)")]
    private static partial Regex ButAnother();

    // "the slot on Tuesday at 10 is held", "Tuesday at 10 is booked for you", "the manager has been informed"; not of a time that somebody else has.
    [GeneratedRegex("""
        (?<!\b(?:unfortunately|sorry|afraid)\b[^.!?;]{0,40})\b(?:slot|spot|time|appointment|booking|reservation|confirmation|refund|cancellation|team|shop|manager|owner|boss|staff|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow)
        (?:,?(?:\s+(?!(?:is|are|was|has|have|can|could|will|would|we|i|you|it|but|and|so|if|when|once|that|which|or|not|no)\b)[^!?;\s]+){0,7}?)?(?:\s+(?:is|was|has\s+been|have\s+been|got)|'s(?:\s+been)?)\s+(?:(?:all|now|just|also|officially|successfully|only|currently|temporarily|still)\s+)*
        (?:(?:booked|reserved)(?!,?\s+(?:but|though|up|solid|so|unfortunately|until|then)\b)|scheduled|confirmed|on\s+hold|held(?=\s+(?:for|until|on|at)\b|\W*$)|being\s+(?:held|processed)|cancel+ed|rescheduled|locked\s+in|secured|(?:been\s+)?sent
        |issued|refunded|processed|completed?|finali[sz]ed|set(?=\s+for\b|\W*$)|(?:all\s+)?yours|through|informed|notified|told|alerted|on\s+(?:its|the)\s+way)\b
        |\b(?:booking|reservation|appointment|cancellation|payment)\s+(?:just\s+)?(?:went|has\s+gone)\s+through\b|\bconsider\s+(?:it|that|yourself)\s+(?:all\s+)?(?:booked|done|confirmed|set|scheduled)\b
        |\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b[^.!?;,]{0,8}\d[^.!?;,]{0,12}\bit\s+is\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NounPassive();

    // "I have Tuesday at 10 held for you"
    [GeneratedRegex(@"\b(?:i|we)(?:'ve|\s+have)\s+(?:(?!(?:can|be|not|no|never|nothing|to|that|which|any|anything|times|slots|and|but|if|you)\b)[^.!?;\s]+\s+){1,8}?(?:held|on\s+hold|reserved|set\s+aside)\b|\b(?:i|we)(?:'ve|\s+have)\s+(?:got\s+)?(?:an?\s+)hold\s+on\b|\b(?:i|we)(?:'ve|\s+have)\s+(?:got\s+)?you\s+(?:at|for|on)\s+(?:\d|tomorrow|today|\p{L}+day)")]
    private static partial Regex Kept();

    // "Booking confirmed!"
    [GeneratedRegex(@"(?:^|[.!?:;,–]\s+)\W*(?:(?:great|perfect|ok|okay|sure|alright|yes|done|and|your|new|all)[,!]?\s+)*(?:appointment|booking|reservation|confirmation|cancellation|refund|slot|spot|cita|reserva|reservación)\s+(?:is\s+|now\s+|text\s+|email\s+|request\s+)?(?:confirmed|booked|sent|completed?|cancel+ed|held|reserved|secured|issued|confirmad[oa]|reservad[oa]|agendad[oa]|enviad[oa]|cancelad[oa]|hech[oa])\b" + PlainNounFirst)]
    private static partial Regex NounFirst();

    [GeneratedRegex(@"\byou(?:'ll|\s+will)\s+(?:no\s+longer|not|never)\s+(?:receive|get|hear)\b|\byou\s+won't\s+(?:get|receive|hear)\s+(?:[\p{L}]+\s+){0,3}?(?:from\s+us|texts?|messages?|again)\b" + PlainSilence)]
    private static partial Regex Silence();

    // "Le llamaremos", "el gerente se comunicará con usted", "le confirmo su cita"
    [GeneratedRegex(@"\b(?:le|lo|la|te)\s+(?:llam|contact|escrib|avis)(?:ar|ir)(?:é|emos|án)(?!\p{L})|\b(?:alguien|gerente|asesora?|técnic[oa]|equipo|persona|encargad[oa]|taller|dueñ[oa])\b[^.!?;,]{0,30}?\b(?:(?:le|lo|la|te|se)\s+)(?:llamará|contactará|comunicará|escribirá|avisará|pondrá\s+en\s+contacto)(?!\p{L})|\bnos\s+(?:comunicaremos|pondremos\s+en\s+contacto)\b|\b(?:le|te)\s+(?:confirm(?:o|amos)|guard(?:o|amos|é)|apart(?:amos|é)|reserv(?:amos|é))\s+(?:su|tu|el|la|las)\s+(?=cita|reserva|turno|lugar|espacio|horario|hora|lunes|martes|miércoles|jueves|viernes|sábado|domingo|\d)|\b(?:está|queda|quedó)\s+(?:ya\s+)?(?:apartad|asegurad|guardad)[oa]\b|\b(?:recibirá|recibirás)\s+(?:un|una|su|el|la)\s+(?:[\p{L}]+\s+)?(?:mensaje|confirmación|correo|recordatorio|llamada)\b")]
    private static partial Regex Ahead();

    [GeneratedRegex(@"(?:^|[.!?:;–]\s+)\W*(?:great[,!]?\s+|perfect[,!]?\s+|ok(?:ay)?[,!]?\s+|sure[,!]?\s+|alright[,!]?\s+|yes[,!]?\s+|and\s+)?(?:(?:(?:went|gone)\s+ahead\s+and|already|successfully|just|officially)\s+)*(?:all\s+)?(?:booked|scheduled|reserved|confirmed|cancel+ed|rescheduled|sent|done|all\s+set|all\s+done|consider\s+it\s+(?:done|booked)|reservado|agendad[oa]|confirmad[oa]|cancelad[oa]|enviad[oa]|hecho)(?=\s*(?:[!.,:;–-]|$)|\s+(?:for|you|your|on|it|that|and)\b)" + PlainExclaimed)]
    private static partial Regex Exclaimed();

    [GeneratedRegex(@"\byour\s+(?:appointment|booking|slot|reservation|time|spot)\s+(?:is|will\s+be|stands|starts|begins)\s+(?:now\s+)?(?:at|on(?=\s+(?!hold)\S)|for|set|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today)\b|\byou(?:'ve|\s+have|'ve\s+got|\s+now\s+have)\s+(?:got\s+)?(?:an?\s+|your\s+)?(?:confirmed\s+)?(?:appointment|booking|reservation)\b|\b(?:i|we)(?:'ve|\s+have)?\s+(?:got\s+|have\s+)?(?:you|your\s+[\p{L}]+)\s+(?:down|in|on\s+the\s+(?:books|schedule|calendar)|booked|scheduled|set|signed\s+up|penciled)\b|\byour\s+(?:appointment|booking)'s\s+(?:at|on|for|tomorrow|today|\p{L}+day)\b|\b(?:i|we)\s+(?:just\s+)?made\s+(?:an?|the|your)\s+(?:appointment|booking|reservation)\b" + PlainAppointment)]
    private static partial Regex Appointment();

    [GeneratedRegex(@"(?:(?<!\b(?:can|could|to|may|might|ever|not|when|if)\s)|(?=seeing))\b(?:see\s+you|(?<=\bto\s)seeing\s+you|we(?:'ll|\s+will)\s+be\s+(?:ready|waiting)\s+for\s+you|we(?:'ll|\s+will)?\s+expect\s+you|we're\s+expecting\s+you|lo\s+esperamos|la\s+esperamos|te\s+esperamos|nos\s+vemos)\s+(?:on\s+|at\s+|this\s+|next\s+|el\s+|este\s+)*(?:then|today|tonight|tomorrow|hoy|mañana|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|miércoles|jueves|viernes|sábado|domingo|\d|a\s+las)" + PlainSeeYou)]
    private static partial Regex SeeYou();

    [GeneratedRegex(@"\b(?:(?:le|te|les|ya|lo|la|se\s+lo)\s+)*(?:he|hemos|ha\s+sido|han\s+sido|acabo\s+de|acabamos\s+de)\s+(?:ya\s+)?(?:reserv|agend|program|confirm|cancel|apart|envi|mand|reprogram|avis|anot|registr|pas)(?:ado|ada|ados|ar)\b|(?<!\p{L})(?:reservé|agendé|programé|confirmé|cancelé|aparté|envié|mandé|reprogramé|avisé|anoté|reservamos|agendamos|cancelamos|enviamos|mandamos|avisamos)(?!\p{L})(?=\s+(?:su|tu|la|el|un|una|para|al|a)\b)|\b(?:su|tu|la)\s+(?:cita|reserva|reservación|turno|espacio|lugar|confirmación|mensaje)\s+(?:ya\s+)?(?:está|esta|queda|quedó|quedo|ha\s+sido|fue|es|será)\s+(?:ya\s+)?(?:reservad|agendad|programad|confirmad|cancelad|apartad|enviad|list|el|mañana|hoy|a\s+las|para)[\p{L}]*|\b(?:queda|quedó|quedas|está|estás|quedaste|ya\s+está)\s+(?:ya\s+)?(?:reservad|agendad|confirmad|apartad|cancelad|programad|anotad)[oa]s?\b|\b(?:le|te)\s+(?:voy\s+a\s+)?(?:reservo|agendo|aparto|envío|mando|reservaré|agendaré|enviaré|mandaré|cancelaré|apartaré|agendar|reservar|enviar|mandar)\b|\btiene(?:s)?\s+(?:una\s+|su\s+|tu\s+)?(?:cita|reserva)\s+(?:el|para|mañana|hoy|a\s+las|confirmada)" + PlainSpanish)]
    private static partial Regex Spanish();

    // Behind a condition what follows its comma is imagined too; behind "can" or "not" a new thought begins.
    [GeneratedRegex(@"\b(?:if|once|when|after|until|unless|before|whether|as\s+soon\s+as|till|si|cuando|una\s+vez|después|hasta|antes)\s+(?:(?!but|so|and|because)[\p{L}']+[\s,]+){0,4}$|(?:\b(?:would|could|should|shall|can|cannot|might|may|not|never|nothing|no|without|to\s+be|to\s+get|how|what|want|like|prefer|i\s+wish|nunca|puede|puedo|podemos|podría|quiere|gustaría)|n't)\s+(?:(?!but|so|and|because)[\p{L}']+\s+){0,4}$")]
    private static partial Regex Imagined();

    // What one of us has done; "we put you down" may tell how it goes.
    [GeneratedRegex(@"^(?:i|we)(?:'ve|\s+have)?\s+" + Soon + @"(?:booked|scheduled|reserved|held|confirmed|cancel+ed|rescheduled|moved|sent|texted|emailed|told|notified|informed|refunded)\b")]
    private static partial Regex Finished();

    // "until 10:20": how long it is held, or when to be there
    [GeneratedRegex(@"\b(?:until|till|til|hasta|before|by|antes\s+de)\s+(?:las?\s+)?\d{1,2}(?::\d\d)?(?:\s*[ap]\.?\s?m\b\.?)?(?:\s+(?:today|hoy)\b)?")]
    private static partial Regex Deadline();

    [GeneratedRegex(@"[;.!?–]\s|\b(?:please|por\s+favor)\b|(?:,\s*|\b)(?:but|and|so|pero|y)\s+(?:we|our|the\s+shop|arrive|bring|drop|come|remember|call|you|if|let|the\s+car|it|estamos|abrimos|llegue|traiga|deje|si)\b|\b(?:if|when|cuando|si)\b")]
    private static partial Regex NextThought();

    // "Tell me which one and I'll hold it for you"
    [GeneratedRegex(@"(?:^|[,;:.!?–]\s|\b(?:just|please|or|por\s+favor)\s)\W{0,4}(?:just\s+|please\s+)?(?:tell\s+me|let\s+me\s+know|pick|choose|give\s+me|say|reply|elija|escoja|dígame|avíseme)\b[^.!?;]{0,70}\b(?:and|y)\s+(?:then\s+)?$|\bif\s+you\s+(?:tell|pick|choose|let|give|want|like)\b[^.!?;]{0,60},\s*$")]
    private static partial Regex AskedFirst();

    [GeneratedRegex(@"[,;.!?–(]|\b(?:and|but|y|pero|if|si|plus)\b")]
    private static partial Regex ClauseEnd();

    // "tap Confirm on the card, and it is yours": what the customer's own tap does
    [GeneratedRegex(@"(?<!\b(?:i|we|i'll|we'll|will|let\s+me)\s+(?:just\s+)?)\b(?:tap|press|click|hit|toque|pulse|presione)\b[^.!?;]{0,70}\b(?:and|then|y)\s+(?:then\s+|we(?:'ll|\s+will)\s+)?$|\bal\s+(?:confirmar|tocar|pulsar|presionar)\b[^.!?;]{0,40}$|\b(?:reply|text|send|responda|envíe)\s+stop\b[^.!?;]{0,40}\b(?:and|then|y)\s+(?:then\s+)?$")]
    private static partial Regex ByTheTap();

    // "once you tap Confirm" right behind what then is so
    [GeneratedRegex(@"^(?:(?!\b(?:and|but|so|y|pero)\b)[^.!?;,]){0,60}?\b(?:once|after|when|as\s+soon\s+as|if|cuando|una\s+vez\s+que|en\s+cuanto|al|si)\s+(?:(?:you|you've|you\s+have|usted|tú|lo|la)\s+(?:just\s+|simply\s+)?)?(?<=\b(?:you|have|'ve|just|simply|cuando|que|cuanto|al|si|usted|tú|lo|la)\s+)(?:tap|press|click|hit|confirm|pick|choose|select|tell|give|ask|say|reply|complete|finish|approve|accept|agree|want|like|tocar|toque|toca|presion|pulse|elij|acept|pid|pide|diga|quier)\p{L}*")]
    private static partial Regex IfYou();

    // "if you tap Confirm on the card below, you're booked"
    [GeneratedRegex(@"\b(?:once|after|when|as\s+soon\s+as|if|cuando|una\s+vez\s+que|en\s+cuanto|si)\s+(?:you(?:'ve|\s+have)?\s+|usted\s+)?(?:tap|press|click|hit|confirm|choose|reply|toque|presione|pulse|confirme)\p{L}*[^.!?;]{0,60},\s*(?:then\s+)?$")]
    private static partial Regex Given();

    [GeneratedRegex(@"^let\s+me\b.*\b(?:hold|save|block)")]
    private static partial Regex LetMeHold();

    [GeneratedRegex(@"\G(?:[\s,]+[^\s.!?;,]+){0,4}")]
    private static partial Regex NextWords();

    [GeneratedRegex(@"\b(?:placed|put|putting|set|setting|got|have|made)\b")]
    private static partial Regex Puts();

    [GeneratedRegex(@"\b(?:reserv|apart|guard)")]
    private static partial Regex ReservedWord();

    // Nobody books for ten minutes.
    [GeneratedRegex(@"\btemporar|^[^.!?;]{0,80}?\b(?:(?:for|por|durante)\s+(?:the\s+next\s+|los\s+próximos\s+|only\s+|just\s+)?(?:\d{1,2}|ten|diez|fifteen|quince|\p{L}+teen)\s+min|(?:until|till|hasta)\s+(?:las?\s+)?\d{1,2}:\d\d)")]
    private static partial Regex ForAWhile();

    [GeneratedRegex(@"^\W*(?:\p{L}+[,!]?\s+)?(?:done|all\s+done|hecho)\W*$")]
    private static partial Regex JustDone();

    [GeneratedRegex(@"\breschedul|\bmov(?:ed|ing|í|ió)|\b(?:to|did)\s+(?:move|switch)\b|\bchanged|\bswitched|\bpushed|\breprogram|\bcita\s+pasó")]
    private static partial Regex MovedWord();

    [GeneratedRegex(@"\bcancel|\bcancellation|\bcalled\s+off|\bdeleted|\brefund|\bkilled|\breversed|\bgone$|\boff\s+the\s+(?:calendar|books|schedule)$|\b(?:borr|anul)é|\bsin\s+efecto")]
    private static partial Regex CancelledWord();

    [GeneratedRegex(@"\b(?:told|asked|notif|inform|alert|passed|pass\s|flagged|let\s+(?!me\b)|tell\s|ask\s|have\s+(?:someone|somebody|(?:the|our|my|a)\s+(?:team|shop|staff|manager|boss|owner|person|advisor|colleague|technician|\p{L}+\s+(?:call|text|email|contact|reach|follow|check))\b)|will\s+(?:[\p{L}]+\s+)?(?:call|contact|reach)|forward|avis|call\s+you|an?\s+(?:quick\s+|\p{L}+\s+)?(?:call|ring)\b|be\s+called|back\s+to\s+you|(?:get|be)\s+back|in\s+touch|reach\s+out|contact|follow\s+up|llam|comunic|escrib|en\s+contacto" + PlainStaff + ")")]
    private static partial Regex StaffWord();

    [GeneratedRegex(@"\b(?:sen[dt]|texted|emailed|e-mailed|mailed|messaged|shot|text\s|email\s|texting|emailing|sending|on\s+(?:its|their|the)\s+way|confirmation|dropped|fired|pinged|(?:went|going|gone)\s+out|env[ií]|mand|recibir)")]
    private static partial Regex SentWord();

    [GeneratedRegex(@"\b(?:held|hold|holding|on\s+hold|sav(?:e|ed|ing)|kept|keeping|given|gave|block|froze|aside|apart|guard)")]
    private static partial Regex HeldWord();

    // Of Silence and its Spanish: what is not sent any more is neither sent nor told.
    [GeneratedRegex(@"^(?:ya\s+no|no\s+le\s+escrib)|\b(?:won't|(?:will|'ll)\s+(?:not|never)|no\s+longer|no\s+more)\b")]
    private static partial Regex NoMore();

    [GeneratedRegex(@"\b(?:unsubscribed|opted|off\s+(?:the|our)\s+(?:\p{L}+\s+)?list|taken\s+you\s+off|receive|hear|no\s+longer|won't\s+get" + PlainSilent + ")")]
    private static partial Regex SilentWord();
}

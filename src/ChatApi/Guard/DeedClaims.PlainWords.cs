namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>The plain ways to claim a deed, beside those that <c>DeedClaims.Words</c> has for the same.</summary>
internal static partial class DeedClaims
{
    private const string Weekday = @"(?:mon|tues|wednes|thurs|fri|satur|sun)day";

    // Where a sentence may begin: no more signs are looked over than anybody writes.
    private const string Start = @"(?:^|[.!?:;–]\s)(?>\W{0,8})";
    private const string Interjections = @"(?:(?:great|perfect|ok|okay|sure|alright|yes|done|and|your|new|just|all)[,!]?\s+)*";

    // "is charged at the shop", "is paid when it is done": how it goes, and not that it was done.
    private const string NotInGeneral = @"(?!\s+(?:at|when|after|once|by|only|until|unless|if|in|on\s+the\s+day|through|here|right|online|as\s+soon|before|during|every)\b)";

    private const string PlainDone = """
        (?:created|entered|added|logged|recorded|noted(?!\s+that\b)|jotted|left\s+an?\s+(?:note|message)|made\s+an?\s+note|handled|fit(?=\s+you\s+in\b)|escalated|raised|contacted|reached\s+out|spoken?\s+(?:to|with)|spoke\s+(?:to|with)|talked\s+(?:to|with)
        |called(?!\s+(?:it|this|that)\b)|checked\s+with|processed|finali[sz]ed|completed|took\s+care\s+of|grabbed|snagged|claimed|squeezed|swapped|bumped|took\s+(?:you|it|your\s+\p{L}+)\s+off|corrected|stopped|ordered|connected|transferred)
        """;

    private const string PlainNouns = "appointment|booking|slot|spot|visit|request|details|number|email|phone|name|messages?|texts?|cancellation|refund|payment|manager|owner|shop|team|technician|staff|boss|schedule|calendar|system|parts|preference|ticket|order|note";

    // "I created an appointment for you", "I contacted the shop", "I've added you to the schedule"
    private const string PlainByUs = @"|\b(?:i|we)(?:'ve|\s+have|'d)?\s+(?:(?:just|already|now|also|gone\s+ahead\s+and|went\s+ahead\s+and)\s+)*" + PlainDone
        + @"\s+(?:(?:it|this|that|everything)\b|you\s+the\s+\d|(?:you|your|them)\s+(?:[\p{L}\d'-]+\s+){0,3}?(?:in|with|to|down|on|off|for|" + PlainNouns + @")\b|(?:the|an?|our|my)\s+(?:[\p{L}\d'-]+\s+){0,3}?(?:" + PlainNouns + @")\b|the\s+film\b|(?:for|to)\s+(?:the|our|my)\s+(?:" + PlainNouns + @")\b|(?:all\s+)?(?:messages|texts)\b|" + Weekday + @"\b|\d{1,2}\b)|\b(?:i|we)(?:'ve|\s+have)?\s+(?:opened|started)\s+an?\s+(?:ticket|work\s+order)\b|\b(?:i|we)(?:'ve|\s+have)\s+(?:(?:connected|transferred)\s+you\b|taken\s+(?:you|your\s+\p{L}+)\s+off\b)" + PlainAble + PlainKept + PlainTold;

    // "I was able to book it", "I managed to move your appointment", "I did tell the shop"; "able to confirm that we have it" tells of no deed.
    private const string PlainAble = @"|\b(?:i|we)(?:'ve|\s+have)?\s+(?:just\s+)?(?:(?:was|were|been)\s+(?:just\s+|finally\s+|also\s+)?able\s+to|managed\s+to|did)\s+(?:go\s+ahead\s+and\s+)?"
        + @"(?:(?:book|schedule|reserve|hold|secure|lock|cancel|reschedule|move|switch|save|squeeze|fit|pencil|grab|snag|send|text|email|forward)\s+(?:you|your|it|that|this|in|the|an?|\d{1,2}|tomorrow|" + Weekday
        + @")|(?:get|put)\s+you\s+(?:booked|down|scheduled|(?:in\s+|set\s+)?(?:on\s+|for\s+|at\s+)?(?:\d{1,2}(?:[ap]m)?|tomorrow|" + Weekday + @"))|(?:tell|notify|inform|alert|ask|let|contact|reach)\s+(?:the|our|my|them)|confirm\s+(?:it|your\s+(?:appointment|booking|slot|spot)|the\s+(?:appointment|booking)|" + Weekday + @"))\b";

    // "I've given you the 10 AM slot", "I'm saving Tuesday at 10 for you"
    private const string PlainKept = @"|\b(?:i|we)(?:'ve|\s+have)?\s+(?:just\s+)?(?:given|gave|assigned)\s+(?:you\s+)?(?:the\s+|an?\s+)?(?:[\p{L}\d:.-]+\s+){0,4}?(?:slot|spot)\b|\b(?:i|we)(?:'ve|'m|'re|\s+have|\s+am|\s+are)?\s+(?:given\s+you\s+" + Weekday
        + @"\b|(?:kept|keeping|saving)\s+(?:it|that|this|(?:the|an?|your|that|this)\s+(?:[\p{L}\d:.-]+\s+){0,3}?(?:slot|spot|time|place)|tomorrow|\d{1,2}(?::\d\d)?|" + Weekday + @")\b(?=[^.!?;,]{0,30}?\bfor\s+you\b))";

    private const string Staff = @"(?:manager|owner|boss|team|staff|crew|technician|installer)";

    // "I relayed your message", "I looped in the manager", "I wrote it down", "I've turned off texts"
    private const string PlainTold = @"|\b(?:i|we)(?:'ve|\s+have)?\s+(?:(?:just|already|now|also)\s+)*(?:(?:relayed|conveyed)\s+(?:it|this|that|the|your)\b|(?:mentioned|reported|handed|shared)\s+(?:it|this|that|your\s+\p{L}+)\s+(?:to|with)\s+(?:the|our|my|them)\b|looped\s+(?:in\s+)?(?:the|our|my|them)\b"
        + @"|told\s+(?!(?:you|the|them|him|her|that|it|how|what|about|our|my)\b)\p{L}+(?=\s*(?:[.!]|$))|(?:got|have)\s+(?:the|an?)\s+(?:okay|ok|go-ahead|approval)\s+from\b|pinged\s+(?:you|the|our|my|them)\b|made\s+an?\s+note\s+of\b(?!\s+your\s+(?!(?:\p{L}+\s+)?(?:" + PlainNouns + @")\b))|(?:wrote|written)\s+(?:it|that|this)\s+down\b(?!\s*[,:–]\s*an?\s+\d{4}\b)|documented\s+(?:it|that|this)\b|set\s+(?:up\s+)?an?\s+(?:reminder|alert)\b"
        + @"|(?:froze|frozen)\s+(?:it|that|the|your)\b|(?:killed|reversed)\s+(?:the|your|that)\s+(?:appointment|booking|charge|payment)\b|turned\s+off\s+(?:the\s+|your\s+|all\s+)?(?:texts|messages|emails)\b|(?:got|received)\s+your\s+(?:payment|deposit)\b)";

    // "Text sent", "Booking #123 confirmed", "Here's your booking"
    private const string PlainNounFirst = "|" + Start + Interjections
        + @"(?:text|email|e-mail|message|note|request|payment|deposit|appointment|booking|reservation|spot|slot|hold|quote|details|work\s+order)\s+(?:(?:has\s+been|is|was|now|just|successfully|already)\s+)*(?:\#?\d+[:,]?\s+)?(?:sent|created|added|submitted|received|processed|paid|done|guaranteed|finali[sz]ed|confirmed|placed)\b(?<!\bquote\s+(?:(?:is|was|now|just|has|been|already)\s+)*confirmed)" + NotInGeneral
        + @"|\b(?:here's|here\s+is|this\s+is)\s+your\s+(?:appointment|booking|reservation|confirmation)\b(?!\s+(?:link|page|card|option|time|choice))|\byour\s+confirmed\s+(?:time|slot|appointment)\b|\b(?:appointment|booking)\s+summary\b|\b(?:your|the)\s+(?:confirmation|booking|reservation|ticket)\s+(?:number|code|id)\s+is\b";

    // "Booked ✅", "Locked in!", "Put you down for Tuesday", "You're set!"
    private const string PlainExclaimed = "|" + Start + Interjections
        + @"(?:(?:locked\s+in|settled|approved|arranged|taken\s+care\s+of|handled)(?=\s*(?:[!.,:;–-]|$))|(?:booked|sent|texted|emailed|put(?=\s+you)|got(?=\s+you\s+(?:in|down|for|on|at|set)\b)|saved|moved|switched|bumped|squeezed|pencil+ed|changed|rescheduled|added|transferring|connecting)\s+(?:you|it(?!\s+(?:wrong|up))|your\s+(?:appointment|booking|car)|to\s+(?:(?:the|our)\s+(?:calendar|schedule)|"
        + Weekday + @"|tomorrow))\b|booked(?=\W{0,8}$|\s?\p{So})|you(?:'re|\s+are)\s+(?:set|in)(?=\s*[.!]))|\byou(?:'re|\s+are)\s+(?:set|in|expected)(?=\s+for\s+(?:\d|tomorrow|today|" + Weekday + "))";

    // "Your appointment: Tuesday at 10", "You've booked Tuesday", "Thank you for your booking"
    private const string PlainOwn = @"|\byour\s+(?:\p{L}+\s+)?(?:appointment|booking|reservation)\s?[:–-]\s?(?:on\s+)?(?:\d|tomorrow|today|" + Weekday + @")|\byou(?:'ve|\s+have)\s+(?:(?:just|already|now|successfully)\s+)*(?:booked|reserved|scheduled)\s+(?:it|the|an?|your|for|tomorrow|\d|" + Weekday
        + @")|\bthank(?:s|\s+you)\s+for\s+(?:your\s+(?:booking|reservation|appointment)|booking|scheduling)\b(?!\s+(?:request|inquiry|question))";

    private const string PlainSeeYou = @"|\bsee\s+(?:you\s+there|ya)\b(?<!\b(?:to|can|could|may|might|not|when|if)\s+see\s+(?:you\s+there|ya))|\b(?:the\s+(?:team|shop)|they)(?:'re|\s+are|\s+is)?\s+(?:expecting\s+you|knows?\s+you're\s+coming)\b";

    // "There is an appointment for you", "I can see your booking for Tuesday", "Tuesday at 10 AM, confirmed!"
    private const string PlainAppointment = @"|\b(?:there's|there\s+is|we\s+have|i\s+(?:can\s+)?see|i\s+have)\s+(?:an?\s+(?:\p{L}+\s+)?(?:appointment|booking|reservation)\s+(?:for\s+you|in\s+your\s+name)|your\s+(?:\p{L}+\s+)?(?:appointment|booking|reservation)\s+(?:on|at|for|tomorrow))\b|\b"
        + Weekday + @"\b[^.!?;]{0,14}\d[^.!?;]{0,8}(?:\(?confirmed\)?|\bis\s+set)(?=\s*(?:[.!)]|$))|\(confirmed\)" + PlainOwn;

    // "Your number has been updated", "Your card was charged", "Everything is arranged", "The confirmation is in your inbox"
    private const string PlainPassive = @"|\b(?:your|the|a)\s+(?:[\p{L}'-]+\s+){0,2}?(?:number|details|email|name|request|time|payment|card|deposit|film|order|ticket|appointment|booking)\s+(?:(?:has|have)\s+been|was|were)\s+(?:(?:now|just|already|successfully)\s+)*(?:updated|corrected|submitted|changed|added|received|created|charged|paid|ordered|moved|approved|arranged)\b"
        + @"|\bit's\s+been\s+(?:moved|changed|approved|cancel+ed|rescheduled)\b|\byour\s+(?:details|number|email|name)\s+(?:is|are)\s+(?:now\s+)?(?:updated|corrected|changed)\b|\b(?:the|my|our)\s+(?:manager|owner|boss)\s+(?:has\s+)?(?:approved|agreed|authorized|confirmed|said\s+(?:yes|ok))\b|\beverything(?:'s|\s+is)\s+(?:all\s+)?arranged\b|\bit's\s+all\s+arranged\b|\b(?:texts?|email|message|confirmation)\s+(?:is|are)\s+(?:coming|headed)\s+your\s+way\b|\b(?:confirmation|text|email)(?:'s|\s+is)\s+in\s+your\s+inbox\b"
        + @"|\b(?:appointment|booking|reservation|cancellation)\s+(?:is|was|has\s+been)\s+(?:(?:now|just|all|already)\s+)*(?:made|successful|in\s+place|active)(?=\s*(?:[.!,;]|$)|\s+(?:for|on|at)\s+(?!the\s+(?:shop|phone|page)|our\b))|\bwe(?:'re|\s+are)\s+(?:all\s+)?(?:set|on|good(?:\s+to\s+go)?)\s+for\s+(?:\d|tomorrow|" + Weekday + @")|\byou(?:'re|\s+are)\s+on\s+for\s+(?:\d|tomorrow|today|" + Weekday
        + @")|\b(?:\d{1,2}(?::\d\d)?\s*[ap]\.?m\.?|(?:tomorrow|" + Weekday + @")\s+at\s+(?:\d{1,2}(?::\d\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon))\s+it\s+is(?=\s*(?:[.!]|$))";

    // "Your booking is in", "The text just went out", "The manager has your message", "Tuesday is in the bag"
    private const string PlainState = @"|\b(?:booking|appointment|reservation)(?:'s|\s+is)\s+(?:now\s+)?(?:in(?=\s*(?:[.!,]|$))|gone\b|off\s+the\s+(?:calendar|books|schedule)\b)|\byour\s+(?:spot|slot|place|time)\s+is\s+safe\b|\bbay\s+\d\s+is\s+yours\b|\bper\s+your\s+(?:booking|appointment)\b|\bit(?:'s|\s+is)\s+(?:now\s+|all\s+)?noted\b(?!\s+that\b|\s*[,:–]\s*an?\s+\d{4}\b)|\bit's\s+been\s+(?:put\s+in|entered|logged|noted)\b"
        + @"|\b(?:text|email|message|confirmation|quote|reminder)\s+(?:just\s+|already\s+)?(?:went|is\s+going|has\s+gone)\s+out\b|\b" + Staff + @"\s+(?:now\s+|already\s+)?(?:(?:has|have|got)\s+(?:(?:already|now|just)\s+)?(?:seen\s+|received\s+|read\s+)?your\s+(?:\p{L}+\s+)?(?:message|request|question|note|number)|(?:is|are)\s+(?:now\s+)?in\s+the\s+loop)\b|(?:\bis|'s)\s+(?:all\s+)?(?:squared\s+away|in\s+the\s+bag)\b"
        + @"|\b(?:someone|somebody|a\s+person|the\s+" + Staff + @")\s+is\s+(?:already\s+|now\s+)?(?:calling\s+you|texting\s+you|joining)\b|\bconsider\s+(?:[\p{L}\d:]+\s+){1,4}?(?:taken\s+care\s+of|booked|scheduled)\b|\b(?:charge|payment)\s+(?:was|has\s+been)\s+(?:reversed|refunded)\b|\byour\s+(?:email|number|phone)\s+is\s+(?:now\s+on\s+file|on\s+file\s+now)\b"
        + @"|\byou(?:'ve\s+got|\s+have|\s+got)\s+(?:the\s+\d{1,2}(?::\d\d)?\s*(?:o'clock|[ap]\.?m\.?)\s+(?:on\s+)?(?:tomorrow|" + Weekday + @")|" + Weekday + @"\s+at\s+\d{1,2}(?::\d\d)?(?:\s*[ap]\.?m\b\.?)?)(?=\s*(?:[.!]|$))|\bgot\s+it\s+down\s+for\b";

    private const string PlainSilence = @"|\bwe\s+(?:won't|will\s+not)\s+(?:text|email|message|contact|write)\s+(?:to\s+)?you\b(?!\s+(?:before|until|unless|without|for|about|outside|at|on|if|when))|\bno\s+more\s+(?:texts|messages|emails)\s+will\s+be\s+sent\b|\b(?:messages|texts)\s+are\s+stopped\b|\bremoved\s+from\s+(?:our|the)\s+list\b";

    private const string PlainPromise = @"|\b(?:i'll|i\s+will)\s+(?:make\s+a\s+note|make\s+sure\s+(?:they|the\s+\p{L}+)\s+knows?|check\s+with\s+(?:the|our|my)|follow\s+up|remind\s+you)\b|\b(?:i'm|i\s+am)\s+(?:transferring|connecting)\s+you\b|\blet\s+me\s+(?:connect|transfer)\s+you\b|\b(?:a\s+person|someone|somebody)\s+will\s+join\b|\byou're\s+being\s+transferred\b|\b(?:they|he|she|the\s+owner)(?:'ll|\s+will)\s+(?:\p{L}+\s+)?(?:call|text|contact|reach\s+out|get\s+back)\b"
        + @"|\byou\s+(?:should|are\s+going\s+to)\s+(?:soon\s+|shortly\s+|also\s+)?(?:get|receive)\s+(?:an?|the|your|our)\s+(?:[\p{L}-]+\s+){0,2}?(?:text|email|e-mail|message|sms|confirmation|reminder)\b|\ban?\s+(?:\p{L}+\s+)?(?:text|email|e-mail|message|sms|confirmation|reminder)\s+(?:will|should|is\s+going\s+to)\s+(?:\p{L}+\s+)?(?:follow|arrive|be\s+sent|come|reach\s+you)\b"
        + @"|\byou(?:'ll|\s+will)\s+(?:(?:soon|shortly|also)\s+)*be\s+(?:contacted|called|texted|emailed|notified)\b";

    private const string PlainSpanish = @"|\bya\s+(?:(?:le|lo|la)\s+)?(?:agendé|anoté|reservé|cambié|moví|apunté|quedó(?=\s*(?:[.!,;]|$)))|\b(?:lo|la)\s+(?:anoté|apunté|agendé|reservé|pasé|moví|cambié)(?!\p{L})|(?<!\p{L})(?:cambié|moví|pasé)\s+(?:su|tu|la)\s+(?:cita|reserva)\b|\breprogramad[oa]\s+(?:para|al)\b"
        + @"|\b(?:lo|la|los|las|le)\s+esper(?:o|amos)\s+(?:el|mañana|hoy|este|a\s+las)\b|\bya\s+no\s+(?:recibirá|le\s+enviaremos|le\s+escribiremos)\b|\bno\s+le\s+escribiremos\s+más\b|\b(?:lo|la|le)\s+(?:comunico|transfiero|paso)\s+con\b|\b(?:le|lo|la)\s+(?:van|va)\s+a\s+(?:llamar|llegar|contactar)\b|\ble\s+llegará\s+(?:un|una|el|la)\b"
        + @"|\b(?:voy\s+a|le)\s+(?:avisar|preguntar|digo|pregunto|aviso)\s+(?:al|a\s+la|a\s+los)\b|\bnos\s+comunicamos\s+con\s+usted\b"
        + @"|\bse\s+(?:(?:le|te|les)\s+)?" + Hecho + @"|\b(?:te|le|lo|la|los|las)\s+" + Hecho + @"|\b(?:lo|la|le|te)\s+(?:tengo|tenemos|dejé|dejamos)\s+(?:ya\s+)?(?:agendad|anotad|apuntad|reservad|apartad|registrad|programad|confirmad)[oa]\b|\bya\s+tienes?\s+(?:una\s+|su\s+|tu\s+)?(?:cita|reserva|turno)\b"
        + @"|\b(?:lunes|martes|miércoles|miercoles|jueves|viernes|s[áa]bado|domingo|mañana|lugar|espacio|horario|turno|cita)\b[^.!?;,]{0,30}?\bes\s+(?:suy|tuy)[oa]\b|(?<!\p{L})(?:notifiqué|informé|contacté)(?=\s+(?:al|a)\b)" + PlainPrimera;

    // "Ya hice la reserva", "hablé con el dueño", "lo di de baja", "la cita queda sin efecto"
    private const string PlainPrimera = @"|\bya\s+(?:lo|la)\s+(?:hice|borré|anulé|quité|puse(?!\s+(?:arriba|abajo|aquí))|dejé|hablé|pedí|actualicé|corregí|guardé|metí|corrí)(?!\p{L})|\bya\s+(?:le\s+)?(?:hice|dejé|pedí|puse|borré|anulé|quité|guardé|metí|corrí)\s+(?:(?:su|sus|tu|la|el|los|las|una?)\s+)?(?:cita|reserva|turno|lugar|espacio|película|piezas?|pedido|solicitud|recado|mensaje|cambio|cancelación|todo)\b|\bya\s+(?:(?:le|lo)\s+)?(?:dije|comenté|hablé|pedí)\s+(?:al|a\s+la|a\s+los|con\s+(?:el|la|los|mi))\b|\bya\s+quedó\s+(?:su|tu)\b|(?<!\p{L})(?:hice|borré|anulé|quité|puse|metí|actualicé|corregí|guardé|corrí)\s+(?:su|tu|la|el|una?)\s+(?:cita|reserva|turno|número|correo|datos|nombre|lugar|espacio|nota)\b"
        + @"|\ble\s+(?:dije|comenté)\s+(?:al|a\s+la)\b|(?<!\p{L})hablé\s+con\s+(?:el|la|mi)\s+(?:gerente|dueñ|jef|encargad|equipo)|\btomé\s+nota\s+(?:para|de\s+(?:su|tu|la)\s+(?:cita|reserva|solicitud|mensaje|número|correo))\b|\b(?:lo|la|le)\s+di\s+de\s+baja\b|\best[áa]\s+dad[oa]\s+de\s+baja\b|\b(?:cita|reserva)\s+(?:ya\s+)?(?:queda|quedó|está)\s+(?:sin\s+efecto|hecha)\b|\bcita\s+pasó\s+(?:al|para)\b|\bya\s+tienes?\s+(?:su|tu)\s+(?:lugar|espacio)\b"
        + @"|\b(?:gerente|dueñ[oa]|encargad[oa])\s+ya\s+(?:lo\s+)?sabe\b|\ble\s+llamo\s+(?:más|en|luego|mañana|hoy)\b|\b(?:gerente|dueñ[oa]|alguien|encargad[oa])\s+(?:lo|la|le)\s+(?:llama|contacta|escribe)\s+(?:en|hoy|mañana|más|luego|pronto)\b";

    // "Se agendó su cita", "la cancelé", "se lo envié"
    private const string Hecho = @"(?:(?:agend|reserv|program|reprogram|confirm|cancel|apart|envi|mand|avis|anot|registr|notific|cambi)ó|(?:agend|reserv|program|reprogram|confirm|cancel|apart|envi|mand|avis|anot|registr|notifiqu|cambi)é|mov(?:í|ió))(?!\p{L})";

    private const string PlainStaff = @"|check(?:ed)?\s+with|escalat|reached\s+out|spoken?\s|talked|ticket|left\s+an?\s|made\s+an?\s+note|make\s+(?:a\s+note|sure)|connect|transfer|being\s+transferred|(?:they|he|she)'ll|(?:they|he|she|owner)\s+will|join|pregunt|digo|paso\s+con|relayed|conveyed|mentioned|reported|handed|shared|looped|in\s+the\s+loop|(?:message|request|question|note|number)$|calling|texting\s+you|okay\s+from|approval\s+from|dije|comenté|hablé|ya\s+(?:lo\s+)?sabe|contacta|escribe";

    private const string PlainSilent = @"|stopped|removed\s+from|no\s+more|won't\s+(?:text|email|message|contact|write)|will\s+not\s+(?:text|email|message|contact|write)|ya\s+no|escribiremos\s+más|turned\s+off|de\s+baja";
}

using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

internal static partial class HoursClaims
{
    // Hours of other things: a slot, a window, the film.
    [GeneratedRegex("""
        \bopen\s+times?\b(?!\s*(?:(?:are|is|from|:)\s+)?\d)|\bopen(?:ed)?\s+(?:slot|slots|spot|spots|appointment|appointments|bay|bays|window|windows|question|questions|the\s+(?:link|door|window|windows|page)|your|a|an)\b|\b(?:windows?|doors?|sunroof)\s+(?:are\s+|is\s+|stay\s+|stays\s+)?(?:open|closed)\b(?!\s+(?:at|from|by)\s+\d)
        |\b(?:slots?|spots?|appointments?|times?|calendar|schedule|openings?|availability)\s+(?:is\s+|are\s+|still\s+|wide\s+|that\s+)*open\b|\bopenings\b|\ban?\s+opening\b|\b(?:keep|leave|kept|left|keeping)\s+(?:\w+\s+){0,4}(?:closed|open)\b|\bopen\s+to\b|\bclose\s+to\b|\bclose[rs]t?\s+(?:look|to)\b
        |\b(?:chat|conversation)\s+(?:is\s+|stays\s+)?open\b|\bclosest\b|\bcloser\b|\bclosely\b|\bmañana\s+o\s+tarde\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NoHours();

    [GeneratedRegex(@"\b(?:open|opens|opened|opening\s+(?:hours|times?|at)|reopen|reopens|close|closes|closed|closing|hours\s+(?:are|is|on|for|today|tomorrow)|our\s+hours|business\s+hours|shop\s+hours|the\s+hours|abiert[oa]s?|abrimos|abre|abren|cerrad[oa]s?|cerramos|cierra|cierran|horarios?)\b|\bshuts?\s+(?:at|on)\b|\b(?:locks?|wraps?)\s+up\s+at\b" + NobodyThere)]
    private static partial Regex Context();

    private const string Day = @"(?>(?:(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo)(?:day|nesday|sday|rsday|urday)?s?|m\s?[-–]\s?f|weekdays?|weekends?)\b)";
    private const string Span = @"\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:-|–|to|until|till|a|hasta)\s*(?:las?\s+)?\d{1,2}(?::\d\d)?(?!\d)\s*(?:[ap]\.?m\b\.?)?";

    private const string DayName = @"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?)";

    // "We're off Mondays", "nobody is here on Tuesdays"
    private const string NobodyThere = @"|\b(?:we're|we\s+are)\s+off\s+(?:on\s+)?" + DayName + @"\b|\b(?:no\s?one|nobody)(?:'s|\s+is)\s+(?:here|in)\s+(?:on\s+)?" + DayName + @"\b";

    [GeneratedRegex(@"\b(?<days>[4-7]|four|five|six|seven|cuatro|cinco|seis|siete)\s+(?:days|días)\s+(?:a|per|every|a\s+la|por)\s+(?:week|semana)\b")]
    private static partial Regex DaysAWeek();

    // "We're here on Saturday", "we do Saturdays", "Sunday is available", "tenemos lugar el sábado"
    private const string DayOffered = @"|\b(?:here|around|in)\s+(?:on\s+)?" + DayName + @"\b|\b(?:do|take\s+you|see\s+you|fit\s+you\s+in)\s+(?:it\s+)?(?:on\s+)?" + DayName + @"\b|\b" + DayName
        + @"\b[^.!?;,]{0,24}\b(?:free|available|fine|libre|works?\s+for\s+us|it\s+is)\b|\b" + DayName + @"\s+(?:appointments?|hours)\b(?!\s?\?)|\b(?:estamos|lugar)\s+(?:el|los)\s+" + DayName + @"\b";

    private const string DayInvited = @"|\b(?:we|someone|somebody|they)(?:'re|'s|\s+are|\s+is)\s+(?:also\s+)?(?:here|around|in)\s+(?:on\s+)?" + DayName + @"\b|\b(?:we|i)\s+(?:(?:also|can|could)\s+)?(?:do|take\s+you|see\s+you|fit\s+you\s+in)\s+(?:it\s+)?(?:on\s+)?" + DayName
        + @"\b|\b" + DayName + @"\b(?:\s+(?:at\s+|a\s+las\s+)?(?:\d{1,2}(?::\d\d)?(?:\s*[ap]\.?m\.?)?|noon|morning|afternoon))?\s+(?:(?:is|are|está)\s+(?:free|available|fine|libre)|works?\s+for\s+us|it\s+is)\b|\b" + DayName + @"\s+(?:appointments?|hours)\b(?!\s?\?)|\b(?:estamos|tenemos\s+lugar)\s+(?:el|los)\s+" + DayName + @"\b";

    // "we work Saturdays", "the shop runs 8 to 6", "atendemos los sábados"
    [GeneratedRegex(@"\b(?:(?:we|shop|store|team|crew|they)\s+(?:also\s+|usually\s+|generally\s+|normally\s+|even\s+|always\s+|don't\s+|never\s+)?(?:works?|runs?)|(?:trabaj|atend|atiend|labor)(?:amos|an|emos|en))\s+(?:también\s+)?(?:(?:(?:every|most|all|on|los|el|de)\s+)*" + Day + @"|(?:from\s+|de\s+)?" + Span + @"|(?:las\s+)?24\s+horas\b)")]
    private static partial Regex Works();

    // When somebody may come, or until when; only its times are looked at.
    [GeneratedRegex(@"\b(?:until|till|til|hasta|drop(?:ping)?[\s-]+(?:[\p{L}']+\s+){0,6}?off|drop-?off|pick(?:ing)?[\s-]+(?:[\p{L}']+\s+){0,4}?up|pick-?up|(?:come|stop|swing|drop)\s+(?:by|in|over)|bring\s+(?:it|your|the|in)|pasar|pase|pasa|venir|venga|ven|traer|traiga|trae|dejar(?:lo)?|deje(?:lo)?|recoger(?:lo)?|recoja(?:lo)?|(?:somebody|someone|we|they|staff|team|crew|people)(?:'s|'re|\s+is|\s+are|\s+will\s+be|'ll\s+be)\s+(?:always\s+|usually\s+)?(?:here|there|around|in\s+the\s+shop|at\s+the\s+shop))\b")]
    private static partial Regex Visit();

    // Of these also where a word of OfOtherThings is said.
    [GeneratedRegex(@"\b(?:drop|pick|come|stop|swing|bring|pasar|pase|venir|venga|traer|traiga|dejar|deje|recoger|recoja)\p{L}*\b" + DayOffered)]
    private static partial Regex Coming();

    // What else lasts until a time: a hold, a chat, the work.
    [GeneratedRegex(@"\b(?:hold|held|holding|reserv\p{L}*|apart\p{L}*|ready|dry|list[oa]|takes?|lasts?|confirm\p{L}*|expires?|valid|card|link|chat|wait\p{L}*|busy|booked|full|taken|free|yours|keep|stay\p{L}*|sleep\p{L}*)\b")]
    private static partial Regex OfOtherThings();

    [GeneratedRegex(@"\b(?:is|are|we're|they're|it's|shop's|estamos|está|están)\s+(?:still\s+|indeed\s+|actually\s+|definitely\s+|also\s+|todavía\s+|aún\s+)*(?:open|abiert[oa]s?)(?=\s*(?:$|[.!?,;:)–]|(?:and|so|for\s+you|right\s+here|y|así)\b))|^\W*(?:yes|yep|yeah|sí|si)\W+(?:open|abiert[oa]s?)\s*[.!]")]
    private static partial Regex OpenNow();

    // "when we are open", "the days that we're open"
    [GeneratedRegex(@"\b(?:if|when|whenever|while|once|until|till|unless|whether|days?|hours|times?|days?\s+that|then|si|cuando|mientras|días?|horas?)\b[^,.;!?]*$")]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\b(?:if|unless|whether|si)\b")]
    private static partial Regex If();

    // "I have Tuesday at 7 PM available", "the next available time is Saturday at 10"
    [GeneratedRegex(@"\b(?:available|earliest|openings?|libres?|disponibles?)\b|\b(?:next|first)\s+(?:open|free)\b|(?<!\bfeel\s)\bfree\b(?!\s+to\b)|\b(?:i|we)(?:\s+have|'ve\s+got|\s+can\s+(?:do|offer|hold))\s+(?:\p{L}+\s+){0,2}?(?:\d|tomorrow\b|today\b|" + DayName + @"\b)")]
    private static partial Regex Offered();

    // What is said of a time beside that it can be had.
    [GeneratedRegex(@"\b(?:taken|booked|full|closed|unavailable|unfortunately|sorry|asked|said|wanted|requested|prefer\p{L}*|after|past|until|till|cerrad\p{L}*|ocupad\p{L}*|pidió|hasta)\b")]
    private static partial Regex NotOffered();

    [GeneratedRegex(@"[;\n(]|[.!]\s|\b(?:but|pero|so|if|unless|instead|or|o)\b")]
    private static partial Regex Offers();

    // "You said 7 AM": the customer's word, and nothing of ours.
    [GeneratedRegex(@"^\W*(?:\p{L}+\W+){0,2}(?:you|usted)(?:'d|'ve|\s+had|\s+have)?\s+(?:said|asked|wanted|mentioned|picked|requested|chose|prefer|preferred|wrote|dijo|pidió|quería|mencionó|prefiere)\b")]
    private static partial Regex TheirWord();

    // "At 6 PM we're closed"
    [GeneratedRegex(@"\b(?:closed|cerrad[oa]s?|not\s+open|outside(?:\s+of)?\s+(?:our|the|business|opening|shop)\b|(?:after|past)\s+(?:we\s+close|closing)|before\s+(?:we\s+open|opening)|too\s+(?:late|early)|fuera\s+de(?:l)?\s+(?:nuestro\s+)?horario|demasiado\s+(?:tarde|temprano))\b")]
    private static partial Regex ClosedThen();

    // "every day except Sunday"
    [GeneratedRegex(@"\b(?:except(?:\s+for|\s+on)?|excepto|other\s+than|apart\s+from|salvo|menos(?=\s+(?:(?:el|los)\s+)?" + DayName + @"\b)|but(?=\s+(?:on\s+)?" + DayName + @"\s*(?:$|[.,;!?)])))\b")]
    private static partial Regex Except();

    [GeneratedRegex(@"\G[^.,;!?]*")]
    private static partial Regex UntilStop();

    // "On Saturday we close earlier than on Friday: at 2 instead of 6"
    [GeneratedRegex(@"\b(?:than|instead\s+of|versus|vs|que\s+(?:el|los)|en\s+(?:vez|lugar)\s+de)\b")]
    private static partial Regex Compares();

    // Days and nothing else: they are of the times before them.
    [GeneratedRegex(@"^\W*(?:(?:on|every|from|de|los|el)\s+)*" + Day + @"(?:[\s,&–-]+(?:(?:to|through|thru|and|a|y)\s+)?" + Day + @")*\W*$")]
    private static partial Regex DaysAlone();

    // "You can come on Saturday", "just stop by on Sunday": the day alone says that somebody is there.
    [GeneratedRegex(@"(?:\b(?:can|could|may|welcome\s+to|free\s+to|puede[ns]?|podría)\s+(?:always\s+|also\s+|just\s+|still\s+)?|^\W*(?:(?:sure|yes|ok|okay|great|perfect|of\s+course|just|then|please|claro|sí|and|so|y)\W+)*)(?:come|stop|swing|drop|bring|pick|venir|pasar|traer|dejar|recoger|ven|venga|pase|pasa|traiga|deje|recoja)\p{L}*\b" + DayInvited)]
    private static partial Regex Invited();

    // An hours' word that the next number belongs to: "closing time is 4", "our hours on Monday: 9"
    [GeneratedRegex(@"\b(?:open(?:s|ed|ing)?|clos(?:e|es|ed|ing)|(?<!\d\s)hours|abrimos|abren?|abiert[oa]s?|cerramos|cierran?|cerrad[oa]s?|horarios?)\b(?:(?!\b(?:slots?|spots?|appointments?|free|works?|finish\w*|starts?|so|drop|bring|pick|ready|but|and|y)\b)[^\d;.()])*$")]
    private static partial Regex Governs();

    // "Wednesday is open at 10:30", "we have open at 9", "tenemos abierto el martes a las 9:30"
    [GeneratedRegex(@"(?:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\s+(?:is|looks)\s+(?:still\s+|wide\s+)?open|\b(?:have|had|got|are|still)\s+open|\bten(?:emos|go)\s+abierto)\b[^;.()]*$")]
    private static partial Regex SlotsOpen();

    // What the days of a list do not say: after it, the sentence speaks of something else.
    [GeneratedRegex(@"^\s*(?:but|pero|so|however|instead|though|así)\b|\b(?:is|are|was|be|can|could|would|will|may|might|has|have|had|works?|do|does|let|get|hold|how|what|looks?|suits?|fits?|free|available|fine|instead|though|sí|puede|puedo|podemos|tenemos|tengo|hay|está|es|con\s+gusto)\b(?!\s+(?:the\s+same|no\s+different|closed|cerrad|lo\s+mismo|igual))")]
    private static partial Regex GoesOn();

    // "I am here 24/7": the assistant is.
    [GeneratedRegex(@"\b(?:i|i'm|i'll|chat|message|messages|text|write|ask|assistant|answer|answers|escrib\p{L}*|asistente|estoy|respondo|contesto)\b(?:(?!\b(?:we|we're|shop|store|open|estamos|taller)\b)[^.;!?])*$")]
    private static partial Regex OfTheChat();

    // "Monday 23 Nov: 08:00–17:00", "M–F: 8–5", "8-5 Monday to Friday"
    [GeneratedRegex(@"^\W*(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo)(?:day|nesday|sday|rsday|urday)?s?\b(?:(?!\b(?:held|hold|reserved)\b)[^:.!?]){0,40}[:–-]\s*\d|^\W*(?:(?:on|our|the|shop|business|opening|hours|every|open|de|todos|los|el)\b\W*)*(?:" + Day + @"|(?:day|daily|d[ií]as)\b)(?:\W+(?:(?:to|through|thru|a|and|y)\b|" + Day + @"))*\W*(?:from\s+|de\s+)?" + Span + @"(?!\s*(?:is|are|works?|would|could|free|available|or|sounds?)\b)|^\W*" + Span + @"\W+(?:(?:on|every|los)\s+)*(?:day\b|daily\b|" + Day + @")|^\W{0,8}(?:from\s+|de\s+)?" + Day + @"\s*(?:to|through|thru|a|-|–)\s*" + Day + @"\W{0,8}$")]
    private static partial Regex DayLine();

    [GeneratedRegex(@"\b24\s*/\s*7\b|\baround\s+the\s+clock\b|\b(?:24|twenty[\s-]four)\s+hours(?!\s+(?:of|notice|before|ahead|in\s+advance|after|to|for|later))(?:\s+a\s+day)?\b|\bnever\s+clos|\balways\s+open\b|\bday\s+and\s+night\b|\blas\s+24\s+horas\b|\b(?:abiert[oa]s?|abrimos|atendemos)\s+24\s+horas\b|\bsiempre\s+(?:estamos\s+)?abiert|\bnunca\s+(?:cerramos|cierra)")]
    private static partial Regex AllDay();

    [GeneratedRegex(@"\b(?:open|closed)\s+(?:right\s+)?now\b|\bclosed\s+for\s+the\s+day\b|\balready\s+closed\b|\b(?:now|currently|presently)\s+(?:open|closed)\b|\b(?:open|closed)\s+(?:at\s+the\s+moment|currently|at\s+this\s+(?:time|moment|hour))\b|\bright\s+now\b[^,;.]{0,20}\b(?:open|closed)\b|\b(?:abiert|cerrad)[oa]s?\s+(?:ahora|en\s+este\s+momento)\b|\bahora\b[^,;.]{0,20}\b(?:abiert|cerrad)[oa]s?")]
    private static partial Regex Now();

    // "closed on the 26th; usually 8 to 5"
    [GeneratedRegex(@"\b(?:usually|usual|normally|normal|otherwise|instead\s+of|regular|regularly|normalmente|habitual)\b")]
    private static partial Regex Usually();

    [GeneratedRegex(@"\bclosed\b|\b(?:not|never)\s+(?:be\s+|currently\s+|usually\s+)?open\b|n't\s+(?:be\s+|currently\s+|usually\s+)?open\b|\bcerrad[oa]s?\b|\bno\s+(?:abrimos|abre|abren|estamos\s+abiertos|está\s+abiert)|\bwe\s+close\s+(?:on|for|from)\b|\bcerramos\s+(?:(?:el|los|por|en)\b|de\s+\d)|\b(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?|fin(?:es)?\s+de\s+semana|hoy|(?<!la\s)mañana)\s+cerramos\b(?!\s+(?:a|antes|temprano|más)\b)|\bno\s+hours\b|(?:n't|\bnot|\bnever|\bno)\s+(?:work|trabajamos|trabajan|atendemos|atienden|laboramos)\b" + NobodyThere)]
    private static partial Regex Closed();

    [GeneratedRegex(@"\b(?:open|opens|abrimos|abre|abiert[oa]s?)\b")]
    private static partial Regex SaysOpen();

    [GeneratedRegex(@"(?<=(?:\bat\s+\d{1,2}|\d:\d\d|\d\s?[ap]\.?m\b\.?)[^;.!?–]{0,40})(?:\s–\s|\b(?:since|because|as|porque|ya\s+que)\s+)(?=(?:we|we're|we\s+are|the\s+shop(?:\s+is)?|estamos)\s+(?:open|opens|abiertos)\b|abrimos\b)|[;\n]|\.\s+(?=\p{L})|,(?!\s*\d{4})|\((?=\D)|\)|\b(?=(?:but|pero)\b)|\b(?:except|excepto|while|mientras|then|luego|or|o)\b|(?<!\b(?:between|entre)\s+(?:las?\s+)?[^\s,;]+\s+(?:[ap]\.?m\.?\s+)?)\b(?:and|y)\b(?=\s+(?!(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))[^,;]*\b(?:open|opens|close|closes|closed|cerrad|abiert|abrimos|cerramos|from|until|till|hasta|weekends?|sat|sun|s[áa]bado|domingo))|\b(?:and|y)\b(?=\s+(?:el\s+|los\s+)?(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo)\p{L}*\s+(?:from\s+|until\s+|till\s+|de\s+|at\s+)?\d)|(?=(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo)\p{L}*[\s:–-]+(?:from\s+|de\s+)?\d)(?<=\d\s*(?:[ap]\.?m\.?)?[\s/|]+)|(?<=\d\s*(?:[ap]\.?m\.?)?\s+)(?:and|y)\b(?=\s+(?:los\s+|el\s+|on\s+)?(?:week|entre\s+semana|mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))")]
    private static partial Regex Joints();
}

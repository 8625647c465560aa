namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>The plain ways to give something, beside those that <c>GiftClaims</c> has for the same.</summary>
internal static partial class GiftClaims
{
    // "We match any price", "I'll knock a little off", "use code TINT20", "we have a sale this week", "está en oferta"
    private const string PlainShare = @"|\b(?:we|i)(?:'ll|\s+will|\s+can)?\s+(?:gladly\s+|always\s+|also\s+)?(?:match|beat)\s+(?:any|every|their|that|another|(?:a\s+)?(?!\p{L}*day's|tomorrow's)\p{L}+'s|other)\b[^.!?;]{0,25}\b(?:prices?|quotes?|offers?|deals?|estimates?|competitors?)\b"
        + @"|\bi(?:'ll|\s+will|\s+can)\s+(?:go\s+lower(?=\s*(?:[.!]|$)|\s+on\s+(?:the|that)\s+price)|make\s+it\s+cheaper|do\s+better\s+on\s+(?:the|that)\s+price)|\b(?:knock|take|shave)\s+(?:a\s+(?:little|bit)|some|something)\s+off\b(?!\s+(?:the|your)\s+(?!price|quote|total|bill))"
        + @"|\b(?:code|código|promo)\s+[""']?\p{L}{2,}\d{1,3}\b|\b(?:we|we've)\s+(?:have|got|are\s+running)\s+(?:an?|some)\s+(?:\p{L}+\s+)?(?:sale|promo|promotion)\b|\bwe\s+have\s+a\s+(?:deal|special)(?=\s*(?:[.!]|$|(?:this|today|right|going|for\s+you)\b))|\best[áa]n?\s+(?:en|de)\s+oferta\b|\btenemos\s+(?:una?\s+)?promo\b|\bigualamos\s+(?:cualquier|el|todo)\b"
        + @"|\ble\s+cobro\s+la\s+mitad\b|\ble\s+hago\s+(?:un\s+)?(?:mejor\s+precio|descuentito)\b|\bmás\s+barato\s+si\b|\b(?:le|te)\s+(?:quito|descuento|rebajo|bajo)\s+(?:diez|quince|veinte|treinta|cuarenta|cincuenta)\b|\bgive\s+you\s+a\s+break\s+on\b|\bhalf\s+the\s+(?:usual|regular|normal)\s+(?:price|rate|cost|fee|charge)\b|\b1/2\s+(?:the\s+)?(?:price|off)\b";

    // "We'll cover the cost of the strip", "no le cobro la tira", "la tira corre por nuestra cuenta"
    private const string PlainGift = @"|\b(?:we|i)(?:'ll|\s+will)\s+(?:cover|absorb|eat)\s+(?:the|that|its|your)\s+(?:cost|price|fee|charge)\b|\bcorre\s+por\s+(?:nuestra\s+cuenta|cuenta\s+(?:nuestra|de\s+la\s+casa))\b|\b(?:with\s+our\s+compliments|compliments\s+of\s+the\s+(?:shop|house))\b|\byo\s+invito\b|\bde\s+pilón\b|\bskip\s+paying\b|,\s+no\s+extra(?=\s*(?:[.!]|$))";

    // These deny by themselves what is to be paid; what is paid later, or for a talk, is another thing.
    private const string PlainNothing = @"|\bno\s+(?:(?:le|te|les)\s+)?(?:cobro|cobramos)\s+(?:la|el|los|las|eso|esa)\b(?![^.!?;]{0,40}\b(?:adelantad|anticip|chat|hasta|antes|cita|reserva|consulta)\p{L}*)|\bno\s+tiene\s+que\s+pagar\s+(?:la|el|por)\b(?![^.!?;]{0,40}\b(?:adelantad|anticip|hasta|antes|ahora|aquí|cita|reserva|consulta)\p{L}*)"
        + @"|\b(?:we|i)\s+(?:don't|do\s+not|won't)\s+bill\s+for\b|\bno\s+(?:bill|invoice)\s+for\b|\bwithout\s+charging\b(?![^.!?;]{0,40}\b(?:card|until|yet|before|deposit)\b)|\b(?:don't|do\s+not)\s+owe\s+us\s+(?:anything|a\s+(?:thing|cent|dime))\b|\bdon't\s+worry\s+about\s+paying\b(?![^.!?;]{0,40}\b(?:now|today|until|yet|up\s?front|online|here|in\s+advance|before)\b)";

    // What is done with a time, and nothing with a car.
    private const string Keeping = @"(?:hold(?:ing)?|reserv(?:e|ing)|resched(?:ule|uling)|cancel(?:l?ing)?|book(?:ing)?)(?!\s+(?:(?:the|your|a|an|any|our|that|this)\s+)?(?:[\p{L}\d]+\s+){0,2}(?:tints?|film|strips?|sunroof|windows?|windshields?|package|service|job|removal)\b)";
    private const string ItsTime = @"(?:(?:the|your|an?|that|this|another)\s+)?(?:slot|spot|time|appointment|booking|it)";
    private const string Apartar = @"(?:apartar(?:lo|la)?|reservar(?:lo|la)?|agendar(?:lo|la)?|cancelar(?:la|lo)?|reprogramar(?:la|lo)?)";

    // Who asks pays nothing for it, and nobody pays in the chat: that gives nothing away.
    private const string OtherPlain = @"|\b(?:asking|preguntar|consultar|calling|texting|chatting|escribir)\s+(?:costs\s+nothing|is\s+free|no\s+cuesta\s+nada|es\s+gratis)\b|\bit\s+costs\s+nothing\s+to\s+(?:ask|call|text|chat|message|check)\b|\bno\s+cobramos\s+por\s+(?:contestar|responder|preguntar|consultar|escribir)\b|\bno\s+charge\s+is\s+made\s+(?:through|in|on)\b"
        + @"|\bno\s+(?:charge|cost|fee)s?\s+(?:to|for)\s+(?:" + Keeping + @")\b|\b(?:" + Keeping + @")(?:\s+" + ItsTime + @")?\s+(?:costs?\s+(?:you\s+)?nothing|(?:doesn't|does\s+not|won't)\s+cost\s+(?:you\s+)?anything|is\s+(?:always\s+)?free(?=\s*(?:[.!,;]|$)))|\bit\s+(?:costs?\s+nothing|doesn't\s+cost\s+(?:you\s+)?anything)\s+to\s+(?:" + Keeping + @")\b"
        + @"|\bno\s+(?:(?:le|te)\s+)?cobramos\s+(?:nada\s+)?por\s+" + Apartar + @"\b|\b" + Apartar + @"(?:\s+(?:la|el|su|una?|otra)\s+(?:cita|turno|espacio|lugar|hora))?\s+(?:no\s+(?:le\s+)?cuesta\s+nada|es\s+gratis)\b|\bno\s+(?:(?:le|te)\s+)?cobramos\s+nada\s+(?:hasta|antes)\b"
        + @"|\bi\s+don't\s+charge\s+anything\s+(?:here|in\s+(?:the|this)\s+chat)\b|\byou(?:'re|\s+are)\s+(?:always\s+|also\s+|still\s+)?free\s+to\s+\p{L}+";
}

using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <content>Consent that is taken back, wishes, what is as doubtful as a text that says more than a no; and the net for a no that no list has.</content>
public static partial class OptOutWords
{
    // More words than this tell a story, in which the no is one thing of several.
    private const int MostWordsOfANo = 12;

    // A question of so few words is the no itself: "can you stop texting me?"
    private const int MostWordsOfAQuestion = 8;

    private const string Write =
        "(text|texting|txt|txting|message|messaging|msg|contact|contacting|write|writing|email|emailing|bother|bothering|call|calling|reach out|reaching out)";

    private const string ToTheEnd = "( (please|pls|plz|now|thanks|thank you|me|us|to me|to us|again|anymore|any more|any further|further|ever|at all|gracias|por favor|ya|mas|nada|a este numero|a mi))*$";

    private const string Me = "( (me|us|(this|my|our) (number|phone|cell|line)))?";

    // Who is to be taken off these is a customer with an appointment.
    private const string Calendar = "(?! (off|from|out of) (of )?(the |your |that |this )?(schedule|calendar|waitlist|wait list|waiting list|hold|books|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\\d+)( ?[ap]m|s)?\\b)";

    // Somebody of the customer's own, or a thing of theirs: of these one may have the wrong number and still be a customer.
    private const string Relative =
        "(husband|wife|spouse|partner|son|daughter|mom|mother|dad|father|brother|sister|boyfriend|girlfriend|fiancee?|boss|assistant|friend|car|truck|vehicle|appointment|account|order|invoice|quote)";

    // "Remove my phone from the dash first": a thing in a car, not a number on a list.
    private const string OfACar = "(?! (mount|holder|charger|case|cradle|plate|badge|tag)s?\\b)(?! (off|from|out of) (of )?(the|my|our|its) (\\w+ ){0,2}(dash|dashboard|bluetooth|infotainment|radio|screen|stereo|car|truck|van|vehicle|mount|holder|charger|cradle|console|seat|seats|cup|front|glove|windshield|window|invoice|door|bag|table|counter|order|quote|estimate|booking|ticket)\\b)(?! (off|from|out of) (bluetooth|infotainment)\\b)";

    // "I never signed up for that wash": what a shop sells or does, not what it writes.
    private const string OfAService =
        "(?! (\\w+ )?(service|package|plan|membership|coating|ceramic|warranty|wash|detail|tint|charge|price|fee|deal|upgrade|option|product|quote|protection|film|work|job|repair)s?\\b)";

    // Whose permission is taken back, or was never given, says for what: messages, a number, or nothing.
    private const string ToWrite =
        $"(?=( (given|granted))?( {After})*$| (to|for) (be (texted|contacted|messaged|called|emailed|spammed)|(be |keep |ever |any |all |the |these |this |those |that |your |ur |further )*({Verbs}|{Nouns}|call|calling|send|sending|get|receive|have|use|keep|sell|share))\\b(?! (the |my |our )?(car|truck|van|vehicle|keys?|parts?))| (to|for) (this|that|it)( {After})*$| (so|and|please|stop|remove|lose|delete) )";

    // A clear no in a text that says more may be about something else: then a person looks at it, too. Digits are an hour, an amount, another number.
    private static bool SaysMore(string text, string words)
    {
        var count = words.Count(letter => letter == ' ') + 1;
        return count > MostWordsOfANo || (count > MostWordsOfAQuestion && text.Contains('?', StringComparison.Ordinal)) || words.Any(char.IsDigit) || More().IsMatch(words);
    }

    [GeneratedRegex(
        @"\b((mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|tonight|weekends?|while|until|till|before|during|instead|by (mistake|accident)|accidentally|i meant|(?<!at )once(?! and for all)|as soon as|appointment|appt|schedule\w*|reschedule|warranty"
        + @"|but|though|see you|(?<!\b(desde|partir de) )hoy|my (old|new|other) (number|phone|cell|one|e ?mail)|(?<!\b(not|dont|to|never) )use (this|the (other|new)|my (new|other|cell|work))|(text|txt)( (me|us|only|please|pls|just|is|works|fine|better|best|instead|ok|okay|and|so))* (dont|do not|no|never|not) (want )?e ?mails?|(text|txt|message|msg|contact|email|call|bother|bug) (me|us) today|driving(?! (me|us)\b)|at work(?! (number|phone|cell))|in a meeting|e ?mail\w*( (me|us|please|pls|just|only|you can|i|we|prefer|and|but))* text (me|us|is|only|works|instead)|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|manana|mientras|hasta|antes|despues|por error|sin querer|mi cita|pero)\b")]
    private static partial Regex More();

    // As the whole text, like OtherWords, with what politeness puts around it.
    [GeneratedRegex(
        $"^((please|pls|plz|kindly|por favor|favor de) )*((cancel|end|stop|quit|terminate) (the |this |my )?subscription|remove|remove from ((the|your|ur|this) )?(\\w+ )?list|rmv (me|us)|revoked|erase me|quit quit|end end end|salir|salirme|quitame|eliminame|elimineme"
        + $"|eliminarme|eliminenme|borrame|sacame|(quiero|quisiera|necesito|pido|solicito) que me (borren|eliminen|saquen)|(remueve|remueva|remuevan|anula|anule|anulen) ((la|mi) )?suscripcion|(remueve|remueva|remuevan)(me|nos)|cancel[ae]|cancelame|remover|remover mi numero|darse de baja|dar de baja|no molest(en|es|e|ar)|anular|anular (la |mi )?suscripcion|terminar|fin|ya es suficiente|quiero salir(me)?( de (la|esta|su) lista)?"
        + $"|rescind|decline further (texts|messages)|(stop){{2,}}|stop ?(2|to) ?end|stop(please|pls|plz|now|me|this|texts|texting|texting ?me|messages|messaging|thanks)|(opt|otp|oopt|opr|ipt) (out|put|our|oit|iut|ouy|ot|ut)"
        + $"|(?<=(please|pls|plz|por favor) )no more|no more (please|pls|plz|texting|messaging|por favor)|(block|blocked|blocking|report|reported|reporting) (and|n) (block|blocked|blocking|report|reported|reporting))( {After})*$")]
    private static partial Regex AloneToo();

    [GeneratedRegex(
        @"\b(no further (texts?|texting|messages?|msgs?|contact|communications?|emails?)"
        + $@"|(?<!\b(i|we|they|you|who|to) )(dont|do not|never) (ever )?({Write} )*{Write}{Me} (or|and|nor) {Write}{Me}{ToTheEnd}"
        + @"|(revok|withdraw|rescind)\w*( (my|all|any|the|this|prior|express|written))* (consent|permission|authorization)(?! (for|to|on|of) (the |my |our |this |that |any |be |have |do |your )*(\w+ )?(repairs?|work|job|service|charg\w*|start|begin|proceed|order|tint\w*|ceramic|coating|wrap|install\w*|purchase|payment|card|quote|estimate|appointment|tow\w*|drill\w*|remov\w*|drive|car|truck)\b)"
        + @"|(consent|permission|authorization) (is |has been |was )?(hereby )?(revoked|withdrawn|rescinded)|i (hereby )?(revoke|rescind)$"
        + $@"|(you|u|yall|they) (do not|dont|did not|didnt|never|no longer) (have|had|got|get)( (my|any|our))* (consent|permission){ToWrite}|((do not|dont|didnt|did not|never) (give|gave|grant|granted)( (you|u|yall|my|any))*|(no|(?<!\bi )dont have)( (my|any))*) (consent|permission){ToWrite}"
        + @"|(text|txt|messag|msg|contact|spam|sms|email|solicit)\w*( \w+){0,3} without( (my|any|our|prior|written|express))* (consent|permission)\b|without( (my|any|our|prior|written|express))* (consent|permission)( \w+){0,3} (text|messag|contact|spam)\w*"
        + $@"|i (do not|dont|did not|didnt|never) consent(ed)?( to ((this|these|that|any){OfAService}|your|be|being|get|getting|receive|receiving|texts|messages)\b|$)|^(do not|dont) consent$"
        + $@"|(dont|do not|no longer) want (you|u|ya|yall|you guys|anybody|anyone) (to )?{Write}{ToTheEnd}|refrain from {Write}|not (authorized|allowed|permitted) to {Write}{ToTheEnd}"
        + @"|(rather|prefer) (not|you didnt|you not|no) (to )?((be|get|getting|receive|receiving|have) )?(any |more |your )*(texted|contacted|messaged|texts?|messages?|text me|message me|contact me)\b"
        + @"|(dont|do not) want to be on (this|your|the|ur) (\w+ )?list|(dont|do not|never) reach out" + ToTheEnd
        + $@"|(?<!\b(i|we|they|you|who|to) )(dont|do not) (continue|keep) (to )?{Verbs}( (me|us|this number|my phone)\b|( {After})*$)|(refuse|decline) (to )?((receive|receiving|get|getting|accept|have|be|any|more|further|your|these|those|all) )+({Nouns}|texted|contacted|messaged)\b"
        + @"|(leave|let) (me|us) (the \w+ |tf |be|tf be)(alone)?$|leave (me|us) (the \w+|tf) alone|lemme (the \w+ |tf |be )?alone$|(will|going to|gonna|ill) block this number|^blocking this number)")]
    private static partial Regex NoConsent();

    [GeneratedRegex(
        $@"\b((^|\b(ya|por favor|favor|nunca|mas) )(no|nunca|nunca mas)( me| nos)? (escriba[ns]?|mande[ns]?|envie[ns]?|contacte[ns]?|moleste[ns]?|textee[ns]?|textes)(?>( (mas|mensajes?|textos?|nada))*){ToTheEnd}"
        + @"|no (me |nos )?vuelv(a|as|an) a (escribir|mandar|contactar|molestar|textear)\w*|nunca (mas )?(me|nos) (escrib|mand|envi|contact|text)(a|e|an|en|as|es)\b|no (quiero|deseo) (ser|que me) (contactad|molestad|contact|molest)\w+"
        + @"|no doy (mi |el )?(consentimiento|permiso)( (para|de) (mensajes|textos|que me)|$)|retir(o|e) mi (permiso|autorizacion|consentimiento)|no tien(e|en|es) mi (permiso|consentimiento|autorizacion)(?! (para|de) (empezar|comenzar|iniciar|trabajar|hacer|tocar|reparar|mover|cobrar|usar el))|quit(a|e|en)me ya$)")]
    private static partial Regex NoInSpanish();

    // Anger without a word of stopping, and what is more often a stranger's than a customer's.
    [GeneratedRegex(
        $@"\b((dont|do not|never|stop) (ever )?(call|calling) (me|us|this number|here|this phone)( (again|ever|{After}))*$|(dont|do not) want to hear from|(wrong|worng|incorrect) (number|phone) (on|is on)"
        + $@"|no (me|nos) llam(en|es|e)( (mas|ya|por favor|nunca|a este (numero|telefono|celular)))*$|^({Polite} )*no llam(en|es|e)( a este (numero|telefono|celular))?( (mas|por favor))*$|^(enough|({Polite} )*(screw|bug|sod) off|(({Polite} )*turn (these|those) off)|({Polite} )*off (the|your|this) list|(i )?want (off|out)|(i have )?no interest|uninterested|no more of (these|this)|no (more )?follow ?ups?|go to hell|knock it off|cut it out|give it a rest|bug off|back off|gtfo|junk|fu|f u|annoying)( {After})*$|enough already"
        + $@"|(didnt|did not|never|nobody|no one) (ever )?(ask|asked|request|requested|solicit|solicited) (for )?(this|these|that|it|anything|any quote|a quote|an estimate)( {After})*$"
        + @"|^(yo )?(no|nunca) (pedi|solicite) (nada|esto|eso|(ninguna |una )?cotizacion|(estos |esos )?mensajes)$|de donde sacaron mi numero|(nunca|no) (te|le|les) di mi numero|(didnt|did not|never) (give|gave|given) (you|u|yall|you guys|anyone|anybody|them) (my|this) (number|phone number|cell)(?! (yet|its|it is|so|did|let|here|this|but)\b)|no hay nadie con ese nombre|aqui no hay ningun\w+ \w+$"
        + @"|(phone|number) belongs to a (child|minor|kid)|you (guys )?text too much|why (are|do) (you|u|yall)( guys)? (keep )?(texting|messaging|contacting|bothering|bugging|harassing|spamming) me( so much)?$"
        + $@"|^(block me|forget (about )?me|mistake number|delete (the |this )?number|lose my contact)( {After})*$|(do not call|dnc) registry|(do not|dont) (use this number|solicit|communicate with (me|us)|contact further)( {After})*$"
        + $@"|^({Polite} |you |just )*go away\b(?! (for|on|to|this|next|over|from)\b)|(and|now|so|then) go away$"
        + @"|(sick( and tired)?|tired|fed up|done|annoyed|through) (of|with|by) (getting |receiving |all |of |these |those |your |the |this |ur |constant )*(texts|texting|messages|messaging|msgs|spam)(?! (on|in|from) (my|the) (dash|screen|car|radio))"
        + $@"|(can|could|would|will) (you|u|yall|you guys)( (please|pls|plz|just|kindly|all|guys))* not (text|txt|message|msg|contact|email|bother|spam|bug)( (me|us))?( (again|anymore|any more|ever|at all|{After}))*$"
        + $@"|(dont|do not|no longer) (want|need) (these|this|those|them) (anymore|any more|no more|no mas)( {After})*$|hold (off|up) on (sending )?((the|these|those|your|any|all|more|further|me) )*(texts?|texting|messages?|messaging|msgs?|notifications)\b|^({Polite} )*(drop (my (number|name)|this number)|(take|pull) (my (number|name)|this number|us) out)( {After})*$"
        + $@"|no (autorice|autorizo|autorizamos) (esto|eso|estos|esos|estos mensajes|los mensajes)( {After})*$|(?<!\b(les|le|te) )voy a (bloquear|reportar|denunciar)(los|las|lo|la|te|les)\b"
        + $@"|no (more )?(marketing|promos?|promotions|ads|advertising|solicitations|soliciting|communication)( {After})*$|^(i will|ill) sue$|{Stranger})\b")]
    private static partial Regex Rude();

    // Of the rules of other nos: those by which somebody is not the person whom we look for.
    [GeneratedRegex(
        $@"\b((numero|number|num|telefono|persona|celular|contacto) (equi[vb]ocad[oa]|incorrect[oa]|erroneo|errado)(?! de\b)|equivoc\w+ (de )?(numero|telefono|persona)|no soy (esa persona|quien|(la|el) (persona )?que busca\w*)|{NotTheirs}"
        + $@"|{NotTheNumber}|aqui no vive|no hay nadie con ese nombre|aqui no hay ningun\w+ \w+$|(phone|number) belongs to a (child|minor|kid)|mistake number|{Stranger}"
        + @"|(wrong|worng|incorrect) (number|phone) (on|is on))\b")]
    private static partial Regex WrongNumberToo();

    // The net: a no close before a word of messages, of which no rule knows anything. Not what did not come, and not the number that somebody lacks.
    [GeneratedRegex(
        @"(?<!\b(i|we|they|who|you|u|guys|yall|he|she|if|why|to|was|were|did|does|am|im|is|its|thats|are|not|got|get|had|have) )\b(no|not|dont|do not|never|nunca|no me|no nos|rather not|refrain|revok\w+|withdraw\w*|unwilling|decline)"
        + @"( (?!(got|get|gotten|getting|receive|received|see|saw|seen|find|found|have|had|has|sure|know|mind|need|forget|hesitate|remember|sent|show|come|came|if|how|why|when|what|problem|worries|rush|thanks|that|yet|more than|able|because|and|so|but|just|only|solo|solamente|sino|mejor|call|one|body|tengo|se|puedo|puede|hablo|contest\w*|respond\w*|leo|leen|lleg\w*)\b)\w+){0,3}"
        + @" (texts|texting|txts?|messages|messaging|msgs?|contacting|contacted|mensajes|escrib(an?|as|irme|irnos)|text(ee|een)|contact(en?|arme|arnos))\b(?! (info|number|yet|so far|while|person|from (you|u|ya|yall|him|her|the|my)|came|back|came through|price|of (colors|shades|services|prices|options)))")]
    private static partial Regex Unheard();
}

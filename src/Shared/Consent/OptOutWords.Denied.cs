using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <content>A no that is denied, a wrong number that is asked about or the customer's own slip, threats, and whose the number is instead.</content>
public static partial class OptOutWords
{
    // An email that is to be written, or a certain one, is no email of ours that somebody does not want.
    private const string Emails = @"(?<!\b(to|need the|an?) )e ?mails?(?! (i (just )?sent|printed|address\w*)\b)";

    private const string Accuse = "(su(e|ing)|report|reporting|(block|blocking)(?! off)|press(ing)? charges|fil(e|ing) (a |an )?(complaint|charges|suit|lawsuit)|tak(e|ing) you to court)";

    // Whoever it is, it is not our customer; these may be said of somebody else as well.
    private const string Stranger =
        $"(?<!\\b(order|invoice|ticket|part|case) )(number|phone|cell) (was|is|has been|have been|got|has) (been )?reassigned|(have|got) me (confused|mixed up|mistaken) (with|for)|(confus|mistak)\\w+ me (with|for)"
        + $"|(dont|do not) know (that|this) (person|guy|man|woman|lady)( (sorry|{After}))*$|never heard of (him|her|that (person|name)|this person)( (sorry|{After}))*$|((thats|that is|this is|its) |^)not my name( (sorry|{After}))*$"
        + "|(this|the) (phone|number|cell) belongs to my (son|daughter|kid|child|wife|husband|mom|mother|dad|father)\\b|(this is|its|thats) a (\\w+ ){0,3}(kid|child|minor|old)s (phone|number|cell)"
        + "|(este|ese) (numero|telefono|celular) (es de otra persona|no es de (?!(aqui|confianza|mi|mis|ustedes|usted)\\b)\\w+( \\w+)?$|no le pertenece)"
        + $"|(?<!\\b(mi|su|tu) \\w+ )(ya )?no vive aqui( (perdon|gracias|ya))*$|^((sorry|hi|hello|hey) )*(he|she|they|{Names}) (has |have |just )?(changed|switched) ((his|her|their|the) )?(number|phone|cell)s?( (sorry|{After}))*$"
        + $"|^((perdon|hola) )*((el|ella|{Names}) (ya )?cambio (de|su)|ya cambio de) (numero|telefono|celular)( (perdon|gracias))*$|(just|recently) got this (phone|new|cell) number(?! (can|could|so|please|and|but|update|its|it|for)\\b)|(someone|somebody)( else)? (used|put|gave|entered|is using|has been using|must have used|must have put) my (number|phone)\\b(?! (to|for) (book|schedule|order))"
        + $"|^((sorry|hi|hello) )*(idk|(i )?(dont|do not) know) who (that|{Names}) is( (sorry))*$"
        + "|me confund(e|es|en|io|iste|ieron|iendo) con (otr[ao]|alguien|una persona)|se confund\\w+ de (numero|persona|telefono)";

    // "Ese no es el número de mi placa": another number than that of a phone.
    private const string NotTheNumber =
        "(este |ese |^)no es (el|mi|su) (numero|telefono|celular)(?! de(l)? ((mi|la|las|el|los|su|tu) )?(placas?|carro|auto|troca|camioneta|motor|taller|tienda|negocio|serie|vin|orden|cita|factura|poliza|cuenta|parte|pieza|modelo|llantas?|rin|rines)\\b)";

    // A wrong number that is asked about, denied, or the customer's own slip. Taken out before the rest is read.
    [GeneratedRegex(
        @"\b((do|did|am|have) i (just )?(have|had|got|get|text|texted|texting|call|called|calling|dial|dialed|talking to|asking|reach|reached|reaching) (the |a )?wrong ?(number|person)|(is|was) (this|that|it) (a |the )?wrong ?(number|person)"
        + @"|is(nt)? (this|that|it) not the (right|correct) (number|person)|are you the wrong person|wrong person (to ask|for (that|this) question)"
        + @"|\bi (think i |thought i |just |must have |may have |might have |mustve )*(have|had|called|dialed|texted|messaged|got) (the |a )?wrong ?(number|person)|you (guys |all )?(gave|sent|told) (me|us) (the |a )?wrong ?(number|person)"
        + @"|(web ?site|google|yelp|facebook|maps|internet|listing) (has|have|had|lists|shows|gives|gave me|is) (the |a )?wrong number|(dont|do not) have (the |a )?wrong (number|person)|(not|isnt) (the |a )?wrong (number|person)"
        + @"|no es (un |el )?(numero|telefono) equi[vb]ocado|(tengo|tenia|marque) el (numero|telefono) equi[vb]ocado|es (este|ese) (el |un )?(numero|telefono) equi[vb]ocado|(le|les|te) di (el |un |mi )?(numero|telefono|correo) equi[vb]ocado)\b")]
    private static partial Regex NoWrongNumber();

    // "I don't want to unsubscribe": the no is denied, or asked about. It counts, and a person reads it.
    [GeneratedRegex(
        @"(?<!\b(you|u|ya|yall|guys|they|people|if|why) )\b(dont|do not|didnt|did not|never|(?<!\b(do|did|does|will|can|could|would) )not|no need to|(you|u) (dont|do not) (have|need) to)( (want|mean|ask|asked|tell|told|say|said|saying|trying|going|please|ever|you|u|to|be|get|(the|these|your) (texts|messages|emails)))* (stop\w*|unsub\w*|opt(ed|ing)?( me)? out|(remove|delete|lose|loose|take|drop) (me|us|my|this|our))\b"
        + @"|\b(why|am|was|were|did|have) (was |am |did |have )?i (get |been |just )?(unsubscribed|unsubscribe|opted out|taken off|removed|stop)\b|\bunsub\w* (was )?(a |by )mistake\b"
        + @"|\bno (quiero (darme de baja|que me (quit|borr|saqu|elimin)en|cancelar)|(me |nos )?(quit|borr|saqu|elimin)(e|en|es)|(dej|par)(e|a|en|es) (ya )?de)\b")]
    private static partial Regex Negated();

    // What a shop hears from nobody who wants something: the law, the police, and messages that annoy.
    [GeneratedRegex(
        $@"\b((take|taking|pursue|pursuing|seek|seeking) legal action(?! against (the|my|his|her|them|a|an|another)\b)|(take|taking) (you|yall) to court|see you in court|hear(ing)? from my (lawyer|attorney)"
        + $@"|(ill|i will|im|i am|going to|gonna) (be )?(call|calling|contact|contacting|get|getting) (my (lawyer|attorney)|the (police|cops))(?! (to|for|about)\b)|(im gonna|i am going to|im going to|gonna) sue$"
        + $@"|(text|message|txt|msg|contact|email) (me )?(again|one more time) (and |n )?(i|ill|im|i will|i am)( (will|am|going to|gonna|be))* ({Accuse}|call(ing)? (the )?(police|cops|911|my (lawyer|attorney)))\b|(los|te|lo) voy a demandar|voy a demandar(los|te|lo)"
        + $@"|(these|those|the|your|ur|all these) (\w+ )?(texts|messages|msgs|emails) (are|is) ((so|very|really|getting|just|super|too|beyond) )*(annoying|bothering|ridiculous|out of control|too much|a nuisance)"
        + @"|no (les|le|te) di permiso( (para|de) (escrib|mand|envi|text|contact)\w*|$)|(no|nunca) me suscribi( a (esto|nada|sus|estos|eso)\b|$)|no (me|nos) (habl|marqu)(en|es|e)( (mas|ya|por favor|nunca))*$)\b")]
    private static partial Regex Threat();
}

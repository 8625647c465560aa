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
/// Clear is what names messages, a number or a list and says no to them, or is nothing but a word of stopping. Doubtful is anger, and a word of stopping that is about
/// nothing else. What stops, ends or is cancelled otherwise — by, at five, the appointment, the noise — is a customer's ordinary sentence.
/// </remarks>
public static partial class OptOutWords
{
    // The FCC's words and Twilio's default list (both read 2026-11-22): as a whole text they say one thing.
    private static readonly HashSet<string> Keywords = ["stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"];

    // Of two or three words, typed in a hurry, or in Spanish.
    private static readonly HashSet<string> OtherWords =
    [
        "alto", "para", "pare", "paren", "parar", "parale", "basta", "basta ya", "ya basta", "baja", "darme de baja", "dame de baja", "denme de baja", "no mas", "ya no", "ya no mas", "cancelar", "cancelen",
        "detener", "detente", "detenganse", "desuscribir", "desuscribirme", "quitenme", "quiteme", "borrenme", "saquenme", "remove", "remove me", "leave me alone", "leave us alone", "no more", "no thanks stop",
        "arret", "unsuscribe", "unsubcribe", "unsubscrib", "unsubscibe", "unsub", "stp", "sotp", "stpo", "stopp", "stoop", "stop it", "st op", "s t o p", "stop stop", "stop stop stop", "opt me out", "opting out",
        "i opt out", "cease", "desist", "cease and desist", "end all", "end it", "delete me", "take me off", "lose my number", "block", "blocked", "fuera", "dejenme en paz", "dejame en paz", "end messages",
        "end texts", "cancel texts", "cancel messages", "cancel all", "quit it", "i quit", "please remove", "remove please", "remove us", "no contact", "do not contact", "dont contact", "do not text", "dont text",
        "dnc", "do not call", "dont call",
    ];

    /// <summary>Are these exactly the carrier's own words? Twilio knows and confirms them by itself.</summary>
    public static bool IsKeyword(string text) => Keywords.Contains(PlainWords.Of(text));

    /// <summary>What the words ask for. An email's quoted part is to be cut off before: it holds our own "Reply STOP".</summary>
    public static OptOut Read(string text)
    {
        var all = PlainWords.Of(text);
        if (Keywords.Contains(all) || OtherWords.Contains(all) || Bare().IsMatch(all))
        {
            return OptOut.Clear;
        }

        var words = Innocent().Replace(all, " ");
        return WrongNumber().IsMatch(words) || NoMessages().IsMatch(words) || OffTheList().IsMatch(words) || InSpanish().IsMatch(words) ? OptOut.Clear
            : Doubt().IsMatch(words) ? OptOut.Doubtful
            : OptOut.No;
    }

    private const string Nouns =
        "(texts?|texting|textin|txts?|txting|messages?|messaging|msgs?|msging|sms|mms|spam|spamming|notifications?|alerts?|reminders?|communications?|outreach|contact|contacting)";

    private const string Verbs =
        "(text|texting|txt|txting|textin|message|messaging|msg|msging|contact|contacting|write|writing|email|emailing|bother|bothering|harass|harassing|spam|spamming|bug|bugging"
        + "|pester|pestering|annoy|annoying|hit up|hitting up|blow up|blowing up|solicit|soliciting|reach out|reaching out)";

    private const string Polite = "(please|pls|plz|plez|just|ok|okay|hey|hi|hello|yo|no|nope|bro|dude|sir|maam|omg|wtf|i said|i want to|i wish to|i would like to|id like to|por favor|ya|y)";

    private const string After =
        "(please|pls|plz|now|thanks|thank you|thx|ty|me|already|immediately|all|asap|today|forever|everything|completely|right now|sir|bro|man|dude|guys|ok|okay|stop|por favor|ya|gracias|at once|from this|from now on)";

    // What is said of messages is never innocent.
    private const string OfMessages = @"(?!(\w+ ){0,2}(text|txt|messag|msg|sms|spam|contact|communicat|harass|bother|call|alert|notif|remind|list|subscri|email|send|writ))";

    // "STOP PLEASE", "ok stop now": few words, of which one is the word itself and the others are nothing.
    [GeneratedRegex(
        $"^({Polite} )*((stop|stopp|sotp|stopall|unsubscribe|unsub|optout|opt out|quit|cease|revoke|alto|pare|paren|basta|parar|stop it)( (it|this|that|{After}))*|(cancel|end|remove me)( {After})*)$")]
    private static partial Regex Bare();

    // What a customer of a shop stops, ends or cancels, and "stop" where it means a visit. Taken out before the rest is read.
    [GeneratedRegex(
        @"\b((can|could|may|will|ill|would|let me|going to|gonna|want to|like to|need to|able to|try to|might|did|didnt|should|ll) (i |we |you |he |she |they )?(just |also )?stop (by|in|at|over|on|there|here|to)"
        + @"|stop(ping|ped)? (by|over|in (at|to|and|tomorrow|today|on|this|next|after|before|around|for))"
        + @"|(dont|do not|never) (ever )?stop|(cant|cannot|can not|couldnt|wont|doesnt|does not|didnt|will not|not) stop " + OfMessages + @"\w+|(wont|doesnt|didnt|cant|does not) stop$"
        + @"|(when|what time|how late|what day)( \w+){1,4} (stop|end|quit|close)s?( |$)" + OfMessages
        + @"|(cancel|end|stop|quit)(led|ed|ing|ping)? (my|our|the|that|an|any|a|his|her|todays|tomorrows) " + OfMessages + @"(\w+ ?){1,3}"
        + @"|(when|where|if|until|before|after|every time) (i|you|we|it|the car|the truck) stop|(to|a|complete|full|non|one|bus|pit|rest|next|first|last|truck|door) stop"
        + @"|stop (light|lights|lamp|lamps|sign|signs|watch|gap|leak|and go|and start)|(start|startup|engine|auto|idle) (and |or )?stop|(the|week|weekend|month|year|day|front|back|rear|high|low|dead|tail|other|far) end|end of|ends? (on|at|up|in)"
        + @"|(in|to|into|from|my|the|your) (the |my |your )?spam( folder| box)?|spam folder|never (text|contact|message|write|email)(ed)? (me|us) (back|the|a|an|with|about|yet))\b")]
    private static partial Regex Innocent();

    [GeneratedRegex(
        @"\b(wrong (number|person|phone|guy|one|contact|num|numb|nmbr|no)|not the right (number|person)|not (my|his|her) number|(have|got) the wrong|(no one|nobody|noone|no \w+) (here )?(by|with|named|called) (that|this)( name)?"
        + @"|not who you (think|are looking)|this (isnt|is not|aint) \w+s (number|phone|cell)|(i am|im|this is) not (the person|who)|dont know (who )?(you|this)( are)? (and )?stop)\b")]
    private static partial Regex WrongNumber();

    [GeneratedRegex(
        $@"\b((stop|stopp|sotp|quit|cease|end|halt|discontinue|no more|enough|cancel|turn off|disable|terminate|knock off|cut out)( (with|all|any|these|those|the|this|that|your|ur|future|further|automated|auto|sending|getting|of|me|us|more|marketing|fucking|damn))* {Nouns}"
        + $@"|(stop|stopp|sotp|quit|cease) (sending|{Verbs})|(dont|do not|never|dnt|plz dont|no longer|not to|you may not|you cannot|shouldnt) (you )?(ever )?(again )?{Verbs} (to )?(me|us)"
        + @"|(dont|do not|never) (ever )?(text|txt|message|msg|contact|email) (again|anymore|any more|ever|this number|this phone|my phone|my number|here)"
        + @"|(dont|do not|never) (ever )?send (me |us )?(any|anything|any more|more|another|these|those|texts?|messages?|stuff)( |$)"
        + $@"|(dont|do not|no longer|never) (want|wish|need|like|care)( (to|get|receive|hear|be|have|see|any|more|these|your|getting|receiving|from you|from|a|the|on))* ({Nouns}|texted|contacted|messaged|emailed|bothered)"
        + @"|(dont|do not|no longer) (want|wish) to hear from|(stop|end|cease) all (contact|communication)|cease and desist|leave (me|us) alone|lose (my|this) number|unsub\w*|un subscribe|opt(ing|ed)? (me |us |my number )?out"
        + @"|(revoke|withdraw|rescind)( (my|all|any|the))* (consent|permission)|(no|without|never gave|didnt give|did not give|dont have)( (you|my|any|u))* (consent|permission)|cancel (my|the|this) (subscription|texts|messages)"
        + @"|(report|reporting|sue|suing|block|blocking|blocked|reported) (you|u|ya|your number)|not interested (and |so |please )?(stop|remove|take|quit)|(youre|you are|this is|u r) (harassment|harassing|spam))\b")]
    private static partial Regex NoMessages();

    [GeneratedRegex(
        @"\b((take|remove|delete|erase|drop|scratch|strike) (me|us|my (number|name|phone|info|information|contact|cell|data)|this (number|phone|cell)|our number)( off| from| please| now| out of|$)"
        + @"|(remove|delete|erase|forget) (my|this|our) (number|phone|contact|info|information|data|name|cell)|(remove|delete) (me|us)( please)? from|take (me|us) off"
        + @"|(off|from) (of )?(your|this|ur|the (mailing|text|texting|sms|contact|call|calling)) (\w+ )?list( |$)|do not (text|contact|call|disturb) list|put me on (your |the )?(dnc|do not))")]
    private static partial Regex OffTheList();

    [GeneratedRegex(
        @"\b((numero|telefono|persona|celular|contacto) (equivocad[oa]|incorrect[oa]|erroneo)|equivoc\w+ (de )?(numero|telefono|persona)|no soy (esa persona|quien|(la|el) (persona )?que busca\w*)"
        + @"|(ya )?no (me|nos) (vuelvas? a |vuelvan a )?(escrib(an|as|a|ir)|mand(en|es|e|ar)|envi(en|es|e|ar)|contact(en|es|e|ar)|molest(en|es|e|ar)|llam(en|es)|texte(en|es|e|ar)|hostigu(en|es|e)|busqu(en|es)|sig(an|as) \w+)( |$)"
        + @"|no (quiero|deseo|quisiera|queremos|necesito)( (mas|recibir|ningun|sus|estos|tus|seguir|recibiendo|que me|me|manden|envien))* (mensajes?|textos?|sms|publicidad|recibir|escriban|manden|contacten|recibiendo|molesten|correos?)"
        + @"|no mas (mensajes?|textos?|sms|publicidad|correos?)|(deje|deja|dejen|paren|pare|para|dejar|parar|basta) (ya )?de (\w+rme|escribir|mandar|enviar|molestar|textear|contactar|mensajes|textos|hostigar)\w*"
        + @"|dej(e|a|en)(me|nos) (en paz|tranquil\w+)|(quit|borr|elimin|sac|saqu|remuev|retir)\w{0,5}(me|nos) (de|por favor|ya)|(quit|borr|elimin)\w{0,4} mi (numero|telefono|nombre|contacto)"
        + @"|(dar|da|de|den|dar)(me|nos) de baja|cancel\w* (la |mi |esta |mis |los )?(su[bs]+cripcion|mensajes)|(desuscrib|desinscrib|dessuscrib)\w*|no autorizo|(retiro|revoco) mi consentimiento"
        + @"|(este|ese) no es (el|mi|su) (numero|telefono|celular)|aqui no vive|(los|lo|te|la) voy a (bloquear|reportar|denunciar))")]
    private static partial Regex InSpanish();

    // Anger, and a word of stopping about nothing that a shop does.
    [GeneratedRegex(
        @"\b(stop|stopp|sotp|harass\w*|spam\w*|scam\w*|unwanted|fuck (off|you|u)|f off|piss off|go away|get lost|screw you|stfu|shut up|buzz off|how did (you|u|ya) get (my|this) (number|info|name)|where did (you|u) get (my|this) (number|info|name)"
        + @"|who gave (you|u) (my|this) number|(not|no longer) interested|cancel (it|this|that)( |$)|(too|so) many (texts|messages|msgs|emails)|ftc|fcc|tcpa|lawsuit|do not disturb|no (me|nos) interesa|no estoy interesad[oa]|no estamos interesados"
        + @"|quien (te|le|les) dio mi numero|como (consigui|obtuv)\w+ mi numero|demasiados mensajes|vayanse|larguense|vete a|chinga\w*|estafa\w*|acos(o|ar|ando)|esta(s|n)? equivocad[oa])\b")]
    private static partial Regex Doubt();
}

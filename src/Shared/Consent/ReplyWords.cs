using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>What an incoming message asks for, before anybody reads it.</summary>
public enum ReplyKind
{
    /// <summary>An ordinary message.</summary>
    Message,

    /// <summary>No more messages: a keyword that the carrier's side knows and confirms by itself.</summary>
    StopKeyword,

    /// <summary>No more messages, in words of their own; a wrong number counts.</summary>
    StopPhrase,

    /// <summary>Perhaps no more messages: taken for it, and for a person to look at.</summary>
    StopDoubtful,

    /// <summary>Messages again.</summary>
    Start,

    /// <summary>Who is this?</summary>
    Help,

    /// <summary>A thumb or a heart on a text of ours (<see cref="Reactions"/>): no words of theirs. Only who knows what was sent can tell; <see cref="ReplyWords.Read"/> does not.</summary>
    Reaction,
}

/// <summary>Reads texts that are orders: opt-outs (<see cref="OptOutWords"/>), opt-ins and calls for help.</summary>
public static partial class ReplyWords
{
    private static readonly HashSet<string> StartWords = ["start", "unstop", "un stop"];

    /// <summary>The kind of a message by its text alone.</summary>
    public static ReplyKind Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OptOutWords.Read(text) switch
        {
            OptOut.Clear => OptOutWords.IsKeyword(text) ? ReplyKind.StopKeyword : ReplyKind.StopPhrase,
            OptOut.Doubtful => ReplyKind.StopDoubtful,
            _ when StartWords.Contains(PlainWords.Of(text)) => ReplyKind.Start,
            _ => HelpWord().IsMatch(PlainWords.Of(text)) ? ReplyKind.Help : ReplyKind.Message,
        };
    }

    /// <summary>Is an order in Spanish, so that its answer is?</summary>
    public static bool IsSpanish(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Spanish().IsMatch(PlainWords.Of(text));
    }

    /// <summary>Does it ask for no more messages?</summary>
    public static bool IsOptOut(this ReplyKind kind) => kind is ReplyKind.StopKeyword or ReplyKind.StopPhrase or ReplyKind.StopDoubtful;

    /// <summary>
    /// Would it be a wish for messages again, if they had said no? A plain yes is, as on Twilio's own list, and START in other words. Of everybody else it is an answer, or means nothing; and
    /// what may be a no (<see cref="Read"/>) is none, whatever it says besides.
    /// </summary>
    public static bool MayMeanStart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = PlainWords.Of(text);
        return words is "yes" or "si" || WantsThemAgain().IsMatch(words) || LosQuiereOtraVez().IsMatch(words);
    }

    // The keyword with politeness; "help me choose a tint" is a question, and so is "help me".
    [GeneratedRegex("^(info|((please|pls|plz|hi|hello|hey|hola|por favor) )*(help|ayuda)( (please|pls|plz|thanks|thank you|now|por favor|gracias))*)$")]
    private static partial Regex HelpWord();

    private const string Kindly =
        "((please|pls|plz|yes|ok|okay|hi|hello|hey|sorry|oops|actually|wait|can you|could you|will you|would you|i want to|i want you to|id like to|i would like to|id like you to|por favor|perdon) )*";

    private const string ByMistake = "( (by|on) (mistake|accident)| accidentally)";

    // Whole texts only: "don't start texting me again" and "start texting me again and I'll sue" are none.
    [GeneratedRegex(
        $"^{Kindly}((start|un ?stop|(re ?)?subscribe)( (me|again))*|(i )?((do )?(want|would like) |(want|would like|like) to (get|receive|have) |(get|receive) )((your|the|my|these|more) )*(texts?|text messages|messages|updates|emails)( (again|back|from you))*"
        + "|(start|resume|restart|keep|continue) (texting|messaging|sending|contacting)( (me|us|texts|messages|to me))*( again)?"
        + "|(start|resume|restart|reactivate) (the |my |your |all )?(texts|messages)( again)?|(opt|sign|add|put|subscribe) (me|us) back( (in|on|up))?( (to|on) (the|your) list| for (texts|messages))?"
        + "|opt ?(me |us )?(back )?in( again)?|subscribe me again|(you|u) (can|may) (start )?(text|texting|message|messaging|contact|contacting) (me|us) again|turn (the |my )?(texts|messages) back on"
        + $"|((i )?((typed|sent|said|wrote|texted|replied|hit|pressed|put) stop{ByMistake}|(accidentally|mistakenly) (typed|sent|said|wrote|texted|replied|hit|pressed|put) stop"
        + "|(didnt|did not) mean to (type|say|send|text|put|hit|reply|write|press) stop)|(the |my )?stop was (a mistake|an accident|an error|by mistake|by accident))"
        + "( (sorry|my bad|oops|please|pls|start( texting me)?( again)?|keep texting( me)?|text me( again)?|resubscribe( me)?))*)( (please|pls|plz|now|thanks|thank you|thx|sorry))*$")]
    private static partial Regex WantsThemAgain();

    [GeneratedRegex(
        "^((por favor|perdon|si|hola|ok) )*((empezar|iniciar|comenzar|reanudar|reactivar|empiecen|empiece)( (los |mis )?mensajes)?|(suscribirme|suscribanme)|(quiero|deseo|quisiera) (volver a |seguir )?((recibir|recibiendo) )?(los |sus |mas )?(mensajes|textos)|quiero que me (escriban|manden mensajes|textee?n|vuelvan a escribir)"
        + "|(ya |si )?(me )?pueden? (volver a )?(escribirme|escribir|mandarme mensajes|textearme)|vuelvan? a (escribirme|mandarme mensajes)|(escribi|puse|mande|envie|dije) (stop|alto|para|basta|baja) (por error|sin querer|por accidente|por equivocacion))"
        + "( (de nuevo|otra vez|nuevamente|por favor|gracias|perdon))*$")]
    private static partial Regex LosQuiereOtraVez();

    // Words of nos and of calls for help, but for those that English has as well ("me", "no", "a favor").
    [GeneratedRegex(
        @"\b(ayuda|alto|basta|baja|para|par(e|en|ar|ale|ele|enle)|dej(e|a|en)(me|nos)?|deten\w*|cancel(ar|en)|mas|ya no|por favor|mensajes?|textos|numero|telefono|equivocad[oa]|incorrecto|quiero|deseo|soy|quien|nada"
        + @"|escrib\w+|mand(e|en|ar|es)|envi(e|en|ar|es)|molest(ar|en|es|e|an)|contact(ar|en)|llamen|quit[ae](me|n|nme)|borr[ae](me|n|nme)?|saquenme|sac[ao](me|nme)|saqueme|remuev\w+|remover|anul\w+|busqu(en|es)|text(een|ees|es)|llam[ea]s|msjs?|autorice|reportarl\w+|estafa\w*|acoso|chinga\w*|verga|vayanse|larguense|elimin\w+|desuscrib\w*|fuera|interesa|interesad[oa]|autorizo|bloquear|reportar|denunciar|vive|conozco|fallecio|murio|salir(me)?|suficiente|pueden?|lista|permiso|suscribi|equibocado|bloquead[oa]s?|demandar\w*|doy|hablen|ningun|llamo|confund\w+|confundieron)\b")]
    private static partial Regex Spanish();
}

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
}

/// <summary>Reads texts that are orders: opt-outs (<see cref="OptOutWords"/>), opt-ins and calls for help.</summary>
public static partial class ReplyWords
{
    private static readonly HashSet<string> StartWords = ["start", "unstop"];
    private static readonly HashSet<string> HelpWords = ["help", "info", "ayuda"];

    /// <summary>The kind of a message by its text alone.</summary>
    public static ReplyKind Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OptOutWords.Read(text) switch
        {
            OptOut.Clear => OptOutWords.IsKeyword(text) ? ReplyKind.StopKeyword : ReplyKind.StopPhrase,
            OptOut.Doubtful => ReplyKind.StopDoubtful,
            _ when StartWords.Contains(PlainWords.Of(text)) => ReplyKind.Start,
            _ => HelpWords.Contains(PlainWords.Of(text)) ? ReplyKind.Help : ReplyKind.Message,
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

    /// <summary>Is it a plain yes? After an opt-out that is a call to start again, as on Twilio's own list; otherwise it is an answer to something.</summary>
    public static bool IsYes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PlainWords.Of(text) is "yes" or "si";
    }

    // Words of nos and of calls for help, but for those that English has as well ("me", "no", "a favor").
    [GeneratedRegex(
        @"\b(ayuda|alto|basta|baja|para|par(e|en|ar|ale|ele|enle)|dej(e|a|en)(me|nos)?|deten\w*|cancel(ar|en)|mas|ya no|por favor|mensajes?|textos|numero|telefono|equivocad[oa]|incorrecto|quiero|deseo|soy|quien|nada"
        + @"|escrib\w+|mand(e|en|ar|es)|envi(e|en|ar|es)|molest(ar|en|e)|contact(ar|en)|llamen|quite(me|n|nme)|borre(me|n|nme)|saquenme|elimin\w+|desuscrib\w*|fuera|interesa|interesad[oa]|autorizo|bloquear|reportar|denunciar|vive)\b")]
    private static partial Regex Spanish();
}

using System.Globalization;
using System.Text;
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

    /// <summary>Messages again.</summary>
    Start,

    /// <summary>Who is this?</summary>
    Help,
}

/// <summary>Reads opt-outs by any reasonable words (47 CFR 64.1200(a)(10), in force since 2025-04-11), opt-ins and calls for help.</summary>
public static partial class ReplyWords
{
    // The FCC's words and Twilio's default list (both read 2026-11-22).
    private static readonly HashSet<string> Stop = ["stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"];
    private static readonly HashSet<string> StopInOtherWords =
        ["alto", "para", "parar", "basta", "baja", "no mas", "remove", "remove me", "leave me alone", "no more", "no thanks stop", "arret", "unsuscribe", "unsubcribe", "stp", "sotp", "stopp", "stop it"];
    private static readonly HashSet<string> StartWords = ["start", "unstop"];
    private static readonly HashSet<string> HelpWords = ["help", "info", "ayuda"];

    /// <summary>The kind of a message by its text alone.</summary>
    public static ReplyKind Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = Normalize(text);
        if (Stop.Contains(words))
        {
            return ReplyKind.StopKeyword;
        }

        if (StopInOtherWords.Contains(words) || Phrase().IsMatch(words) || (Begins().IsMatch(words) && !Innocent().IsMatch(words)))
        {
            return ReplyKind.StopPhrase;
        }

        return StartWords.Contains(words) ? ReplyKind.Start : HelpWords.Contains(words) ? ReplyKind.Help : ReplyKind.Message;
    }

    /// <summary>Is it a plain yes? After an opt-out that is a call to start again, as on Twilio's own list; otherwise it is an answer to something.</summary>
    public static bool IsYes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Normalize(text) is "yes" or "si";
    }

    // Lower case, no accents, no punctuation or emoji, single spaces. Apostrophes join: don't = dont.
    private static string Normalize(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.ToLowerInvariant())
        {
            var bare = Bare(letter);
            if (char.IsLetterOrDigit(bare))
            {
                plain.Append(bare);
            }
            // An accent may also come as a letter and a mark behind it.
            else if (bare is not ('\'' or '\u2019') && CharUnicodeInfo.GetUnicodeCategory(bare) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(' ');
            }
        }

        return Spaces().Replace(plain.ToString(), " ").Trim();
    }

    // The accents of Spanish by hand: string.Normalize does nothing without ICU, which a small container may not have.
    private static char Bare(char letter) => letter switch
    {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' or 'ü' => 'u',
        'ñ' => 'n',
        _ => letter,
    };

    [GeneratedRegex(@"\b(wrong (number|person|phone)|numero equivocado|unsubscribe|opt(ing)? (me )?out|(stop|quit|cease) (all )?(the |these |this |your )?(text|texts|texting|message|messages|messaging|msg|msgs|sms|contacting|sending|bothering|harassing|spam|spamming)|(dont|do not|never|please dont|quit) (ever )?(text|message|contact|msg|write|bother)( to)? me|no more (text|texts|messages|msgs|sms)|(take|remove|delete) (me|my (number|name|phone)) (off|from)|(remove|delete) my (number|phone)|no me (escriban|escriba|manden|mande|envien|envie|contacten|molesten)|no (quiero|deseo) (mas|recibir)|deje de (escribir|mandar|enviar)|dejen de)\b")]
    private static partial Regex Phrase();

    // "STOP PLEASE", "stop now", "please stop": few words of which one is the word itself.
    [GeneratedRegex(@"^(please |pls |just )?(stop|stopall|unsubscribe|optout|quit)( (please|pls|now|it|this|thanks|thank you|me|already|immediately|all))*$")]
    private static partial Regex Begins();

    [GeneratedRegex(@"\bstop (by|in|at|over)\b")]
    private static partial Regex Innocent();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

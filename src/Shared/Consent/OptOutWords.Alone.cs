using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <content>Words that count as a whole text: alone, with politeness around them, with a slip of the finger, or as a picture.</content>
public static partial class OptOutWords
{
    // No word alone is longer.
    private const int LongestAlone = 60;

    // As a whole text as well an answer to something else: "anything else?" — "no more"; "call or text?" — "no text".
    private static readonly HashSet<string> PerhapsAlone =
    [
        "no more", "delete", "deactivate", "exit", "reported", "eliminar", "desactivar", "que paren", "quiero que paren", "ya que paren", "parar todo", "no msj", "no msjs", "block", "blocked", "bloqueado", "bloqueada", "bloqueados", "suficiente", "no text", "no txt", "no message", "no msg", "no text me", "no txt me", "no message me", "no msg me", "do not call", "dont call",
        "end chat", "end the chat", "end this chat", "end conversation", "end the conversation", "end this conversation", "decline", "i decline", "refuse", "i refuse", "leave",
    ];

    // One slip from "stop", and words of their own: of a customer, or most likely a slip all the same.
    private static readonly HashSet<string> NoSlips = ["shop", "step", "top", "stow", "stomp"];
    private static readonly HashSet<string> PerhapsSlips = ["atop", "stops", "sop", "slop", "swop", "sto", "strop"];

    private static readonly string[] Orders = ["stop", "unsubscribe", "unsubscribed"];

    /// <summary>May it be a booking that is ended by these words, and not messages? "Cancel", "end", "cancel it please": of who has none they are a no to messages.</summary>
    public static bool MayEndABooking(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EndOfABooking().IsMatch(Spelled(PlainWords.Of(text.Length > LongestAlone ? "" : text)));
    }

    /// <summary>Of what may end a booking (<see cref="MayEndABooking"/>): is it nothing but a word that the FCC names as a no, or "end" and "all", which nobody says of one appointment?</summary>
    public static bool IsBareOrder(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = Spelled(PlainWords.Of(text));
        return CarrierWords.Contains(words) || words.Split(' ') is var each && (each.Contains("end") || each.Contains("all"));
    }

    // What a text says that is nothing but an order.
    private static OptOut Alone(string text, string all)
    {
        if (PerhapsAlone.Contains(all))
        {
            return OptOut.Doubtful;
        }

        if (CarrierWords.Contains(all) || OtherWords.Contains(all) || Bare().IsMatch(all) || AloneToo().IsMatch(all))
        {
            return OptOut.Clear;
        }

        if (all.Length == 0 || all.Length > LongestAlone)
        {
            return all.Length == 0 ? InPictures(text) : OptOut.No;
        }

        var word = Around().Replace(all, "");
        // "Please don't call now" is no more than it says.
        return word.EndsWith(" call", StringComparison.Ordinal) ? OptOut.No
            : OtherWords.Contains(word) ? OptOut.Clear
            : PerhapsAlone.Contains(word) ? OptOut.Doubtful
            : text.Trim().Any(char.IsWhiteSpace) ? Slip(word) : Slip(all.Replace(" ", "", StringComparison.Ordinal));
    }

    private static OptOut InPictures(string text) =>
        text.Contains("📵", StringComparison.Ordinal) ? OptOut.Clear
        : text.Contains("🚫", StringComparison.Ordinal) || text.Contains('⛔', StringComparison.Ordinal) || text.Contains("🖕", StringComparison.Ordinal) ? OptOut.Doubtful
        : OptOut.No;

    // "stpp", "stop2", "st*p", "ubsubscribe".
    private static OptOut Slip(string word) =>
        OtherWords.Contains(word) ? OptOut.Clear
        : NoSlips.Contains(word) || !Orders.Any(order => IsOneSlipFrom(word, order)) ? OptOut.No
        : PerhapsSlips.Contains(word) ? OptOut.Doubtful
        : OptOut.Clear;

    // One letter too many, too few or another, or two that changed places.
    private static bool IsOneSlipFrom(string word, string meant)
    {
        var same = 0;
        while (same < Math.Min(word.Length, meant.Length) && word[same] == meant[same])
        {
            same++;
        }

        var (typed, rest) = (word[same..], meant[same..]);
        return (typed.Length - rest.Length) switch
        {
            0 => typed.Length == 0 || typed[1..] == rest[1..] || (typed.Length > 1 && typed[0] == rest[1] && typed[1] == rest[0] && typed[2..] == rest[2..]),
            1 => typed[1..] == rest,
            -1 => typed == rest[1..],
            _ => false,
        };
    }

    [GeneratedRegex(
        "^(?>((please|pls|plz|plez|kindly|just|ok|okay|hey|hi|hello|yo|sorry|por favor|favor de|omg|bro|dude|sir|maam) )+)"
        + "|(?>( (please|pls|plz|thanks|thank you|thx|ty|now|already|immediately|asap|right now|me|sir|maam|bro|man|dude|guys|por favor|ya|gracias))+)$")]
    private static partial Regex Around();

    [GeneratedRegex(
        $"^({Polite} |yes |si |can you |could you |can u |can i |could i |may i |(i )?(need|have|want) to |id like to |i would like to |quiero |puede |puedo )*(cancel|end|cancelar|cancel[ae]n?|cancel[ae](me|lo|la)|anular|anula)( (it|this|that|one|all|la|lo|eso|please|pls|plz|now|today|thanks|thank you|thx|ok|por favor|gracias|ya))*$")]
    private static partial Regex EndOfABooking();
}

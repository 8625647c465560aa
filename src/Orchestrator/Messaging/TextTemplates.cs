using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.TouchPoints;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The words of our texts. <c>{link}</c> stays in what is stored; only the vendor and the phone see the link itself.</summary>
public static partial class TextTemplates
{
    /// <summary>Stands for the chat link in a stored body.</summary>
    public const string LinkPlaceholder = "{link}";

    internal const int LongestName = 30;
    internal const int LongestCar = 40;
    internal const int LongestService = 40;
    internal const int LongestShop = 60;

    /// <summary>Twilio takes no more in one text.</summary>
    internal const int LongestText = 1_600;

    /// <summary>Whether words say how to end the texts, in English or Spanish: "Reply STOP", "Responda ALTO".</summary>
    [GeneratedRegex(@"\b(reply|text|send)\s+((with|back)\s+)*[""“']?STOP\b|\b(responda|responde|conteste|contesta|env[ií]e|env[ií]a|mande|manda)\s+(con\s+)?[""“']?(STOP|ALTO)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex SaysHowToStop();

    /// <summary>The product's own first text: names the shop, carries the link, says how to stop.</summary>
    public static string Greeting(string firstName, string shop, string vehicle) => Fill(Cadence.Usual.Steps[0].Variants[0].Text, firstName, shop, vehicle, "");

    /// <summary>What a touch point says: what somebody wrote for it, or its step's words. The first text that a number gets from us says who writes and how to stop it, whoever wrote it.</summary>
    public static string BodyOf(DueTouchPoint touch)
    {
        ArgumentNullException.ThrowIfNull(touch);
        var words = touch.Content ?? Of(touch);
        return touch.FirstIn switch
        {
            null => words,
            _ when SaysHowToStop().IsMatch(words) && Names(words, touch.LocationName) => words,
            "es" => $"{words}\n- le escribe {Word(touch.LocationName, LongestShop)}. Responda STOP para no recibir mensajes.",
            _ => $"{words}\n- this is {Word(touch.LocationName, LongestShop)}. Reply STOP to opt out.",
        };
    }

    /// <summary>The text of a touch point: its step's words, in the wording that this lead gets.</summary>
    public static string Of(DueTouchPoint touch)
    {
        ArgumentNullException.ThrowIfNull(touch);
        return Fill((touch.Planned ?? Cadence.Usual.Steps[0]).Variant(touch.Variant).Text, touch.FirstName, touch.LocationName, touch.Vehicle, touch.ServiceInterest);
    }

    /// <summary>A template, filled in for somebody. Where its own letters are of the GSM alphabet, a name costs no more parts than an English one of its length: accents go before that.</summary>
    public static string Fill(string template, string firstName, string shop, string vehicle, string service)
    {
        var isGsm = TextSize.IsGsm(template);
        return MessageTemplate.Fill(template, place => place switch
        {
            "firstName" => Word(firstName, LongestName, isGsm),
            "shop" => Word(shop, LongestShop, isGsm),
            "vehicle" => Word(vehicle, LongestCar, isGsm),
            "service" => Word(service, LongestService, isGsm),
            _ => LinkPlaceholder,
        });
    }

    /// <summary>The one confirmation of an opt-out that the carrier's side does not confirm by itself. No marketing in it.</summary>
    public static string OptedOut(string shop, bool isSpanish) => isSpanish
        ? $"{Word(shop, 60)}: le hemos dado de baja y no recibirá más mensajes. Responda START para deshacerlo."
        : $"{Word(shop, 60)}: you are unsubscribed and will get no more messages. Reply START to undo.";

    /// <summary>The answer to HELP.</summary>
    public static string Help(string shop, string? phone, bool isSpanish) => isSpanish
        ? $"{Word(shop, 60)}: le escribimos por el presupuesto que pidió.{(phone is null ? "" : $" Llame al {phone}.")} Pueden aplicarse tarifas de mensajes y datos. Responda STOP para no recibir más."
        : $"{Word(shop, 60)}: we text about the quote you asked for.{(phone is null ? "" : $" Call {phone}.")} Msg & data rates may apply. Reply STOP to opt out.";

    /// <summary>Under the first answer of the assistant by text: some states ask that it says what it is.</summary>
    public static string Assistant(string shop, bool isSpanish) => isSpanish ? $"- asistente de IA de {Word(shop, LongestShop)}" : $"- AI assistant of {Word(shop, LongestShop)}";

    // By its letters: accents and marks are written or left out.
    private static bool Names(string words, string shop) => Letters(words).Contains(Letters(Word(shop, LongestShop)), StringComparison.OrdinalIgnoreCase);

    private static string Letters(string text) => string.Concat(GsmLetters.Fold(text).Where(char.IsLetterOrDigit));

    private static string Word(string text, int length, bool isGsm = false) => TypedWords.Read(text, length, "-'&,", isGsm: isGsm);
}

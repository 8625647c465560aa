using System.Text;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The words of our texts. <c>{link}</c> stays in what is stored; only the vendor and the phone see the link itself.</summary>
public static class TextTemplates
{
    /// <summary>Stands for the chat link in a stored body.</summary>
    public const string LinkPlaceholder = "{link}";

    /// <summary>The first text: names the shop, carries the link, says how to stop.</summary>
    public static string Greeting(string firstName, string shop, string vehicle)
    {
        var name = Word(firstName, 30);
        var car = Word(vehicle, 40);
        return $"Hi{(name.Length > 0 ? $" {name}" : "")}, this is {Word(shop, 60)}. Thanks for your quote request{(car.Length > 0 ? $" for your {car}" : "")}! "
            + $"Ask us anything, prices and times included, here: {LinkPlaceholder} Reply STOP to opt out.";
    }

    /// <summary>The one confirmation of an opt-out that the carrier's side does not confirm by itself. No marketing in it.</summary>
    public static string OptedOut(string shop) => $"{Word(shop, 60)}: you are unsubscribed and will get no more messages. Reply START to undo.";

    /// <summary>The answer to HELP.</summary>
    public static string Help(string shop, string? phone) =>
        $"{Word(shop, 60)}: we text about the quote you asked for.{(phone is null ? "" : $" Call {phone}.")} Msg & data rates may apply. Reply STOP to opt out.";

    // A name in the CRM is somebody's typing: letters and figures go into a text, links and markup do not.
    private static string Word(string text, int length)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '\'' or '&' or ',')
            {
                clean.Append(letter);
            }
            else if (letter == '.')
            {
                clean.Append(' ');
            }
        }

        var word = string.Join(' ', clean.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return word.Length > length ? word[..length].TrimEnd() : word;
    }
}

using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The words of an email. <c>{link}</c> and <c>{unsubscribe}</c> stay in what is stored; only the vendor and the mailbox see the links themselves.</summary>
public sealed record EmailWords(string Subject, string Plain, string Html);

/// <summary>The words of our emails. What came from a person or another system is data: it brings no link, no markup and no line into them.</summary>
public static partial class EmailTemplates
{
    /// <summary>Stands for the chat link.</summary>
    public const string Link = "{link}";

    /// <summary>Stands for the link to unsubscribe.</summary>
    public const string Unsubscribe = "{unsubscribe}";

    // Mail programs that show everything dark would turn the card's colours by themselves, and some of them badly.
    private const string Dark =
        ":root{color-scheme:light dark}@media (prefers-color-scheme:dark){.page{background:#12161c!important;color:#e8ecf1!important}"
        + ".card{background:#1c232c!important}.small,.small a,.plain{color:#a7b2bf!important}}";

    private const int LongestName = 30;
    private const int LongestCar = 40;
    private const int LongestShop = 60;
    private const int LongestAddress = 200;

    /// <summary>The first email: names the shop, carries the link, says why it came, where the shop is, and how to end it.</summary>
    public static EmailWords Greeting(string firstName, string shop, string vehicle, string address)
    {
        var (name, house, car, place) = (Word(firstName, LongestName), Printed(shop, LongestShop), Word(vehicle, LongestCar), Printed(address, LongestAddress));
        var hello = name.Length > 0 ? $"Hi {name}," : "Hi,";
        var thanks = $"Thanks for your quote request{(car.Length > 0 ? $" for your {car}" : "")}. Ask us anything, prices and times included:";
        var why = $"You get this email because you asked {house} for a quote and our texts cannot reach you.";
        return new EmailWords(
            $"Your quote request at {house}",
            $"{hello}\n\n{thanks}\n{Link}\n\n{house}\n{place}\n\n{why}\nUnsubscribe: {Unsubscribe}\n",
            Html([hello, thanks], house, place, why));
    }

    /// <summary>The email of a touch point. The first step of a cadence is a text: as an email it has the words above.</summary>
    public static EmailWords Of(DueEmail touch)
    {
        ArgumentNullException.ThrowIfNull(touch);
        if (touch.Content is { } content)
        {
            return FromStaff(touch.Subject, content, touch.LocationName, touch.LocationAddress!);
        }

        return touch is { Planned: { Channel: "email" } step, LocationAddress: { } address }
            ? FollowUp(step.Variant(touch.Variant), touch.FirstName, touch.LocationName, touch.Vehicle, touch.ServiceInterest, address)
            : Greeting(touch.FirstName, touch.LocationName, touch.Vehicle, touch.LocationAddress!);
    }

    /// <summary>A later email, in the words of its step: paragraphs, of which one holds the link. Why it came, where the shop is and how to end it stand below.</summary>
    public static EmailWords FollowUp(StepVariant variant, string firstName, string shop, string vehicle, string service, string address)
    {
        ArgumentNullException.ThrowIfNull(variant);
        var (house, place) = (Printed(shop, LongestShop), Printed(address, LongestAddress));
        string Filled(string template) => MessageTemplate.Fill(template, name => name switch
        {
            "firstName" => Word(firstName, LongestName),
            "shop" => house,
            "vehicle" => Word(vehicle, LongestCar),
            "service" => Word(service, LongestCar),
            _ => Link,
        });
        var text = Filled(variant.Text).Trim();
        var why = $"You get this email because you asked {house} for a quote.";
        return new EmailWords(
            Filled(variant.Subject ?? "Your quote at {shop}"),
            $"{text}\n\n{house}\n{place}\n\n{why}\nUnsubscribe: {Unsubscribe}\n",
            Html(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), house, place, why));
    }

    /// <summary>What a member of staff wrote, with the shop's address and the link to unsubscribe below it.</summary>
    /// <param name="subject">Null = one that names the shop.</param>
    public static EmailWords FromStaff(string? subject, string content, string shop, string address)
    {
        var (house, place) = (Printed(shop, LongestShop), Printed(address, LongestAddress));
        return new EmailWords(
            string.IsNullOrWhiteSpace(subject) ? $"A message from {house}" : subject,
            $"{content}\n\n{house}\n{place}\n\nUnsubscribe: {Unsubscribe}\n",
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Safe(house)}</title></head>
            <body style="margin:0;padding:24px;font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1c2530">
            <p style="margin:0 0 24px">{Lines(content)}</p>
            <p style="margin:0;font-size:13px;color:#5a6572">{Safe(house)}<br>{Safe(place)}<br><br><a href="{Unsubscribe}" style="color:#5a6572">Unsubscribe</a></p>
            </body>
            </html>
            """);
    }

    private static string Html(IReadOnlyList<string> paragraphs, string house, string place, string why) => $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{Safe(house)}</title>
        <style>{Dark}</style></head>
        <body class="page" style="margin:0;padding:24px;background:#f4f5f7;font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;color:#1c2530">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:520px;background:#ffffff;border-radius:12px">
        <tr><td style="padding:28px 28px 8px;font-size:20px;font-weight:600">{Safe(house)}</td></tr>
        <tr><td style="padding:8px 28px;font-size:16px;line-height:1.5">{string.Concat(paragraphs.Select(Paragraph))}</td></tr>
        <tr><td style="padding:20px 28px 28px"><a href="{Link}" style="display:inline-block;padding:12px 22px;border-radius:8px;background:#1457c8;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none">Open the chat</a>
        <p class="plain" style="margin:14px 0 0;font-size:13px;line-height:1.5;color:#5a6572;word-break:break-all">Or copy this link: {Link}</p></td></tr>
        </table>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px">
        <tr><td class="small" style="padding:16px 28px;font-size:13px;line-height:1.5;color:#5a6572">{Safe(house)}<br>{Safe(place)}<br><br>{Safe(why)} <a href="{Unsubscribe}" style="color:#5a6572">Unsubscribe</a></td></tr>
        </table>
        </td></tr></table>
        </body>
        </html>
        """;

    // The link is the button below; a paragraph that is nothing else is that button already, and one that ends with it leads to it. What goes on behind it would have a hole.
    private static string Paragraph(string text)
    {
        var end = text.LastIndexOf(Link, StringComparison.Ordinal);
        var words = end >= 0 && text[(end + Link.Length)..].Any(char.IsLetterOrDigit)
            ? Lines(text.Trim()).Replace(Link, $"""<a href="{Link}" style="color:#1457c8">{Link}</a>""", StringComparison.Ordinal)
            : Lines(text.Replace(Link, "", StringComparison.Ordinal).Trim());
        return words.Length > 0 ? $"""<p style="margin:0 0 12px">{words}</p>""" : "";
    }

    // By tags: not every mail program heeds a style.
    private static string Lines(string text) => Safe(text.ReplaceLineEndings("\n")).Replace("&#xA;", "<br>", StringComparison.Ordinal);

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);

    private static string Word(string text, int length) => TypedWords.Read(text, length, "-'&,#", keepsStops: true);

    // The shop's own words, as the CRM or staff have them: an address with its strokes and stops. What a mail program would make a link of is taken apart by a blank.
    private static string Printed(string text, int length) => PlainText.Cut(Joint().Replace(TypedWords.Read(text, length, "-'&,#/();:–—+!\"½¼¾."), " "), length).TrimEnd();

    // Behind the stop of "evil.example" and not of "P.O. Box": no ending of a host is one letter. And behind the colon of "https://".
    [GeneratedRegex(@"(?<=[\p{L}\p{M}\p{Nd}]\.)(?=\p{L}[\p{L}\p{M}\p{Nd}])|(?<=:)/+", RegexOptions.CultureInvariant)]
    private static partial Regex Joint();
}

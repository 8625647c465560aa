using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Twilio;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>
/// Holds what the vendors took against the law, from outside: the hours and caps of the file of rules by this machine's own zone data, and what must stand in a text or an email.
/// Holidays are the second model's business; a number is taken to live in the first zone of its area code's state.
/// </summary>
public sealed partial class LawCheck
{
    private readonly JsonNode _rules = JsonNode.Parse(File.ReadAllText(Repository.Path("src/Orchestrator/Messaging/Rules/us-texting.json")))!;

    // An answer to somebody's own text may come at any hour, and past our own caps, while it is one (decision 11).
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromMinutes(15);

    // A text that has left when the stop comes in arrives after it; Twilio waits for our answer for this long.
    private static readonly TimeSpan AcknowledgedWithin = TimeSpan.FromSeconds(15);

    /// <summary>Everything in a ledger that must not be, as sentences.</summary>
    /// <param name="received">What people texted: the answers to it have rules of their own.</param>
    public IReadOnlyList<string> ProblemsOf(IEnumerable<LedgerEntry> ledger, IEnumerable<Text>? received = null)
    {
        var said = (received ?? []).ToLookup(text => text.From);
        var accepted = ledger.Where(entry => entry.Accepted).OrderBy(entry => entry.Seq).ToList();
        return
        [
            .. accepted.Where(entry => entry is { Vendor: Vendor.Twilio, Operation: "messages.create" }).GroupBy(text => Field(text, "To")).SelectMany(texts => OfPerson(texts.Key, [.. texts], [.. said[texts.Key]])),
            .. accepted.Where(entry => entry is { Vendor: Vendor.SendGrid, Operation: "mail.send" }).SelectMany(OfEmail),
        ];
    }

    /// <summary>
    /// The longest that the queue of each number was at its carrier, in seconds: what comes faster than the carrier takes it waits there, where nobody can stop it any more.
    /// </summary>
    /// <param name="segmentsPerSecond">What the carriers take from a number.</param>
    public static IReadOnlyList<double> CarrierQueues(IEnumerable<LedgerEntry> ledger, double segmentsPerSecond) =>
    [
        .. ledger.Where(entry => entry is { Accepted: true, Vendor: Vendor.Twilio, Operation: "messages.create" }).GroupBy(text => Field(text, "From")).Select(texts =>
        {
            var (queue, longest, last) = (0.0, 0.0, DateTimeOffset.MinValue);
            foreach (var text in texts.OrderBy(text => text.At))
            {
                // What is before a text in the queue is what it waits for.
                queue = Math.Max(0, queue - (text.At - last).TotalSeconds);
                (longest, last) = (Math.Max(longest, queue), text.At);
                queue += SegmentsOf(Field(text, "Body")) / segmentsPerSecond;
            }

            return longest;
        }),
    ];

    // Our texts are ASCII unless somebody's name is not: then a segment holds less, and a queue is longer than is said here.
    private static int SegmentsOf(string body) => body.Length <= 160 ? 1 : (body.Length + 152) / 153;

    private IEnumerable<string> OfPerson(string phone, IReadOnlyList<LedgerEntry> texts, IReadOnlyList<Text> said)
    {
        // A stop is no question.
        List<DateTimeOffset> asked = [.. said.Where(text => !IsStop(text)).Select(text => text.At)];
        foreach (var text in texts.Where(text => said.Where(IsOrder).LastOrDefault(order => order.At <= text.At) is { } last && IsStop(last) && last.At + AcknowledgedWithin < text.At))
        {
            yield return $"The text to {phone} of {text.At:O} came after they had said stop";
        }

        var planned = texts.Where(text => !IsAnswer(text, asked)).ToList();
        var place = _rules["places"]!.AsObject().FirstOrDefault(place => phone.Length > 5 && ((string)place.Value!["areaCodes"]!).Split(' ').Contains(phone[2..5]));
        if (place.Value is null)
        {
            yield return $"{phone} is nowhere in the United States";
            yield break;
        }

        var rules = _rules["rules"]!.AsArray().Where(rule => rule!["where"]!.AsArray().Any(where => (string)where! == "US" || (string)where! == place.Key)).ToList();
        var body = Field(texts[0], "Body");
        if (!IsAnswer(texts[0], asked) && (!body.Contains("this is ", StringComparison.Ordinal) || !body.Contains("Reply STOP to opt out", StringComparison.Ordinal)))
        {
            yield return $"The first text to {phone} does not say who writes and how to stop it";
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById((string)place.Value["zones"]![0]!);
        foreach (var text in planned)
        {
            // The carrier may deliver it until its validity ends.
            var validity = int.TryParse(Field(text, "ValidityPeriod"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 36_000;
            if (!IsOpen(rules, TimeZoneInfo.ConvertTime(text.At, zone)) || !IsOpen(rules, TimeZoneInfo.ConvertTime(text.At.AddSeconds(validity), zone)))
            {
                yield return $"The text to {phone} of {text.At:O}, good for {validity} s, is outside the hours of {place.Key}";
            }
        }

        foreach (var cap in rules.Select(rule => rule!["cap"]).OfType<JsonNode>())
        {
            var (most, hours) = ((int)cap["texts"]!, (int)cap["hours"]!);
            var counted = (bool?)cap["exceptReplies"] == true ? planned : texts;
            if (counted.Any(text => texts.Count(other => other.At <= text.At && other.At > text.At.AddHours(-hours)) > most))
            {
                yield return $"{phone} got more than {most} texts in {hours} hours";
            }
        }
    }

    // What the carrier knows, and the words that the tests stop by which it does not.
    private static bool IsStop(Text text) => Word(text) is "STOP" or "STOPALL" or "UNSUBSCRIBE" or "CANCEL" or "END" or "QUIT" or "REVOKE" or "OPTOUT" or "PLEASE STOP TEXTING ME";

    private static bool IsOrder(Text text) => IsStop(text) || Word(text) is "START" or "UNSTOP";

    private static string Word(Text text) => text.Body.Trim().ToUpperInvariant();

    private static bool IsAnswer(LedgerEntry text, IReadOnlyList<DateTimeOffset> asked) => asked.Any(at => at <= text.At && text.At < at + AnswersWithin);

    private static bool IsOpen(List<JsonNode?> rules, DateTimeOffset local)
    {
        var day = local.DayOfWeek switch { DayOfWeek.Saturday => "sat", DayOfWeek.Sunday => "sun", _ => "monToFri" };
        var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return rules.All(rule => rule!["hours"] is not { } hours
            || (rule["from"] is { } start && string.CompareOrdinal(local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (string?)start) < 0)
            || (((string?)hours[day])?.Split('-') is [var opens, var closes] && string.CompareOrdinal(time, opens) >= 0 && string.CompareOrdinal(time, closes) < 0));
    }

    private static IEnumerable<string> OfEmail(LedgerEntry mail)
    {
        var written = mail.Request?.ToJsonString() ?? "";
        if (!written.Contains("List-Unsubscribe-Post", StringComparison.Ordinal) || !written.Contains("/unsubscribe/", StringComparison.Ordinal))
        {
            yield return $"Email {mail.Id} has no link to unsubscribe with one click";
        }

        if (!PostalCode().IsMatch(written))
        {
            yield return $"Email {mail.Id} has no postal address";
        }

        if (!written.Contains("text/plain", StringComparison.Ordinal) || !written.Contains("text/html", StringComparison.Ordinal))
        {
            yield return $"Email {mail.Id} is not both plain and HTML";
        }
    }

    // A state and its postal code, as in every address of the country.
    [GeneratedRegex(@"\b[A-Z]{2} \d{5}\b")]
    private static partial Regex PostalCode();

    private static string Field(LedgerEntry text, string name) => text.Request?[name]?.ToString() ?? "";
}

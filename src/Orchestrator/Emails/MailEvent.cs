using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>What an event of SendGrid's means here. Pure.</summary>
/// <param name="Step">How far its email is; null when it says nothing of that.</param>
/// <param name="Failure">Why it failed, in one machine word.</param>
/// <param name="Suppression">Why its address takes no mail from now on; null when it does.</param>
/// <param name="IsOptOut">Its reader wants no more.</param>
/// <param name="NoUse">Why nothing follows from it, in one machine word.</param>
public sealed record MailMeaning(MailStep? Step = null, string? Failure = null, string? Suppression = null, bool IsOptOut = false, string? NoUse = null);

/// <summary>One event of a batch.</summary>
/// <param name="Id">SendGrid's own, the same however often it comes.</param>
/// <param name="AttemptId">The custom argument that our email carried; null = it is none of ours.</param>
/// <param name="MessageId">The <c>X-Message-Id</c> with which SendGrid took it.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Payload">As it came.</param>
public sealed record MailEvent(string Id, string Name, string? Email, Guid? AttemptId, string? MessageId, long Timestamp, string? Reason, string? Status, string? Type, string Payload)
{
    /// <summary>The name of what has none.</summary>
    public const string Nameless = "unknown";

    private const int LongestId = 200;
    private const int LongestName = 40;

    /// <summary>The events of a body, each once; null when it is no JSON array.</summary>
    public static IReadOnlyList<MailEvent>? ReadBatch(ReadOnlyMemory<byte> body)
    {
        try
        {
            // What is no UTF-8 is no JSON either; the reader alone would find that only in the texts it is asked for.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(body.Span);
            using var batch = JsonDocument.Parse(body);
            return batch.RootElement.ValueKind == JsonValueKind.Array
                ? [.. batch.RootElement.EnumerateArray().Select(Read).DistinctBy(one => one.Id)]
                : null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The errors that say that there is no such mailbox.</summary>
    public static readonly string[] OfTheAddress = ["sendgrid_bounced", "sendgrid_dropped_bounced", "sendgrid_dropped_invalid"];

    /// <summary>What follows from it.</summary>
    public MailMeaning Meaning => Name switch
    {
        "processed" => new(new MailStep(Name, 1, "sent")),
        "deferred" => new(new MailStep(Name, 2, "sent")),
        "delivered" => new(new MailStep(Name, 3, "delivered")),
        "bounce" when IsForGood => new(Failed, "sendgrid_bounced", "address_bounced"),
        "bounce" or "blocked" => new(Failed, "sendgrid_blocked"),
        "dropped" => Dropped,
        // Who complains has it: the attempt keeps the word, by which complaints are counted.
        "spamreport" => new(new MailStep(Name, 4, "delivered"), IsOptOut: true),
        "unsubscribe" or "group_unsubscribe" => new(IsOptOut: true),
        "group_resubscribe" => new(NoUse: "resubscribed_at_vendor"),
        "open" or "click" => new(NoUse: "not_counted_here"),
        Nameless => new(NoUse: "no_event_name"),
        _ => new(NoUse: "unknown_mail_event"),
    };

    private MailStep Failed => new(Name, 4, "failed");

    // The other types (blocked, expired) say something of this hour: a full box, a filter. So does a status of 4.
    private bool IsForGood => Type is null or "bounce" && Status?.StartsWith('4') != true;

    // SendGrid did not even try, because of what it knows of the address, or for reasons of ours.
    private MailMeaning Dropped => Reason?.Trim().ToLowerInvariant() switch
    {
        "bounced address" => new(Failed, "sendgrid_dropped_bounced", "address_bounced"),
        "invalid" => new(Failed, "sendgrid_dropped_invalid", "address_invalid"),
        "spam reporting address" => new(Failed, "sendgrid_dropped_spam_report", IsOptOut: true),
        "unsubscribed address" => new(Failed, "sendgrid_dropped_unsubscribed", IsOptOut: true),
        _ => new(Failed, "sendgrid_dropped"),
    };

    private static MailEvent Read(JsonElement one)
    {
        var payload = one.GetRawText();
        var isObject = one.ValueKind == JsonValueKind.Object;
        var id = Text("sg_event_id") is { Length: > 0 and <= LongestId } given
            ? given : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(payload)));
        return new MailEvent(
            id, Text("event") is { Length: > 0 and <= LongestName } name ? name : Nameless, Leads.EmailAddress.Read(Text("email")),
            Guid.TryParse(Text("attempt_id"), out var attemptId) ? attemptId : null, MessageIdOf(Text("sg_message_id")),
            isObject && one.TryGetProperty("timestamp", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var seconds) ? seconds : 0,
            Text("reason"), Text("status"), Text("type"), payload);

        // Half a pair of surrogates has no text; NUL has none that PostgreSQL keeps.
        string? Text(string name)
        {
            try
            {
                return isObject && one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? PlainText.Clean(value.GetString()!) : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    // "<X-Message-Id>.filter…": the first part is what the answer to our call said.
    private static string? MessageIdOf(string? text) => text?.Split('.')[0] is { Length: > 0 and <= LongestId } id ? id : null;
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>One text message on Twilio's side.</summary>
public sealed record Text
{
    /// <summary><c>SM</c> (or <c>MM</c> with pictures) and 32 hex digits.</summary>
    public required string Sid { get; init; }

    /// <summary>Whose text it is; null: the first account's.</summary>
    public string? AccountSid { get; init; }

    /// <summary><c>outbound-api</c>, <c>outbound-reply</c> or <c>inbound</c>.</summary>
    public required string Direction { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string Body { get; init; }

    /// <summary><c>queued</c>, <c>sent</c>, <c>delivered</c>, <c>undelivered</c>, <c>received</c> …</summary>
    public required string Status { get; init; }

    /// <summary>When it was accepted, on the Sandbox clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it left, on the Sandbox clock; null until then.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The address as it was given, or null.</summary>
    public string? StatusCallback { get; init; }

    /// <summary>Seconds the carrier may wait; null: not given.</summary>
    public int? ValidityPeriod { get; init; }

    public string? MessagingServiceSid { get; init; }

    public int? ErrorCode { get; init; }

    public IReadOnlyList<string> MediaUrls { get; init; } = [];

    /// <summary>Sent by Twilio itself (the answer to STOP and START), not by the product.</summary>
    public bool Automatic { get; init; }

    internal string Customer => Direction == "inbound" ? From : To;

    /// <summary>The shop's number in it.</summary>
    internal string Shop => Direction == "inbound" ? To : From;

    internal JsonObject ToVendor(string account)
    {
        var uri = $"/2010-04-01/Accounts/{account}/Messages/{Sid}";
        return new JsonObject
        {
            ["account_sid"] = account,
            ["api_version"] = "2010-04-01",
            ["body"] = Body,
            ["date_created"] = Rfc2822(At),
            ["date_sent"] = SentAt is { } sent ? Rfc2822(sent) : null,
            ["date_updated"] = Rfc2822(SentAt ?? At),
            ["direction"] = Direction,
            ["error_code"] = ErrorCode,
            ["error_message"] = ErrorCode is null ? null : "Undelivered",
            ["from"] = From,
            ["messaging_service_sid"] = MessagingServiceSid,
            ["num_media"] = MediaUrls.Count.ToString(CultureInfo.InvariantCulture),
            ["num_segments"] = Segments.Of(Body).ToString(CultureInfo.InvariantCulture),
            ["price"] = null,
            ["price_unit"] = null,
            ["sid"] = Sid,
            ["status"] = Status,
            ["subresource_uris"] = new JsonObject { ["media"] = uri + "/Media.json" },
            ["to"] = To,
            ["uri"] = uri + ".json",
        };
    }

    internal JsonObject ToPage() => new()
    {
        ["sid"] = Sid,
        ["direction"] = Direction,
        ["from"] = From,
        ["to"] = To,
        ["body"] = Body,
        ["status"] = Status,
        ["at"] = Json.Time(At),
        ["errorCode"] = ErrorCode,
        ["automatic"] = Automatic,
        ["mediaUrls"] = Json.Of(MediaUrls),
    };

    private static string Rfc2822(DateTimeOffset at) =>
        at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}

/// <summary>What came of a text that a customer sent.</summary>
/// <param name="Delivery">The last try to hand it to the product.</param>
/// <param name="Reply">The product's TwiML answer as a text, if it had one.</param>
public sealed record InboundResult(Text Text, Delivery Delivery, Text? Reply);

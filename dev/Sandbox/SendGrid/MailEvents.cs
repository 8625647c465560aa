using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.SendGrid;

/// <summary>What SendGrid tells about a mail, as signed batches, and the replies it hands on.</summary>
internal sealed class MailEvents(SandboxSettings settings, SandboxClock clock, Faults faults, Outbound outbound, EventSignature signature)
{
    private const string EventsPath = "/webhooks/sendgrid/events";
    private const string InboundPath = "/webhooks/sendgrid/inbound";

    public static readonly string[] Names = ["processed", "deferred", "delivered", "bounce", "dropped", "open", "click", "spamreport", "unsubscribe", "blocked", "group_unsubscribe"];

    /// <summary>Whether each accepted mail is followed by its events without being asked.</summary>
    public bool Automatic { get; set; } = settings.MailEvents;

    /// <summary>Hangs a mail's events onto the answer: usually after it, by fault before it.</summary>
    public VendorAnswer Attach(VendorAnswer answer, Mail mail)
    {
        var fault = faults.Take(Vendor.SendGrid, "mail.send", FaultKind.OfMails);
        if (fault?.Kind == FaultKind.CallbacksOff || (fault is null && !Automatic))
        {
            return answer;
        }

        string[] events = fault?.Kind switch
        {
            FaultKind.Dropped => ["dropped"],
            FaultKind.Bounced => ["processed", "bounce"],
            FaultKind.Deferred => ["processed", "deferred", "delivered"],
            FaultKind.CallbacksReversed => ["delivered", "processed"],
            _ => Usual(mail.To[0]),
        };
        return fault?.Kind == FaultKind.CallbackFirst
            ? answer with { BeforeAnswer = TellAsync }
            : answer with { AfterAnswer = TellAsync };

        async Task TellAsync()
        {
            foreach (var name in events)
            {
                if (settings.CallbackDelay > TimeSpan.Zero)
                {
                    await Task.Delay(settings.CallbackDelay, outbound.Stopping);
                }

                await PostAsync(mail, [name], fault?.Times ?? 1);
            }
        }
    }

    // Some addresses have a fate of their own: bounce@…, bounce.any@…, bounce+any@….
    private static string[] Usual(string to) => to.Split('@', '.', '+', '-')[0].ToLowerInvariant() switch
    {
        "bounce" => ["processed", "bounce"],
        "blocked" => ["processed", "blocked"],
        "dropped" => ["dropped"],
        "deferred" => ["processed", "deferred", "delivered"],
        "complaint" => ["processed", "delivered", "spamreport"],
        "unsubscribes" => ["processed", "delivered", "unsubscribe"],
        _ => ["processed", "delivered"],
    };

    /// <summary>Posts one signed batch with these events of a mail, so many times: the same bytes, the same sg_event_id.</summary>
    public async Task<Delivery> PostAsync(Mail mail, IReadOnlyList<string> events, int times)
    {
        var batch = new JsonArray([.. events.SelectMany(name => mail.To.Select(to => Event(mail, name, to)))]);
        var body = Encoding.UTF8.GetBytes(batch.ToJsonString(Json.Options) + "\r\n");
        Delivery? last = null;
        for (var copy = 0; copy < times; copy++)
        {
            last = await DeliverAsync("events " + string.Join(',', events), EventsPath, () => Signed(body));
        }

        return last!;
    }

    /// <summary>Posts a mail that somebody wrote to the shop, as Inbound Parse does: the same form, with the same Message-ID, until the product takes it.</summary>
    public Task<Delivery> ReceiveAsync(InboundMail mail)
    {
        var to = mail.To ?? "reply@" + outbound.PublicUrl.Host;
        var headers = $"From: {mail.From}\r\nTo: {to}\r\nSubject: {mail.Subject}\r\n"
            + $"Message-ID: <{mail.MessageId ?? $"{RandomNumberGenerator.GetHexString(20, lowercase: true)}@mail.example"}>\r\n"
            + (mail.InReplyTo is { } id ? $"In-Reply-To: <{id}@ismtpd.sendgrid.net>\r\nReferences: <{id}@ismtpd.sendgrid.net>\r\n" : "")
            + mail.MoreHeaders;
        var envelope = new JsonObject { ["to"] = new JsonArray(to), ["from"] = mail.EnvelopeFrom ?? mail.Address };
        return DeliverAsync("inbound mail", InboundPath, () => (Form(mail, to, headers, envelope), new Dictionary<string, string> { ["User-Agent"] = "SendGrid Inbound Parse" }));
    }

    private static MultipartFormDataContent Form(InboundMail mail, string to, string headers, JsonObject envelope)
    {
        var charset = Encoding.GetEncoding(mail.Charset);
        var form = new MultipartFormDataContent("xYzZY")
        {
            { new StringContent(headers), "headers" },
            { new StringContent("none"), "dkim" },
            { new StringContent(to), "to" },
            { new StringContent(mail.From), "from" },
            { new StringContent(mail.Subject), "subject" },
            { new StringContent(envelope.ToJsonString(Json.Options)), "envelope" },
            { new StringContent($$"""{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"{{mail.Charset}}"}"""), "charsets" },
            { new StringContent("198.51.100.7"), "sender_ip" },
            { new StringContent("0.1"), "spam_score" },
            { new StringContent("pass"), "SPF" },
            { new StringContent(mail.Attachments.Count.ToString(CultureInfo.InvariantCulture)), "attachments" },
            { new ByteArrayContent(charset.GetBytes(mail.Html ?? mail.Text)), mail.Html is null ? "text" : "html" },
        };
        for (var number = 0; number < mail.Attachments.Count; number++)
        {
            form.Add(new ByteArrayContent(mail.Attachments[number]), $"attachment{number + 1}", $"picture{number + 1}.jpg");
        }

        return form;
    }

    // Both are retried for hours or days by the vendor; twice is enough to see it.
    private async Task<Delivery> DeliverAsync(string what, string path, Func<(HttpContent Content, Dictionary<string, string> Headers)> make)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (content, headers) = make();
            using (content)
            {
                var (delivery, _, _) = await outbound.PostAsync(Vendor.SendGrid, what, outbound.UrlOf(path), attempt, content, headers);
                if (attempt == 2 || delivery.Succeeded)
                {
                    return delivery;
                }
            }
        }
    }

    private (HttpContent, Dictionary<string, string>) Signed(byte[] body)
    {
        var timestamp = clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return (content, new Dictionary<string, string>
        {
            ["User-Agent"] = "SendGrid Event API",
            ["X-Twilio-Email-Event-Webhook-Timestamp"] = timestamp,
            ["X-Twilio-Email-Event-Webhook-Signature"] = signature.Sign(timestamp, body),
        });
    }

    private JsonObject Event(Mail mail, string name, string to)
    {
        var item = new JsonObject
        {
            ["email"] = to,
            ["timestamp"] = clock.Now.ToUnixTimeSeconds(),
            ["event"] = name == "blocked" ? "bounce" : name,
            ["sg_event_id"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            ["sg_message_id"] = mail.Id + ".recvd-75ffb9f5b4-x2kdr-1-5F5FC76C-9.0",
        };
        if (name is not ("open" or "click"))
        {
            item["smtp-id"] = $"<{mail.Id}@ismtpd-1>";
        }

        if (mail.Request["categories"] is JsonArray { Count: > 0 } categories)
        {
            item["category"] = categories.Count == 1 ? categories[0]!.DeepClone() : categories.DeepClone();
        }

        foreach (var source in (JsonNode?[])[mail.Request["custom_args"], mail.Request["personalizations"]?[0]?["custom_args"]])
        {
            foreach (var (key, value) in source as JsonObject ?? [])
            {
                item[key] = value?.DeepClone();
            }
        }

        foreach (var (key, value) in Details(name))
        {
            item[key] = value;
        }

        return item;
    }

    private static (string Name, string Value)[] Details(string name) => name switch
    {
        "deferred" => [("response", "400 try again later"), ("attempt", "1")],
        "delivered" => [("response", "250 OK")],
        "bounce" => [("reason", "550 5.1.1 unknown recipient"), ("status", "5.1.1"), ("type", "bounce")],
        "blocked" => [("reason", "550 5.7.1 blocked by policy"), ("status", "5.7.1"), ("type", "blocked")],
        "dropped" => [("reason", "Bounced Address"), ("status", "5.0.0")],
        "open" => [("useragent", "Mozilla/5.0"), ("ip", "198.51.100.7"), ("sg_machine_open", "false")],
        "click" => [("useragent", "Mozilla/5.0"), ("ip", "198.51.100.7"), ("url", "https://example.com/")],
        _ => [],
    };
}

/// <summary>A mail to the shop.</summary>
/// <param name="To">Null: where the newest mail to this person asks to be answered, else the reply address of the product's host.</param>
/// <param name="InReplyTo">Id of the mail that it answers; null: of the newest one to this person, if there is one.</param>
public sealed record InboundMail(string From, string Subject, string Text, string? To = null, string? InReplyTo = null)
{
    /// <summary>Whether the mail that it answers is quoted below, as mail programs do.</summary>
    public bool Quotes { get; init; }

    /// <summary>Null: a fresh one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Header lines, each ended by CRLF.</summary>
    public string MoreHeaders { get; init; } = "";

    /// <summary>Null: the writer's address.</summary>
    public string? EnvelopeFrom { get; init; }

    /// <summary>Comes in the place of the text.</summary>
    public string? Html { get; init; }

    /// <summary>Of the text.</summary>
    public string Charset { get; init; } = "UTF-8";

    /// <summary>Files that come with it.</summary>
    public IReadOnlyList<byte[]> Attachments { get; init; } = [];

    internal string Address => From.LastIndexOf('<') is >= 0 and var open ? From[(open + 1)..].TrimEnd('>', ' ') : From;
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.SendGrid;

/// <summary>One mail that SendGrid accepted.</summary>
/// <param name="Id">The <c>X-Message-Id</c> of the answer.</param>
/// <param name="Text">The text/plain part, or the first part.</param>
/// <param name="Request">The whole request.</param>
public sealed record Mail(
    string Id, DateTimeOffset At, string From, IReadOnlyList<string> To, string Subject, string Text, JsonNode Request);

/// <summary>SendGrid's mail/send at wire level, and the mails that it took.</summary>
public sealed class SendGridVendor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Mail> _sent = [];
    private readonly SandboxSettings _settings;
    private readonly SandboxClock _clock;
    private readonly VendorDesk _desk;
    private readonly Journal _journal;
    private readonly EventSignature _signature;
    private readonly MailEvents _events;

    internal SendGridVendor(SandboxSettings settings, SandboxClock clock, VendorDesk desk, Faults faults, Outbound outbound)
    {
        _signature = new EventSignature(settings.SendGridApiKey);
        _events = new MailEvents(settings, clock, faults, outbound, _signature);
        _settings = settings;
        _clock = clock;
        _desk = desk;
        _journal = Journal.Open(settings.DataFolder, "mails.jsonl", out var lines);
        _sent.AddRange(lines.Select(line => line.Deserialize<Mail>(Json.Options)!));
    }

    /// <summary>Every mail that was accepted, oldest first; a copy.</summary>
    public IReadOnlyList<Mail> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>How event batches are signed; its public key is what the product must be given.</summary>
    public EventSignature Signature => _signature;

    /// <summary>Whether each accepted mail is followed by its events (processed, delivered); by hand and by fault they come anyway.</summary>
    public bool TellsEvents
    {
        get => _events.Automatic;
        set => _events.Automatic = value;
    }

    /// <summary>Posts one signed batch of events of a mail to the product.</summary>
    /// <param name="events">Such as <c>delivered</c>, <c>bounce</c>, <c>open</c>.</param>
    /// <param name="times">How often the same batch comes.</param>
    public Task<Delivery> TellAsync(Mail mail, IReadOnlyList<string> events, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(mail);
        ArgumentNullException.ThrowIfNull(events);
        return _events.PostAsync(mail, events, times);
    }

    /// <summary>Somebody writes to the shop; the product is told as by Inbound Parse.</summary>
    public Task<Delivery> ReceiveAsync(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return _events.ReceiveAsync(Sent.LastOrDefault(sent => sent.To.Contains(mail.Address, StringComparer.OrdinalIgnoreCase)) is { } answered ? Answer(mail, answered) : mail);
    }

    private static InboundMail Answer(InboundMail mail, Mail answered)
    {
        var to = mail.To ?? answered.Request["reply_to"]?["email"].Text() ?? answered.From;
        var quote = string.Join("\r\n", answered.Text.Split('\n').Select(line => $"> {line.TrimEnd('\r')}"));
        var when = answered.At.UtcDateTime.ToString("ddd, MMM d, yyyy 'at' h:mm tt", System.Globalization.CultureInfo.InvariantCulture);
        return mail with
        {
            To = to, InReplyTo = mail.InReplyTo ?? answered.Id,
            Text = mail.Quotes ? $"{mail.Text}\r\n\r\nOn {when} {answered.Request["from"]?["name"].Text()} <\r\n{to}> wrote:\r\n\r\n{quote}\r\n" : mail.Text,
        };
    }

    public void Dispose()
    {
        _journal.Dispose();
        _signature.Dispose();
    }

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v3/mail/send", async (HttpContext http) =>
    {
        var body = await Json.ReadObjectAsync(http.Request) ?? [];
        if (http.Request.Headers.Authorization != $"Bearer {_settings.SendGridApiKey}")
        {
            await _desk.AnswerAsync(http, Vendor.SendGrid, "mail.send", Error(401));
            return;
        }

        await _desk.ServeAsync(http, Vendor.SendGrid, "mail.send", body, () => Accept(body), Error);
    });

    // What a key may do; asked by whoever wants to know whether it is good, without sending anything.
    internal Task ListScopesAsync(HttpContext http) => http.Request.Headers.Authorization == $"Bearer {_settings.SendGridApiKey}"
        ? _desk.ServeAsync(http, Vendor.SendGrid, "scopes.list", null, () => new VendorAnswer(200, new JsonObject { ["scopes"] = new JsonArray("mail.send") }), Error)
        : _desk.AnswerAsync(http, Vendor.SendGrid, "scopes.list", Error(401));

    private VendorAnswer Accept(JsonObject body)
    {
        var people = (body["personalizations"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var to = people.SelectMany(person => person["to"] as JsonArray ?? []).Select(item => item?["email"].Text()).OfType<string>().ToList();
        if (to.Count == 0)
        {
            return Error(400, "The to array is required for all personalization objects, and must have at least one email object with a valid email address.", "personalizations.0.to");
        }

        if (body["from"]?["email"].Text() is not { Length: > 0 } from)
        {
            return Error(400, "The from object must be provided for every email send.", "from.email");
        }

        var parts = (body["content"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        if (parts.Count == 0 && body["template_id"] is null)
        {
            return Error(400, "Unless a valid template_id is provided, the content parameter is required.", "content");
        }

        var plain = parts.FirstOrDefault(part => part["type"].Text() == "text/plain") ?? parts.FirstOrDefault();
        var subject = body["subject"].Text() ?? people.Select(person => person["subject"].Text()).FirstOrDefault(text => text is not null) ?? "";
        var mail = new Mail(
            RandomNumberGenerator.GetHexString(22, lowercase: true), _clock.Now, from, to, subject, plain?["value"].Text() ?? "", body.DeepClone());
        lock (_lock)
        {
            _journal.Append(Json.Of(mail));
            _sent.Add(mail);
        }

        return _events.Attach(
            new VendorAnswer(202, null)
            {
                Accepted = true,
                Id = mail.Id,
                Headers = new Dictionary<string, string> { ["X-Message-Id"] = mail.Id },
            },
            mail);
    }

    private VendorAnswer Error(int status) => status switch
    {
        401 => Error(401, "authorization required", null),
        429 => Error(429, "too many requests", null) with
        {
            Headers = new Dictionary<string, string>
            {
                ["X-RateLimit-Limit"] = "600",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Reset"] = _clock.Now.AddSeconds(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        },
        _ => Error(status, "internal error", null),
    };

    private static VendorAnswer Error(int status, string message, string? field) => new(status, new JsonObject
    {
        ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["field"] = field, ["help"] = null }),
    });
}

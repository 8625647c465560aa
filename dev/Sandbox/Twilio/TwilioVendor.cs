using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>Twilio from its own side: what was sent, and what customers send.</summary>
public sealed partial class TwilioVendor
{
    private static readonly string[] StopWords = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
    private static readonly string[] StartWords = ["START", "YES", "UNSTOP"];
    private readonly List<TwilioAccount> _accounts;
    private readonly SandboxClock _clock;
    private readonly Phones _phones;
    private readonly Outbound _outbound;

    internal TwilioVendor(SandboxSettings settings, SandboxClock clock, Phones phones, Outbound outbound)
    {
        _accounts = [.. settings.TwilioAccounts];
        _clock = clock;
        _phones = phones;
        _outbound = outbound;
    }

    /// <summary>The first account's number.</summary>
    public string ShopNumber => _accounts[0].PhoneNumber;

    /// <summary>Every text that the API accepted, oldest first, however the call was answered.</summary>
    public IReadOnlyList<Text> Sent => [.. _phones.Texts.Where(text => text.Direction == "outbound-api")];

    /// <summary>What customers sent.</summary>
    public IReadOnlyList<Text> Received => [.. _phones.Texts.Where(text => text.Direction == "inbound")];

    /// <summary>The texts accepted for one number.</summary>
    public IReadOnlyList<Text> SentTo(string number) => [.. Sent.Where(text => text.To == number)];

    /// <summary>A customer sends a text to the shop; the product is told by a signed webhook.</summary>
    /// <param name="number">The customer's, E.164.</param>
    /// <param name="to">Null: who wrote to this customer last, else the first account's number.</param>
    /// <param name="mediaUrls">Pictures; <c>sample</c> stands for the Sandbox's own.</param>
    /// <remarks>STOP words block the number until START, and Twilio confirms both itself, as by its default.</remarks>
    public async Task<InboundResult> ReceiveAsync(
        string number, string body, string? to = null, IReadOnlyList<string>? mediaUrls = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var shop = to ?? _phones.MessagesOf(number).LastOrDefault()?.Shop ?? ShopNumber;
        var account = _accounts.Find(account => account.PhoneNumber == shop) ?? _accounts[0];
        var sid = NewSid(mediaUrls is { Count: > 0 } ? "MM" : "SM");
        var text = new Text
        {
            Sid = sid,
            AccountSid = account.Sid,
            Direction = "inbound",
            From = number,
            To = shop,
            Body = body,
            Status = "received",
            At = _clock.Now,
            SentAt = _clock.Now,
            MediaUrls = [.. (mediaUrls ?? []).Select((url, index) => url == "sample" ? SampleUrl(account, sid, index) : url)],
        };
        _phones.Put(text);
        var word = body.Trim().ToUpperInvariant();
        if (StopWords.Contains(word))
        {
            Confirm(text, "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.");
            _phones.SetStopped(number, true);
        }
        else if (StartWords.Contains(word) && _phones.IsStopped(number))
        {
            _phones.SetStopped(number, false);
            Confirm(text, "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.");
        }

        var (delivery, answer) = await PostAsync("inbound", _outbound.UrlOf("/webhooks/twilio/inbound"), InboundForm(text));
        return new InboundResult(text, delivery, Reply(text, answer));
    }

    /// <summary>The form of an inbound webhook, without sending it.</summary>
    public IReadOnlyDictionary<string, string> InboundForm(Text text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var form = new Dictionary<string, string>
        {
            ["ToCountry"] = "US",
            ["ToState"] = "TX",
            ["SmsMessageSid"] = text.Sid,
            ["NumMedia"] = text.MediaUrls.Count.ToString(CultureInfo.InvariantCulture),
            ["ToCity"] = "",
            ["FromZip"] = "78704",
            ["SmsSid"] = text.Sid,
            ["FromState"] = "TX",
            ["SmsStatus"] = "received",
            ["FromCity"] = "AUSTIN",
            ["Body"] = text.Body,
            ["FromCountry"] = "US",
            ["To"] = text.To,
            ["ToZip"] = "",
            ["NumSegments"] = Segments.Of(text.Body).ToString(CultureInfo.InvariantCulture),
            ["MessageSid"] = text.Sid,
            ["AccountSid"] = AccountOf(text).Sid,
            ["From"] = text.From,
            ["ApiVersion"] = "2010-04-01",
        };
        for (var index = 0; index < text.MediaUrls.Count; index++)
        {
            form[$"MediaUrl{index}"] = text.MediaUrls[index];
            form[$"MediaContentType{index}"] = "image/png";
        }

        return form;
    }

    /// <summary>Posts a form to the product, as Twilio does: signed with the token of the form's account, and once more when there was no connection or a 5xx.</summary>
    /// <param name="signature">Sent instead of the right one; null: the right one.</param>
    public async Task<(Delivery Delivery, string? Answer)> PostAsync(
        string what, string url, IReadOnlyDictionary<string, string> form, string? signature = null)
    {
        ArgumentNullException.ThrowIfNull(form);
        var account = _accounts.Find(account => account.Sid == form.GetValueOrDefault("AccountSid")) ?? _accounts[0];
        var headers = new Dictionary<string, string>
        {
            ["User-Agent"] = "TwilioProxy/1.1",
            ["X-Twilio-Signature"] = signature ?? TwilioSignature.Sign(account.AuthToken, url, form),
            ["I-Twilio-Idempotency-Token"] = Guid.CreateVersion7().ToString(),
        };
        for (var attempt = 1; ; attempt++)
        {
            using var content = new FormUrlEncodedContent(form);
            var (delivery, answer, _) = await _outbound.PostAsync(Vendor.Twilio, what, url, attempt, content, headers);
            if (attempt == 2 || delivery.Status is < 500)
            {
                return (delivery, answer);
            }
        }
    }

    /// <summary>Sends one status callback for a text.</summary>
    public Task<(Delivery Delivery, string? Answer)> CallBackAsync(Text text, string status, int? errorCode = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var form = new Dictionary<string, string>
        {
            ["SmsSid"] = text.Sid,
            ["SmsStatus"] = status,
            ["MessageStatus"] = status,
            ["To"] = text.To,
            ["MessageSid"] = text.Sid,
            ["AccountSid"] = AccountOf(text).Sid,
            ["From"] = text.From,
            ["ApiVersion"] = "2010-04-01",
        };
        if (text.MessagingServiceSid is { } service)
        {
            form["MessagingServiceSid"] = service;
        }

        if (errorCode is { } code)
        {
            form["ErrorCode"] = code.ToString(CultureInfo.InvariantCulture);
        }

        if (status is "delivered" or "undelivered")
        {
            form["RawDlrDoneDate"] = _clock.Now.UtcDateTime.ToString("yyMMddHHmm", CultureInfo.InvariantCulture);
        }

        return PostAsync($"status {status}", text.StatusCallback!, form);
    }

    internal static string NewSid(string prefix) => prefix + RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal static bool IsNumber(string? text) => text is not null && E164().IsMatch(text);

    internal Uri Url { get; set; } = new("http://localhost");

    private TwilioAccount AccountOf(Text text) => _accounts.Find(account => account.Sid == text.AccountSid) ?? _accounts[0];

    private string SampleUrl(TwilioAccount account, string sid, int index) =>
        new Uri(Url, $"/2010-04-01/Accounts/{account.Sid}/Messages/{sid}/Media/ME{index:x32}").ToString();

    private void Confirm(Text question, string body) => Put(question, body, automatic: true);

    // A reply to a number that said STOP is blocked like any other send.
    private Text? Reply(Text question, string? answer)
    {
        if (_phones.IsStopped(question.From) || string.IsNullOrWhiteSpace(answer))
        {
            return null;
        }

        try
        {
            var messages = XDocument.Parse(answer).Root?.Elements("Message").Select(message => message.Value).ToList() ?? [];
            return messages.Select(body => Put(question, body, automatic: false)).LastOrDefault();
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private Text Put(Text question, string body, bool automatic)
    {
        var text = new Text
        {
            Sid = NewSid("SM"),
            AccountSid = question.AccountSid,
            Direction = "outbound-reply",
            From = question.To,
            To = question.From,
            Body = body,
            Status = "delivered",
            At = _clock.Now,
            SentAt = _clock.Now,
            Automatic = automatic,
        };
        _phones.Put(text);
        return text;
    }

    [GeneratedRegex(@"^\+[1-9]\d{6,14}$")]
    private static partial Regex E164();
}

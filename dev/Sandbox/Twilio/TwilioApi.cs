using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>Twilio's Messages resource at wire level.</summary>
internal sealed class TwilioApi(
    SandboxSettings settings, SandboxClock clock, VendorDesk desk, Faults faults, Phones phones, TwilioCallbacks callbacks)
{
    private readonly Ages _ages = new();
    private readonly List<TwilioAccount> _accounts = [.. settings.TwilioAccounts];

    private const int LargestPage = 1000;
    private const int LongestBody = 1600;
    private const string NoSms = "+15005550009";

    public void Map(IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/2010-04-01/Accounts/{account}");
        account.MapPost("/Messages.json", Create);
        account.MapGet("/Messages.json", (HttpContext http, string account) => Read(http, account, "messages.list", known => List(http, known)));
        account.MapGet("/Messages/{file}", (HttpContext http, string account, string file) =>
            Read(http, account, "messages.get", known => Get(known, file)));
        account.MapGet("/Messages/{sid}/Media/{media}", (HttpContext http, string sid, string media) => Media(http));
        routes.MapGet("/2010-04-01/Accounts/{file}", (HttpContext http, string file) =>
            Read(http, Path.GetFileNameWithoutExtension(file), "account.get", known => new VendorAnswer(200, new JsonObject
            {
                ["sid"] = known.Sid,
                ["friendly_name"] = "Sandbox",
                ["status"] = "active",
                ["type"] = "Full",
            })));
    }

    private async Task Create(HttpContext http, string account)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        var request = new JsonObject(form.Select(field => KeyValuePair.Create(
            field.Key, field.Value.Count == 1 ? (JsonNode?)field.Value.ToString() : Json.Of(field.Value.ToArray()))));
        if (Caller(http, account) is not { } known)
        {
            await desk.AnswerAsync(http, Vendor.Twilio, "messages.create", Error(401));
            return;
        }

        await desk.ServeAsync(http, Vendor.Twilio, "messages.create", request, () => Accept(known, form), Error);
    }

    private async Task Read(HttpContext http, string account, string operation, Func<TwilioAccount, VendorAnswer> act)
    {
        if (Caller(http, account) is not { } known)
        {
            await desk.AnswerAsync(http, Vendor.Twilio, operation, Error(401));
            return;
        }

        await desk.ServeAsync(http, Vendor.Twilio, operation, null, () => act(known), Error);
    }

    private VendorAnswer Accept(TwilioAccount account, IFormCollection form)
    {
        var to = form["To"].ToString();
        var from = form["From"].ToString();
        var service = form["MessagingServiceSid"].ToString();
        var body = form["Body"].ToString();
        var media = form["MediaUrl"].OfType<string>().ToArray();
        if (Refusal(account, to, from, service, body, media.Length) is { } refusal)
        {
            return refusal;
        }

        var text = new Text
        {
            Sid = TwilioVendor.NewSid(media.Length > 0 ? "MM" : "SM"),
            AccountSid = account.Sid,
            Direction = "outbound-api",
            From = from.Length > 0 ? from : account.PhoneNumber,
            To = to,
            Body = body,
            Status = "queued",
            At = clock.Now,
            StatusCallback = form["StatusCallback"].ToString() is { Length: > 0 } callback ? callback : null,
            ValidityPeriod = int.TryParse(form["ValidityPeriod"], CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
            MessagingServiceSid = service.Length > 0 ? service : null,
            MediaUrls = media,
        };
        _ages.Begin(text.Sid);
        phones.Put(text);
        var answer = new VendorAnswer(201, text.ToVendor(account.Sid)) { Accepted = true, Id = text.Sid };
        return callbacks.Attach(answer, text);
    }

    private VendorAnswer? Refusal(TwilioAccount account, string to, string from, string service, string body, int media)
    {
        if (to.Length == 0)
        {
            return Error(400, 21604, "A 'To' phone number is required.");
        }

        if (!TwilioVendor.IsNumber(to))
        {
            return Error(400, 21211, $"The 'To' number {to} is not a valid phone number.");
        }

        if (from.Length == 0 && service.Length == 0)
        {
            return Error(400, 21603, "A 'From' phone number is required.");
        }

        if (from.Length > 0 && from != account.PhoneNumber)
        {
            return Error(400, 21606, $"The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination/account.");
        }

        if (body.Length == 0 && media == 0)
        {
            return Error(400, 21602, "Message body is required.");
        }

        if (body.Length > LongestBody)
        {
            return Error(400, 21617, "The concatenated message body exceeds the 1600 character limit.");
        }

        if (to == NoSms)
        {
            return Error(400, 21614, $"'To' number is not a valid mobile number: {to}");
        }

        return phones.IsStopped(to) ? Error(400, 21610, "Attempt to send to unsubscribed recipient") : null;
    }

    private VendorAnswer List(HttpContext http, TwilioAccount account)
    {
        var query = http.Request.Query;
        var to = query["To"].ToString();
        var from = query["From"].ToString();
        var size = Math.Clamp(int.TryParse(query["PageSize"], CultureInfo.InvariantCulture, out var asked) ? asked : 50, 1, LargestPage);
        var page = int.TryParse(query["Page"], CultureInfo.InvariantCulture, out var number) ? Math.Max(0, number) : 0;

        var lag = faults.Take(Vendor.Twilio, "messages.list", [FaultKind.ListLag])?.Time;

        // Newest first, as the vendor lists; what Twilio says by itself is not the account's.
        var found = phones.Texts.Where(text => IsOf(account, text) && !text.Automatic && !_ages.IsYounger(text.Sid, lag)
            && (to.Length == 0 || text.To == to) && (from.Length == 0 || text.From == from)).Reverse().ToList();
        var messages = found.Skip(page * size).Take(size).ToList();
        var path = $"/2010-04-01/Accounts/{account.Sid}/Messages.json?{Filter()}PageSize={size}&Page=";
        return new VendorAnswer(200, new JsonObject
        {
            ["end"] = Math.Max(0, (page * size) + messages.Count - 1),
            ["first_page_uri"] = path + "0",
            ["next_page_uri"] = (page + 1) * size < found.Count ? $"{path}{page + 1}&PageToken=PA{messages[^1].Sid}" : null,
            ["page"] = page,
            ["page_size"] = size,
            ["previous_page_uri"] = page > 0 ? path + (page - 1).ToString(CultureInfo.InvariantCulture) : null,
            ["messages"] = new JsonArray([.. messages.Select(text => text.ToVendor(account.Sid))]),
            ["start"] = page * size,
            ["uri"] = path + page.ToString(CultureInfo.InvariantCulture),
        });

        string Filter() => string.Concat(
            to.Length == 0 ? "" : $"To={Uri.EscapeDataString(to)}&", from.Length == 0 ? "" : $"From={Uri.EscapeDataString(from)}&");
    }

    private VendorAnswer Get(TwilioAccount account, string file) =>
        file.EndsWith(".json", StringComparison.Ordinal) && phones.Find(file[..^5]) is { } text && IsOf(account, text)
            ? new VendorAnswer(200, text.ToVendor(account.Sid))
            : Error(404, 20404, "The requested resource was not found");

    private Task Media(HttpContext http) => desk.ServeAsync(
        http, Vendor.Twilio, "media.get", null,
        () => new VendorAnswer(200, null) { Raw = ("image/png", PageFiles.Read("sample.png")!) }, Error);

    // The account of the path, when the request is signed in as that one.
    private TwilioAccount? Caller(HttpContext http, string sid)
    {
        if (_accounts.Find(account => account.Sid == sid) is not { } account
            || !AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var expected = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.Sid}:{account.AuthToken}"));
        return header.Parameter == expected ? account : null;
    }

    private bool IsOf(TwilioAccount account, Text text) => (text.AccountSid ?? _accounts[0].Sid) == account.Sid;

    private static VendorAnswer Error(int status) => status switch
    {
        401 => Error(401, 20003, "Authenticate"),
        404 => Error(404, 20404, "The requested resource was not found"),
        429 => Error(429, 20429, "Too Many Requests"),
        >= 500 => Error(status, 20500, "Internal Server Error"),
        _ => Error(status, 20001, "Bad Request"),
    };

    private static VendorAnswer Error(int status, int code, string message) => new(status, new JsonObject
    {
        ["code"] = code,
        ["message"] = message,
        ["more_info"] = $"https://www.twilio.com/docs/errors/{code}",
        ["status"] = status,
    })
    {
        Detail = code.ToString(CultureInfo.InvariantCulture),
    };
}

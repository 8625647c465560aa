using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Sandbox;

/// <summary><c>/_sandbox</c>: what the page, the launcher and tests over HTTP may see and do.</summary>
internal sealed class ControlSurface(SandboxServer sandbox, LiveEvents live, Outbound outbound)
{
    private const int LongestList = 500;

    public void Map(IEndpointRouteBuilder routes)
    {
        var control = routes.MapGroup("/_sandbox");
        control.MapGet("/health", () => Answer(new JsonObject { ["status"] = "ok" }));
        control.MapGet("/clock", () => Answer(ClockNow()));
        control.MapPut("/clock", (Delegate)SetClock);
        new CrmSurface(sandbox, outbound).Map(control);
        control.MapGet("/phones", () => Answer(PhoneList()));
        control.MapGet("/phones/{number}/messages", (string number) =>
            Answer(new JsonArray([.. sandbox.Phones.MessagesOf(Number(number)).Select(text => text.ToPage())])));
        control.MapPost("/phones/{number}/messages", SendText);
        control.MapGet("/phones/{number}/month", async (string number, CancellationToken cancel) => Answer(await sandbox.Staff.MonthAsync(Number(number), cancel)));
        new SendGrid.MailSurface(sandbox).Map(control);
        control.MapGet("/ledger", (string? vendor, string? operation) => Answer(Items(sandbox.Ledger.Items
            .Where(item => (vendor is null || item.Vendor == vendor) && (operation is null || item.Operation == operation)))));
        control.MapGet("/calls", () => Answer(Items(sandbox.Calls.TakeLast(LongestList))));
        control.MapGet("/deliveries", () => Answer(Items(sandbox.Deliveries.TakeLast(LongestList))));
        new FaultSurface(sandbox.Faults).Map(control);
        control.MapGet("/model", () => Answer(ModelState()));
        control.MapPut("/model", (Delegate)SetModel);
        control.MapGet("/settings", () => Answer(new JsonObject
        {
            ["publicUrl"] = sandbox.PublicUrl.ToString(),
            ["deliverTo"] = sandbox.DeliverTo?.ToString(),
            ["shopNumber"] = sandbox.Twilio.ShopNumber,
            ["mailEvents"] = sandbox.SendGrid.TellsEvents,
            ["sendGridPublicKey"] = sandbox.SendGrid.Signature.PublicKey,
        }));
        control.MapPut("/settings", (Delegate)SetSettings);
        control.MapGet("/events", (HttpContext http) => live.ServeAsync(http, sandbox.Stopping));
        sandbox.Clock.Changed += () => live.Publish("clock", ClockNow());
    }

    private async Task<IResult> SetClock(HttpContext http)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        if (body?["now"].Text() is { } now && DateTimeOffset.TryParse(
            now, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var at))
        {
            sandbox.Clock.Set(at);
        }
        else if (body?["advanceSeconds"] is JsonValue seconds && seconds.TryGetValue<double>(out var span))
        {
            sandbox.Clock.Advance(TimeSpan.FromSeconds(span));
        }
        else if (body?["realTime"] is JsonValue real && real.TryGetValue<bool>(out var follow) && follow)
        {
            sandbox.Clock.UseRealTime();
        }
        else if (body?["frozen"] is not JsonValue)
        {
            return Refused("Send {\"now\"}, {\"advanceSeconds\"}, {\"frozen\"} or {\"realTime\": true}.");
        }

        if (body["frozen"] is JsonValue frozen && frozen.TryGetValue<bool>(out var stop))
        {
            if (stop)
            {
                sandbox.Clock.Freeze();
            }
            else
            {
                sandbox.Clock.Run();
            }
        }

        return Answer(ClockNow());
    }

    private async Task<IResult> SendText(HttpContext http, string number)
    {
        if (await ReadAsync<NewText>(http) is not { } text || (text.Body.Length == 0 && text.MediaUrls is not { Count: > 0 }))
        {
            return Refused("Send {body, to?, mediaUrls?}.");
        }

        if (!TwilioVendor.IsNumber(Number(number)))
        {
            return Refused("The number must be E.164, such as +15125550123.");
        }

        var result = await sandbox.Twilio.ReceiveAsync(Number(number), text.Body, text.To, text.MediaUrls);
        return Results.Json(
            new { result.Text.Sid, result.Delivery.Status, result.Delivery.Error, Reply = result.Reply?.Body },
            Json.Options, statusCode: StatusCodes.Status201Created);
    }

    private async Task<IResult> SetModel(HttpContext http)
    {
        if (await Json.ReadObjectAsync(http.Request) is not { } body)
        {
            return Refused("Send {tokenDelayMs?, tokens?, script?}.");
        }

        if (body["tokenDelayMs"] is JsonValue delay && delay.TryGetValue<double>(out var milliseconds) && milliseconds >= 0)
        {
            sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(milliseconds);
        }

        if (body.ContainsKey("tokens"))
        {
            sandbox.Model.Tokens = body["tokens"] is JsonValue tokens && tokens.TryGetValue<int>(out var count) && count > 0 ? count : null;
        }

        if (body.ContainsKey("script"))
        {
            sandbox.Model.Script = body["script"].Text();
        }

        return Answer(ModelState());
    }

    private async Task<IResult> SetSettings(HttpContext http)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        var url = body?["publicUrl"].Text();
        var mailEvents = body?["mailEvents"] is JsonValue value && value.TryGetValue<bool>(out var on) ? on : (bool?)null;
        if ((url is null && mailEvents is null) || (url is not null && !Uri.TryCreate(url, UriKind.Absolute, out _)))
        {
            return Refused("Send {publicUrl?, mailEvents?}.");
        }

        sandbox.PublicUrl = url is null ? sandbox.PublicUrl : new Uri(url);
        sandbox.SendGrid.TellsEvents = mailEvents ?? sandbox.SendGrid.TellsEvents;
        return Results.NoContent();
    }

    private JsonObject ClockNow() => new() { ["now"] = Json.Time(sandbox.Clock.Now), ["frozen"] = sandbox.Clock.IsFrozen };

    private JsonObject ModelState() => new()
    {
        ["tokenDelayMs"] = sandbox.Model.TokenDelay.TotalMilliseconds,
        ["tokens"] = sandbox.Model.Tokens,
        ["script"] = sandbox.Model.Script,
    };

    // Numbers with texts first, the latest on top; then the customers of the CRM that have none yet.
    private JsonArray PhoneList()
    {
        var names = new Dictionary<string, string>();
        foreach (var customer in sandbox.Companies.SelectMany(crm => crm.Tables.Read("customer")).Select(row => row.Data))
        {
            foreach (var phone in customer["phoneNumbers"] as JsonArray ?? [])
            {
                names[phone?["number"].Text() ?? ""] = $"{customer["firstName"].Text()} {customer["lastName"].Text()}".Trim();
            }
        }

        var texts = sandbox.Phones.Texts.GroupBy(text => text.Customer).ToDictionary(group => group.Key, group => group.ToList());
        var numbers = texts.Keys.OrderByDescending(number => texts[number][^1].At).Concat(names.Keys.Reverse().Where(number => TwilioVendor.IsNumber(number) && !texts.ContainsKey(number)));
        return new JsonArray([.. numbers.Select(number => new JsonObject
        {
            ["number"] = number,
            ["name"] = names.GetValueOrDefault(number),
            ["count"] = texts.GetValueOrDefault(number)?.Count ?? 0,
            ["lastBody"] = texts.GetValueOrDefault(number)?[^1].Body,
            ["lastAt"] = texts.GetValueOrDefault(number) is { } list ? Json.Time(list[^1].At) : null,
            ["stopped"] = sandbox.Phones.IsStopped(number),
        })]);
    }

    // A plus sign that was not encoded arrives as a space or is left out.
    private static string Number(string text) => "+" + text.TrimStart('+', ' ');

    private static JsonObject Items<T>(IEnumerable<T> items) => new() { ["items"] = Json.Of(items.ToArray()) };

    private static IResult Answer(JsonNode body) => Results.Text(body.ToJsonString(Json.Options), "application/json");

    private static IResult Refused(string message) => Results.Problem(message, statusCode: StatusCodes.Status400BadRequest);

    private static async Task<T?> ReadAsync<T>(HttpContext http)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Json.Options, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record NewText(string Body, string? To, IReadOnlyList<string>? MediaUrls)
    {
        public string Body { get; init; } = Body ?? "";
    }
}

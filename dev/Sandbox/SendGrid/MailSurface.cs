using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.SendGrid;

/// <summary><c>/_sandbox/mails</c>: what was sent, what SendGrid tells of it, and what people answer.</summary>
internal sealed class MailSurface(SandboxServer sandbox)
{
    private const int MostTimes = 100;

    public void Map(IEndpointRouteBuilder control)
    {
        control.MapGet("/mails", () => Answer(Json.Of(sandbox.SendGrid.Sent), StatusCodes.Status200OK));
        control.MapPost("/mails/{id}/events", EventsAsync);
        control.MapPost("/mails/inbound", (Delegate)ReceiveAsync);
    }

    private async Task<IResult> EventsAsync(HttpContext http, string id)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        string[] events = [.. (body?["events"] as JsonArray ?? []).Select(item => item.Text() ?? "")];
        var times = body?["times"] is JsonValue value && value.TryGetValue<int>(out var wanted) ? wanted : 1;
        if (events.Length == 0 || times is < 1 or > MostTimes || events.Any(name => !MailEvents.Names.Contains(name)))
        {
            return Results.Problem($"Send {{events: [{string.Join(", ", MailEvents.Names)}], times?}}.", statusCode: StatusCodes.Status400BadRequest);
        }

        return sandbox.SendGrid.Sent.FirstOrDefault(mail => mail.Id == id) is { } mail
            ? Answer(Json.Of(await sandbox.SendGrid.TellAsync(mail, events, times)), StatusCodes.Status201Created)
            : Results.NotFound();
    }

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        if (body?["from"].Text() is not { Length: > 0 } from)
        {
            return Results.Problem("Send {from, subject?, text?, to?, inReplyTo?, quotes?}.", statusCode: StatusCodes.Status400BadRequest);
        }

        var mail = new InboundMail(from, body["subject"].Text() ?? "", body["text"].Text() ?? "", body["to"].Text(), body["inReplyTo"].Text())
        {
            Quotes = body["quotes"] is not JsonValue value || !value.TryGetValue<bool>(out var quotes) || quotes,
        };
        return Answer(Json.Of(await sandbox.SendGrid.ReceiveAsync(mail)), StatusCodes.Status201Created);
    }

    private static IResult Answer(JsonNode body, int status) => Results.Text(body.ToJsonString(Json.Options), "application/json", statusCode: status);
}

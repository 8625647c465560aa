using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary><c>/_sandbox/faults</c>: what can be broken, what is, and the end of it.</summary>
internal sealed class FaultSurface(Faults faults)
{
    public void Map(IEndpointRouteBuilder control)
    {
        control.MapGet("/faults", () => Answer(faults.ToJson(), StatusCodes.Status200OK));
        control.MapGet("/faults/kinds", () => Answer(new JsonObject { ["items"] = FaultCatalog.ToJson() }, StatusCodes.Status200OK));
        control.MapPost("/faults", (Delegate)AddAsync);
        control.MapDelete("/faults", (string? vendor, string? kind) =>
        {
            faults.Remove(fault => (vendor is null || fault.Vendor == vendor) && (kind is null || fault.Kind == kind));
            return Results.NoContent();
        });
        control.MapDelete("/faults/{id:int}", (int id) => faults.Remove(id) ? Results.NoContent() : Results.NotFound());
    }

    private async Task<IResult> AddAsync(HttpContext http)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        if (body?["vendor"].Text() is not { } vendor || body["kind"].Text() is not { } kind || FaultCatalog.Find(vendor, kind) is null)
        {
            return Refused($"Send {{vendor, kind, count?, always?, forSeconds?, operation?, \u2026}}. {Kinds()}");
        }

        var always = body["always"] is JsonValue value && value.TryGetValue<bool>(out var wanted) && wanted;
        body.Remove("always");
        body.Remove("id");
        try
        {
            var fault = body.Deserialize<Fault>(Json.Options)!;
            if (fault is { Count: < 0 } or { Seconds: < 0 } or { ForSeconds: < 0 } or { AtByte: < 0 } or { AfterTokens: < 0 } or { Times: < 1 } or { AfterFailures: < 0 })
            {
                return Refused("A number of a fault cannot be negative, and it comes at least once.");
            }

            var armed = faults.Add(always ? fault with { Count = Fault.Always } : fault);
            return Answer(Json.Of(armed), StatusCodes.Status201Created);
        }
        catch (JsonException malformed)
        {
            return Refused(malformed.Message);
        }
    }

    private static string Kinds() => string.Join(' ', FaultCatalog.Entries.SelectMany(entry => entry.Vendors).Distinct()
        .Select(vendor => $"{vendor}: {string.Join(", ", FaultCatalog.Entries.Where(entry => entry.Vendors.Contains(vendor)).Select(entry => entry.Kind))}."));

    private static IResult Answer(JsonNode body, int status) => Results.Text(body.ToJsonString(Json.Options), "application/json", statusCode: status);

    private static IResult Refused(string message) => Results.Problem(message, statusCode: StatusCodes.Status400BadRequest);
}

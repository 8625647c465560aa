using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary><c>/_sandbox/quotes</c>, <c>/crm</c>, <c>/orders</c> and <c>/rows</c>: what visitors and clerks do in the companies' CRMs.</summary>
internal sealed class CrmSurface(SandboxServer sandbox, Outbound outbound)
{
    private const int MostQuotes = 100_000;

    public void Map(IEndpointRouteBuilder control)
    {
        control.MapPost("/quotes", (Delegate)AddQuotesAsync);
        control.MapGet("/crm", () => Answer(CrmView.Board(sandbox.Companies), StatusCodes.Status200OK));
        control.MapPut("/orders/{id}/column", MoveOrderAsync);
        control.MapPost("/rows/{table}", InsertAsync);
        control.MapGet("/rows/{table}/{id}", (string table, string id) => Find(table, id) is { } crm ? Answer(crm.Row(table, id)!, StatusCodes.Status200OK) : Results.NotFound());
        control.MapPut("/rows/{table}/{id}", UpdateAsync);
        control.MapDelete("/rows/{table}/{id}", DeleteAsync);
        control.MapGet("/companies", () => Answer(new JsonObject { ["items"] = new JsonArray([.. sandbox.Companies.Select(Company)]) }, StatusCodes.Status200OK));
        control.MapPut("/companies/{id}", ChangeCompanyAsync);
    }

    // The webhooks go out beside the answer: a product that is down must not hold the form.
    private async Task<IResult> AddQuotesAsync(HttpContext http)
    {
        if (await ReadAsync(http) is not var (quote, load) || load is { Count: < 1 or > MostQuotes } or { PerSecond: <= 0 } || CrmOf(quote, load) is not { } crm)
        {
            return Refused("Send {firstName, lastName, phone, email?, vehicle?, service?, locationId?, phoneType?, createdDate?, test?, silent?} or the same with "
                + $"{{count: 1..{MostQuotes}, perSecond?}}; locationId and companyId are those of the CRM.");
        }

        var made = new List<Quote>();
        using var pace = load.PerSecond is { } rate ? new PeriodicTimer(TimeSpan.FromSeconds(Math.Max(0.001, 1 / rate))) : null;
        for (var number = 0; number < (load.Count ?? 1); number++)
        {
            made.Add(await crm.AddQuoteAsync((load.Count is null ? quote : Numbered(quote, number)) with { Deliver = false }));
            if (quote.Deliver && !load.Silent)
            {
                var order = crm.Row("order", made[^1].OrderId)!;
                outbound.Run(() => crm.DeliverAsync(new CrmEvent("INSERT", "order", order)));
            }

            await (pace?.WaitForNextTickAsync(http.RequestAborted) ?? ValueTask.FromResult(true));
        }

        object answer = load.Count is null ? Ids(made[0]) : new { Items = made.Select(Ids) };
        return Results.Json(answer, Json.Options, statusCode: StatusCodes.Status201Created);
    }

    private async Task<IResult> MoveOrderAsync(HttpContext http, string id)
    {
        var body = await Json.ReadObjectAsync(http.Request);
        if (body?["workflowStatusId"].Text() is not { } column || Find("workflow_status", column) is null)
        {
            return Refused("Send {workflowStatusId} of a column.");
        }

        if (Find("order", id) is not { } crm)
        {
            return Results.NotFound();
        }

        var before = crm.Row("order", id)!;
        await crm.MoveOrderAsync(id, column, deliver: false);
        Tell(crm, "UPDATE", "order", before, crm.Row("order", id)!, IsSilent(http));
        return Answer(CrmView.Card(crm, crm.Row("order", id)!), StatusCodes.Status200OK);
    }

    private async Task<IResult> InsertAsync(HttpContext http, string table)
    {
        if (!CrmTables.Names.Contains(table) || await Json.ReadObjectAsync(http.Request) is not { } body
            || CrmOf(body["companyId"].Text(), body["locationId"].Text()) is not { } crm)
        {
            return Refused($"Send a row of {string.Join(", ", CrmTables.Names)}; companyId and locationId are those of the CRM.");
        }

        var (row, _) = await crm.InsertAsync(table, body, deliver: false);
        Tell(crm, "INSERT", table, null, row, IsSilent(http));
        return Answer(row, StatusCodes.Status201Created);
    }

    private async Task<IResult> UpdateAsync(HttpContext http, string table, string id)
    {
        if (await Json.ReadObjectAsync(http.Request) is not { } changes)
        {
            return Refused("Send the fields that change.");
        }

        if (Find(table, id) is not { } crm)
        {
            return Results.NotFound();
        }

        var before = crm.Row(table, id)!;
        await crm.UpdateAsync(table, id, row => Json.Merge(row, changes), deliver: false);
        var row = crm.Row(table, id)!;
        Tell(crm, "UPDATE", table, before, row, IsSilent(http));
        return Answer(row, StatusCodes.Status200OK);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string table, string id)
    {
        if (Find(table, id) is not { } crm)
        {
            return Results.NotFound();
        }

        var row = crm.Row(table, id)!;
        var leavesRow = row.ContainsKey("deleted") && http.Request.Query["physical"] != "true";
        await crm.DeleteAsync(table, id, leavesRow, deliver: false);
        Tell(crm, "DELETE", table, null, leavesRow ? crm.Row(table, id)! : row, IsSilent(http));
        return Results.NoContent();
    }

    private async Task<IResult> ChangeCompanyAsync(HttpContext http, string id)
    {
        if ((await Json.ReadObjectAsync(http.Request))?["requestsPerMinute"] is not JsonValue value || !value.TryGetValue<int>(out var budget) || budget < 0)
        {
            return Refused("Send {requestsPerMinute}.");
        }

        if (sandbox.Companies.FirstOrDefault(crm => crm.CompanyId == id) is not { } company)
        {
            return Results.NotFound();
        }

        company.RequestsPerMinute = budget;
        return Answer(Company(company), StatusCodes.Status200OK);
    }

    private void Tell(Crm crm, string operation, string table, JsonObject? before, JsonObject row, bool isSilent)
    {
        if (table == "order")
        {
            crm.PublishOrder(row);
        }

        if (!isSilent && table != "webhook")
        {
            string[]? diff = before is null ? null : [.. row.Where(field => !JsonNode.DeepEquals(field.Value, before[field.Key])).Select(field => field.Key)];
            outbound.Run(() => crm.DeliverAsync(new CrmEvent(operation, table, row, diff)));
        }
    }

    private static JsonObject Company(Crm crm) => new()
    {
        ["companyId"] = crm.CompanyId,
        ["locations"] = new JsonArray([.. crm.Rows("location").Select(row => (JsonNode?)row["name"]?.DeepClone())]),
        ["requestsPerMinute"] = crm.RequestsPerMinute,
        ["requests"] = crm.Requests,
        ["refusedRequests"] = crm.RefusedRequests,
    };

    private static object Ids(Quote quote) => new { quote.OrderId, quote.CustomerId, quote.VehicleId };

    // Each of many is somebody else, or all of them would be one customer with one text.
    private static NewQuote Numbered(NewQuote quote, int number) => quote with
    {
        LastName = $"{quote.LastName} {number + 1}",
        Phone = quote.Phone is { Length: > 7 } phone && long.TryParse(phone.AsSpan(1), out var digits) ? $"+{digits + number}" : quote.Phone,
    };

    private Crm? Find(string table, string id) => CrmTables.Names.Contains(table) ? sandbox.Companies.FirstOrDefault(crm => crm.Row(table, id) is not null) : null;

    private Crm? CrmOf(NewQuote quote, Load load) => CrmOf(load.CompanyId, quote.LocationId);

    private Crm? CrmOf(string? companyId, string? locationId) =>
        companyId is not null ? sandbox.Companies.FirstOrDefault(crm => crm.CompanyId == companyId)
        : locationId is not null ? Find("location", locationId)
        : sandbox.Crm;

    private static bool IsSilent(HttpContext http) => http.Request.Query["silent"] == "true";

    private static IResult Answer(JsonNode body, int status) => Results.Text(body.ToJsonString(Json.Options), "application/json", statusCode: status);

    private static IResult Refused(string message) => Results.Problem(message, statusCode: StatusCodes.Status400BadRequest);

    private static async Task<(NewQuote Quote, Load Load)?> ReadAsync(HttpContext http)
    {
        try
        {
            return await Json.ReadObjectAsync(http.Request) is { } body ? (body.Deserialize<NewQuote>(Json.Options)!, body.Deserialize<Load>(Json.Options)!) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>How many quote requests, how fast, at whom, and whether anybody is told.</summary>
    private sealed record Load(int? Count, double? PerSecond, bool Silent, string? CompanyId);
}

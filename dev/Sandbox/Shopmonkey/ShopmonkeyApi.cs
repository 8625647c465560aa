using System.Globalization;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>Shopmonkey's API v3 at wire level: keys, each with its company's rows and its own rate limit, envelopes, lists with their silences.</summary>
internal sealed class ShopmonkeyApi(SandboxClock clock, VendorDesk desk, Faults faults, IReadOnlyList<Crm> companies)
{
    private readonly Dictionary<string, Crm> _byKey = companies.ToDictionary(crm => $"Bearer {crm.Account.ApiKey}");

    public void Map(IEndpointRouteBuilder routes)
    {
        var v3 = routes.MapGroup("/v3");
        v3.MapGet("/auth/api_key/status", (HttpContext http) =>
            Serve(http, "api_key.status", null, _ => new VendorAnswer(200, new JsonObject { ["valid"] = true })));
        v3.MapGet("/{table}", (HttpContext http, string table) => Serve(http, table + ".list", null, crm => List(crm, http, table)));
        v3.MapGet("/{table}/{id}", (HttpContext http, string table, string id) => Serve(http, table + ".get", null, crm => Get(crm, table, id)));
        v3.MapGet("/customer/{id}/order", (HttpContext http, string id) =>
            Serve(http, "order.list", null, crm => Of(crm, "order", row => row.Data["customerId"].Text() == id)));
        v3.MapGet("/customer/{id}/vehicle", (HttpContext http, string id) =>
            Serve(http, "vehicle.list", null, crm => Of(crm, "vehicle", row => (row.Data["owners"] as JsonArray)?.Any(owner => owner?["customerId"].Text() == id) == true)));
        v3.MapGet("/order/{id}/service", (HttpContext http, string id) => Serve(http, "service.list", null, crm => Of(crm, "order", _ => false)));

        v3.MapPost("/{table}", (HttpContext http, string table) => Write(http, table + ".create", (crm, body) => Create(crm, table, body)));
        v3.MapPut("/{table}/{id}", (HttpContext http, string table, string id) => Write(http, table + ".update", (crm, body) => Update(crm, table, id, body)));
        v3.MapPut("/order/{id}/move", (HttpContext http, string id) => Write(http, "order.move", (crm, body) => Update(crm, "order", id, body)));
        v3.MapDelete("/{table}/{id}", (HttpContext http, string table, string id) => Write(http, table + ".delete", (crm, _) => Delete(crm, table, id)));

        v3.MapPost("/{table}/search", (HttpContext http, string table) => Read(http, table + ".search", (crm, body) => Search(crm, table, body)));
        v3.MapPost("/customer/email/search", (HttpContext http) => Read(http, "customer.search", (crm, body) => ByContact(crm, body, "emails", "email")));
        v3.MapPost("/customer/phone_number/search", (HttpContext http) => Read(http, "customer.search", (crm, body) => ByContact(crm, body, "phoneNumbers", "number")));
        v3.MapPost("/customer/{id}/email", (HttpContext http, string id) => Write(http, "customer.update", (crm, body) => AddContact(crm, id, "emails", body)));
        v3.MapPost("/customer/{id}/phone_number", (HttpContext http, string id) => Write(http, "customer.update", (crm, body) => AddContact(crm, id, "phoneNumbers", body)));
    }

    private async Task Write(HttpContext http, string operation, Func<Crm, JsonObject, VendorAnswer> act)
    {
        var body = await Json.ReadObjectAsync(http.Request) ?? [];
        var request = new JsonObject { ["path"] = http.Request.Path.ToString(), ["body"] = body.DeepClone() };
        await Serve(http, operation, request, crm => act(crm, body));
    }

    private async Task Read(HttpContext http, string operation, Func<Crm, JsonObject, VendorAnswer> act)
    {
        var body = await Json.ReadObjectAsync(http.Request) ?? [];
        await Serve(http, operation, null, crm => act(crm, body));
    }

    private async Task Serve(HttpContext http, string operation, JsonObject? write, Func<Crm, VendorAnswer> act)
    {
        if (!_byKey.TryGetValue(http.Request.Headers.Authorization.ToString(), out var crm))
        {
            await desk.AnswerAsync(http, Vendor.Shopmonkey, operation, Error(401));
            return;
        }

        // The CRM's own clock is what its rows are dated by.
        http.Response.Headers.Date = clock.Now.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        var (remaining, retryAfter) = crm.Budget.Spend();
        http.Response.Headers["X-RateLimit-Limit-Minute"] = crm.RequestsPerMinute.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-RateLimit-Remaining-Minute"] = remaining.ToString(CultureInfo.InvariantCulture);
        if (retryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await desk.AnswerAsync(http, Vendor.Shopmonkey, operation, Error(429));
            return;
        }

        await desk.ServeAsync(http, Vendor.Shopmonkey, operation, write, () => act(crm), Error);
    }

    private VendorAnswer List(Crm crm, HttpContext http, string table)
    {
        if (!CrmTables.Names.Contains(table))
        {
            return Error(404);
        }

        var ignoreFilter = faults.Take(Vendor.Shopmonkey, table + ".list", [FaultKind.IgnoreFilter]) is not null;
        var dishonest = faults.Take(Vendor.Shopmonkey, table + ".list", [FaultKind.DishonestPager]) is not null;
        var (page, meta, error) = dishonest
            ? DishonestPager.Run(RowsOf(crm, table), http.Request.Query)
            : ListQuery.Run(RowsOf(crm, table), http.Request.Query, ignoreFilter);
        if (page is null)
        {
            return Error(400, error);
        }

        foreach (var row in page.OfType<JsonObject>())
        {
            Include(crm, http, row, "customer", "customerId");
            Include(crm, http, row, "vehicle", "vehicleId");
        }

        return new VendorAnswer(200, new JsonObject { ["success"] = true, ["data"] = page, ["meta"] = meta });
    }

    // What was made a moment ago may not be listed yet.
    private IReadOnlyList<CrmRow> RowsOf(Crm crm, string table)
    {
        var rows = table == "webhook" ? [.. crm.Registrations.All().Select(row => new CrmRow(row))] : crm.Tables.Read(table);
        return faults.Take(Vendor.Shopmonkey, table + ".list", [FaultKind.ListLag])?.Time is { } lag
            ? [.. rows.Where(row => !crm.Tables.Ages.IsYounger(row.Id, lag))]
            : rows;
    }

    private static VendorAnswer Get(Crm crm, string table, string id) =>
        CrmTables.Names.Contains(table) && (table == "webhook" ? crm.Registrations.Find(id) : crm.Row(table, id)) is { } row ? Ok(row) : Error(404);

    private VendorAnswer Of(Crm crm, string table, Predicate<CrmRow> filter)
    {
        var rows = RowsOf(crm, table).Where(row => filter(row)).Select(row => (JsonNode?)row.Copy()).ToArray();
        return new VendorAnswer(200, new JsonObject
        {
            ["success"] = true,
            ["data"] = new JsonArray(rows),
            ["meta"] = new JsonObject { ["total"] = rows.Length, ["hasMore"] = false },
        });
    }

    private VendorAnswer Search(Crm crm, string table, JsonObject body)
    {
        if (!CrmTables.Names.Contains(table))
        {
            return Error(404);
        }

        return Of(crm, table, body["where"] is JsonObject where ? RowFilter.Read(where) : _ => true);
    }

    // Seen in the wild both as objects and as bare strings.
    private VendorAnswer ByContact(Crm crm, JsonObject body, string list, string field)
    {
        var wanted = (body[list] as JsonArray)?.Select(item => item.Text() ?? (item as JsonObject)?[field].Text()).OfType<string>().ToHashSet() ?? [];
        return Of(crm, "customer", row => (row.Data[list] as JsonArray)?.Any(item => item?[field].Text() is { } value && wanted.Contains(value)) == true);
    }

    private VendorAnswer Create(Crm crm, string table, JsonObject body)
    {
        if (!CrmTables.Names.Contains(table))
        {
            return Error(404);
        }

        if (Missing(table, body) is { } missing)
        {
            return Error(400, missing);
        }

        var row = (JsonObject)body.DeepClone();
        var now = Json.Time(clock.Now);
        if (table == "order")
        {
            row = NewOrder(crm, body, now);
        }

        row["id"] = body["id"].Text() ?? Guid.CreateVersion7().ToString();
        row["companyId"] = crm.CompanyId;
        row["createdDate"] = now;
        row["updatedDate"] = null;
        if (table == "customer")
        {
            Hydrate(row);
        }

        if (table == "appointment")
        {
            row["confirmationStatus"] ??= "NoResponse";
            row["attributionSource"] ??= "Manual";
        }

        crm.Put(table, row);
        return Told(crm, Ok(row) with { Accepted = true, Id = row["id"].Text() }, "INSERT", table, row, null);
    }

    private VendorAnswer Update(Crm crm, string table, string id, JsonObject body)
    {
        if (table == "webhook" && crm.Registrations.ChangeOwn(id, body) is { } own)
        {
            return Ok(own) with { Accepted = true, Id = id };
        }

        if (!CrmTables.Names.Contains(table) || crm.Tables.Change(table, id, clock.Now, row => Json.Merge(row, body)) is not var (row, diff))
        {
            return Error(404);
        }

        if (table == "webhook")
        {
            crm.Registrations.NoteEnabled(body);
        }

        return Told(crm, Ok(row) with { Accepted = true, Id = id }, "UPDATE", table, row, diff);
    }

    private VendorAnswer Delete(Crm crm, string table, string id)
    {
        if (!CrmTables.Names.Contains(table) || crm.Tables.Remove(table, id) is not { } row)
        {
            return Error(404);
        }

        return Told(crm, Ok(row) with { Accepted = true, Id = id }, "DELETE", table, row, null);
    }

    private VendorAnswer AddContact(Crm crm, string id, string list, JsonObject body)
    {
        var item = (JsonObject)body.DeepClone();
        item["id"] = CrmRows.NewId();
        item["customerId"] = id;
        return crm.Tables.Change("customer", id, clock.Now, row => ((row[list] as JsonArray) ?? []).Add(item.DeepClone())) is var (row, diff)
            ? Told(crm, Ok(item) with { Accepted = true, Id = item["id"].Text() }, "UPDATE", "customer", row, diff)
            : Error(404);
    }

    private static JsonObject NewOrder(Crm crm, JsonObject body, string now)
    {
        var location = body["locationId"].Text() ?? crm.FirstLocation;
        var ids = new CrmRows.OrderIds(
            "", CrmRows.NewId(), crm.CompanyId, location,
            body["customerId"].Text(), body["vehicleId"].Text(), crm.FirstColumn(location));
        var row = CrmRows.Order(ids, crm.Tables.NextOrderNumber(), "Estimate", null, null, now, crm.Tables.NextVersion());
        Json.Merge(row, body);
        return row;
    }

    // The webhook of a write usually goes out beside its answer; by fault it is there first.
    private VendorAnswer Told(Crm crm, VendorAnswer answer, string operation, string table, JsonObject row, IReadOnlyList<string>? diff)
    {
        if (table == "webhook")
        {
            return answer;
        }

        var first = faults.Take(Vendor.Shopmonkey, $"{table}.{operation.ToLowerInvariant()}", [FaultKind.CallbackFirst]) is not null;
        return first ? answer with { BeforeAnswer = TellAsync } : answer with { AfterAnswer = TellAsync };

        Task TellAsync()
        {
            if (table == "order")
            {
                crm.PublishOrder(row);
            }

            return crm.DeliverAsync(new CrmEvent(operation, table, row, diff));
        }
    }

    private static void Include(Crm crm, HttpContext http, JsonObject row, string name, string key)
    {
        if (http.Request.Query[$"include[{name}]"] == "true" && row.ContainsKey(key))
        {
            row[name] = crm.Row(name, row[key].Text() ?? "");
        }
    }

    private static readonly string[] Colors = ["aqua", "black", "blue", "brown", "gray", "green", "orange", "purple", "red", "yellow"];

    private static string? Missing(string table, JsonObject body)
    {
        string[] required = table switch
        {
            "appointment" => ["name", "color", "startDate", "endDate"],
            "vehicle" => ["size"],
            "webhook" => ["name", "url"],
            _ => [],
        };
        return required.FirstOrDefault(field => body[field] is null) is { } missing ? $"{missing}: Required"
            : table == "appointment" && !Colors.Contains(body["color"].Text()) ? "color: Invalid enum value" : null;
    }

    // Top-level phone and email are dropped without a word, as the vendor does.
    private static void Hydrate(JsonObject customer)
    {
        customer.Remove("phone");
        customer.Remove("email");
        foreach (var list in (string[])["emails", "phoneNumbers"])
        {
            var items = customer[list] as JsonArray ?? [];
            foreach (var item in items.OfType<JsonObject>())
            {
                item["id"] ??= CrmRows.NewId();
                item["customerId"] = customer["id"]?.DeepClone();
            }

            customer[list] = items.Parent is null ? items : items.DeepClone();
        }

        customer["locationIds"] ??= customer["locationId"] is { } location ? new JsonArray(location.DeepClone()) : new JsonArray();
    }

    private static VendorAnswer Ok(JsonObject row) => new(200, new JsonObject { ["success"] = true, ["data"] = row.DeepClone() });

    private static VendorAnswer Error(int status) => Error(status, null);

    private static VendorAnswer Error(int status, string? message) => new(status, new JsonObject
    {
        ["success"] = false,
        ["code"] = "BOFF-97d5f9",
        ["message"] = message ?? status switch
        {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            429 => "Too Many Requests",
            _ => "Internal Server Error",
        },
        ["documentation_url"] = "https://shopmonkey.dev",
    });
}

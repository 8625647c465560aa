using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>A shop that is open from Monday to Friday, 8 to 17 in Chicago, with one service of an hour and one bay. Its calendar is a test's own.</summary>
internal sealed record AppointmentShop(Franchise Franchise, Guid TenantId, Guid LocationId, Guid ServiceId)
{
    public const string Tuesday10 = "2026-11-24T16:00:00.000Z";

    public static async Task<AppointmentShop> OpenAsync(Franchise franchise, Guid? tenantId = null)
    {
        var location = await franchise.LocationAsync(tenantId: tenantId);
        return await OpenAsync(franchise, location, tenantId);
    }

    /// <summary>Austin, which the CRM knows.</summary>
    public static Task<AppointmentShop> AustinAsync(Franchise franchise) => OpenAsync(franchise, franchise.Austin);

    private static async Task<AppointmentShop> OpenAsync(Franchise franchise, Guid location, Guid? tenantId = null)
    {
        var tenant = tenantId ?? franchise.TenantId;
        await franchise.Database.ExecuteAsync("DELETE FROM location_hours WHERE location_id = $1", location);
        await franchise.Database.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) SELECT $1, gen_random_uuid(), $2, day, '08:00', '17:00' FROM generate_series(1, 5) AS day
            """, tenant, location);
        var service = Guid.CreateVersion7();
        await franchise.Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            VALUES ($1, $2, $3, 'Front Window Tint', 19900, 60, true, 'manual', '2020-01-01', now())
            """, tenant, service, location);
        return new AppointmentShop(franchise, tenant, location, service);
    }

    public async Task<Guid> LeadAsync()
    {
        var id = Guid.CreateVersion7();
        await Franchise.Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'api', $4, 'contacted', 'Ann', 'America/Chicago', now(), now(), now())
            """, TenantId, id, LocationId, id.ToString());
        return id;
    }

    /// <summary>A lead of the CRM that was greeted.</summary>
    public async Task<(Guid LeadId, Quote Quote)> GreetedAsync(string phone)
    {
        var quote = await Franchise.QuoteAsync(phone);
        await Franchise.TouchAsync(quote.OrderId, "delivered");
        return ((Guid)(await Franchise.LeadAsync(quote.OrderId))["id"]!, quote);
    }

    public async Task<HttpResponseMessage> BookAsync(HttpClient staff, Guid leadId, string startsAt, string? key = null, Guid? bayId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/appointments")
        {
            Content = JsonContent.Create(new { leadId, locationId = LocationId, serviceId = ServiceId, startsAt, bayId }),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await staff.SendAsync(request);
    }

    public async Task<IReadOnlyList<string>> SlotsAsync(HttpClient staff, string from, string to) =>
        [.. (await staff.GetFromJsonAsync<JsonElement>($"/api/locations/{LocationId}/slots?serviceId={ServiceId}&from={from}&to={to}"))
            .GetProperty("items").EnumerateArray().Select(slot => slot.GetProperty("startsAt").GetString()!)];

    public Task<long> OverlapsAsync() => Franchise.Database.ScalarAsync<long>("""
        SELECT count(*) FROM appointments a JOIN appointments b ON b.bay_id = a.bay_id AND b.id > a.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.location_id = $1 AND a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
        """, LocationId);
}

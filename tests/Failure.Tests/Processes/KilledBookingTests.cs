using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary><c>kill -9</c> between the CRM's yes and our note of it: another process looks for the appointment, and makes no second one.</summary>
public sealed class KilledBookingTests(KilledBookingTests.TwoOrchestrators system) : IClassFixture<KilledBookingTests.TwoOrchestrators>
{
    public sealed class TwoOrchestrators : WholeSystem
    {
        protected override RigOptions Options => new() { Orchestrators = 2, AreStopped = true, ChatApis = 0 };
    }

    [Fact]
    public async Task A_booking_whose_process_is_killed_after_the_CRM_has_made_it_stands_there_once()
    {
        var (dying, living) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
        await dying.StartAsync(("FAILPOINT", $"{Failpoint.AppointmentMade}:kill"));
        var quote = await system.QuoteAsync();
        await system.TouchAsync(quote.OrderId, TimeSpan.FromSeconds(30), "delivered");
        // Nobody tells us of it: it has to be looked for.
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });

        var id = await BookAsync(dying.Http, quote.OrderId);
        await dying.Exited;

        dying.ExitCode.ShouldBe(128 + 9);
        InCrm(id).ShouldBe(1);
        (await system.Rig.Postgres.ScalarAsync<bool>("SELECT external_id IS NULL AND crm_called_at IS NOT NULL FROM appointments WHERE id = $1", id)).ShouldBeTrue();
        await living.StartAsync();
        await Eventually.TrueAsync(
            async () => await system.Rig.Postgres.ScalarAsync<bool>("SELECT external_id IS NOT NULL AND crm_revision = revision FROM appointments WHERE id = $1", id),
            "the booking to be found in the CRM", TimeSpan.FromSeconds(60));
        InCrm(id).ShouldBe(1);
    }

    private int InCrm(Guid id) => system.Rig.Sandbox.Crm.Rows("appointment").Count(row => row["note"]?.ToString().Contains(id.ToString(), StringComparison.Ordinal) == true);

    private async Task<Guid> BookAsync(HttpClient http, string orderId)
    {
        using var signIn = await http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword });
        var token = (await signIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var lead = (await system.Rig.Postgres.RowsAsync("SELECT tenant_id, id, location_id FROM leads WHERE external_id = $1", orderId)).Single();
        var service = Guid.CreateVersion7();
        await system.Rig.Postgres.ExecuteAsync("DELETE FROM location_hours WHERE location_id = $1", lead["location_id"]!);
        await system.Rig.Postgres.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) SELECT $1, gen_random_uuid(), $2, day, '00:00', '24:00' FROM generate_series(1, 7) AS day
            """, lead["tenant_id"]!, lead["location_id"]!);
        await system.Rig.Postgres.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            VALUES ($1, $2, $3, 'Front Window Tint', 19900, 60, true, 'manual', '2020-01-01', now())
            """, lead["tenant_id"]!, service, lead["location_id"]!);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var slots = await http.GetFromJsonAsync<JsonElement>($"/api/locations/{lead["location_id"]}/slots?serviceId={service}");
        using var answer = await http.PostAsJsonAsync("/api/appointments", new
        {
            leadId = lead["id"], locationId = lead["location_id"], serviceId = service, startsAt = slots.GetProperty("items")[0].GetProperty("startsAt").GetString(),
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }
}

using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>What the shop changes of a booking of ours in the CRM: it is theirs to change, and what cannot be both is a person's.</summary>
public sealed class CrmChangeTests(Franchise franchise) : IClassFixture<Franchise>
{
    private Crm Crm => franchise.Sandbox.Crm;

    [Fact]
    public async Task A_move_leaves_alone_what_the_shop_wrote_into_the_appointment()
    {
        using var staff = franchise.As("advisor");
        var (id, externalId, _) = await BookedAsync(staff, "2026-11-24T16:00:00Z", "+15125551931");
        await Crm.UpdateAsync("appointment", externalId, row =>
        {
            row["note"] = "Gate code 12";
            row["color"] = "purple";
            row["customerId"] = "the-right-ann";
        });

        (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T20:00:00Z" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(() => Crm.Row("appointment", externalId)!["startDate"]!.ToString().Contains("T20:00", StringComparison.Ordinal), "the CRM to have the new time");
        var row = Crm.Row("appointment", externalId)!;
        (row["note"]!.ToString(), row["color"]!.ToString(), row["customerId"]!.ToString()).ShouldBe(("Gate code 12", "purple", "the-right-ann"));
    }

    [Fact]
    public async Task How_long_the_shop_takes_for_it_is_no_other_time_to_the_customer()
    {
        const string phone = "+15125551932";
        using var staff = franchise.As("advisor");
        var (id, externalId, lead) = await BookedAsync(staff, "2026-11-25T16:00:00Z", phone);
        await Eventually.TrueAsync(() => franchise.Sandbox.Twilio.SentTo(phone).Count == 2, "the confirmation to arrive");

        await Crm.UpdateAsync("appointment", externalId, row => row["endDate"] = "2026-11-25T17:30:00.000Z");

        await Eventually.TrueAsync(() => StandsAsync(id, "ends_at = '2026-11-25T17:30Z'"), "the bay to be taken as long");
        (await StandsAsync(id, "planned_revision = revision AND crm_revision = revision")).ShouldBeTrue("nothing is left to follow");
        (await franchise.Database.ColumnAsync<string>("SELECT regexp_replace(step, '^appointment-\\d+-', '') || ' ' || status FROM touch_points WHERE appointment_id = $1 ORDER BY due_at", Guid.Parse(id)))
            .ShouldBe(["confirmed delivered", "day_before scheduled", "two_hours_before scheduled"]);
        (await NotesAsync(lead)).ShouldBe(["Appointment confirmed: Front Window Tint, Wed, Nov 25 at 10:00 AM."]);
    }

    [Fact]
    public async Task A_booking_that_the_CRM_has_at_another_shop_now_is_given_to_a_person_once()
    {
        using var staff = franchise.As("advisor");
        var (id, externalId, lead) = await BookedAsync(staff, "2026-11-26T16:00:00Z", "+15125551933");

        await Crm.UpdateAsync("appointment", externalId, row => row["locationId"] = Crm.PhoenixId);
        await Eventually.TrueAsync(async () => (await ConflictsAsync(lead)).Count == 1, "the conflict to be seen");
        await Crm.UpdateAsync("appointment", externalId, row => row["color"] = "green");
        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhook_events WHERE external_id = $1 AND status IN ('done', 'ignored') AND payload LIKE '%green%'", externalId) == 1, "the next change to be worked on");

        (await ConflictsAsync(lead)).ShouldBe([$"moved_to_another_shop_in_crm {id} {Crm.PhoenixId}"]);
        (await StandsAsync(id, "status = 'confirmed' AND starts_at = '2026-11-26T16:00Z'")).ShouldBeTrue();
    }

    private async Task<(string Id, string ExternalId, Guid Lead)> BookedAsync(HttpClient staff, string startsAt, string phone)
    {
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        await franchise.Database.ExecuteAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) VALUES ($1, $2, $3, 'ai', now(), now()) ON CONFLICT (tenant_id, lead_id) DO NOTHING
            """, shop.TenantId, Guid.CreateVersion7(), lead);
        using var answer = await shop.BookAsync(staff, lead, startsAt);
        var id = (await answer.JsonAsync()).Text("id");
        await Eventually.TrueAsync(() => StandsAsync(id, "crm_revision = revision AND planned_revision = revision AND external_id IS NOT NULL"), "the booking to be followed");
        var externalId = await franchise.Database.ScalarAsync<string>("SELECT external_id FROM appointments WHERE id = $1", Guid.Parse(id)) ?? "";
        // What the CRM told of the booking's beginning is not read at the very moment of the move.
        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE external_id = $1 AND status IN ('done', 'ignored'))", externalId), "the booking to be told of");
        return (id, externalId, lead);
    }

    private Task<bool> StandsAsync(string id, string condition) => franchise.Database.ScalarAsync<bool>($"SELECT coalesce({condition}, false) FROM appointments WHERE id = $1", Guid.Parse(id));

    private Task<IReadOnlyList<string>> NotesAsync(Guid lead) => franchise.Database.ColumnAsync<string>("""
        SELECT m.content FROM chat_messages m JOIN chat_sessions s ON s.tenant_id = m.tenant_id AND s.id = m.session_id WHERE s.lead_id = $1 AND m.role = 'system' ORDER BY m.seq
        """, lead);

    private Task<IReadOnlyList<string>> ConflictsAsync(Guid lead) => franchise.Database.ColumnAsync<string>("""
        SELECT reason || ' ' || (evidence ->> 'appointmentId') || ' ' || (evidence ->> 'crmLocationId') FROM review_items WHERE lead_id = $1 AND kind = 'appointment_conflict'
        """, lead);
}

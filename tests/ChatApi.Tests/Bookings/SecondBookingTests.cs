using System.Net;
using System.Text.Json.Nodes;
using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <summary>In a shop with two bays, a customer has one appointment at a time all the same, and holds one as long as anybody.</summary>
public sealed class SecondBookingTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Service = "Full Car Ceramic Tint";

    public async ValueTask InitializeAsync() => await scene.Database.ExecuteAsync("""
        INSERT INTO bays (tenant_id, id, location_id, name, position, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 2, now(), now())
        """, scene.TenantId, Guid.CreateVersion7(), scene.LocationId, $"Bay {Guid.CreateVersion7()}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_booked_is_not_held_once_more()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T08:00" }, "You have that already.");

        var frames = await customer.AskAsync("Please book it");

        frames.ShouldNotContain(frame => frame.Type == "booking.held");
        scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem().ShouldContain("The customer has an appointment at that time already. Nothing is held.");
        (await StatusesAsync(customer)).ShouldBe(["confirmed"]);
    }

    [Fact]
    public async Task What_is_moved_to_its_own_time_stays_and_nothing_is_held()
    {
        var customer = await BookedAsync("2026-11-25T08:00");
        Use("reschedule", new() { ["startsAt"] = "2026-11-25T08:00" }, "It is at that time.");

        var frames = await customer.AskAsync("Move it to eight");

        frames.ShouldNotContain(frame => frame.Type == "booking.held");
        scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem().ShouldContain("It is at that time already.");
        Use("reschedule", new() { ["startsAt"] = "2026-11-25T09:00" }, "Please tap Confirm.");
        (await customer.AskAsync("Nine, then")).ShouldContain(frame => frame.Type == "booking.held", "what it replaces is not in its way");
    }

    [Fact]
    public async Task What_is_cancelled_is_taken_out_of_the_calendar_by_the_shop_in_the_customers_language()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-26T08:00" }, "Toque Confirmar, por favor.");
        var customer = await scene.CustomerAsync();
        var id = (await customer.AskAsync("Hola, quiero una cita el jueves")).Single(frame => frame.Type == "booking.held").Text("bookingId");
        await TapAsync(customer, id, "confirmation");
        var booked = await CalendarAsync(customer, id);

        await TapAsync(customer, id, "cancellation");

        booked.ShouldNotContain(line => line.StartsWith("METHOD", StringComparison.Ordinal), "a file without a method needs no organizer");
        booked.ShouldContain($"SUMMARY:{Service} en Acme Tint Austin");
        booked.ShouldContain("DESCRIPTION:Teléfono del taller: +15125550100");
        var cancelled = await CalendarAsync(customer, id);
        cancelled.ShouldContain("METHOD:CANCEL");
        using var file = await customer.SendAsync(HttpMethod.Get, $"/bookings/{id}/calendar");
        file.Content.Headers.ContentType!.Parameters.ShouldContain(parameter => parameter.Name == "method" && parameter.Value == "CANCEL", "who names it in the file names it there as well");
        cancelled.ShouldContain("ORGANIZER;CN=\"Acme Tint Austin\":tel:+15125550100");
    }

    [Fact]
    public async Task A_customer_who_asks_again_shortly_before_a_hold_ends_has_the_whole_time_again()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-27T10:00" }, "Please tap Confirm.");
        var customer = await scene.CustomerAsync();
        var first = (await customer.AskAsync("Friday at ten please")).Single(frame => frame.Type == "booking.held").Text("bookingId");
        await scene.Database.ExecuteAsync("UPDATE appointments SET expires_at = $2 WHERE id = $1", Guid.Parse(first), scene.Sandbox.Clock.Now.UtcDateTime.AddSeconds(20));
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-27T10:00" }, "Please tap Confirm.");

        var again = (await customer.AskAsync("Sorry, I was away. Ten is fine")).Single(frame => frame.Type == "booking.held");

        (DateTimeOffset.Parse(again.Text("expiresAt"), null) - scene.Sandbox.Clock.Now).TotalMinutes.ShouldBeInRange(9, 10.1);
        scene.Sandbox.Model.Calls[^1].ToolResults[^1].ShouldContain("Held for 10 minutes");
        (await scene.Database.ColumnAsync<string>("""
            SELECT a.status || coalesce(' ' || a.status_reason, '') FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1 ORDER BY a.created_at, a.id
            """, customer.SessionId)).ShouldBe(["cancelled replaced", "held"]);
    }

    [Fact]
    public async Task Who_confirms_one_new_time_while_another_is_being_held_has_one_appointment_in_the_end()
    {
        var customer = await BookedAsync("2026-11-27T08:00");
        var (leadId, booked) = (await scene.Database.ScalarAsync<Guid>("SELECT lead_id FROM chat_sessions WHERE id = $1", customer.SessionId), await BookedIdAsync());
        Use("reschedule", new() { ["startsAt"] = "2026-11-27T12:00" }, "Please tap Confirm.");
        var first = (await customer.AskAsync("Noon, rather")).Single(frame => frame.Type == "booking.held").Text("bookingId");
        var service = await scene.Chat.Get<Shared.Appointments.Bookings>().FindServiceAsync(
            scene.TenantId, scene.LocationId, await scene.Database.ScalarAsync<Guid>("SELECT id FROM service_catalog"), CancellationToken.None);

        // The second one stands in line for the shop's calendar when the first is tapped.
        Task<BookingResult> hold;
        Task<HttpResponseMessage> tap;
        await using (var line = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None))
        {
            await AppointmentStore.LockShopAsync(line, scene.LocationId, CancellationToken.None);
            hold = scene.Chat.Get<ChatBookings>().HoldAsync(
                new(scene.TenantId, customer.SessionId), leadId, service!, DateTimeOffset.Parse("2026-11-27T17:00:00Z", null), booked, CancellationToken.None);
            await Eventually.TrueAsync(async () => await WaitingAsync() == 1, "the second hold to wait");
            tap = customer.SendAsync(HttpMethod.Post, $"/bookings/{first}/confirmation", new { });
            await Eventually.TrueAsync(async () => tap.IsCompleted || await WaitingAsync() == 2, "the tap to be done or to wait");
        }

        var second = await hold;
        (await tap).Dispose();
        if (second is BookingResult.Made { Appointment: var held })
        {
            await TapAsync(customer, held.Id.ToString(), "confirmation");
        }

        (await StatusesAsync(customer)).Count(status => status == "confirmed").ShouldBe(1);

        // Whoever comes wholly after such a tap is told that there is nothing to move any more.
        (await scene.Chat.Get<ChatBookings>().HoldAsync(
            new(scene.TenantId, customer.SessionId), leadId, service!, DateTimeOffset.Parse("2026-11-30T15:00:00Z", null), booked, CancellationToken.None))
            .ShouldBeOfType<BookingResult.NotFree>().Reason.ShouldBe("replaced_meanwhile");

        Task<Guid> BookedIdAsync() => scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);

        Task<long> WaitingAsync() => scene.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    private void Use(string tool, JsonObject input, string answer)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", tool, input));
        scene.Sandbox.Model.Enqueue(new ModelAnswer(answer));
    }

    private async Task<Customer> BookedAsync(string startsAt)
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = startsAt }, "Please tap Confirm.");
        var customer = await scene.CustomerAsync();
        await TapAsync(customer, (await customer.AskAsync("Please")).Single(frame => frame.Type == "booking.held").Text("bookingId"), "confirmation");
        return customer;
    }

    private static async Task TapAsync(Customer customer, string bookingId, string what)
    {
        using var answer = await customer.SendAsync(HttpMethod.Post, $"/bookings/{bookingId}/{what}", new { });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string[]> CalendarAsync(Customer customer, string bookingId)
    {
        using var file = await customer.SendAsync(HttpMethod.Get, $"/bookings/{bookingId}/calendar");
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await file.Content.ReadAsStringAsync()).Split("\r\n");
    }

    private Task<IReadOnlyList<string>> StatusesAsync(Customer customer) => scene.Database.ColumnAsync<string>(
        "SELECT a.status FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
}

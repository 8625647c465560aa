using System.Net;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <summary>In a shop with two bays, a customer has one appointment at a time all the same.</summary>
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
        cancelled.ShouldContain("ORGANIZER;CN=\"Acme Tint Austin\":tel:+15125550100");
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

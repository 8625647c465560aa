using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>From a wish to an appointment: the assistant holds, the customer taps, the phone and the CRM know.</summary>
public sealed class BookingTests(Shop shop) : IClassFixture<Shop>
{
    private const string Service = "Front Window Tint";
    private const string Line = "Your appointment: Tue, Nov 24, 10:00 AM CST";

    [Fact]
    public async Task A_held_time_is_a_card_that_survives_a_reload_and_is_booked_by_the_customers_tap_alone()
    {
        var (visitor, chat, phone) = await shop.NewCustomerAsync();
        await using var _ = visitor;
        await OpenForBookingsAsync(phone);
        shop.Sandbox.Model.Enqueue(new ModelAnswer("", "book", new JsonObject { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }));
        shop.Sandbox.Model.Enqueue(new ModelAnswer("I'm holding Tuesday at 10 AM for you. Please tap Confirm."));

        await chat.AskAsync("Tuesday at ten please");
        await Expect(chat.Page.GetByText("A time is held for you")).ToBeVisibleAsync();
        await Expect(chat.Page.GetByText("Tuesday, November 24 at 10:00 AM CST")).ToBeVisibleAsync();
        await chat.Page.ReloadAsync();
        await Expect(chat.Page.GetByText("$199.00")).ToBeVisibleAsync();
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM appointments a JOIN leads l ON l.id = a.lead_id WHERE l.phone = $1 AND a.status = 'confirmed'", phone)).ShouldBe(0, "nobody has tapped");

        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm", Exact = true }).ClickAsync();

        await Expect(chat.Page.GetByText(Line)).ToBeVisibleAsync();
        await Expect(chat.Page.GetByText($"Appointment confirmed: {Service}, Tue, Nov 24 at 10:00 AM.", new() { Exact = true })).ToBeVisibleAsync();
        await chat.Page.GetByText(Line).ClickAsync();
        var download = await chat.Page.RunAndWaitForDownloadAsync(() => chat.Page.GetByRole(AriaRole.Link, new() { Name = "Add to your calendar" }).ClickAsync());
        download.SuggestedFilename.ShouldBe("appointment.ics");
        await Eventually.TrueAsync(
            () => shop.Sandbox.Twilio.SentTo(phone).Any(text => text.Body.Contains($"you are booked. {Service}, Tue, Nov 24 at 10:00 AM", StringComparison.Ordinal)), "the confirmation on the phone");
        await Eventually.TrueAsync(
            () => shop.Sandbox.Crm.Rows("appointment").Count(row => row["name"]!.ToString() == $"{Service} - Maya Lopez") == 1, "the appointment in the CRM");
        await chat.Page.ReloadAsync();
        await Expect(chat.Page.GetByText(Line)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_appointment_leaves_the_newest_answer_in_view_on_a_small_phone()
    {
        var phone = shop.NewPhone();
        await using var visitor = await shop.NewVisitorAsync(width: 360, height: 640, motion: ReducedMotion.Reduce);
        var chat = await ChatPage.OpenAsync(visitor, await shop.TextedLinkAsync(phone, "Zoe"));
        await OpenForBookingsAsync(phone);
        shop.Sandbox.Model.Enqueue(new ModelAnswer("", "book", new JsonObject { ["service"] = Service, ["startsAt"] = "2026-11-24T13:00" }));
        shop.Sandbox.Model.Enqueue(new ModelAnswer("I'm holding Tuesday at 1 PM for you. Please tap Confirm."));
        await chat.AskAsync("Tuesday at one please");
        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm", Exact = true }).ClickAsync();
        await Expect(chat.Page.GetByText("Your appointment: Tue, Nov 24")).ToBeVisibleAsync();
        shop.Sandbox.Model.Enqueue(new ModelAnswer(string.Join(' ', Enumerable.Repeat("It takes an hour, and you can wait in the shop or come back.", 12))));

        await chat.AskAsync("How long does it take?");

        await Expect(chat.EndedAnswers).ToHaveCountAsync(2);
        await Expect(chat.EndedAnswers.Last.Locator("time")).ToBeInViewportAsync(new() { Ratio = 1 });
        (await Axe.ViolationsAsync(chat.Page)).ShouldBeEmpty();
        await chat.Page.GetByText("Your appointment: Tue, Nov 24").ClickAsync();
        await Expect(chat.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel this appointment" })).ToBeVisibleAsync();
        await Expect(chat.EndedAnswers.Last.Locator("time")).ToBeInViewportAsync(new() { Ratio = 1 });
        (await Axe.ViolationsAsync(chat.Page)).ShouldBeEmpty();
    }

    private async Task OpenForBookingsAsync(string phone)
    {
        var lead = (await shop.Database.RowsAsync("SELECT tenant_id, location_id FROM leads WHERE phone = $1", phone)).Single();
        await shop.Database.ExecuteAsync("DELETE FROM location_hours WHERE location_id = $1", lead["location_id"]!);
        await shop.Database.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) SELECT $1, gen_random_uuid(), $2, day, '08:00', '17:00' FROM generate_series(1, 5) AS day
            """, lead["tenant_id"]!, lead["location_id"]!);
        await shop.Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            SELECT $1, $2, $3, $4, 19900, 60, true, 'manual', '2020-01-01', now()
            WHERE NOT EXISTS (SELECT 1 FROM service_catalog WHERE location_id = $3 AND name = $4)
            """, lead["tenant_id"]!, Guid.CreateVersion7(), lead["location_id"]!, Service);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <summary>A booking is its customer's whatever became of their order, and is at its own shop whichever one they asked.</summary>
public sealed class BookingOfAnotherShopTests(Scene scene) : IClassFixture<Scene>
{
    private const string Service = "Full Car Ceramic Tint";

    [Fact]
    public async Task Whose_order_is_deleted_in_the_CRM_confirms_and_cancels_all_the_same()
    {
        var booked = await BookedAsync("2026-11-24T08:00");
        var id = await scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", booked.SessionId);
        var (holder, held) = await HeldAsync("2026-11-25T08:00");
        await scene.Database.ExecuteAsync("""
            UPDATE leads l SET status = 'lost', status_reason = 'order_deleted', deleted_at = now() FROM chat_sessions s WHERE s.lead_id = l.id AND s.id IN ($1, $2)
            """, booked.SessionId, holder.SessionId);

        (await TapAsync(booked, id.ToString(), "cancellation")).GetProperty("status").GetString().ShouldBe("cancelled");
        (await TapAsync(holder, held, "confirmation")).GetProperty("status").GetString().ShouldBe("confirmed");
    }

    [Fact]
    public async Task A_booking_at_another_shop_is_said_with_its_own_place_and_time()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        var (id, phoenix) = (await scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId), Guid.CreateVersion7());
        await scene.Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, name, phone, address, timezone, created_at, updated_at) VALUES ($1, $2, 'Acme Tint Phoenix', '+16025550100', '9 Palm Rd, Phoenix, AZ', 'America/Phoenix', now(), now())
            """, scene.TenantId, phoenix);
        await scene.Database.ExecuteAsync("UPDATE appointments SET location_id = $2, bay_id = (SELECT id FROM bays WHERE location_id = $2) WHERE id = $1", id, phoenix);

        var lines = await CalendarAsync(customer, id);
        var session = await (await customer.SendAsync(HttpMethod.Get, "")).Content.ReadFromJsonAsync<JsonElement>();

        lines.ShouldContain($"SUMMARY:{Service} at Acme Tint Phoenix");
        lines.ShouldContain("LOCATION:9 Palm Rd\\, Phoenix\\, AZ");
        lines.ShouldContain("DESCRIPTION:Phone of the shop: +16025550100");
        session.GetProperty("bookings")[0].GetProperty("timezone").GetString().ShouldBe("America/Phoenix");
        session.GetProperty("location").GetProperty("timezone").GetString().ShouldBe("America/Chicago");
    }

    [Fact]
    public async Task The_assistant_says_a_booking_at_another_shop_by_that_shops_clock_and_no_other_hour()
    {
        var customer = await BookedAsync("2026-11-26T09:00");
        var phoenix = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Acme Tint <Tempe>', 'America/Phoenix', now(), now())
            """, scene.TenantId, phoenix);
        await scene.Database.ExecuteAsync("""
            UPDATE appointments a SET location_id = $2, bay_id = (SELECT id FROM bays WHERE location_id = $2) FROM chat_sessions s WHERE s.lead_id = a.lead_id AND s.id = $1
            """, customer.SessionId, phoenix);
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "cancel", []));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("You are booked on Thursday at 8 AM."));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("You are booked on Thursday at 9 AM."));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Please ask the shop."));
        var before = scene.Sandbox.Model.Calls.Count;

        var told = await customer.AskAsync("When am I booked?");
        var another = await customer.AskAsync("And when is it?");

        told[^1].Text("content").ShouldBe("You are booked on Thursday at 8 AM.");
        another[^1].Text("content").ShouldBe("Please ask the shop.");
        var calls = scene.Sandbox.Model.Calls.Skip(before).ToList();
        calls[0].System.ShouldContain("Thursday 26 Nov at 08:00 at another shop, Acme Tint Tempe, $399.00");
        calls[1].ToolResults.Single().ShouldContain("\"time\":{\"startsAt\":\"2026-11-26T08:00\",\"say\":\"Thursday, Nov 26 at 8:00 AM\"},\"atAnotherShop\":\"Acme Tint Tempe\"");
    }

    private async Task<(Customer Customer, string BookingId)> HeldAsync(string startsAt)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "book", new() { ["service"] = Service, ["startsAt"] = startsAt }));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Please tap Confirm."));
        var customer = await scene.CustomerAsync();
        return (customer, (await customer.AskAsync("Please")).Single(frame => frame.Type == "booking.held").Text("bookingId"));
    }

    private async Task<Customer> BookedAsync(string startsAt)
    {
        var (customer, held) = await HeldAsync(startsAt);
        await TapAsync(customer, held, "confirmation");
        return customer;
    }

    private static async Task<string[]> CalendarAsync(Customer customer, Guid bookingId)
    {
        using var file = await customer.SendAsync(HttpMethod.Get, $"/bookings/{bookingId}/calendar");
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await file.Content.ReadAsStringAsync()).Split("\r\n");
    }

    private static async Task<JsonElement> TapAsync(Customer customer, string bookingId, string what)
    {
        using var answer = await customer.SendAsync(HttpMethod.Post, $"/bookings/{bookingId}/{what}", new { });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Locations;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>Staff book: one bay, one car at a time, whoever asks and however often.</summary>
public sealed class AppointmentEndpointsTests(Franchise franchise) : IClassFixture<Franchise>
{
    private const string Tuesday10 = AppointmentShop.Tuesday10;

    [Fact]
    public async Task A_booking_stands_at_once_takes_its_slot_and_ends_what_was_planned_to_win_the_lead()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var lead = await shop.LeadAsync();
        await franchise.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'day-2', 'sms', 'scheduled', '2026-11-25', '2026-11-27', '2026-11-23', '2026-11-23')
            """, shop.TenantId, Guid.CreateVersion7(), lead);

        using var answer = await shop.BookAsync(staff, lead, Tuesday10);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var booked = await answer.JsonAsync();
        (booked.Text("status"), booked.Text("startsAt"), booked.Text("endsAt"), booked.Text("priceCents"), booked.Text("leadId"), booked.Text("expiresAt"))
            .ShouldBe(("confirmed", Tuesday10, "2026-11-24T17:00:00.000Z", "19900", lead.ToString(), ""));
        (await staff.GetAsync(answer.Headers.Location).JsonAsync()).Text("id").ShouldBe(booked.Text("id"));
        (await staff.GetAsync($"/api/appointments?leadId={lead}").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await shop.SlotsAsync(staff, "2026-11-24T14:00:00Z", "2026-11-24T18:00:00Z")).ShouldBe(
            ["2026-11-24T14:00:00.000Z", "2026-11-24T14:30:00.000Z", "2026-11-24T15:00:00.000Z", "2026-11-24T17:00:00.000Z", "2026-11-24T17:30:00.000Z"]);
        (await franchise.Database.ScalarAsync<string>("SELECT status || ' ' || status_reason FROM leads WHERE id = $1", lead)).ShouldBe("booked appointment_confirmed");
        (await franchise.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE lead_id = $1 AND step = 'day-2'", lead)).ShouldBe("cancelled appointment_booked");
    }

    [Fact]
    public async Task A_booking_ends_the_sequence_of_the_persons_other_request_and_not_its_first_message()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var (lead, other) = (await shop.LeadAsync(), await shop.LeadAsync());
        await franchise.Database.ExecuteAsync("""
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) SELECT tenant_id, $2, '+15125550707', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            """, lead, lead);
        await franchise.Database.ExecuteAsync("UPDATE leads SET contact_id = $1 WHERE id IN ($1, $2)", lead, other);
        await franchise.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, step, 'sms', 'scheduled', '2026-11-25', '2026-11-27', '2026-11-23', '2026-11-23' FROM unnest(ARRAY['greeting', 'day-2']) step
            ON CONFLICT (tenant_id, lead_id, step) DO UPDATE SET status = 'scheduled', due_at = excluded.due_at
            """, shop.TenantId, other);

        (await shop.BookAsync(staff, lead, Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await franchise.Database.ColumnAsync<string>("SELECT step || ' ' || status FROM touch_points WHERE lead_id = $1 ORDER BY step", other)).ShouldBe(["day-2 cancelled", "greeting scheduled"]);
        (await franchise.Database.ScalarAsync<string>("SELECT sequence_ended_as FROM leads WHERE id = $1", other)).ShouldBe("appointment_booked");
        (await franchise.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", other)).ShouldNotBe("booked");
    }

    [Fact]
    public async Task A_taken_slot_is_answered_with_the_nearest_free_ones()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created);

        using var second = await shop.BookAsync(staff, await shop.LeadAsync(), "2026-11-24T16:30:00Z");

        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await second.JsonAsync();
        problem.Text("reason").ShouldBe("slot_taken");
        problem.GetProperty("alternatives").EnumerateArray().Select(start => start.GetString()).ShouldBe(
            ["2026-11-24T14:30:00.000Z", "2026-11-24T15:00:00.000Z", "2026-11-24T17:00:00.000Z", "2026-11-24T17:30:00.000Z", "2026-11-24T18:00:00.000Z"]);
    }

    [Fact]
    public async Task A_bay_that_is_nobodys_and_one_of_another_shop_look_the_same()
    {
        using var staff = franchise.As("advisor");
        var (shop, other) = (await AppointmentShop.OpenAsync(franchise), await AppointmentShop.OpenAsync(franchise));
        var others = await franchise.Database.ScalarAsync<Guid>("SELECT id FROM bays WHERE location_id = $1", other.LocationId);
        using var booked = await shop.BookAsync(staff, await shop.LeadAsync(), "2026-11-24T20:00:00Z");
        var path = $"/api/appointments/{(await booked.JsonAsync()).Text("id")}/rescheduling";

        foreach (var bayId in new[] { others, Guid.CreateVersion7() })
        {
            using var answer = await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10, bayId: bayId);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.JsonAsync()).Text("detail").ShouldBe("There is no such bay of this location.");
            (await staff.PostAsJsonAsync(path, new { startsAt = Tuesday10, bayId })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("2026-11-24T23:00:00Z", "outside_business_hours")] // 17:00
    [InlineData("2026-11-24T22:30:00Z", "outside_business_hours")] // ends at 17:30
    [InlineData("2026-11-28T16:00:00Z", "outside_business_hours")] // Saturday
    [InlineData("2026-11-23T16:30:00Z", "too_soon")]
    [InlineData("2026-11-20T16:00:00Z", "too_soon")]
    [InlineData("2027-06-01T16:00:00Z", "too_far_ahead")]
    [InlineData("2026-11-24T16:00:30Z", "not_a_whole_minute")]
    [InlineData("0001-01-01T00:00:00Z", "too_soon")]
    [InlineData("9999-12-31T23:59:00Z", "too_far_ahead")]
    public async Task What_the_shop_does_not_give_is_refused_with_the_reason(string startsAt, string reason)
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);

        using var answer = await shop.BookAsync(staff, await shop.LeadAsync(), startsAt);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.JsonAsync()).Text("reason").ShouldBe(reason);
    }

    [Fact]
    public async Task At_the_ends_of_the_calendar_nothing_is_free_and_nothing_breaks()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var id = (await (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).JsonAsync()).Text("id");

        foreach (var (startsAt, reason) in new[] { ("0001-01-01T00:00:00Z", "too_soon"), ("9999-12-31T23:59:00Z", "too_far_ahead") })
        {
            using var answer = await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt });
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, startsAt);
            (await answer.JsonAsync()).Text("reason").ShouldBe(reason);
            (await answer.JsonAsync()).GetProperty("alternatives").GetArrayLength().ShouldBe(5);
        }

        var slots = $"/api/locations/{shop.LocationId}/slots?serviceId={shop.ServiceId}";
        (await staff.GetAsync($"{slots}&from=9999-12-31T00:00:00Z")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"{slots}&from=9999-12-30T00:00:00Z&to=9999-12-31T23:59:00Z")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"{slots}&to=9999-12-31T23:59:00Z")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await shop.SlotsAsync(staff, "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_booking_of_what_the_shop_offers_no_more_still_moves()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var id = (await (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).JsonAsync()).Text("id");
        await franchise.Database.ExecuteAsync("UPDATE service_catalog SET active = false, bookable = false WHERE id = $1", shop.ServiceId);

        using var moved = await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T18:00:00Z" });

        moved.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await moved.JsonAsync()).Text("endsAt").ShouldBe("2026-11-24T19:00:00.000Z");
        (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Two_hundred_who_want_one_slot_have_one_winner_and_the_others_hear_of_other_times()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var leads = new List<Guid>();
        for (var number = 0; number < 200; number++)
        {
            leads.Add(await shop.LeadAsync());
        }

        foreach (var startsAt in new[] { "2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", "2026-11-24T15:30:00Z" })
        {
            var answers = await Task.WhenAll(leads.Select(lead => shop.BookAsync(staff, lead, startsAt)));

            var won = answers.Count(answer => answer.StatusCode == HttpStatusCode.Created);
            won.ShouldBe(startsAt == "2026-11-24T15:30:00Z" ? 0 : 1, startsAt);
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(200 - won);
            foreach (var loser in answers.Where(answer => answer.StatusCode == HttpStatusCode.Conflict))
            {
                (await loser.JsonAsync()).GetProperty("alternatives").GetArrayLength().ShouldBe(5);
            }
        }

        (await shop.OverlapsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_books_once()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var lead = await shop.LeadAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.BookAsync(staff, lead, Tuesday10, "key-1")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct().ShouldHaveSingleItem();
        (await shop.BookAsync(staff, lead, "2026-11-24T18:00:00Z", "key-1")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM appointments WHERE lead_id = $1", lead)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_another_tenants_or_nobodys_is_not_found()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var other = await AppointmentShop.OpenAsync(franchise, await franchise.AddTenantAsync());
        using var theirs = franchise.As("advisor", other.TenantId);
        using var booked = await other.BookAsync(theirs, await other.LeadAsync(), Tuesday10);
        booked.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await booked.JsonAsync()).Text("id");

        (await shop.BookAsync(staff, await other.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.GetAsync($"/api/locations/{other.LocationId}/slots?serviceId={other.ServiceId}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.GetAsync($"/api/locations/{shop.LocationId}/slots?serviceId={other.ServiceId}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.GetAsync($"/api/locations/{other.LocationId}/bays")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var unknown in new[] { id, Guid.CreateVersion7().ToString() })
        {
            (await staff.GetAsync($"/api/appointments/{unknown}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await staff.PostAsync($"/api/appointments/{unknown}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await staff.PostAsJsonAsync($"/api/appointments/{unknown}/rescheduling", new { startsAt = Tuesday10 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await staff.PostAsJsonAsync($"/api/appointments/{unknown}/outcome", new { outcome = "completed" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_cancelled_booking_gives_its_slot_back_and_its_lead_is_spoken_with_again()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var lead = await shop.LeadAsync();
        var id = (await (await shop.BookAsync(staff, lead, Tuesday10)).JsonAsync()).Text("id");

        var cancelled = await (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).JsonAsync();
        (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK, "twice is once");

        (cancelled.Text("status"), cancelled.Text("statusReason")).ShouldBe(("cancelled", "cancelled_by_staff"));
        (await franchise.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
        (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T20:00:00Z" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_booking_moves_also_to_a_time_that_it_overlaps_itself_but_never_onto_another()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var id = (await (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).JsonAsync()).Text("id");
        await shop.BookAsync(staff, await shop.LeadAsync(), "2026-11-24T18:00:00Z");

        var moved = await (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T16:30:00Z" })).JsonAsync();
        using var refused = await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T17:30:00Z" });

        (moved.Text("id"), moved.Text("startsAt"), moved.Text("endsAt")).ShouldBe((id, "2026-11-24T16:30:00.000Z", "2026-11-24T17:30:00.000Z"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.JsonAsync()).GetProperty("alternatives").GetArrayLength().ShouldBe(5);
        (await shop.OverlapsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_staff_do_with_a_booking_is_told_to_the_conversation_in_its_language()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var lead = await shop.LeadAsync();
        await franchise.Database.ExecuteAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, language, created_at, updated_at) VALUES ($1, $2, $3, 'ai', 'es', now(), now())
            """, shop.TenantId, Guid.CreateVersion7(), lead);

        var id = (await (await shop.BookAsync(staff, lead, Tuesday10)).JsonAsync()).Text("id");
        await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T18:00:00Z" });
        await staff.PostAsync($"/api/appointments/{id}/cancellation", null);
        await staff.PostAsync($"/api/appointments/{id}/cancellation", null); // twice is once

        (await franchise.Database.ColumnAsync<string>("""
            SELECT m.role || ': ' || m.content FROM chat_messages m JOIN chat_sessions s ON s.tenant_id = m.tenant_id AND s.id = m.session_id WHERE s.lead_id = $1 ORDER BY m.seq
            """, lead)).ShouldBe(
            [
                "system: Cita confirmada: Front Window Tint, mar 24 nov a las 10:00.", "system: Su cita tiene otro horario: Front Window Tint, mar 24 nov a las 12:00.",
                "system: Cita cancelada: Front Window Tint, mar 24 nov a las 12:00.",
            ]);
        (await franchise.Database.ColumnAsync<string>("""
            SELECT e.data::json ->> 'status' FROM chat_events e JOIN chat_sessions s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
            WHERE s.lead_id = $1 AND e.type = 'booking.changed' AND e.data::json ->> 'bookingId' = $2 ORDER BY e.seq
            """, lead, id)).ShouldBe(["confirmed", "confirmed", "cancelled"]);
    }

    [Fact]
    public async Task Whether_the_customer_came_is_noted_once_it_has_begun()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var id = (await (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).JsonAsync()).Text("id");

        (await staff.PostAsJsonAsync($"/api/appointments/{id}/outcome", new { outcome = "no_show" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/outcome", new { outcome = "vanished" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await franchise.Database.ExecuteAsync("UPDATE appointments SET starts_at = '2026-11-23T14:00Z', ends_at = '2026-11-23T15:00Z' WHERE id = $1", Guid.Parse(id));
        (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict, "what is over stays in the CRM");
        (await (await staff.PostAsJsonAsync($"/api/appointments/{id}/outcome", new { outcome = "no_show" })).JsonAsync()).Text("status").ShouldBe("no_show");
        (await (await staff.PostAsJsonAsync($"/api/appointments/{id}/outcome", new { outcome = "completed" })).JsonAsync()).Text("status").ShouldBe("completed");
        (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_wrong_has_the_names_that_JSON_gives_it()
    {
        using var staff = franchise.As("manager");
        var booking = (await (await staff.PostAsJsonAsync("/api/appointments", new { })).JsonAsync()).GetProperty("errors");
        booking.GetProperty("leadId")[0].GetString().ShouldBe("The leadId field is required.");
        booking.EnumerateObject().ShouldAllBe(field => char.IsLower(field.Name[0]));

        var bays = (await (await staff.PutAsJsonAsync($"/api/locations/{Guid.CreateVersion7()}/bays", new { bays = new[] { new { name = "" } } })).JsonAsync()).GetProperty("errors");
        bays.EnumerateObject().Select(field => field.Name).ShouldBe(["bays[0].name"]);
    }

    [Fact]
    public async Task With_two_bays_two_cars_come_at_once_and_a_bay_that_is_given_up_takes_no_more()
    {
        using var manager = franchise.As("manager");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var path = $"/api/locations/{shop.LocationId}/bays";
        var first = (await manager.GetAsync(path).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        first.Text("name").ShouldBe("Bay 1");

        var bays = (await (await manager.PutAsJsonAsync(path, new { bays = new object[] { new { id = first.Text("id"), name = "Left" }, new { name = "Right" } } })).JsonAsync()).GetProperty("items");
        var answers = await Task.WhenAll((await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shop.LeadAsync()))).Select(lead => shop.BookAsync(manager, lead, Tuesday10)));

        bays.EnumerateArray().Select(bay => bay.Text("name")).ShouldBe(["Left", "Right"]);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(2);
        (await manager.PutAsJsonAsync(path, new { bays = new object?[] { null } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await manager.PutAsJsonAsync(path, new { bays = new[] { new { id = bays[1].Text("id"), name = "Right" } } });
        (await shop.BookAsync(manager, await shop.LeadAsync(), "2026-11-24T20:00:00Z", bayId: Guid.Parse(first.Text("id")))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await shop.BookAsync(manager, await shop.LeadAsync(), "2026-11-24T20:00:00Z")).JsonAsync()).Text("bayId").ShouldBe(bays[1].Text("id"));
        (await manager.PutAsJsonAsync(path, new { bays = Array.Empty<object>() })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.PutAsJsonAsync(path, new { bays = new[] { new { id = Guid.CreateVersion7(), name = "Nobody's" } } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await franchise.As("advisor").PutAsJsonAsync(path, new { bays = new[] { new { name = "Mine" } } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_held_blocks_for_ten_minutes_of_the_shops_time_and_not_longer()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var lead = await shop.LeadAsync();
        await franchise.Database.ExecuteAsync("""
            INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, expires_at, created_at, updated_at)
            SELECT $1, $2, $3, $4, $5, b.id, '2026-11-24T16:00Z', '2026-11-24T17:00Z', 'held', 19900, '2099-01-01', '2026-11-23', '2026-11-23' FROM bays b WHERE b.location_id = $4
            """, shop.TenantId, Guid.CreateVersion7(), lead, shop.LocationId, shop.ServiceId);
        (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await franchise.Database.ExecuteAsync("UPDATE appointments SET expires_at = '2026-11-23T15:59Z' WHERE lead_id = $1", lead);
        (await shop.BookAsync(staff, await shop.LeadAsync(), Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await franchise.Database.ScalarAsync<string>("SELECT status || ' ' || status_reason FROM appointments WHERE lead_id = $1", lead)).ShouldBe("cancelled expired");
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>A CRM that loses answers, turns looks away, refuses bookings or hangs: a booking is there once or not at all, a person hears of what is not, and nobody else waits.</summary>
public sealed class CrmRefusalTests(Franchise franchise) : IClassFixture<Franchise>, IAsyncLifetime
{
    private Crm Crm => franchise.Sandbox.Crm;

    public async ValueTask InitializeAsync()
    {
        franchise.Sandbox.Faults.Clear();
        await franchise.SetClockAsync(Shop.Monday10);
    }

    public ValueTask DisposeAsync()
    {
        franchise.Sandbox.Faults.Clear();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(400, "json", false, "2026-11-24T16:00:00Z", "+15125551921")]
    [InlineData(403, "html", false, "2026-11-24T18:00:00Z", "+15125551922")]
    [InlineData(401, "json", true, "2026-11-24T20:00:00Z", "+15125551923")]
    public async Task A_look_that_is_turned_away_says_nothing_about_the_call_that_was_cut_off(int status, string body, bool isCancelled, string startsAt, string phone)
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        WebhooksOff();
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.AcceptThenDrop });
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.list", Kind = FaultKind.Status, Status = status, Body = body, Count = Fault.Always });
        var id = await BookAsync(shop, staff, lead, startsAt);
        await HurriedAsync(id, $"crm_error = 'shopmonkey_{status}'");
        if (isCancelled)
        {
            (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        franchise.Sandbox.Faults.Clear();
        WebhooksOff();

        await HurriedAsync(id, "crm_revision = revision");
        OfOurs(id).Count.ShouldBe(isCancelled ? 0 : 1);
        (await StandsAsync(id, "external_id IS NOT NULL")).ShouldBe(!isCancelled);
    }

    [Fact]
    public async Task A_yes_that_shows_no_row_is_looked_for_and_not_made_again()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551929");
        WebhooksOff();
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.AcceptWithoutRow });
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.update", Kind = FaultKind.AcceptWithoutRow, Count = Fault.Always });

        var id = await BookAsync(shop, staff, lead, "2026-11-27T16:00:00Z");

        await HurriedAsync(id, "crm_revision = revision");
        OfOurs(id).Count.ShouldBe(1);
        (await StandsAsync(id, "external_id IS NOT NULL")).ShouldBeTrue();
        (await ItemsAsync(lead)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_booking_for_which_the_key_had_no_request_left_is_made_as_soon_as_it_has_one()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551930");
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.RateLimited, RetryAfter = 5 });
        await Should.ThrowAsync<ShopmonkeyException>(() => franchise.Get<ShopmonkeyClient>().OrderAsync(franchise.TenantId, "ord_any", CancellationToken.None));

        var id = await BookAsync(shop, staff, lead, "2026-11-27T18:00:00Z");

        await Eventually.TrueAsync(() => StandsAsync(id, "crm_error = 'shopmonkey_paused'"), "the key to be out of requests");
        (await StandsAsync(id, "crm_called_at IS NULL")).ShouldBeTrue("nothing was sent");
        await HurriedAsync(id, "crm_revision = revision");
        OfOurs(id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_look_has_found_is_kept_although_the_change_after_it_is_turned_away()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551924");
        WebhooksOff();
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.AcceptThenDrop });
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.update", Kind = FaultKind.Status, Status = 400, Count = Fault.Always });

        var id = await BookAsync(shop, staff, lead, "2026-11-25T16:00:00Z");

        await HurriedAsync(id, "crm_error = 'shopmonkey_400' AND external_id IS NOT NULL");
        franchise.Sandbox.Faults.Clear();
        await HurriedAsync(id, "crm_revision = revision");
        OfOurs(id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_CRM_refuses_is_a_persons_once_until_it_follows()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551925");
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.Status, Status = 400, Count = Fault.Always });

        var id = await BookAsync(shop, staff, lead, "2026-11-25T18:00:00Z");

        await HurriedAsync(id, "crm_attempts >= 3");
        var item = (await staff.GetFromJsonAsync<JsonElement>($"/api/review-items?kind=appointment_not_in_crm&leadId={lead}")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (item.GetProperty("evidence").GetProperty("appointmentId").GetString(), item.GetProperty("evidence").GetProperty("code").GetString()).ShouldBe((id, "shopmonkey_400"));
        item.GetProperty("sentence").GetString()!.ShouldContain("by hand");
        franchise.Sandbox.Faults.Clear();
        await HurriedAsync(id, "crm_revision = revision");
        (await franchise.Database.ColumnAsync<string>("SELECT action FROM review_items WHERE lead_id = $1 AND kind = 'appointment_not_in_crm'", lead)).ShouldBe(["settled"]);
    }

    [Fact]
    public async Task What_the_CRM_has_not_taken_for_a_quarter_of_an_hour_is_a_persons_too()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551926");
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.DropBeforeAccept, Count = Fault.Always });
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.list", Kind = FaultKind.List500, Count = Fault.Always });
        var id = await BookAsync(shop, staff, lead, "2026-11-25T20:00:00Z");
        await HurriedAsync(id, "crm_error IS NOT NULL");
        (await ItemsAsync(lead)).ShouldBeEmpty();

        await franchise.SetClockAsync("2026-11-23T16:16:00Z");

        await Eventually.TrueAsync(async () => await HurryAsync(id) > 0 && (await ItemsAsync(lead)).Count == 1, "a person to hear of it");
    }

    [Fact]
    public async Task Nobody_waits_for_the_CRM_of_another_franchise()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551927");
        var other = await AppointmentShop.OpenAsync(franchise, await franchise.AddTenantAsync());
        using var theirs = franchise.As("advisor", other.TenantId);
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = FaultKind.Hang, Seconds = 60 });
        var slow = await BookAsync(shop, staff, lead, "2026-11-26T16:00:00Z");
        await Eventually.TrueAsync(() => StandsAsync(slow, "crm_called_at IS NOT NULL"), "the CRM to be called");

        var id = await BookAsync(other, theirs, await other.LeadAsync(), "2026-11-26T16:00:00Z");

        await Eventually.TrueAsync(() => StandsAsync(id, "planned_revision = revision"), "the other's customer to be told");
        (await StandsAsync(slow, "claimed_by IS NOT NULL")).ShouldBeTrue("the CRM still hangs");
    }

    [Fact]
    public async Task Nobody_is_reminded_of_a_time_that_is_none_any_more_although_the_CRM_hangs()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551928");
        var id = await BookAsync(shop, staff, lead, "2026-12-01T16:00:00Z");
        await Eventually.TrueAsync(() => StandsAsync(id, "crm_revision = revision AND planned_revision = revision"), "the booking to be followed");
        var before = await RemindersAsync(id);
        before.Count.ShouldBe(2);
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.update", Kind = FaultKind.Hang, Seconds = 60 });
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-12-01T18:00:00Z" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RemindersAsync(id)).Intersect(before).ShouldBeEmpty("those of the time before");
        await Eventually.TrueAsync(async () => (await RemindersAsync(id)).Count == 2, "the new time to be planned");

        (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await RemindersAsync(id)).ShouldBeEmpty();
    }

    private void WebhooksOff() => franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });

    private static async Task<string> BookAsync(AppointmentShop shop, HttpClient staff, Guid lead, string startsAt)
    {
        using var answer = await shop.BookAsync(staff, lead, startsAt);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).Text("id");
    }

    private List<JsonObject> OfOurs(string id) => [.. Crm.Rows("appointment").Where(row => row["note"]?.ToString().Contains(id, StringComparison.Ordinal) == true)];

    private Task<bool> StandsAsync(string id, string condition) => franchise.Database.ScalarAsync<bool>($"SELECT coalesce({condition}, false) FROM appointments WHERE id = $1", Guid.Parse(id));

    // The pauses between tries are minutes.
    private Task<int> HurryAsync(string id) => franchise.Database.ExecuteAsync("UPDATE appointments SET next_attempt_at = NULL WHERE id = $1", Guid.Parse(id));

    private Task HurriedAsync(string id, string condition) =>
        Eventually.TrueAsync(async () => await HurryAsync(id) > 0 && await StandsAsync(id, condition), condition, TimeSpan.FromSeconds(40));

    private Task<IReadOnlyList<string>> ItemsAsync(Guid lead) =>
        franchise.Database.ColumnAsync<string>("SELECT evidence ->> 'code' FROM review_items WHERE lead_id = $1 AND kind = 'appointment_not_in_crm'", lead);

    private Task<IReadOnlyList<string>> RemindersAsync(string id) =>
        franchise.Database.ColumnAsync<string>("SELECT step FROM touch_points WHERE appointment_id = $1 AND step LIKE '%before' AND status = 'scheduled'", Guid.Parse(id));
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Locations;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>Who wishes for one bay of several.</summary>
public sealed class BayTests(Franchise franchise) : IClassFixture<Franchise>
{
    [Fact]
    public async Task A_bay_that_is_taken_leaves_its_time_to_the_other_one()
    {
        using var staff = franchise.As("manager");
        var shop = await AppointmentShop.OpenAsync(franchise);
        var path = $"/api/locations/{shop.LocationId}/bays";
        var first = (await staff.GetAsync(path).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        await (await staff.PutAsJsonAsync(path, new { bays = new object[] { new { id = first.Text("id"), name = "Left" }, new { name = "Right" } } })).JsonAsync();
        var booked = await (await shop.BookAsync(staff, await shop.LeadAsync(), AppointmentShop.Tuesday10)).JsonAsync();
        var bay = Guid.Parse(booked.Text("bayId"));
        var later = await (await shop.BookAsync(staff, await shop.LeadAsync(), "2026-11-24T20:00:00Z")).JsonAsync();

        using var refused = await shop.BookAsync(staff, await shop.LeadAsync(), AppointmentShop.Tuesday10, bayId: bay);
        using var moved = await staff.PostAsJsonAsync($"/api/appointments/{later.Text("id")}/rescheduling", new { startsAt = AppointmentShop.Tuesday10, bayId = bay });

        foreach (var answer in new[] { refused, moved })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            Alternatives(await answer.Content.ReadFromJsonAsync<JsonElement>()).ShouldContain(AppointmentShop.Tuesday10);
        }

        (await shop.BookAsync(staff, await shop.LeadAsync(), AppointmentShop.Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created, "the other bay");
        using var full = await shop.BookAsync(staff, await shop.LeadAsync(), AppointmentShop.Tuesday10);
        Alternatives(await full.Content.ReadFromJsonAsync<JsonElement>()).ShouldNotContain(AppointmentShop.Tuesday10);
    }

    private static IEnumerable<string> Alternatives(JsonElement answer) => answer.GetProperty("alternatives").EnumerateArray().Select(time => time.GetString()!);
}

using System.Net;
using LeadOrchestrator.Orchestrator.Tests.Appointments;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

public sealed class SlotEndpointsTests(Franchise franchise) : IClassFixture<Franchise>
{
    [Fact]
    public async Task A_weeks_slots_in_pages_are_the_whole_of_them()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.OpenAsync(franchise);
        (await shop.BookAsync(staff, await shop.LeadAsync(), AppointmentShop.Tuesday10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var path = $"/api/locations/{shop.LocationId}/slots?serviceId={shop.ServiceId}&from=2026-11-24T00:00:00Z&to=2026-12-01T00:00:00Z";
        var whole = await staff.GetAsync(path).JsonAsync();
        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var page = await staff.GetAsync($"{path}&limit=7{(cursor is null ? "" : $"&cursor={cursor}")}").JsonAsync();
            page.GetProperty("items").GetArrayLength().ShouldBeInRange(1, 7);
            pages.AddRange(page.GetProperty("items").EnumerateArray().Select(slot => slot.ToString()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        pages.Count.ShouldBeGreaterThan(50);
        pages.ShouldBe(whole.GetProperty("items").EnumerateArray().Select(slot => slot.ToString()));
        (await staff.GetAsync($"{path}&cursor=")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await staff.GetAsync($"{path}&cursor=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"{path}&cursor={Convert.ToBase64String("9999-12-31T23:59:59.9999999+00:00"u8).TrimEnd('=')}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync($"{path}&limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}

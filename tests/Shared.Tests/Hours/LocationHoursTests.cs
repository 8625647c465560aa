using System.Globalization;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Shared.Tests.Hours;

public sealed class LocationHoursTests(SeededDatabase seeded) : IClassFixture<SeededDatabase>
{
    private static readonly LocationHours Austin = new("America/Chicago",
    [
        .. Enumerable.Range(1, 5).Select(weekday => new OpenSpan(weekday, new(8, 0), new(17, 0))),
        new(6, new(9, 0), new(12, 0)), new(6, new(13, 0), new(15, 0)),
    ]);

    [Theory]
    [InlineData("2026-11-23T14:00:00Z", true)] // Monday 08:00
    [InlineData("2026-11-23T13:59:59Z", false)]
    [InlineData("2026-11-23T22:59:59Z", true)] // 16:59:59
    [InlineData("2026-11-23T23:00:00Z", false)] // closes at 17:00
    [InlineData("2026-11-28T18:30:00Z", false)] // Saturday 12:30, the break
    [InlineData("2026-11-28T19:00:00Z", true)] // 13:00
    [InlineData("2026-11-29T18:00:00Z", false)] // Sunday
    [InlineData("2026-11-24T02:00:00Z", false)] // Tuesday in London, Monday 20:00 in Austin
    [InlineData("2026-07-06T13:00:00Z", true)] // summer: Monday 08:00
    [InlineData("2026-03-09T13:00:00Z", true)] // the Monday after the clocks went forward
    [InlineData("2026-11-02T13:30:00Z", false)] // the Monday after they went back: 07:30
    public void The_clock_on_the_shops_wall_decides(string instant, bool isOpen) =>
        Austin.IsOpen(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)).ShouldBe(isOpen);

    [Fact]
    public void A_zone_that_nobody_knows_is_no_error() =>
        new LocationHours("Mars/Olympus", [new(1, new(8, 0), new(17, 0))]).IsOpen(new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero)).ShouldBe(true);

    [Fact]
    public async Task A_shops_hours_are_read_as_they_were_written()
    {
        await seeded.Database.ExecuteAsync($"""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            VALUES ('{seeded.Tenant}', '{Guid.CreateVersion7()}', '{seeded.Tenant}', 2, '13:00', '17:30'), ('{seeded.Tenant}', '{Guid.CreateVersion7()}', '{seeded.Tenant}', 2, '08:00', '12:00')
            """);
        var store = new HoursStore(seeded.Lead);

        var hours = await store.ReadAsync(seeded.Tenant, seeded.Tenant, "America/Chicago", CancellationToken.None);

        hours.Days.ShouldBe([new OpenSpan(2, new(8, 0), new(12, 0)), new OpenSpan(2, new(13, 0), new(17, 30))]);
        (await store.ReadAsync(seeded.OtherTenant, seeded.Tenant, "America/Chicago", CancellationToken.None)).Days.ShouldBeEmpty();
    }
}

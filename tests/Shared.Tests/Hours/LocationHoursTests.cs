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
    public void Without_hours_nobody_knows_whether_it_is_open()
    {
        var unknown = new LocationHours("America/Chicago", []);
        unknown.IsOpen(Monday10).ShouldBeNull();
        unknown.NextOpening(Monday10).ShouldBeNull();
        unknown.OpenSpansOn(new(2026, 11, 23)).ShouldBeNull();

        // One date alone is known: the others stay unknown.
        var holiday = unknown with { Exceptions = [new(new(2026, 11, 23), true, null, null, "Inventory")] };
        holiday.IsOpen(Monday10).ShouldBe(false);
        holiday.IsOpen(Monday10.AddDays(1)).ShouldBeNull();
    }

    [Fact]
    public void A_date_that_differs_takes_the_place_of_its_weekday()
    {
        var hours = Austin with
        {
            Exceptions =
            [
                new(new(2026, 11, 26), true, null, null, "Thanksgiving"),
                new(new(2026, 11, 27), false, new(15, 0), new(18, 0), "Black Friday"), new(new(2026, 11, 27), false, new(6, 0), new(12, 0), "Black Friday"),
                new(new(2026, 11, 29), false, new(10, 0), TimeOnly.MinValue, null),
            ],
        };

        hours.OpenSpansOn(new(2026, 11, 26)).ShouldBe([]);
        hours.OpenSpansOn(new(2026, 11, 27)).ShouldBe([new OpenSpan(5, new(6, 0), new(12, 0)), new OpenSpan(5, new(15, 0), new(18, 0))]);
        hours.OpenSpansOn(new(2026, 12, 4)).ShouldBe([new OpenSpan(5, new(8, 0), new(17, 0))]);
        hours.IsOpen(At("2026-11-26T16:00:00Z")).ShouldBe(false); // Thursday 10:00
        hours.IsOpen(At("2026-11-27T19:00:00Z")).ShouldBe(false); // Friday 13:00, between the two
        hours.IsOpen(At("2026-11-27T23:30:00Z")).ShouldBe(true); // Friday 17:30
        hours.IsOpen(At("2026-11-30T05:59:59Z")).ShouldBe(true); // Sunday 23:59:59: until midnight
        hours.IsOpen(At("2026-11-30T06:00:00Z")).ShouldBe(false);
        hours.NextOpening(At("2026-11-26T14:00:00Z")).ShouldBe(At("2026-11-27T12:00:00Z")); // over the holiday to 06:00
    }

    [Theory]
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z")] // open: now
    [InlineData("2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z")] // Monday 07:00 → 08:00
    [InlineData("2026-11-28T18:30:00Z", "2026-11-28T19:00:00Z")] // Saturday's break
    [InlineData("2026-11-28T21:00:00Z", "2026-11-30T14:00:00Z")] // Saturday 15:00 → Monday
    public void The_next_opening_is_the_next_time_the_wall_shows_it(string from, string opens) => Austin.NextOpening(At(from)).ShouldBe(At(opens));

    [Fact]
    public void A_shop_that_is_closed_for_good_has_no_next_opening() => (Austin with
    {
        Exceptions = [.. Enumerable.Range(0, 440).Select(day => new SpecialDay(new DateOnly(2026, 11, 1).AddDays(day), true, null, null, null))],
    }).NextOpening(Monday10).ShouldBeNull();

    // 24 hours a day, hours that the clock leaps over, and hours that come twice.
    [Theory]
    [InlineData("02:30", "05:00")]
    [InlineData("02:15", "02:45")]
    [InlineData("00:30", "01:30")]
    [InlineData("01:15", "01:45")]
    [InlineData("00:00", "00:00")]
    [InlineData("08:00", "17:00")]
    public void On_every_day_with_23_or_25_hours_the_wall_decides_and_the_next_opening_is_its_first_open_minute(string opens, string closes)
    {
        var spans = Enumerable.Range(1, 7).Where(weekday => weekday != 3).Select(weekday => new OpenSpan(weekday, TimeOnly.Parse(opens, null), TimeOnly.Parse(closes, null))).ToList();
        foreach (var zone in UnitedStates)
        {
            var hours = new LocationHours(zone, spans);
            foreach (var start in ChangesOf(zone).Select(change => change.AddHours(-30)))
            {
                // The framework's own zones are the judge, minute by minute.
                var minutes = Enumerable.Range(0, 60 * 60).Select(minute => start.AddMinutes(minute)).Select(at => (At: at, IsOpen: ShowsOpen(spans, zone, at))).ToList();
                minutes.Where(minute => hours.IsOpen(minute.At) != minute.IsOpen).ShouldBeEmpty(zone);
                for (var index = 0; index < minutes.Count; index += 41)
                {
                    var expected = minutes.Skip(index).FirstOrDefault(minute => minute.IsOpen);
                    if (expected != default)
                    {
                        hours.NextOpening(minutes[index].At).ShouldBe(expected.At, $"{zone} from {minutes[index].At:O}");
                    }
                }
            }
        }
    }

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
        hours.Exceptions.ShouldBeEmpty();
        (await store.ReadAsync(seeded.OtherTenant, seeded.Tenant, "America/Chicago", CancellationToken.None)).Days.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dates_and_a_midnight_are_read_as_they_were_written_and_for_many_shops_at_once()
    {
        var (first, second) = (await AddShopAsync(), await AddShopAsync());
        await seeded.Database.ExecuteAsync($"""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) VALUES ('{seeded.Tenant}', '{Guid.CreateVersion7()}', '{first}', 5, '18:00', '24:00');
            INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, opens, closes, note) VALUES
                ('{seeded.Tenant}', '{Guid.CreateVersion7()}', '{first}', '2026-12-31', false, '10:00', '24:00', 'New Year''s Eve'),
                ('{seeded.Tenant}', '{Guid.CreateVersion7()}', '{first}', '2026-12-25', true, NULL, NULL, 'Christmas')
            """);
        var store = new HoursStore(seeded.Lead);

        var hours = await store.ReadAsync(seeded.Tenant, [(first, "America/Chicago"), (second, "America/Phoenix")], CancellationToken.None);

        hours[first].Days.ShouldBe([new OpenSpan(5, new(18, 0), default)]);
        hours[first].Exceptions.ShouldBe([new SpecialDay(new(2026, 12, 25), true, null, null, "Christmas"), new SpecialDay(new(2026, 12, 31), false, new(10, 0), TimeOnly.MinValue, "New Year's Eve")]);
        hours[first].Days[0].ToString().ShouldBe("18:00–24:00");
        hours[second].Timezone.ShouldBe("America/Phoenix");
        hours[second].Days.ShouldBeEmpty();
        (await store.ReadAsync(seeded.OtherTenant, first, "America/Chicago", CancellationToken.None)).Exceptions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_change_of_the_hours_makes_their_version_grow_and_a_roll_back_does_not()
    {
        var shop = await AddShopAsync();
        var id = Guid.CreateVersion7();
        await seeded.Database.ExecuteAsync("INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) VALUES ($1, $2, $3, 1, '08:00', '17:00')", seeded.Tenant, id, shop);
        (await VersionAsync()).ShouldBe(2);
        await seeded.Database.ExecuteAsync("UPDATE location_hours SET closes = '18:00' WHERE id = $1", id);
        (await VersionAsync()).ShouldBe(3);
        await seeded.Database.ExecuteAsync("DELETE FROM location_hours WHERE id = $1", id);
        (await VersionAsync()).ShouldBe(4);
        await seeded.Database.ExecuteAsync("INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed) VALUES ($1, $2, $3, '2026-12-25', true)", seeded.Tenant, id, shop);
        (await VersionAsync()).ShouldBe(5);
        await seeded.Database.ExecuteAsync("DELETE FROM location_hours_exceptions WHERE id = $1", Guid.CreateVersion7());
        (await VersionAsync()).ShouldBe(5);

        // As the services do it, with their rights, in a transaction that does not come through.
        await using (var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None))
        {
            (await transaction.ExecuteAsync("DELETE FROM location_hours_exceptions WHERE tenant_id = @tenantId AND id = @id", new { id }, CancellationToken.None)).ShouldBe(1);
        }

        (await VersionAsync()).ShouldBe(5);
        (await seeded.Lead.ExecuteAsync(seeded.Tenant, "DELETE FROM location_hours_exceptions WHERE tenant_id = @tenantId AND id = @id", new { id }, CancellationToken.None)).ShouldBe(1);
        (await VersionAsync()).ShouldBe(6);

        Task<long> VersionAsync() => seeded.Database.ScalarAsync<long>("SELECT hours_version FROM locations WHERE id = $1", shop);
    }

    private static readonly string[] UnitedStates =
    [
        "America/New_York", "America/Detroit", "America/Indiana/Indianapolis", "America/Chicago", "America/Denver", "America/Boise", "America/Phoenix",
        "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu",
    ];

    private static DateTimeOffset Monday10 { get; } = At("2026-11-23T16:00:00Z");

    // Second Sunday of March and first of November, 2026 to 2030; in zones without summer time they are days like any other.
    private static IEnumerable<DateTimeOffset> ChangesOf(string zone) => Enumerable.Range(2026, 5)
        .SelectMany(year => new[] { Sunday(year, 3, 2), Sunday(year, 11, 1) })
        .Select(day => new DateTimeOffset(day, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(day)).ToUniversalTime());

    private static DateTime Sunday(int year, int month, int number)
    {
        var first = new DateTime(year, month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return first.AddDays(((7 - (int)first.DayOfWeek) % 7) + (7 * (number - 1)));
    }

    private static bool ShowsOpen(List<OpenSpan> spans, string zone, DateTimeOffset at)
    {
        var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone));
        var (weekday, minute) = (((int)wall.DayOfWeek + 6) % 7 + 1, (wall.Hour * 60) + wall.Minute);
        return spans.Any(span => span.Weekday == weekday && Minutes(span.Opens) <= minute && minute < (span.Closes == default ? 1440 : Minutes(span.Closes)));
    }

    private static int Minutes(TimeOnly time) => (time.Hour * 60) + time.Minute;

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private async Task<Guid> AddShopAsync()
    {
        var id = Guid.CreateVersion7();
        await seeded.Database.ExecuteAsync("INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Shop', 'America/Chicago', now(), now())", seeded.Tenant, id);
        return id;
    }
}

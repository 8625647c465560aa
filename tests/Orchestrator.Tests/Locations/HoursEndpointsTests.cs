using System.Net;
using System.Text.Json;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

public sealed class HoursEndpointsTests(Franchise franchise) : IClassFixture<Franchise>
{
    private const string Week = """
        {"timezone":"America/Chicago","days":[{"weekday":1,"opens":"08:00","closes":"12:00"},{"weekday":1,"opens":"13:00","closes":"17:00"},{"weekday":5,"opens":"18:00","closes":"24:00"}],
         "exceptions":[{"date":"2026-11-26","closed":true,"opens":null,"closes":null,"note":"Thanksgiving"},{"date":"2026-12-31","closed":false,"opens":"10:00","closes":"24:00","note":null}]}
        """;

    private string Hours => $"/api/locations/{franchise.Austin}/hours";

    [Fact]
    public async Task Hours_are_read_as_they_were_written_and_replaced_as_a_whole()
    {
        using var manager = franchise.As("manager");

        (await manager.PutJsonAsync(Hours, Week).JsonAsync()).ToString().ShouldBe(Compact(Week));
        (await manager.GetAsync(Hours).JsonAsync()).ToString().ShouldBe(Compact(Week));

        await manager.PutJsonAsync(Hours, """{"days":[{"weekday":2,"opens":"09:00","closes":"10:00"}]}""").JsonAsync();
        (await manager.GetAsync(Hours).JsonAsync()).ToString().ShouldBe("""{"timezone":"America/Chicago","days":[{"weekday":2,"opens":"09:00","closes":"10:00"}],"exceptions":[]}""");
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'hours_replaced' AND target = $1", $"locations/{franchise.Austin}/hours")).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Whether_the_shop_is_open_follows_at_once_with_its_exceptions()
    {
        using var manager = franchise.As("manager");
        var shop = $"/api/locations/{franchise.Phoenix}"; // 09:00 there
        await manager.PutJsonAsync($"{shop}/hours", """{"days":[{"weekday":1,"opens":"08:00","closes":"17:00"}]}""").JsonAsync();
        var open = await manager.GetAsync(shop).JsonAsync();
        (open.Text("openNow"), open.GetProperty("nextOpening").ValueKind).ShouldBe(("True", JsonValueKind.Null));

        await manager.PutJsonAsync($"{shop}/hours", """{"days":[{"weekday":1,"opens":"08:00","closes":"17:00"}],"exceptions":[{"date":"2026-11-23","closed":true}]}""").JsonAsync();

        var closed = await manager.GetAsync(shop).JsonAsync();
        (closed.Text("openNow"), closed.Text("nextOpening")).ShouldBe(("False", "2026-11-30T15:00:00.000Z"));
        (await manager.GetAsync("/api/locations").JsonAsync()).GetProperty("items")[0].Text("openNow").ShouldBe("False");
    }

    [Fact]
    public async Task A_zone_that_comes_with_the_hours_becomes_the_shops_own()
    {
        using var manager = franchise.As("manager");
        var shop = $"/api/locations/{franchise.Phoenix}";

        await manager.PutJsonAsync($"{shop}/hours", """{"timezone":"America/Denver","days":[]}""").JsonAsync();

        (await manager.GetAsync(shop).JsonAsync()).Text("timezone").ShouldBe("America/Denver");
        (await manager.GetAsync(shop).JsonAsync()).GetProperty("sources").Text("timezone").ShouldBe("override");
        await manager.PatchJsonAsync(shop, """{"timezone":null}""").JsonAsync();
    }

    [Theory]
    [InlineData("{}", "days")]
    [InlineData("""{"days":null}""", "days")]
    [InlineData("""{"days":[null]}""", "days[0]")]
    [InlineData("""{"days":[{"weekday":9,"opens":"08:00","closes":"17:00"}]}""", "days[0]")]
    [InlineData("""{"days":[{"weekday":1,"opens":"08:00","closes":"07:00"}]}""", "days[0].closes")]
    [InlineData("""{"days":[{"weekday":1,"opens":"08:00","closes":"12:00"},{"weekday":1,"opens":"11:00","closes":"12:00"}]}""", "days[1]")]
    [InlineData("""{"days":[],"exceptions":[{"date":"2026-02-30","closed":true}]}""", "exceptions[0].date")]
    [InlineData("""{"days":[],"exceptions":[{"date":"2026-02-28","closed":true,"note":"a\u0000"}]}""", "exceptions[0].note")]
    [InlineData("""{"days":[],"timezone":"nowhere"}""", "timezone")]
    [InlineData("""{"days":"always"}""", "days")]
    public async Task Hours_that_make_no_sense_are_400_and_name_the_entry(string body, string place)
    {
        using var manager = franchise.As("manager");
        using var answer = await manager.PutJsonAsync(Hours, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(place, Case.Insensitive);
    }

    [Fact]
    public async Task There_are_at_most_four_hundred_exceptions()
    {
        using var manager = franchise.As("manager");
        (await manager.PutJsonAsync(Hours, Body(401))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await manager.PutJsonAsync(Hours, Body(400)).JsonAsync()).GetProperty("exceptions").GetArrayLength().ShouldBe(400);

        static string Body(int dates) => JsonSerializer.Serialize(new { days = Array.Empty<object>(), exceptions = Enumerable.Range(0, dates).Select(day => new { date = new DateOnly(2026, 1, 1).AddDays(day), closed = true }) });
    }

    [Fact]
    public async Task Two_who_replace_the_hours_at_once_leave_those_of_one_of_them()
    {
        using var manager = franchise.As("manager");
        await Task.WhenAll(Enumerable.Range(1, 7).Select(weekday => manager.PutJsonAsync(
            Hours, $$"""{"days":[{"weekday":{{weekday}},"opens":"08:00","closes":"17:00"}],"exceptions":[{"date":"2026-12-0{{weekday}}","closed":true}]}""").JsonAsync()));

        var left = await manager.GetAsync(Hours).JsonAsync();
        left.GetProperty("days").GetArrayLength().ShouldBe(1);
        left.GetProperty("exceptions").GetArrayLength().ShouldBe(1);
        left.GetProperty("exceptions")[0].Text("date").ShouldBe($"2026-12-0{left.GetProperty("days")[0].Text("weekday")}");
    }

    [Fact]
    public async Task The_holidays_of_a_year_can_be_taken_over_as_they_come()
    {
        using var manager = franchise.As("manager");
        var holidays = (await manager.GetAsync($"{Hours}/holidays?year=2026").JsonAsync()).GetProperty("items");

        var taken = await manager.PutJsonAsync(Hours, $$"""{"days":[],"exceptions":{{holidays}}}""").JsonAsync();

        taken.GetProperty("exceptions").ToString().ShouldBe(holidays.ToString());
        taken.GetProperty("exceptions").GetArrayLength().ShouldBe(11);
        foreach (var year in new[] { "1999", "2101", "soon", "" })
        {
            (await manager.GetAsync($"{Hours}/holidays?year={year}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest, year);
        }
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}

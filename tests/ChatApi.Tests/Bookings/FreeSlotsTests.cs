using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <summary>What the assistant is told when there is no free time in the week that was asked for.</summary>
public sealed class FreeSlotsTests(Scene scene) : IClassFixture<Scene>
{
    private const string Service = "Full Car Ceramic Tint";

    [Fact]
    public async Task Without_hours_and_beyond_what_is_given_free_times_are_not_said_to_be_none()
    {
        (await AskAsync("2027-03-01"))["error"]!.ToString().ShouldContain("more than 60 days ahead");
        await scene.Database.ExecuteAsync("""
            INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, note) SELECT $1, gen_random_uuid(), $2, day, true, 'Closed' FROM generate_series('2026-11-23'::date, '2026-12-02', '1 day') day
            """, scene.TenantId, scene.LocationId);

        var full = await AskAsync("2026-11-24");

        full["times"]!.AsArray().ShouldBeEmpty();
        full["nextFree"]!.ToJsonString().ShouldBe("""{"startsAt":"2026-12-03T08:00","say":"Thursday, Dec 3 at 8:00 AM"}""");
        await scene.Database.ExecuteAsync("DELETE FROM location_hours WHERE location_id = $1", scene.LocationId);
        (await AskAsync("2026-11-24"))["error"]!.ToString().ShouldContain("opening hours are not known");
    }

    private async Task<JsonNode> AskAsync(string date)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "free_slots", new() { ["service"] = Service, ["date"] = date }));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Let me ask."));
        await (await scene.CustomerAsync()).AskAsync("When can I come?");
        return JsonNode.Parse(scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem())!;
    }
}

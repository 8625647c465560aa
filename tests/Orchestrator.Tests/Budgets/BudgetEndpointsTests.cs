using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.Orchestrator.Tests.Budgets;

public sealed class BudgetEndpointsTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_franchise_without_limits_of_its_own_has_the_installations_day_and_no_month()
    {
        await shop.Database.ExecuteAsync("DELETE FROM ai_limits");
        using var staff = await shop.SignedInAsync(Roles.Advisor);

        var budgets = (await staff.GetFromJsonAsync<JsonElement>("/api/budgets")).GetProperty("items");

        budgets[0].GetProperty("period").GetString().ShouldBe("day");
        budgets[0].GetProperty("limitMicros").GetInt64().ShouldBe(10_000_000);
        budgets[0].GetProperty("softPercent").GetInt32().ShouldBe(80);
        budgets[1].GetProperty("period").GetString().ShouldBe("month");
        budgets[1].GetProperty("limitMicros").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task An_owner_sets_a_limit_and_sets_it_again_and_reads_what_was_spent()
    {
        using var owner = await shop.SignedInAsync(Roles.Owner);
        var tenantId = await shop.Database.ScalarAsync<Guid>("SELECT id FROM tenants");
        await shop.Database.ExecuteAsync("""
            INSERT INTO ai_budgets (tenant_id, id, day, limit_micros, spent_micros, reserved_micros)
            VALUES ($1, $2, '2026-11-23', 10000000, 300, 20), ($1, $3, '2026-11-01', 10000000, 1000, 0), ($1, $4, '2026-10-31', 10000000, 5000, 0)
            """, tenantId, Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());

        await owner.PutAsJsonAsync("/api/budgets", new { period = "month", limitMicros = 1, softPercent = 1 });
        using var answer = await owner.PutAsJsonAsync("/api/budgets", new { period = "month", limitMicros = 50_000_000, softPercent = 60 });

        var month = await answer.Content.ReadFromJsonAsync<JsonElement>();
        (month.GetProperty("limitMicros").GetInt64(), month.GetProperty("softPercent").GetInt32()).ShouldBe((50_000_000, 60));
        (month.GetProperty("spentMicros").GetInt64(), month.GetProperty("reservedMicros").GetInt64()).ShouldBe((1300, 20));
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'budget_set'")).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"period":"week","limitMicros":1}""")]
    [InlineData("""{"period":"day"}""")]
    [InlineData("""{"period":"day","limitMicros":-1}""")]
    [InlineData("""{"period":"day","limitMicros":1,"softPercent":0}""")]
    [InlineData("""{"period":"day","limitMicros":1,"softPercent":101}""")]
    public async Task A_senseless_limit_is_refused(string body)
    {
        using var owner = await shop.SignedInAsync(Roles.Owner);

        using var answer = await owner.PutAsync("/api/budgets", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("errors");
    }

    [Fact]
    public async Task Only_an_owner_sets_limits()
    {
        using var manager = await shop.SignedInAsync(Roles.Manager);

        (await manager.PutAsJsonAsync("/api/budgets", new { period = "day", limitMicros = 1 })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await shop.Http.GetAsync("/api/budgets")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}

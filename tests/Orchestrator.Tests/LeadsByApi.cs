using System.Net.Http.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>Leads that staff hand in, for tests of what is sent to them.</summary>
internal static class LeadsByApi
{
    /// <summary>A lead that asked a moment ago: its greeting is due.</summary>
    public static async Task<Guid> LeadByApiAsync(this Shop shop, HttpClient staff, Guid locationId, string? phone, string? email = null, bool isTest = false)
    {
        ArgumentNullException.ThrowIfNull(shop);
        return (await TwoFranchises.OkAsync(await staff.PostAsJsonAsync(
            "/api/leads", new { locationId, firstName = "Ann", phone, email, isTest, createdAt = shop.Sandbox.Clock.Now }))).GetProperty("id").GetGuid();
    }

    /// <summary>Waits until a step of a lead is with the vendor.</summary>
    public static Task SentAsync(this Shop shop, Guid leadId, string step = "greeting") => shop.StepAsync(leadId, step, "sent", "delivered");

    /// <summary>Waits until a step of a lead is in one of these states, and gives its reason.</summary>
    public static async Task<string?> StepAsync(this Shop shop, Guid leadId, string step, params string[] statuses)
    {
        ArgumentNullException.ThrowIfNull(shop);
        await Eventually.ValueAsync(
            () => shop.Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE lead_id = $1 AND step = $2", leadId, step),
            status => statuses.Contains(status), $"{step} to be {string.Join(" or ", statuses)}");
        return await shop.Database.ScalarAsync<string>("SELECT reason FROM touch_points WHERE lead_id = $1 AND step = $2", leadId, step);
    }
}

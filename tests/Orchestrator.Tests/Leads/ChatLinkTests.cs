using System.Net;
using System.Net.Http.Json;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A link to a conversation that somebody else has.</summary>
public sealed class ChatLinkTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task An_advisor_takes_all_links_of_a_lead_back_and_that_is_noted()
    {
        using var staff = await shop.SignedInAsync("advisor");
        var quote = await shop.QuoteAsync("+15125551801");
        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;

        (await RevokeAsync(staff, lead)).ShouldBe(HttpStatusCode.NoContent);
        (await RevokeAsync(staff, lead)).ShouldBe(HttpStatusCode.NoContent);

        (await LinksAsync(lead)).ShouldBe([true]);
        (await shop.Database.ColumnAsync<string>("SELECT target FROM audit_events WHERE action = 'chat_links_revoked' ORDER BY id")).ShouldBe([$"lead {lead}: 1", $"lead {lead}: 0"]);
        (await RevokeAsync(staff, Guid.CreateVersion7())).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_franchise_takes_no_links_of_another_back()
    {
        var quote = await shop.QuoteAsync("+15125551802");
        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        using var foreign = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());

        (await RevokeAsync(foreign, lead)).ShouldBe(HttpStatusCode.NotFound);

        (await LinksAsync(lead)).ShouldBe([false]);
    }

    private static async Task<HttpStatusCode> RevokeAsync(HttpClient staff, Guid lead)
    {
        using var answer = await staff.PostAsJsonAsync($"/api/leads/{lead}/chat-links/revocation", new { });
        return answer.StatusCode;
    }

    private Task<IReadOnlyList<bool>> LinksAsync(Guid lead) => shop.Database.ColumnAsync<bool>("SELECT revoked_at IS NOT NULL FROM chat_codes WHERE lead_id = $1 ORDER BY id", lead);
}

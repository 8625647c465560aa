using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <content>What counts at one shop, and for whom no text is.</content>
public sealed partial class CadenceEndpointsTests
{
    [Fact]
    public async Task The_list_of_a_shop_shows_exactly_one_version_that_counts_there()
    {
        var tenant = await shop.OtherTenantAsync();
        var (location, other) = (await shop.LocationAsync(tenantId: tenant), await shop.LocationAsync(tenantId: tenant));
        using var staff = await shop.SignedInAsync(Roles.Manager, tenant);
        var usual = (await ListAsync(staff))[^1];
        (await CountsAtAsync(location)).ShouldBe([Id(usual)]);

        var (own, all) = (await MadeAsync(staff, Words, location), await MadeAsync(staff, Words));
        await ActivateAsync(staff, own);
        (await CountsAtAsync(location)).ShouldBe([Id(own)]);
        (await CountsAtAsync(other)).ShouldBe([Id(usual)]);
        await ActivateAsync(staff, all);
        (await CountsAtAsync(location)).ShouldBe([Id(own)]);
        (await CountsAtAsync(other)).ShouldBe([Id(all)]);
        await staff.DeleteAsync($"/api/cadences/{Id(own)}/activation");
        (await CountsAtAsync(location)).ShouldBe([Id(all)]);

        async Task<IReadOnlyList<Guid>> CountsAtAsync(Guid shopId) =>
            [.. (await staff.GetFromJsonAsync<JsonElement>($"/api/cadences?locationId={shopId}")).GetProperty("items").EnumerateArray().Where(item => item.GetProperty("isActive").GetBoolean()).Select(Id)];
    }

    [Fact]
    public async Task A_simulation_for_a_wrong_number_leaves_its_texts_out_and_mails_the_customer()
    {
        using var staff = await shop.SignedInAsync();
        var lead = await shop.LeadByApiAsync(staff, await shop.LocationAsync(), "+15125550616", "wrong.number@example.com");
        await shop.Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z', wrong_number_at = '2026-11-23Z' WHERE phone = '+15125550616'");

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead, startsAt = Shop.Monday10 })).Content.ReadFromJsonAsync<JsonElement>();

        month.GetProperty("touches").EnumerateArray().Select(touch => (touch.GetProperty("channel").GetString(), touch.GetProperty("status").GetString(), touch.GetProperty("reason").GetString()))
            .ShouldBe([("email", "sent", null), ("sms", "suppressed", "wrong_number"), ("email", "sent", null), ("sms", "suppressed", "wrong_number")]);
    }
}

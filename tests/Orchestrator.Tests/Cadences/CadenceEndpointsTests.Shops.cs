using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <content>What counts at one shop, and for whom no text is.</content>
public sealed partial class CadenceEndpointsTests
{
    [Fact]
    public async Task No_page_of_cadences_is_longer_than_asked_for()
    {
        using var staff = await shop.SignedInAsync(Roles.Manager, await shop.OtherTenantAsync());
        await Task.WhenAll(MadeAsync(staff, Words), MadeAsync(staff, Words), MadeAsync(staff, Words)); // at once: each is counted on

        List<int> versions = [];
        string? cursor = null;
        do
        {
            var page = await staff.GetFromJsonAsync<JsonElement>($"/api/cadences?limit=1&cursor={cursor}");
            versions.Add(page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("version").GetInt32());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        versions[^1].ShouldBe(0, "the product's own one stands at the end");
        versions.Order().ShouldBe([0, 1, 2, 3]);
    }

    [Theory]
    [InlineData(null, "landline", "greeting suppressed", "landline_phone")]
    [InlineData("trial-landline@example.com", "landline", "greeting sent", "last_step")]
    public async Task A_lead_without_a_mobile_is_tried_out_as_it_is_greeted(string? email, string phoneType, string first, string ends)
    {
        using var staff = await shop.SignedInAsync();
        var lead = await LeadAsync(staff, await shop.LocationAsync(), email is null ? "+15125550636" : "+15125550637");
        await shop.Database.ExecuteAsync("UPDATE leads SET phone_type = $2, email = $3 WHERE id = $1", lead, phoneType, (object?)email ?? DBNull.Value);
        await shop.Database.ExecuteAsync("UPDATE locations SET address = '1 Main St, Austin, TX 78701' WHERE id = (SELECT location_id FROM leads WHERE id = $1)", lead);

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead })).Content.ReadFromJsonAsync<JsonElement>();
        var preview = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/previews", new { leadId = lead })).Content.ReadFromJsonAsync<JsonElement>();

        Lines(month)[0].ShouldStartWith(first);
        Lines(month).Count.ShouldBe(email is null ? 1 : 4);
        month.GetProperty("ends").GetString().ShouldBe(ends);
        var greeting = preview.GetProperty("steps")[0];
        (greeting.GetProperty("channel").GetString(), greeting.GetProperty("isChosen").GetBoolean()).ShouldBe((email is null ? "sms" : "email", true));
        (greeting.GetProperty("subject").GetString() is null).ShouldBe(email is null);
    }

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

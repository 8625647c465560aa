using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>A franchise that has no CRM: its shops are made here, and everything works in them.</summary>
public sealed class ShopWithoutCrmTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Fact]
    public async Task From_a_new_franchise_to_an_appointment_without_a_CRM()
    {
        using var owner = await FranchiseAsync("no-crm");
        using var answer = await owner.PostJsonAsync("/api/locations", """{"name":" Lone Star Tint ","timezone":"America/Chicago","phone":"(512) 555-0100","address":"1 Main St, Austin, TX 78701"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var location = await answer.JsonAsync();
        var path = answer.Headers.Location!.ToString();
        path.ShouldBe($"/api/locations/{location.Text("id")}");
        (location.Text("name"), location.Text("phone"), location.Text("address"), location.Text("timezone")).ShouldBe(("Lone Star Tint", "+15125550100", "1 Main St, Austin, TX 78701", "America/Chicago"));
        location.GetProperty("externalId").ValueKind.ShouldBe(JsonValueKind.Null);
        location.GetProperty("sources").ToString().ShouldBe("""{"name":"manual","phone":"manual","address":"manual","timezone":"manual"}""");
        (await owner.GetAsync(path).JsonAsync()).ToString().ShouldBe(location.ToString());
        (await owner.GetAsync($"{path}/bays").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await owner.GetAsync($"{path}/lead-rules")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await owner.PostAsync($"{path}/syncs", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await owner.PutJsonAsync($"{path}/hours", """{"days":[{"weekday":1,"opens":"08:00","closes":"17:00"},{"weekday":2,"opens":"08:00","closes":"17:00"}],"exceptions":[]}""").JsonAsync();
        var service = await owner.PostJsonAsync($"{path}/catalog", """{"name":"Tint","priceCents":29900,"durationMinutes":120,"bookable":true}""").JsonAsync(201);
        var slots = await owner.GetAsync($"{path}/slots?serviceId={service.Text("id")}").JsonAsync();
        var slot = slots.GetProperty("items").EnumerateArray().First();
        var lead = await owner.PostJsonAsync("/api/leads", $$"""{"locationId":"{{location.Text("id")}}","firstName":"Ann","phone":"+15125551901"}""").JsonAsync(201);
        var booked = await owner.PostJsonAsync(
            "/api/appointments", $$"""{"leadId":"{{lead.Text("id")}}","locationId":"{{location.Text("id")}}","serviceId":"{{service.Text("id")}}","startsAt":"{{slot.Text("startsAt")}}"}""").JsonAsync(201);

        booked.Text("status").ShouldBe("confirmed");
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<string>("SELECT crm_error FROM appointments WHERE id = $1", Guid.Parse(booked.Text("id"))) is not null, "the booking to be done with");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'location_created' AND target = $1", path["/api/".Length..])).ShouldBe(1);
    }

    [Fact]
    public async Task Phone_and_address_of_a_shop_of_ours_are_changed_here_and_those_of_the_CRMs_there()
    {
        using var owner = await FranchiseAsync("no-crm-2");
        var made = await owner.PostJsonAsync("/api/locations", """{"name":"Bare","timezone":"America/Denver"}""").JsonAsync(201);

        var changed = await owner.PatchJsonAsync($"/api/locations/{made.Text("id")}", """{"phone":"+13035550100","address":"2 Main St, Denver, CO 80202"}""").JsonAsync();
        (changed.Text("phone"), changed.Text("address"), changed.Text("name")).ShouldBe(("+13035550100", "2 Main St, Denver, CO 80202", "Bare"));
        (await owner.PatchJsonAsync($"/api/locations/{made.Text("id")}", """{"phone":"12"}""")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await owner.PatchJsonAsync($"/api/locations/{made.Text("id")}", """{"phone":null}""").JsonAsync()).GetProperty("phone").ValueKind.ShouldBe(JsonValueKind.Null);

        var ofTheCrm = Guid.CreateVersion7();
        await shop.Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at, synced_at) SELECT tenant_id, $2, 'at-the-crm', 'Theirs', timezone, now(), now(), now() FROM locations WHERE id = $1
            """, Guid.Parse(made.Text("id")), ofTheCrm);
        using var refused = await owner.PatchJsonAsync($"/api/locations/{ofTheCrm}", """{"phone":"+13035550100"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("The CRM has this shop");
    }

    [Theory]
    [InlineData("""{"timezone":"America/Chicago"}""", "name")]
    [InlineData("""{"name":"   ","timezone":"America/Chicago"}""", "name")]
    [InlineData("""{"name":"X"}""", "timezone")]
    [InlineData("""{"name":"X","timezone":"Mars/Olympus"}""", "timezone")]
    [InlineData("""{"name":"X","timezone":"America/Chicago","phone":"12"}""", "phone")]
    [InlineData("""{"name":"X","timezone":"America/Chicago","address":"a\nb"}""", "address")]
    public async Task What_cannot_be_a_shop_is_400_and_names_the_field(string body, string field)
    {
        using var answer = await shop.Owner.PostJsonAsync("/api/locations", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM locations WHERE name = 'X'")).ShouldBe(0);
    }

    [Fact]
    public async Task Advisors_make_no_shop()
    {
        using var advisor = await shop.SignedInAsync("advisor");

        (await advisor.PostJsonAsync("/api/locations", """{"name":"Mine","timezone":"America/Chicago"}""")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpClient> FranchiseAsync(string slug)
    {
        await TwoFranchises.OkAsync(await shop.Admin.PostAsJsonAsync("/api/tenants", new
        {
            slug, name = "No CRM", timezone = "America/Chicago", owner = new { email = $"owner@{slug}.example", password = "a-long-password" },
        }));
        return await shop.SignInAsync($"owner@{slug}.example", "a-long-password");
    }
}

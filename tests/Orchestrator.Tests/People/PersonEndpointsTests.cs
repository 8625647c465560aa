using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.People;

/// <summary>The same person twice, whichever way they came, and the way back.</summary>
public sealed class PersonEndpointsTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_form_after_an_order_joins_the_person_explains_it_and_does_not_greet_twice()
    {
        var quote = await shop.QuoteAsync("+15125550842");
        await shop.TouchAsync(quote.OrderId, "delivered", "sent");
        using var staff = await shop.SignedInAsync();
        var location = await shop.Database.ScalarAsync<Guid>("SELECT location_id FROM leads WHERE external_id = $1", quote.OrderId);

        var made = await SubmitAsync(staff, new { locationId = location, phone = "1 (512) 555-0842", source = "website" });

        made.GetProperty("greeting").GetProperty("reason").GetString().ShouldBe("same_person_already_greeted");
        var lead = await staff.GetFromJsonAsync<JsonElement>($"/api/leads/{made.GetProperty("id").GetString()}");
        var person = lead.GetProperty("person");
        person.GetProperty("leads").EnumerateArray().Select(one => one.GetProperty("source").GetString()).ShouldBe(["api", "shopmonkey"]);
        var explanation = person.GetProperty("matches")[0].GetProperty("explanation").GetString()!;
        explanation.ShouldBe("Same phone, ending in 42, as the lead of 23 Nov 2026 from the CRM.");
        var timeline = await staff.GetStringAsync($"/api/leads/{made.GetProperty("id").GetString()}/timeline");
        timeline.ShouldContain($"greeting: same_person_already_greeted: lead {await IdAsync(quote.OrderId)}");
        (await staff.GetFromJsonAsync<JsonElement>($"/api/people/{person.GetProperty("id").GetString()}")).GetProperty("leads").GetArrayLength().ShouldBe(2);
        shop.Sandbox.Twilio.SentTo("+15125550842").Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_order_after_a_form_is_not_greeted_again_either()
    {
        using var staff = await shop.SignedInAsync();
        // The shop of the CRM has to be there first.
        await shop.LeadAsync((await shop.QuoteAsync("+15125550841")).OrderId);
        var location = await shop.Database.ScalarAsync<Guid>("SELECT id FROM locations WHERE external_id = $1", TestVariables.ShopmonkeyLocationId);
        await SubmitAsync(staff, new { locationId = location, email = "kim@example.com", phone = "+15125550843" });

        var quote = await shop.QuoteAsync("+15125550844", change: quote => quote with { Email = "KIM@example.com" });

        (await shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("same_person_already_greeted");
        shop.Sandbox.Twilio.SentTo("+15125550844").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_separated_lead_has_a_person_of_its_own_for_good_and_doing_it_twice_is_the_same()
    {
        using var staff = await shop.SignedInAsync();
        var location = await shop.LocationAsync();
        var first = await SubmitAsync(staff, new { locationId = location, phone = "+15125550851" });
        var second = await SubmitAsync(staff, new { locationId = location, phone = "+15125550851", email = "other@example.com" });

        var apart = await SeparateAsync(staff, Id(second));
        var again = await SeparateAsync(staff, Id(second));

        apart.GetProperty("id").GetString().ShouldNotBe(PersonId(first));
        apart.GetProperty("leads").GetArrayLength().ShouldBe(1);
        apart.GetProperty("matches").GetArrayLength().ShouldBe(0);
        again.GetProperty("id").GetString().ShouldBe(apart.GetProperty("id").GetString());
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'lead_separated' AND target LIKE $1", $"%{Id(second)}%")).ShouldBe(1);
        // The phone stays with who had it first; the email goes along.
        PersonId(await SubmitAsync(staff, new { locationId = location, phone = "+15125550851" })).ShouldBe(PersonId(first));
        PersonId(await SubmitAsync(staff, new { locationId = location, email = "other@example.com" })).ShouldBe(apart.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Who_was_joined_by_mistake_is_greeted_once_they_are_apart_unless_the_number_was()
    {
        using var staff = await shop.SignedInAsync();
        var location = await shop.LocationAsync();
        await SubmitAsync(staff, new { locationId = location, phone = "+15125550891", email = "family@example.com" });
        var joined = await SubmitAsync(staff, new { locationId = location, phone = "+15125550892", email = "family@example.com" });
        var same = await SubmitAsync(staff, new { locationId = location, phone = "+15125550891", externalId = "same" });
        joined.GetProperty("greeting").GetProperty("reason").GetString().ShouldBe("same_person_already_greeted");

        await SeparateAsync(staff, Id(joined));
        await SeparateAsync(staff, Id(same));

        await shop.SentAsync(Guid.Parse(Id(joined)));
        (await shop.StepAsync(Guid.Parse(Id(same)), "greeting", "suppressed")).ShouldBe("same_person_already_greeted");
        shop.Sandbox.Twilio.SentTo("+15125550891").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_franchises_person_and_none_look_the_same_and_an_advisor_separates_nothing()
    {
        using var staff = await shop.SignedInAsync();
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());
        using var advisor = await shop.SignedInAsync("advisor");
        var lead = await SubmitAsync(staff, new { locationId = await shop.LocationAsync(), phone = "+15125550861" });

        (await stranger.GetAsync($"/api/people/{PersonId(lead)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/api/leads/{Id(lead)}/separation", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.GetAsync($"/api/people/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await advisor.PostAsync($"/api/leads/{Id(lead)}/separation", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await advisor.GetAsync($"/api/people/{PersonId(lead)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Twenty_forms_of_one_person_at_once_are_one_person_and_one_greeting()
    {
        using var staff = await shop.SignedInAsync();
        var location = await shop.LocationAsync();

        var leads = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => SubmitAsync(staff, number % 2 == 0
            ? new { locationId = location, phone = "+15125550871", email = (string?)null }
            : new { locationId = location, phone = "512-555-0871", email = (string?)"twenty@example.com" })));

        leads.Select(PersonId).Distinct().ShouldHaveSingleItem();
        leads.Count(lead => lead.GetProperty("greeting").GetProperty("status").GetString() == "scheduled").ShouldBe(1);
    }

    private static async Task<JsonElement> SubmitAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("/api/leads", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<JsonElement> SeparateAsync(HttpClient client, string leadId)
    {
        using var answer = await client.PostAsync($"/api/leads/{leadId}/separation", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<Guid> IdAsync(string orderId) => await shop.Database.ScalarAsync<Guid>("SELECT id FROM leads WHERE external_id = $1", orderId);

    private static string Id(JsonElement lead) => lead.GetProperty("id").GetString()!;

    private static string PersonId(JsonElement lead) => lead.GetProperty("person").GetProperty("id").GetString()!;
}

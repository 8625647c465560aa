namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>One franchise with two shops in two time zones, with columns and prices of their own.</summary>
public sealed class TwoShopsTests(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [InlineData("6287a4044d1a723b10eff1b0", "+15125550461", "America/Chicago", 24900, 10)]
    [InlineData("6287a4044d1a723b10eff1b1", "+16025550462", "America/Phoenix", 27900, 6)]
    public async Task A_request_is_a_lead_of_its_shop_with_its_zone_its_prices_and_a_link(string location, string phone, string zone, long cents, long services)
    {
        await shop.SetClockAsync("2026-11-23T18:00:00Z"); // noon in Austin, eleven in Phoenix: texts may go out at both
        // Without the name of a request: the column alone says what it is.
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { LocationId = location, Customize = row => (row["name"], row["coalescedName"]) = ("Tint", "Tint") });

        await shop.TouchAsync(quote.OrderId, "sent", "delivered");

        var lead = await shop.LeadAsync(quote.OrderId);
        var found = (await shop.Database.RowsAsync("""
            SELECT l.external_id, l.timezone, (SELECT count(*) FROM service_catalog c WHERE c.location_id = l.id AND c.active) AS services,
                (SELECT c.price_cents FROM service_catalog c WHERE c.location_id = l.id AND c.name = 'Full Car Carbon Tint') AS cents
            FROM locations l WHERE l.id = $1
            """, lead["location_id"])).ShouldHaveSingleItem();
        (lead["timezone"], found["timezone"], found["external_id"]).ShouldBe((zone, zone, location));
        (found["cents"], found["services"]).ShouldBe((cents, services));
        shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem().Body.ShouldContain("/c/");
    }
}

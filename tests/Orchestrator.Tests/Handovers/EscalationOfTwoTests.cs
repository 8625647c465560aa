using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Handovers;

/// <summary>Two franchises with accounts of their own: nobody's staff wait for the vendor of the other.</summary>
public sealed class EscalationOfTwoTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Fact]
    public async Task Staff_are_told_although_the_vendor_of_another_franchise_hangs()
    {
        var first = await shop.QuoteAsync("+15125552391");
        await shop.TouchAsync(first.OrderId, "delivered");
        var second = await shop.SecondQuoteAsync("+12125552392");
        await shop.TouchAsync(second.OrderId, "delivered");
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Operation = "messages.create", Kind = FaultKind.Hang, Seconds = 120 });
        await WaitAsync(first.OrderId, "+15125559091");
        await Eventually.TrueAsync(async () => await AlertAsync("+15125559091") == "handed_over", "the first franchise's vendor to be called");

        await WaitAsync(second.OrderId, "+12125559092");

        await Eventually.TrueAsync(() => shop.Second.Twilio.SentTo("+12125559092").Count == 1, "the other franchise's staff to be told");
        (await AlertAsync("+15125559091")).ShouldBe("handed_over", "the vendor still hangs");
    }

    // As the Chat API opens it, with this one to be told, at a shop that is always open.
    private async Task WaitAsync(string orderId, string phone)
    {
        await shop.Database.ExecuteAsync("""
            INSERT INTO staff_contacts (tenant_id, id, location_id, phones, emails, updated_at) SELECT tenant_id, gen_random_uuid(), location_id, ARRAY[$2], '{}', now() FROM leads WHERE external_id = $1
            """, orderId, phone);
        await shop.Database.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            SELECT l.tenant_id, gen_random_uuid(), l.location_id, d, '00:00', '23:59' FROM leads l, generate_series(1, 7) d
            WHERE l.external_id = $1 AND NOT EXISTS (SELECT 1 FROM location_hours h WHERE h.location_id = l.location_id)
            """, orderId);
        await shop.Database.ExecuteAsync("""
            WITH session AS (
                INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'human', now(), now() FROM leads WHERE external_id = $1
                ON CONFLICT (tenant_id, lead_id) DO UPDATE SET mode = 'human' RETURNING tenant_id, id, lead_id)
            INSERT INTO handovers (tenant_id, id, session_id, lead_id, wish, wanted_at, next_alert_at) SELECT tenant_id, gen_random_uuid(), id, lead_id, 'a scratch', $2::timestamptz, $2::timestamptz FROM session
            """, orderId, shop.Sandbox.Clock.Now.UtcDateTime.ToString("O"));
    }

    private async Task<string?> AlertAsync(string phone) => (await shop.Database.ColumnAsync<string>("SELECT status FROM staff_alerts WHERE address = $1", phone)).SingleOrDefault();
}

using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>A text of which nobody knows whether it went out is looked for in the list of its own franchise's account.</summary>
public sealed class TenantReconcileTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Fact]
    public async Task A_lost_text_of_the_second_franchise_is_found_through_its_own_account_and_never_sent_again()
    {
        const string phone = "+12125550301";
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        var before = ListsOfTheFirst();

        var quote = await shop.SecondQuoteAsync(phone);

        await shop.TouchAsync(quote.OrderId, "sent", "delivered");
        shop.Second.Twilio.SentTo(phone).ShouldHaveSingleItem();
        shop.Second.Calls.ShouldContain(call => call.Operation == "messages.list");
        ListsOfTheFirst().ShouldBe(before);
    }

    [Fact]
    public async Task A_list_that_fails_for_one_franchise_settles_the_others_texts_all_the_same()
    {
        const string lost = "+12125550302";
        const string others = "+15125550303";
        shop.Second.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.List500, Count = 50, ForSeconds = 15 });
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);

        var own = await shop.SecondQuoteAsync(lost);
        var other = await shop.QuoteAsync(others);

        await shop.TouchAsync(other.OrderId, "sent", "delivered");
        shop.Second.Faults.Clear();
        await shop.TouchAsync(own.OrderId, "sent", "delivered");
        shop.Second.Twilio.SentTo(lost).ShouldHaveSingleItem();
    }

    private int ListsOfTheFirst() => shop.Sandbox.Calls.Count(call => call.Operation == "messages.list");
}

using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox;
using Microsoft.Extensions.DependencyInjection;

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

    [Fact]
    public async Task A_lost_text_of_a_franchise_whose_account_cannot_be_opened_stays_unknown_and_is_not_called_not_found()
    {
        const string phone = "+12125550304";
        shop.Second.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.List500, Count = Fault.Always });
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        shop.Second.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        var quote = await shop.SecondQuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "unknown");
        await TwoFranchises.OkAsync(await shop.Owner.DeleteAsync(new Uri("/api/vendor-credentials/twilio", UriKind.Relative)));

        await AgedAsync("16 minutes", "unknown");
        (await AgedAsync("25 hours", "needs_review"))["reason"].ShouldBe(Reconciler.NobodyLooked);

        shop.Second.Faults.Clear();
        await shop.StoreCredentialsAsync();

        async Task<IReadOnlyDictionary<string, object?>> AgedAsync(string age, string status)
        {
            await shop.Database.ExecuteAsync(
                "UPDATE touch_points t SET handed_over_at = now() - $2::interval FROM leads l WHERE l.id = t.lead_id AND l.external_id = $1 AND t.step = 'greeting'", quote.OrderId, age);
            await shop.App.Services.GetRequiredService<Reconciler>().RunOnceAsync(CancellationToken.None);
            return await shop.TouchAsync(quote.OrderId, status);
        }
    }

    private int ListsOfTheFirst() => shop.Sandbox.Calls.Count(call => call.Operation == "messages.list");
}

using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A customer's news that comes with their order, before their own event or instead of it; and customers who are gone, or are told in two kinds of versions.</summary>
public sealed class OrderToldAgainTests : IntakeScene
{
    [Fact]
    public async Task A_number_that_an_order_brings_before_its_customers_own_event_is_greeted_once()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1, phone: null));

        await AllAsync(intake, await LeadAsync("a", 2, "ann", 2, "+15125550199"));
        await AllAsync(intake, await CustomerAsync("ann", 2, "+15125550199"));

        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("scheduled", "phone_arrived"));
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldHaveSingleItem();
        (await CountAsync("consent_events WHERE source = 'shopmonkey order a'")).ShouldBe(1);
        (await CountAsync("webhook_events WHERE topic = 'customer' AND status = 'done'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_no_that_an_order_brings_first_ends_what_is_planned()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1));

        await AllAsync(intake, With(await LeadAsync("a", 2, "ann", 2), lead => lead with { SaidNoAtTheShop = true }));

        ((await GreetingOfAsync("a"))["status"], (await GreetingOfAsync("a"))["reason"]).ShouldBe(("suppressed", "crm_opt_out"));
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_an_order_brings_and_that_said_stop_opts_its_lead_out()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("old", 1, "old", phone: "+15125550199"));
        await Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z'");
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1));

        await AllAsync(intake, await LeadAsync("a", 2, "ann", 2, "+15125550199"));

        var lead = await LeadOfAsync("a");
        (lead["status"], lead["consent"], lead["status_reason"]).ShouldBe(("opted_out", "opted_out", "new_number_opted_out"));
        (await GreetingOfAsync("a"))["reason"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_text_that_is_claimed_when_an_order_brings_another_number_is_taken_from_its_worker()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1));
        await TouchPoints.ClaimAsync(10, [], CancellationToken.None);

        await AllAsync(intake, await LeadAsync("a", 2, "ann", 2, "+15125550199"));

        (await GreetingOfAsync("a"))["status"].ShouldBe("scheduled");
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_older_order_that_comes_late_changes_nothing_of_what_is_planned()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 5, "ann", 5));

        await AllAsync(intake, await LeadAsync("a", 4, "ann", 5, phone: null));

        (await GreetingOfAsync("a"))["status"].ShouldBe("scheduled");
    }

    [Fact]
    public async Task A_change_under_the_date_that_the_order_was_read_with_counts()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1_764_000_000_000, phone: null));

        await AllAsync(intake, await CustomerAsync("ann", 1_764_000_000_000, "+15125550199"));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550199");
        (await GreetingOfAsync("a"))["status"].ShouldBe("scheduled");
    }

    [Fact]
    public async Task A_deleted_customers_leads_are_written_to_no_more()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "bea", phone: "+15125550101"));

        await AllAsync(intake, await GoneCustomerAsync("ann", 5));

        ((await GreetingOfAsync("a"))["status"], (await GreetingOfAsync("a"))["reason"]).ShouldBe(("cancelled", "customer_deleted"));
        (await GreetingOfAsync("b"))["status"].ShouldBe("scheduled");
        ((await LeadOfAsync("a"))["status"], (await LeadOfAsync("a"))["sequence_ended_as"]).ShouldBe(("new", "customer_deleted"));
        (await CountAsync("webhook_events WHERE topic = 'customer' AND status = 'done'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_number_after_a_date_is_read_again_and_then_counts()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 3), await CustomerAsync("ann", 1_764_000_000_000, "+15125550188", isConfirmed: true));
        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550188");

        (await Should.ThrowAsync<NotYetThereException>(intake.TakeInAsync(await CustomerAsync("ann", 7, "+15125550177")))).Message.ShouldBe("version_of_another_kind");
        await AllAsync(intake, await CustomerAsync("ann", 7, "+15125550177", isConfirmed: true));
        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550177");

        await AllAsync(intake, await CustomerAsync("ann", 8, "+15125550166"));
        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550166", "from here on the CRM's own numbers count");
    }

    [Fact]
    public async Task A_date_beside_the_number_that_the_order_was_read_with_is_read_again()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 3));

        (await Should.ThrowAsync<NotYetThereException>(intake.TakeInAsync(await CustomerAsync("ann", 1_764_000_000_000, "+15125550188")))).Message.ShouldBe("version_of_another_kind");
    }

    private static Intake With(Intake intake, Func<NewLead, NewLead> change) => intake is Intake.Lead lead ? lead with { New = change(lead.New) } : intake;

    private static async Task AllAsync(LeadIntake intake, params Intake[] all) => (await Task.WhenAll(all.Select(intake.TakeInAsync))).ShouldAllBe(isOurs => isOurs);
}

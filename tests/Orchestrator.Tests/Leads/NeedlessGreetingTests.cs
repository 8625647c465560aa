using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A greeting that was needless because the same person was to be greeted as another lead: it goes out when that one does not.</summary>
public sealed class NeedlessGreetingTests : IntakeScene
{
    private const string Night = "2026-11-24T04:00:00Z";

    [Theory]
    [InlineData("order_archived", "lost")]
    [InlineData("order_deleted", "lost")]
    [InlineData("not_in_a_lead_column", null)]
    public async Task It_goes_out_when_the_order_leaves_before_its_own_greeting(string reason, string? end)
    {
        Clock.SetUtcNow(DateTimeOffset.Parse(Night, null));
        await AllAsync(await LeadAsync("crm", 1));
        await SubmitAsync("form");
        (await GreetingOfAsync("form"))["reason"].ShouldBe("same_person_already_greeted");

        await AllAsync(await NoLeadAsync("crm", 2, reason, end));

        var greeting = await GreetingOfAsync("form");
        (greeting["status"], greeting["reason"], greeting["followed"]).ShouldBe(("scheduled", "other_lead_not_greeted", false));
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Of_several_one_goes_out_and_the_others_stay_needless_for_its_sake()
    {
        Clock.SetUtcNow(DateTimeOffset.Parse(Night, null));
        await AllAsync(await LeadAsync("crm", 1));
        await SubmitAsync("first");
        await SubmitAsync("second");

        await AllAsync(await NoLeadAsync("crm", 2, "order_archived", "lost"));

        (await GreetingOfAsync("first"))["status"].ShouldBe("scheduled");
        var second = await GreetingOfAsync("second");
        (second["status"], second["other_lead_id"]).ShouldBe(("suppressed", (await LeadOfAsync("first"))["id"]));
    }

    [Fact]
    public async Task It_stays_when_the_other_was_greeted_or_the_person_bought_or_a_day_is_over()
    {
        Clock.SetUtcNow(DateTimeOffset.Parse(Night, null));
        await AllAsync(await LeadAsync("greeted", 1), await LeadAsync("bought", 1, phone: "+15125550101"), await LeadAsync("late", 1, phone: "+15125550102"));
        await SubmitAsync("a");
        await SubmitAsync("b", "+15125550101");
        await SubmitAsync("c", "+15125550102");
        await Database.ExecuteAsync("UPDATE touch_points t SET status = 'sent', handed_over_at = now() FROM leads l WHERE l.id = t.lead_id AND l.external_id = 'greeted'");

        await AllAsync(await NoLeadAsync("greeted", 2, "order_archived", "lost"), await NoLeadAsync("bought", 2, "order_already_sold", "won"));
        Clock.Advance(TimeSpan.FromHours(25));
        await AllAsync(await NoLeadAsync("late", 2, "order_archived", "lost"));

        (await CountAsync("touch_points WHERE status = 'suppressed' AND reason = 'same_person_already_greeted'")).ShouldBe(3);
    }

    [Fact]
    public async Task The_order_that_comes_back_is_not_greeted_as_well()
    {
        Clock.SetUtcNow(DateTimeOffset.Parse(Night, null));
        await AllAsync(await LeadAsync("crm", 1));
        await SubmitAsync("form");
        await AllAsync(await NoLeadAsync("crm", 2, "not_in_a_lead_column", null));

        await AllAsync(await LeadAsync("crm", 3));

        (await GreetingOfAsync("form"))["status"].ShouldBe("scheduled");
        (await GreetingOfAsync("crm"))["status"].ShouldBe("cancelled");
    }

    [Fact]
    public async Task It_goes_out_when_the_others_customer_is_deleted()
    {
        Clock.SetUtcNow(DateTimeOffset.Parse(Night, null));
        await AllAsync(await LeadAsync("crm", 1, "ann"));
        await SubmitAsync("form");

        await AllAsync(await GoneCustomerAsync("ann", 5));

        (await GreetingOfAsync("form"))["status"].ShouldBe("scheduled");
        (await GreetingOfAsync("crm"))["reason"].ShouldBe("customer_deleted");
    }

    // As a form hands it in.
    private async Task SubmitAsync(string id, string phone = "+15125550100")
    {
        var lead = ((Intake.Lead)await LeadAsync(id, 1, phone: phone)).New with { Source = "api" };
        var intake = IntakeParts.Transaction(Database.Lead, Clock, new ServiceInstance(Guid.CreateVersion7(), "orchestrator"));
        await using var transaction = await Database.Lead.BeginAsync(Tenant, CancellationToken.None);
        await new LeadStore(Database.Lead, Clock).LockAsync(transaction, "api", [id], PersonKey.Of(lead), CancellationToken.None);
        await intake.ArriveAsync(transaction, [new Arrival(lead, null)], CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task AllAsync(params Intake[] all)
    {
        var intake = Intake();
        foreach (var one in all)
        {
            (await intake.TakeInAsync(one)).ShouldBeTrue();
        }
    }
}

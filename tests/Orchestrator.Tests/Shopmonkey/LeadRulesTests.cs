using LeadOrchestrator.Orchestrator.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>What is a lead under which rules, and what became of one that is none any more.</summary>
public sealed class LeadRulesTests
{
    private static readonly WorkflowStatusRow[] Board =
    [
        new() { Id = "web", Name = "Website Leads", LocationId = "austin", Position = 1 },
        new() { Id = "work", Name = "In Progress", LocationId = "austin", Position = 2 },
        new() { Id = "lost", Name = "Lost", LocationId = "austin", Position = 3 },
        new() { Id = "phx-web", Name = "Website Leads", LocationId = "phoenix", Position = 1 },
        new() { Id = "phx-new", Name = "New Quotes", LocationId = "phoenix", Position = 2 },
    ];

    private static readonly OrderRow Quote = new() { Id = "o", Name = "New Quote - Tint", Status = "Estimate", LocationId = "austin", WorkflowStatusId = "web" };

    [Fact]
    public void An_estimate_in_its_shops_column_is_a_lead() => Why(Quote).ShouldBeNull();

    [Fact]
    public void A_column_with_the_same_name_at_another_shop_is_none() => Why(Quote with { WorkflowStatusId = "phx-web" }).ShouldBe("not_in_a_lead_column");

    [Fact]
    public void The_name_counts_where_no_column_was_found_and_not_beside_one()
    {
        Why(Quote with { WorkflowStatusId = "work" }).ShouldBe("not_in_a_lead_column");
        LeadRules.WhyNotALead(Quote with { WorkflowStatusId = "work" }, LocationRules.Usual, []).ShouldBeNull();
        LeadRules.WhyNotALead(Quote with { WorkflowStatusId = "work", Name = "Oil change" }, LocationRules.Usual, []).ShouldBe("not_in_a_lead_column");
    }

    [Fact]
    public void A_beginning_that_somebody_chose_counts_in_every_column_but_the_lost_ones()
    {
        var rules = LocationRules.Usual with { NamePrefix = "Web:" };

        Why(Quote with { WorkflowStatusId = "work", Name = " web: tint" }, rules).ShouldBeNull();
        Why(Quote with { WorkflowStatusId = "lost", Name = "Web: tint" }, rules).ShouldBe("in_a_lost_column");
        Why(Quote with { WorkflowStatusId = "work" }, rules).ShouldBe("not_in_a_lead_column");
    }

    [Fact]
    public void Columns_chosen_by_id_or_name_are_those_alone()
    {
        Why(Quote, LocationRules.Usual with { WorkflowStatusIds = ["work"] }).ShouldBe("not_in_a_lead_column");
        Why(Quote with { WorkflowStatusId = "work", Name = "x" }, LocationRules.Usual with { WorkflowStatusIds = ["work"] }).ShouldBeNull();
        Why(Quote with { WorkflowStatusId = "lost" }, LocationRules.Usual with { WorkflowStatusIds = ["lost"] }).ShouldBeNull();
        Why(Quote with { WorkflowStatusId = "work" }, LocationRules.Usual with { WorkflowNames = ["in progress"] }).ShouldBeNull();
        Why(Quote, LocationRules.Usual with { WorkflowNames = ["in progress"] }).ShouldBe("not_in_a_lead_column");
        Why(Quote with { WorkflowStatusId = "phx-new" }, LocationRules.Usual with { WorkflowStatusIds = ["phx-new"] }).ShouldBe("not_in_a_lead_column");
    }

    [Fact]
    public void A_column_by_id_counts_where_the_key_may_not_see_columns() =>
        LeadRules.WhyNotALead(Quote with { WorkflowStatusId = "secret" }, LocationRules.Usual with { WorkflowStatusIds = ["secret"] }, []).ShouldBeNull();

    [Theory]
    [InlineData("warranty", "Warranty - New Quote", "excluded_by_rule")]
    [InlineData("website", "New Quote", "excluded_by_rule")]
    [InlineData("fleet", "New Quote", null)]
    public void A_word_in_the_name_or_in_the_columns_name_excludes(string word, string name, string? reason) =>
        Why(Quote with { Name = name }, LocationRules.Usual with { Exclusions = [word] }).ShouldBe(reason);

    [Fact]
    public void The_statuses_are_the_shops()
    {
        var rules = LocationRules.Usual with { Statuses = ["Estimate", "RepairOrder"] };

        Why(Quote with { Status = "RepairOrder" }).ShouldBe("not_an_estimate");
        Why(Quote with { Status = "RepairOrder" }, rules).ShouldBeNull();
        LeadRules.EndOf(Quote with { Status = "RepairOrder", WorkflowStatusId = "work" }, rules, Board).ShouldBeNull();
        LeadRules.EndOf(Quote with { Status = "RepairOrder" }, LocationRules.Usual, Board).ShouldBe("won");
    }

    [Fact]
    public void What_was_sold_is_won_even_when_it_is_archived_and_what_went_away_is_lost()
    {
        End(Quote with { Authorized = true }).ShouldBe("won");
        End(Quote with { Invoiced = true }).ShouldBe("won");
        End(Quote with { Paid = true, Archived = true }).ShouldBe("won");
        End(Quote with { Status = "Invoice" }).ShouldBe("won");
        End(Quote with { Archived = true }).ShouldBe("lost");
        End(Quote with { Deleted = true, Paid = true }).ShouldBe("lost");
        End(Quote with { WorkflowStatusId = "lost" }).ShouldBe("lost");
        End(Quote with { WorkflowStatusId = "work" }).ShouldBeNull();
    }

    [Fact]
    public void The_marker_is_the_shops_and_goes_from_what_is_wanted()
    {
        var lead = ShopmonkeyMapping.ToLead(Quote with { Name = "New Quote - Tint #demo" }, null, null, Guid.Empty, "America/Chicago", default, "#demo");

        (lead.IsTest, lead.ServiceInterest).ShouldBe((true, "Tint"));
        ShopmonkeyMapping.ToLead(Quote with { Name = "New Quote [test]" }, null, null, Guid.Empty, "America/Chicago", default, "#demo").IsTest.ShouldBeFalse();
    }

    [Fact]
    public void Lists_with_nothing_in_them_are_a_customer_without_a_number()
    {
        var facts = ShopmonkeyMapping.ToFacts(new CustomerRow { Id = "c", CompanyName = "Acme Fleet Inc", PhoneNumbers = [null!, new PhoneRow()], Emails = [null!] });

        (facts.FirstName, facts.LastName, facts.Phone.Type, facts.Email).ShouldBe(("Acme", "Fleet Inc", "missing", null));
    }

    [Fact]
    public void A_number_that_takes_texts_comes_before_the_primary_one_that_takes_none()
    {
        Phone(new PhoneRow { Number = "n/a", Primary = true }, Mobile("+15125550123")).ShouldBe("+15125550123");
        Phone(new PhoneRow { Number = "+15125550100", Primary = true, Type = "Landline" }, Mobile("+15125550123")).ShouldBe("+15125550123");
        Phone(Mobile("+15125550124"), Mobile("+15125550123") with { Primary = true }).ShouldBe("+15125550123");
        Phone(new PhoneRow { Number = "?", Primary = true }, new PhoneRow { Number = "+15125550100", Type = "Landline" }).ShouldBe("+15125550100");
    }

    [Fact]
    public void A_no_at_the_primary_number_counts_for_the_other_one_too()
    {
        PhoneRow[] numbers = [new PhoneRow { Number = "+15125550100", Primary = true, Type = "Landline", OptIn = false }, Mobile("+15125550123")];

        ShopmonkeyMapping.ToFacts(new CustomerRow { Id = "c", PhoneNumbers = numbers }).SaidNoAtTheShop.ShouldBeTrue();
        ShopmonkeyMapping.ToFacts(new CustomerRow { Id = "c", PhoneNumbers = [numbers[1]] }).SaidNoAtTheShop.ShouldBeFalse();
    }

    [Fact]
    public void An_address_that_mail_could_be_sent_to_comes_before_the_primary_one_that_is_none()
    {
        var facts = ShopmonkeyMapping.ToFacts(new CustomerRow
        {
            Id = "c", Emails = [new EmailRow { Email = "none@", Primary = true }, new EmailRow { Email = "Kim@Example.com " }, new EmailRow { Email = "later@example.com" }],
        });

        facts.Email.ShouldBe("Kim@Example.com");
    }

    private static PhoneRow Mobile(string number) => new() { Number = number, Type = "Mobile" };

    private static string? Phone(params PhoneRow[] numbers) => ShopmonkeyMapping.ToFacts(new CustomerRow { Id = "c", PhoneNumbers = numbers }).Phone.E164;

    private static string? Why(OrderRow order, LocationRules? rules = null) => LeadRules.WhyNotALead(order, rules ?? LocationRules.Usual, Board);

    private static string? End(OrderRow order) => LeadRules.EndOf(order, LocationRules.Usual, Board);
}

using LeadOrchestrator.Orchestrator.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>Which columns of a board are found by themselves, and which are not.</summary>
public sealed class LeadColumnsTests
{
    [Theory]
    [InlineData("Website Leads")]
    [InlineData("website lead")]
    [InlineData("WEB-LEADS")]
    [InlineData("Web Lead")]
    [InlineData("Website")]
    [InlineData("New Leads!")]
    [InlineData("Leads")]
    [InlineData("Quote Requests")]
    [InlineData("quote request")]
    [InlineData("New Quotes")]
    [InlineData("Online Quotes")]
    [InlineData("Inquiries")]
    [InlineData("New Enquiry")]
    [InlineData("Incoming Leads")]
    public void A_column_of_requests_is_found_whatever_its_case_and_number(string name) => Chosen(("1", name), ("2", "In Progress")).ShouldBe(["1"]);

    [Theory]
    [InlineData("Lost Leads")]
    [InlineData("Dead Leads")]
    [InlineData("Old Leads")]
    [InlineData("Leads - Contacted")]
    [InlineData("Quotes Sent")]
    [InlineData("Quotes")]
    [InlineData("Estimates")]
    [InlineData("In Progress")]
    [InlineData("Invoices")]
    [InlineData("")]
    public void A_column_of_anything_else_is_not(string name) => Chosen(("1", name)).ShouldBeEmpty();

    [Fact]
    public void Where_online_bookings_land_counts_only_on_a_board_without_a_column_of_requests()
    {
        Chosen(("1", "Scheduled"), ("2", "In Progress")).ShouldBe(["1"]);
        Chosen(("1", "Appointments"), ("2", "Website Leads")).ShouldBe(["2"]);
    }

    [Fact]
    public void Several_are_given_from_the_left()
    {
        var columns = new[] { Column("b", "New Leads", 4), Column("a", "Website Leads", 2), Column("c", "Done", 1) };
        var chosen = LeadColumns.Choose(LocationRules.Usual, "shop", columns);

        chosen.Columns.Select(column => column.Id).ShouldBe(["a", "b"]);
        chosen.Explanation.ShouldBe("Found by name: “Website Leads”, “New Leads”. No column was chosen by hand.");
    }

    [Fact]
    public void A_column_of_another_shop_does_not_count_and_one_of_no_shop_does()
    {
        var columns = new[] { Column("theirs", "Website Leads", 1, "other"), Column("everybodys", "New Leads", 2, null) };

        LeadColumns.Choose(LocationRules.Usual, "shop", columns).Columns.Select(column => column.Id).ShouldBe(["everybodys"]);
    }

    [Fact]
    public void Columns_chosen_by_name_are_those_alone_and_a_name_that_is_not_there_is_said()
    {
        var columns = new[] { Column("1", "Website Leads", 1), Column("2", "Tint Requests", 2) };

        var chosen = LeadColumns.Choose(LocationRules.Usual with { WorkflowNames = ["tint request", "Walk-ins"] }, "shop", columns);

        chosen.Columns.Select(column => column.Id).ShouldBe(["2"]);
        chosen.Explanation.ShouldContain("“Walk-ins”");
    }

    [Fact]
    public void A_board_without_any_says_what_counts_instead()
    {
        LeadColumns.Choose(LocationRules.Usual, "shop", []).Explanation.ShouldBe("The CRM shows no columns of this shop; orders whose name begins with “New Quote” are leads in any column.");
        LeadColumns.Choose(LocationRules.Usual with { NamePrefix = "" }, "shop", [Column("1", "Done", 1)]).Explanation.ShouldEndWith("no order is a lead.");
    }

    [Theory]
    [InlineData("Lost", true)]
    [InlineData("Declined Quotes", true)]
    [InlineData("Dead / Lost", true)]
    [InlineData("Not Interested", true)]
    [InlineData("Canceled", true)]
    [InlineData("Lost & Found Parts", true)]
    [InlineData("In Progress", false)]
    [InlineData("Deadline Today", false)]
    [InlineData(null, false)]
    public void Where_a_shop_keeps_what_is_lost_is_known_by_whole_words(string? name, bool isForLost) => LeadColumns.IsForLost(name).ShouldBe(isForLost);

    private static IEnumerable<string> Chosen(params (string Id, string Name)[] columns) =>
        LeadColumns.Choose(LocationRules.Usual, "shop", [.. columns.Select((column, index) => Column(column.Id, column.Name, index))]).Columns.Select(column => column.Id);

    private static WorkflowStatusRow Column(string id, string name, int position, string? shop = "shop") => new() { Id = id, Name = name, Position = position, LocationId = shop };
}

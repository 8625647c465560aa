using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher.Tests.Testing;

public sealed class TestSelectionTests
{
    private static readonly TestProject Browser = new("Browser.Tests", "b.dll");
    private static readonly TestProject Orchestrator = new("Orchestrator.Tests", "o.dll");
    private static readonly TestProject[] All = [Browser, Orchestrator];

    [Fact]
    public void No_name_is_everything()
    {
        var selection = TestSelection.From(null, All);

        selection.Projects.ShouldBe(All);
        (selection.HasWeb, selection.HasBrowser, selection.Filter).ShouldBe((true, true, null));
    }

    [Theory]
    [InlineData("Orchestrator")]
    [InlineData("orchestrator.tests")]
    public void A_project_is_named_with_or_without_its_ending(string name)
    {
        var selection = TestSelection.From(name, All);

        selection.Projects.ShouldBe([Orchestrator]);
        (selection.HasWeb, selection.HasBrowser, selection.Filter).ShouldBe((false, false, null));
    }

    [Fact]
    public void The_web_is_a_part_too()
    {
        var selection = TestSelection.From("web", All);

        selection.Projects.ShouldBeEmpty();
        (selection.HasWeb, selection.Filter).ShouldBe((true, null));
    }

    [Fact]
    public void Any_other_name_is_looked_for_everywhere()
    {
        var selection = TestSelection.From("sent_once", All);

        selection.Projects.ShouldBe(All);
        (selection.HasWeb, selection.Filter).ShouldBe((true, "sent_once"));
    }
}

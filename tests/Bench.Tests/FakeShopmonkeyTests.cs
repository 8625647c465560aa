using System.Text.Json.Nodes;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>The cheap CRM of the benchmarks.</summary>
public sealed class FakeShopmonkeyTests
{
    private const string Known = "c0000000-0000-4000-8000-000000000007";
    private readonly FakeShopmonkey _crm = new(TimeProvider.System);

    [Fact]
    public void A_customer_is_made_from_its_id() =>
        JsonNode.Parse(_crm.Read("customer/" + Known)!)!["data"]!["phoneNumbers"]![0]!["number"]!.GetValue<string>().ShouldEndWith("2000007");

    [Theory]
    [InlineData("customer/x")]
    [InlineData("customer/c0000000-0000-4000-8000-00000000000x")]
    [InlineData("nothing/1")]
    public void What_was_never_made_is_not_there(string path) => _crm.Read(path).ShouldBeNull();

    [Fact]
    public void A_list_by_ids_has_those_that_there_are_and_any_other_list_is_empty()
    {
        var named = JsonNode.Parse(_crm.Read($"customer?limit=100&ids={Known}%2Cnobody,c0000000-0000-4000-8000-000000000008")!)!;
        var window = JsonNode.Parse(_crm.Read("order?where=%7B%22createdDate%22%3A%7B%7D%7D&limit=100")!)!;

        (named["data"]!.AsArray().Count, named["meta"]!["total"]!.GetValue<int>()).ShouldBe((2, 2));
        (window["data"]!.AsArray().Count, window["meta"]!["total"]!.GetValue<int>()).ShouldBe((0, 0));
        _crm.ReadLists().ShouldBe("2");
    }
}

using System.Text.Json;
using LeadOrchestrator.Orchestrator.Registrations;

namespace LeadOrchestrator.Orchestrator.Tests.Registrations;

/// <summary>What a company's webhooks come to.</summary>
public sealed class RegistrationVerdictTests
{
    private const string Here = "https://leads.example/webhooks/shopmonkey";

    [Fact]
    public void Without_any_it_is_missing() => State().ShouldBe("missing");

    [Theory]
    [InlineData("https://hooks.example/other")]
    [InlineData("not an address")]
    [InlineData("https://leads.example/webhooks/shopmonkeys")]
    [InlineData(null)]
    public void What_leads_to_no_door_like_ours_does_not_count(string? url) => State(Row(url)).ShouldBe("missing");

    [Fact]
    public void One_that_leads_to_another_system_is_another_address() => State(Row("https://old-tunnel.example/webhooks/shopmonkey")).ShouldBe("other_url");

    [Fact]
    public void One_that_is_on_here_is_enough() => State(Row(Here), Row(Here, enabled: false), Row(Here, error: true)).ShouldBe("ok");

    [Fact]
    public void One_that_is_off_is_disabled_and_one_that_could_not_be_delivered_is_failing()
    {
        State(Row(Here, enabled: false)).ShouldBe("disabled");
        State(Row(Here, error: true)).ShouldBe("failing");
        State(Row(Here, enabled: false), Row(Here, error: true)).ShouldBe("failing");
    }

    [Fact]
    public void One_that_tells_of_some_tables_or_of_one_shop_is_incomplete_and_several_may_share_the_work()
    {
        State(Row(Here) with { Triggers = Triggers("Appointment") }).ShouldBe("incomplete");
        State(Row(Here) with { LocationId = "austin" }).ShouldBe("incomplete");
        State(Row(Here, enabled: false) with { Triggers = Triggers("Order") }).ShouldBe("disabled");
        State(Row(Here) with { Triggers = Triggers("order", "Customer", "Vehicle", "Appointment", "CannedService", "Message") }).ShouldBe("ok");
        State(Row(Here) with { Triggers = Triggers("Order") }, Row(Here) with { Triggers = Triggers("Customer", "Vehicle", "Appointment", "CannedService") }).ShouldBe("ok");
    }

    [Theory]
    [InlineData("Order", "OrderInsert,OrderUpdate,OrderDelete", true)]
    [InlineData("Order", "OrderInsert,OrderUpdate", false)]
    [InlineData("OrderInsert,OrderUpdate", "OrderInsert,OrderUpdate", true)]
    [InlineData("OrderInsert,OrderUpdate", "order", true)]
    [InlineData("OrderInsert,OrderUpdate", "OrderInsert", false)]
    public void A_table_told_of_by_insert_update_and_delete_is_told_of(string wanted, string told, bool isAll) =>
        RegistrationVerdict.Of([Row(Here) with { Triggers = Triggers(told.Split(',')) }], _ => true, wanted.Split(',')).State.ShouldBe(isAll ? "ok" : "incomplete");

    [Fact]
    public void What_the_CRM_does_not_say_is_taken_for_well() => State(new WebhookRow("1", null, Here, null, null, null, null)).ShouldBe("ok");

    [Fact]
    public void Every_verdict_says_what_to_do() =>
        RegistrationVerdict.Of([], _ => true, WebhookRegistrations.Triggers).Words.ShouldContain("POST /api/webhook-registrations");

    private static JsonElement Triggers(params string[] names) => JsonSerializer.SerializeToElement(names);

    private static string State(params WebhookRow[] rows) => RegistrationVerdict.Of(rows, url => url.StartsWith(Here, StringComparison.Ordinal), WebhookRegistrations.Triggers).State;

    private static WebhookRow Row(string? url, bool enabled = true, bool error = false) => new("1", "lead-orchestrator", url, enabled, error, null, null);
}

using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>A polled row and its webhook are one event: under one key, and with what the webhook would have said.</summary>
public sealed class PolledEventTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();

    [Theory]
    [InlineData("order", """{"id":"o1","updatedDate":null,"createdDate":"2026-11-23T16:00:00.000Z","meta":{"version":7}}""", "INSERT")]
    [InlineData("order", """{"id":"o1","updatedDate":"2026-11-23T16:00:00.000Z","meta":{"version":8}}""", "UPDATE")]
    [InlineData("order", """{"id":"o1","updatedDate":"2026-11-23T16:00:00.000Z","deleted":true,"meta":{"version":9}}""", "DELETE")]
    [InlineData("customer", """{"id":"c1","updatedDate":"2026-11-23T16:00:00.123Z","meta":{"version":1}}""", "UPDATE")]
    [InlineData("customer", """{"id":"c1","createdDate":"2026-11-23T16:00:00.123Z","updatedDate":null,"meta":{"version":1}}""", "INSERT")]
    [InlineData("appointment", """{"id":"a1","createdDate":"2026-11-23T16:00:00Z","name":"é \" \u0000","meta":{"version":1}}""", "INSERT")]
    public void It_has_the_key_of_its_webhook(string table, string row, string operation)
    {
        var polled = PolledEvent.Of(Tenant, table, Row(row));
        var told = ShopmonkeyEvent.Read(Encoding.UTF8.GetBytes($$"""{"apiVersion":3,"operation":"{{operation}}","table":"{{table}}","data":{{row}},"diff":["x"]}"""))!;

        (polled.DedupeKey, polled.Topic, polled.Operation, polled.ExternalId, polled.Fault).ShouldBe((told.DedupeKey, told.Table, told.Operation, told.ExternalId, null));
        (polled.Origin, polled.TenantId, polled.Provider).ShouldBe(("poll", Tenant, "shopmonkey"));
    }

    [Fact]
    public void A_row_without_a_version_is_one_event_as_long_as_it_says_the_same()
    {
        const string Changed = """{"id":"c1","updatedDate":"2026-11-23T16:00:00.123Z","firstName":"Ann"}""";
        var key = PolledEvent.Of(Tenant, "customer", Row(Changed)).DedupeKey;

        PolledEvent.Of(Tenant, "customer", Row(Changed)).DedupeKey.ShouldBe(key);
        PolledEvent.Of(Tenant, "customer", Row(Changed.Replace("Ann", "Bea"))).DedupeKey.ShouldNotBe(key, "two changes may share a date");
    }

    [Fact]
    public void Whom_the_list_gave_along_is_no_part_of_it()
    {
        var polled = PolledEvent.Of(Tenant, "order", Row("""{"id":"o1","customer":{"id":"c1","firstName":"Ann"},"vehicle":{"id":"v1"},"vehicleId":"v1","name":"New Quote","meta":{"version":7}}"""));

        polled.Payload.ShouldBe("""{"apiVersion":"3","operation":"INSERT","table":"order","data":{"id":"o1","vehicleId":"v1","name":"New Quote","meta":{"version":7}}}""");
    }

    [Fact]
    public void A_customer_that_is_a_word_stays() =>
        PolledEvent.Of(Tenant, "order", Row("""{"id":"o1","customer":"Ann"}""")).Payload.ShouldContain("\"customer\":\"Ann\"");

    [Theory]
    [InlineData("""{"id":"o1","name":"\ud800"}""")]
    [InlineData("""{"id":"o1","zz\ud800":1}""")]
    [InlineData("""{"id":"o1","meta":{"version":1},"meta":{"version":2}}""")]
    public void What_no_text_can_hold_is_kept_and_judged_as_a_webhooks_is(string row)
    {
        var polled = PolledEvent.Of(Tenant, "order", Row(row));

        polled.Payload.ShouldContain("o1");
        polled.DedupeKey.Length.ShouldBe(64);
    }

    [Fact]
    public void A_row_that_is_gone_is_one_deletion_however_often_it_is_found()
    {
        var (first, second) = (PolledEvent.Gone(Tenant, "order", "o1"), PolledEvent.Gone(Tenant, "order", "o1"));

        (first.DedupeKey, first.Operation, first.ExternalId).ShouldBe((second.DedupeKey, "DELETE", "o1"));
        PolledEvent.Gone(Tenant, "order", "o2").DedupeKey.ShouldNotBe(first.DedupeKey);
    }

    [Theory]
    [InlineData("""{"id":"a","meta":{"version":7}}""", 7)]
    [InlineData("""{"id":"a","meta":{"version":"8"}}""", 8)]
    [InlineData("""{"id":"a","meta":{"version":1.5},"updatedDate":"1970-01-01T00:00:01Z"}""", 1000)]
    [InlineData("""{"id":"a","meta":7,"createdDate":"1970-01-01T00:00:02.5Z"}""", 2500)]
    [InlineData("""{"id":"a","updatedDate":"1970-01-01T00:00:01","createdDate":"1970-01-01T00:00:00Z"}""", 1000)]
    [InlineData("""{"id":"a","updatedDate":"yesterday"}""", 0)]
    public void A_version_is_the_CRMs_own_or_the_time_of_the_last_change(string row, long version) => Row(row).Version.ShouldBe(version);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":7}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":"\ud800"}""")]
    [InlineData("""{"id":"a","m\ud800":1}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_row_without_an_id_is_none(string row) => CrmRow.Read(JsonDocument.Parse(row).RootElement).ShouldBeNull();

    [Fact]
    public void A_row_that_cannot_be_read_does_not_make_its_list_incomplete()
    {
        var page = CrmPage.Read(JsonDocument.Parse("""{"data":[{"id":"a"},{"id":7}],"meta":{"total":2}}""").RootElement);

        (page.Rows.Count, page.Unreadable, page.Total).ShouldBe((1, 1, 2));
    }

    [Fact]
    public void A_topic_asks_for_its_window_in_the_form_that_the_CRM_heeds()
    {
        var question = PollTopic.NewOrders.Question(new Window(0, 1000), 200);

        (question.Table, question.Skip, question.OrderBy).ShouldBe(("order", 200, """{"createdDate":"asc"}"""));
        question.Where.ShouldBe("""{"createdDate":{"gte":"1970-01-01T00:00:00.000Z","lte":"1970-01-01T00:00:01.000Z"}}""");
        question.Include.ShouldBe(["customer", "vehicle"]);
        PollTopic.All.Select(topic => topic.Name).ShouldBeUnique();
    }

    private static CrmRow Row(string json) => CrmRow.Read(JsonDocument.Parse(json).RootElement)!;
}

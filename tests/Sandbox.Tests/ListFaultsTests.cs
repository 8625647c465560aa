using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>Lists that lag, fail and lie.</summary>
public sealed class ListFaultsTests : FaultTest
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-20T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_text_appears_in_a_lagging_list_when_its_time_has_passed()
    {
        var armed = await ArmAsync(new { vendor = "twilio", kind = "list_lag", seconds = 1 });
        Sandbox.Clock.Freeze();
        await TextAsync();

        (await TextsAsync()).ShouldBe(0);
        await Until.TrueAsync(TextsAsync, count => count == 1, "the text is listed");

        await TextAsync();
        await Http.DeleteAsync($"/_sandbox/faults/{armed["id"]}");
        (await TextsAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task An_order_appears_in_a_lagging_list_when_its_time_has_passed()
    {
        var before = (await OrdersAsync("")).Total;
        await ArmAsync(new { vendor = "shopmonkey", kind = "list_lag", seconds = 1 });
        await Sandbox.Crm.AddQuoteAsync(new NewQuote { Deliver = false });

        (await OrdersAsync("")).Total.ShouldBe(before);
        await Until.TrueAsync(async () => (await OrdersAsync("")).Total, total => total == before + 1, "the order is listed");
    }

    [Fact]
    public async Task A_list_fails_so_many_times()
    {
        await ArmAsync(new { vendor = "twilio", kind = "list_500", count = 2 });

        (await TextAsync()).Status.ShouldBe(201);
        (await TwilioAsync(MessagesPath))["status"]!.GetValue<int>().ShouldBe(500);
        (await TwilioAsync(MessagesPath))["code"]!.GetValue<int>().ShouldBe(20500);
        (await TextsAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("seconds")]
    [InlineData("forSeconds")]
    public async Task A_list_fails_for_so_long(string parameter)
    {
        await ArmAsync(new Dictionary<string, object> { ["vendor"] = "shopmonkey", ["kind"] = "list_500", [parameter] = 0.3 });

        (await CrmAsync(HttpMethod.Get, "order")).Status.ShouldBe(500);
        (await CrmAsync(HttpMethod.Post, "customer/search", new { })).Status.ShouldBe(500);
        (await CrmAsync(HttpMethod.Get, "order/" + Crm.SampleOrderId)).Status.ShouldBe(200);
        await Until.TrueAsync(ArmedAsync, armed => armed.Count == 0, "its time is over");
        (await CrmAsync(HttpMethod.Get, "order")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_dishonest_pager_draws_its_pages_and_honours_only_gte_lte_and_the_total()
    {
        for (var index = 0; index < 300; index++)
        {
            await Sandbox.Crm.AddQuoteAsync(new NewQuote { Deliver = false, CreatedDate = Start.AddMinutes(index) });
        }

        var armed = await ArmAsync(new { vendor = "shopmonkey", kind = "dishonest_pager" });
        const string All = """{"createdDate":{"gte":"2026-11-20T00:00:00.000Z"}}""";

        var first = await OrdersAsync(All);
        var again = await OrdersAsync(All);
        var window = await OrdersAsync("""{"createdDate":{"gte":"2026-11-20T00:10:00.000Z","lte":"2026-11-20T00:19:00.000Z"}}""");
        var ignored = await OrdersAsync("""{"createdDate":{"gt":"2026-11-20T04:00:00.000Z"},"number":"1008"}""");
        var last = await OrdersAsync(All, skip: 250);

        (first.Total, first.Ids.Count, first.HasMore).ShouldBe((301, 100, true)); // limit=500 was asked, and the sample order is there too
        first.Ids.Distinct().Count().ShouldBe(100);
        first.Ids.Intersect(again.Ids).Count().ShouldBeLessThan(90);
        first.Dates.SequenceEqual(first.Dates.Order()).ShouldBeFalse();
        (window.Total, window.Ids.Count, window.HasMore).ShouldBe((10, 10, false));
        ignored.Total.ShouldBe(301);
        (last.Ids.Count, last.HasMore).ShouldBe((51, false));

        await Http.DeleteAsync($"/_sandbox/faults/{armed["id"]}");
        (await OrdersAsync(All)).Dates.ShouldBeInOrder();
    }

    [Fact]
    public async Task A_filter_is_ignored_once()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "ignore_filter", operation = "order.list" });
        const string None = """{"createdDate":{"gte":"2030-01-01T00:00:00.000Z"}}""";

        (await OrdersAsync(None)).Total.ShouldBe(1);
        (await OrdersAsync(None)).Total.ShouldBe(0);
    }

    private async Task<int> TextsAsync() => (await TwilioAsync(MessagesPath))["messages"]!.AsArray().Count;

    private async Task<(int Total, bool HasMore, IReadOnlyList<string> Ids, IReadOnlyList<string> Dates)> OrdersAsync(string where, int skip = 0)
    {
        var order = Uri.EscapeDataString("""{"createdDate":"asc"}""");
        var (_, body, _) = await CrmAsync(HttpMethod.Get, $"order?limit=500&skip={skip}&orderby={order}&where={Uri.EscapeDataString(where)}");
        var rows = body!["data"]!.AsArray();
        return (body["meta"]!["total"]!.GetValue<int>(), body["meta"]!["hasMore"]!.GetValue<bool>(),
            [.. rows.Select(row => row!["id"]!.GetValue<string>())], [.. rows.Select(row => row!["createdDate"]!.GetValue<string>())]);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LeadOrchestrator.Sandbox.Tests.Shopmonkey;

/// <summary>Filters, orders and pages, over few rows and over many.</summary>
public sealed class ListQueryTests
{
    private const int Many = 50_000;
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan FastEnough = TimeSpan.FromMilliseconds(20);

    private static readonly Lazy<CrmRow[]> FiftyThousand = new(() => Rows(Many));

    private static readonly CrmRow[] Few =
    [
        Row(1, "Ann", new JsonObject { ["phone"] = "1", ["count"] = 3 }),
        Row(2, "bob", new JsonObject { ["phone"] = null, ["count"] = 5 }),
        Row(3, "Bobby", new JsonObject { ["count"] = 7 }),
    ];

    [Theory]
    [InlineData("""{"name":"Ann"}""", "1")]
    [InlineData("""{"name":{"equals":"ANN","mode":"insensitive"}}""", "1")]
    [InlineData("""{"name":{"startsWith":"bob","mode":"insensitive"}}""", "2,3")]
    [InlineData("""{"name":{"endsWith":"by"}}""", "3")]
    [InlineData("""{"name":{"contains":"nn"}}""", "1")]
    [InlineData("""{"name":{"not":"Ann"}}""", "2,3")]
    [InlineData("""{"id":{"in":["1","3","9"]}}""", "1,3")]
    [InlineData("""{"id":{"notIn":["1","3","9"]}}""", "2")]
    [InlineData("""{"count":{"in":[3,7]}}""", "1,3")]
    [InlineData("""{"count":{"gt":3,"lte":7}}""", "2,3")]
    [InlineData("""{"count":{"gte":3,"lt":7}}""", "1,2")]
    [InlineData("""{"createdDate":{"gte":"2026-11-20T00:02:00.000Z"}}""", "2,3")]
    [InlineData("""{"createdDate":{"gte":"2026-11-19T18:02:00-06:00","lte":"2026-11-20T00:02:00Z"}}""", "2")]
    [InlineData("""{"createdDate":"2026-11-20T00:01:00+00:00"}""", "1")]
    [InlineData("""{"updatedDate":{"gte":"2000-01-01T00:00:00.000Z"}}""", "")]
    [InlineData("""{"AND":[{"name":"Ann"},{"count":3}]}""", "1")]
    [InlineData("""{"OR":[{"name":"Ann"},{"count":7}]}""", "1,3")]
    [InlineData("""{"NOT":{"name":"Ann"}}""", "2,3")]
    [InlineData("""{"phone":"1"}""", "1,3")] // who has no such field passes
    [InlineData("""{"name":{"$gte":"x","like":"y"},"nothing":1,"deleted":true,"and":[{"name":"Ann"}]}""", "1,2,3")] // not a word of it is known
    [InlineData("""{"createdDate":{}}""", "1,2,3")]
    public void A_filter_leaves_what_the_CRM_would_leave(string where, string ids) => Ids(Ask(Few, ("where", where), ("orderby", """{"createdDate":"asc"}"""))).ShouldBe(ids);

    [Theory]
    [InlineData("""{"count":"desc"}""", "3,2,1")]
    [InlineData("""{"name":"asc","count":"asc"}""", "1,3,2")]
    [InlineData("""{"updatedDate":"asc","createdDate":"desc"}""", "3,2,1")]
    public void Rows_come_in_the_order_that_is_asked_for(string order, string ids) => Ids(Ask(Few, ("orderby", order))).ShouldBe(ids);

    [Fact]
    public void Ids_pick_rows_and_a_lying_pager_honours_them_too()
    {
        Ids(Ask(Few, ("ids", "3,1,9"))).ShouldBe("1,3");
        var (page, meta, _) = DishonestPager.Run(Few, Query(("ids", "3,1"), ("where", """{"id":{"in":["2"]}}""")));

        page!.Select(row => row!["id"]!.GetValue<string>()).ShouldBe(["1", "3"], ignoreOrder: true);
        meta!["total"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public void What_leaves_is_a_copy()
    {
        Ask(Few).Page![0]!["name"] = "changed";

        Few.Select(row => row.Data["name"]!.GetValue<string>()).ShouldBe(["Ann", "bob", "Bobby"]);
    }

    [Fact]
    public void A_lying_pager_draws_every_row_of_a_window_sooner_or_later_and_none_twice_in_a_page()
    {
        var rows = Rows(250);
        var seen = new HashSet<string>();
        for (var look = 0; look < 100 && seen.Count < 250; look++)
        {
            var ids = DishonestPager.Run(rows, Query(("limit", "500"))).Page!.Select(row => row!["id"]!.GetValue<string>()).ToList();
            ids.Distinct().Count().ShouldBe(100);
            seen.UnionWith(ids);
        }

        seen.Count.ShouldBe(250);
    }

    [Theory]
    [InlineData("""{"createdDate":{"gte":"2026-11-20T00:00:00.000Z","lte":"2026-12-31T00:00:00.000Z"}}""", "")]
    [InlineData("""{"createdDate":{"gte":"2026-11-20T00:00:00.000Z"}}""", """{"createdDate":"asc"}""")]
    [InlineData("""{"updatedDate":{"gte":"2026-11-20T00:00:00.000Z"}}""", "")]
    public void A_list_over_fifty_thousand_rows_is_quick(string where, string order)
    {
        var rows = FiftyThousand.Value;
        Quickest(() => ListQuery.Run(rows, Query(("where", where), ("orderby", order)), ignoreFilter: false)).ShouldBeLessThan(FastEnough);
        Quickest(() => DishonestPager.Run(rows, Query(("where", where)))).ShouldBeLessThan(FastEnough);
    }

    [Fact]
    public void A_hundred_ids_among_fifty_thousand_rows_are_found_quickly()
    {
        var rows = FiftyThousand.Value;
        var ids = string.Join(',', Enumerable.Range(0, 100).Select(number => (number * 499) + 1));
        var where = new JsonObject { ["id"] = new JsonObject { ["in"] = new JsonArray([.. ids.Split(',').Select(id => (JsonNode?)id)]) } }.ToJsonString();

        Ask(rows, ("ids", ids), ("where", where)).Page!.Count.ShouldBe(100);
        Quickest(() => ListQuery.Run(rows, Query(("ids", ids), ("where", where)), ignoreFilter: false)).ShouldBeLessThan(FastEnough);
    }

    // The best of several: the first ones are slow before the code is compiled for good, and a busy machine makes any of them slow. Slow code makes all of them so.
    private static TimeSpan Quickest(Action work)
    {
        var best = TimeSpan.MaxValue;
        for (var number = 0; number < 200 && best >= FastEnough; number++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            work();
            var took = TimeProvider.System.GetElapsedTime(begun);
            best = took < best ? took : best;
        }

        return best;
    }

    private static CrmRow[] Rows(int count) => [.. Enumerable.Range(1, count).Select(number => Row(number, $"Customer {number}", []))];

    private static CrmRow Row(int number, string name, JsonObject more)
    {
        var row = new JsonObject { ["id"] = number.ToString(CultureInfo.InvariantCulture), ["name"] = name, ["createdDate"] = Json.Time(Start.AddMinutes(number)), ["updatedDate"] = null };
        Json.Merge(row, more);
        return new CrmRow(row);
    }

    private static (JsonArray? Page, JsonObject? Meta) Ask(CrmRow[] rows, params (string Name, string Value)[] query)
    {
        var (page, meta, error) = ListQuery.Run(rows, Query(query), ignoreFilter: false);
        error.ShouldBeNull();
        return (page, meta);
    }

    private static QueryCollection Query(params (string Name, string Value)[] parameters) =>
        new(parameters.Where(parameter => parameter.Value.Length > 0).ToDictionary(parameter => parameter.Name, parameter => new StringValues(parameter.Value)));

    private static string Ids((JsonArray? Page, JsonObject? Meta) answer) => string.Join(',', answer.Page!.Select(row => row!["id"]!.GetValue<string>()));
}

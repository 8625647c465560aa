using System.Globalization;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>The rows of a CRM that knows every customer and every vehicle: each is made from its id.</summary>
/// <remarks>
/// Its shops lie in a zone where it is two at night now: leads are taken in and their texts planned, and none falls due, at whatever
/// time of day somebody measures. The peer, which runs without its processor, does the same.
/// </remarks>
internal sealed class FakeShopmonkey(TimeProvider clock)
{
    private const int NightFrom = 21;
    private const int LargestPage = 100;
    private string _area = AreaAtNight(clock.GetUtcNow());
    private long _lists;

    /// <summary><c>POST ?512</c>: from now on all customers have numbers of this area.</summary>
    public const string AreaPath = "/bench/shopmonkey/area";

    /// <summary>Gives all customers numbers of an area code.</summary>
    public void MoveTo(string area) => _area = area;

    /// <summary>How many lists were asked for since the start, as JSON.</summary>
    public const string ListsPath = "/bench/shopmonkey/lists";

    /// <summary>The answer to <see cref="ListsPath"/>.</summary>
    public string ReadLists() => Interlocked.Read(ref _lists).ToString(CultureInfo.InvariantCulture);

    /// <summary>The answer to a GET: a row made from its id, or a list in which nothing is new.</summary>
    /// <param name="path">Behind <c>/v3/</c>, with its query.</param>
    /// <returns>Null: there is no such row.</returns>
    public string? Read(string path)
    {
        var parts = path.Split('?')[0].Split('/');
        var id = parts.Length > 1 ? parts[1] : "";
        if (id.Length == 0)
        {
            Interlocked.Increment(ref _lists);
            return List(parts[0], path);
        }

        if (parts[0] == "auth")
        {
            return """{"valid":true}""";
        }

        return RowOf(parts[0], id) is { } row ? $$"""{"success":true,"data":{{row}}}""" : null;
    }

    // Of what was never made nothing is new; rows that are named by their ids are there.
    private string List(string table, string path)
    {
        const string Ids = "ids=";
        var query = path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? path[(at + 1)..].Split('&') : [];
        var ids = query.FirstOrDefault(parameter => parameter.StartsWith(Ids, StringComparison.Ordinal)) is { } named ? Uri.UnescapeDataString(named[Ids.Length..]).Split(',') : [];
        List<string> rows = [.. ids.Take(LargestPage).Select(id => RowOf(table, id)).OfType<string>()];
        return $$$"""{"success":true,"data":[{{{string.Join(',', rows)}}}],"meta":{"total":{{{rows.Count}}},"hasMore":false}}""";
    }

    private string? RowOf(string table, string id) => table switch
    {
        "customer" => PhoneOf(id) is { } phone ? Customer(id, phone) : null,
        "vehicle" => $$"""{"id":"{{id}}","year":2021,"make":"Honda","model":"Civic","size":"LightDuty","color":"Blue","vin":null}""",
        "location" => $$"""{"id":"{{id}}","name":"Acme Tint Austin","address1":"100 Congress Ave","city":"Austin","state":"TX","postalCode":"78701","phone":"+15125550100","timezone":"America/Chicago"}""",
        _ => null,
    };

    private static string Customer(string id, string phone) => $$"""
        {"id":"{{id}}","companyId":"6287a4154d1a72cc5ce091bb","locationIds":["6287a4044d1a723b10eff1b0"],"customerType":"Customer","firstName":"Ann","lastName":"Example","marketingOptIn":true,"preferredContactMethod":"SMS","emails":[{"id":"e1","customerId":"{{id}}","email":"{{id}}@example.com","primary":true,"subscribed":true}],"phoneNumbers":[{"id":"p1","customerId":"{{id}}","number":"{{phone}}","primary":true,"type":"Mobile","optIn":null,"country":"US"}],"createdDate":"2026-11-22T21:13:57.000Z","updatedDate":null}
        """;

    // One number for each customer: one that many share would be one lock. An id that was never given out has none.
    private string? PhoneOf(string id) =>
        id.Length >= 12 && long.TryParse(id.AsSpan(id.Length - 12), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? $"+1{_area}{2_000_000 + (number % 7_900_000):0000000}"
            : null;

    // Of places around the globe, the one whose night has just begun: what is planned for it stays planned while the intake is measured. Around midnight UTC none may be at night.
    private static string AreaAtNight(DateTimeOffset now) => new[] { (Code: "212", Offset: -5), (Code: "512", Offset: -6), (Code: "808", Offset: -10), (Code: "671", Offset: 10) }
        .MinBy(area => ((now.Hour + area.Offset - NightFrom) % 24 + 24) % 24).Code;
}

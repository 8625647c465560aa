using System.Globalization;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>The rows of a CRM that knows every customer and every vehicle: each is made from its id.</summary>
/// <remarks>
/// Its shops lie in a zone where it is two at night now: leads are taken in and their texts planned, and none falls due, at whatever
/// time of day somebody measures. The peer, which runs without its processor, does the same.
/// </remarks>
internal sealed class FakeShopmonkey(TimeProvider clock)
{
    private const int NightHour = 2;
    private readonly string _zone = ZoneWhereItIs(NightHour, clock.GetUtcNow());

    /// <summary>The answer to a GET.</summary>
    /// <param name="path">Behind <c>/v3/</c>, with its query.</param>
    public string Read(string path)
    {
        var parts = path.Split('?')[0].Split('/');
        var id = parts.Length > 1 ? parts[1] : "";
        return parts[0] switch
        {
            "customer" => Row(Customer(id)),
            "vehicle" => Row($$"""{"id":"{{id}}","year":2021,"make":"Honda","model":"Civic","size":"LightDuty","color":"Blue","vin":null}"""),
            "location" => Row($$"""{"id":"{{id}}","name":"Acme Tint Austin","address1":"100 Congress Ave","city":"Austin","state":"TX","postalCode":"78701","phone":"+15125550100","timezone":"{{_zone}}"}"""),
            _ => """{"success":true,"data":[],"meta":{"total":0,"hasMore":false}}""",
        };
    }

    private static string Row(string data) => $$"""{"success":true,"data":{{data}}}""";

    private static string Customer(string id) => $$"""
        {"id":"{{id}}","companyId":"6287a4154d1a72cc5ce091bb","locationIds":["6287a4044d1a723b10eff1b0"],"customerType":"Customer","firstName":"Ann","lastName":"Example","marketingOptIn":true,"preferredContactMethod":"SMS","emails":[{"id":"e1","customerId":"{{id}}","email":"ann@example.com","primary":true,"subscribed":true}],"phoneNumbers":[{"id":"p1","customerId":"{{id}}","number":"{{PhoneOf(id)}}","primary":true,"type":"Mobile","optIn":null,"country":"US"}],"createdDate":"2026-11-22T21:13:57.000Z","updatedDate":null}
        """;

    // One number for each customer: one that many share would be one lock.
    private static string PhoneOf(string id) =>
        $"+1512{2_000_000 + (long.Parse(id.AsSpan(id.Length - 12), CultureInfo.InvariantCulture) % 7_900_000):0000000}";

    // POSIX turns the sign around: Etc/GMT+5 lies five hours behind.
    private static string ZoneWhereItIs(int hour, DateTimeOffset now)
    {
        var behind = ((now.Hour - hour) % 24 + 24) % 24;
        return behind <= 12 ? $"Etc/GMT+{behind}" : $"Etc/GMT-{24 - behind}";
    }
}

using Npgsql;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>
/// Two franchises to look at. <c>acme-tint</c> has two shops in two time zones, with their prices as the CRM has them; their hours are added here (the
/// CRM has none). <c>bright-detail</c> has a past and keys of its own, and shows that franchises do not see each other.
/// </summary>
/// <remarks>Runs as the owner of the database, with explicit tenant ids. May run at every start: what is there stays as it is.</remarks>
internal static class DemoSeed
{
    /// <summary>The franchise that the demo's processes act for.</summary>
    public const string DefaultTenant = "acme-tint";

    /// <summary>The second franchise's owner.</summary>
    public const string OwnerEmail = "owner@bright-detail.example";

    public const string OwnerPassword = "demo-password-2";

    private const string SecondTenant = "bright-detail";

    /// <summary>Adds what is missing.</summary>
    /// <param name="connectionString">The owner of the database: a superuser, whom row-level security does not hold back.</param>
    /// <param name="shops">The default tenant's shops, as the CRM has them.</param>
    /// <param name="now">The demo's time.</param>
    /// <returns>Whether the second franchise has no keys yet.</returns>
    public static async Task<bool> RunAsync(string connectionString, IReadOnlyList<CrmShop> shops, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = new SeedRows(connection, now, cancel);

        if (await rows.FindTenantAsync(DefaultTenant) is { } acme)
        {
            foreach (var shop in shops)
            {
                var location = await rows.LocationAsync(acme, shop.Id, shop.Name, shop.Phone, shop.Address, shop.Timezone);
                await rows.HoursAsync(acme, location, shop.Timezone == "America/Phoenix" ? SeedHours.Early : SeedHours.Usual);
                foreach (var service in shop.Services)
                {
                    await rows.ServiceAsync(acme, location, service);
                }
            }
        }

        var bright = await rows.FindTenantAsync(SecondTenant) ?? await AddBrightDetailAsync(rows);
        var isNew = !await rows.HasKeysAsync(bright);
        await transaction.CommitAsync(cancel);
        return isNew;
    }

    private static async Task<Guid> AddBrightDetailAsync(SeedRows rows)
    {
        var tenant = await rows.TenantAsync(SecondTenant, "Bright Detail", "America/New_York");
        await rows.UserAsync(tenant, OwnerEmail, OwnerPassword, "Robin Vale", "owner");
        var location = await rows.LocationAsync(
            tenant, "bright-1", "Bright Detail Brooklyn", "+17185550140", "81 Kent Ave, Brooklyn, NY 11249", "America/New_York");
        await rows.HoursAsync(tenant, location, SeedHours.Usual);
        foreach (var service in Services)
        {
            await rows.ServiceAsync(tenant, location, service);
        }

        for (var i = 0; i < Leads.Length; i++)
        {
            await rows.LeadAsync(tenant, location, $"demo-{i + 1}", Leads[i]);
        }

        return tenant;
    }

    private static readonly CrmService[] Services =
    [
        new("bright-s1", "Interior Detail", "Seats, carpets and trim, steamed and dried", 18900, 180),
        new("bright-s2", "Exterior Detail", "Hand wash, clay and sealant", 14900, 120),
        new("bright-s3", "Ceramic Coating", "One layer, three years, paint correction included", 89900, 480),
    ];

    private static readonly SeedLead[] Leads =
    [
        new("won", "Mina", "Okafor", "+17185550151", "2022 Subaru Outback", "Interior Detail", DaysAgo: 9,
        [
            ("customer", "Hi, can you get dog hair out of the carpets?"),
            ("assistant", "Yes. The Interior Detail covers seats, carpets and trim with steam; it is $189.00 and takes about three hours."),
            ("customer", "Great, Thursday morning works."),
            ("assistant", "Noted. The team at Bright Detail Brooklyn will confirm Thursday morning with you."),
        ]),
        new("engaged", "Luis", "Ferrer", "+17185550152", "2019 Mazda 3", "Ceramic Coating", DaysAgo: 3,
        [
            ("customer", "How long does the ceramic coating last?"),
            ("assistant", "The coating we offer is made for three years. It is $899.00 with paint correction, and the car stays for a day."),
            ("customer", "Thanks, I will think about it."),
        ]),
        new("lost", "Priya", "Raman", "+17185550153", "2016 Honda Fit", "Exterior Detail", DaysAgo: 20,
        [
            ("customer", "Do you come to my house?"),
            ("assistant", "Our work is done at the shop in Brooklyn, 81 Kent Ave. Would that suit you?"),
            ("customer", "No, sorry."),
        ]),
    ];
}

/// <summary>When a shop is open: Monday to Friday, Saturday, and its short day a week after the first start.</summary>
internal sealed record SeedHours((int Opens, int Closes) Weekday, (int Opens, int Closes) Saturday, (int Opens, int Closes) ShortDay)
{
    public static SeedHours Usual { get; } = new((8, 18), (9, 16), (8, 12));

    /// <summary>Where afternoons are too hot to tint.</summary>
    public static SeedHours Early { get; } = new((7, 15), (7, 12), (7, 10));
}

/// <summary>A lead of the past with its conversation, oldest message first.</summary>
internal sealed record SeedLead(
    string Status, string FirstName, string LastName, string Phone, string Vehicle, string Service, int DaysAgo, (string Role, string Content)[] Messages);

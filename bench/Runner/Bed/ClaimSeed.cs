using System.Globalization;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Due touch points of many tenants, for who only claims them.</summary>
internal static class ClaimSeed
{
    /// <summary>Tenants, all with as many due.</summary>
    public const int Tenants = 500;

    /// <summary>Writes them. Foreign keys and triggers are off meanwhile, since the rows are made to fit: a million takes half a minute.</summary>
    public static async Task WriteAsync(string database, int touches, CancellationToken cancel)
    {
        var count = touches.ToString(CultureInfo.InvariantCulture);
        await Databases.ExecuteAsync(database, $"""
            SET session_replication_role = replica;
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
            SELECT {Id("a", "t")}, 'bench-' || t, 'Bench ' || t, 'America/Chicago', now(), now() FROM generate_series(0, {Tenants} - 1) t;
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
            SELECT {Id("a", "t")}, {Id("b", "t")}, 'shop-' || t, 'Acme Tint', 'America/Chicago', now(), now() FROM generate_series(0, {Tenants} - 1) t;
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, phone_type, timezone, external_created_at, created_at, updated_at)
            SELECT {Id("a", $"(g % {Tenants})")}, {Id("d", "g")}, {Id("b", $"(g % {Tenants})")}, 'shopmonkey', 'order-' || g, 'new', 'Ann', 'mobile',
                'America/Chicago', now(), now(), now()
            FROM generate_series(1, {count}) g;
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT {Id("a", $"(g % {Tenants})")}, {Id("e", "g")}, {Id("d", "g")}, 'greeting', 'sms', 'scheduled',
                now() - interval '1 day' + g * interval '1 millisecond', now() + interval '3 days', now() - interval '1 day', now() - interval '1 day'
            FROM generate_series(1, {count}) g;
            """, cancel);
        foreach (var table in new[] { "tenants", "leads", "touch_points" })
        {
            await Databases.ExecuteAsync(database, $"VACUUM ANALYZE {table}", cancel);
        }

        await Databases.ExecuteAsync(database, "CHECKPOINT", cancel);
    }

    private static string Id(string kind, string number) => $"('01900000-0000-7000-a00{kind}-' || lpad({number}::text, 12, '0'))::uuid";
}

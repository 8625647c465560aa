using System.Globalization;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>Due texts of any number of franchises, as SQL.</summary>
internal static class FollowUpSeed
{
    /// <summary>Takes everything away that a part has left.</summary>
    public const string Nothing = "TRUNCATE holds, sender_paces, touch_points, message_attempts, chat_codes, leads, contacts CASCADE";

    /// <summary>Of those who get one text each, the first number.</summary>
    public const int FirstNumber = 2_000_000;

    /// <summary>
    /// Leads with one text due each. Everything becomes visible at once, with its statistics; constraints are not looked at meanwhile, since the rows are made to fit.
    /// </summary>
    /// <param name="texts">A query of <c>tenant_id, n, phone, vehicle, due_at</c>, one row for each text; n is unique.</param>
    /// <param name="step">greeting, or the name of a later step.</param>
    public static string Write(string texts, string step) => $"""
        SET LOCAL session_replication_role = replica;
        CREATE TEMP TABLE wanted ON COMMIT DROP AS {texts};
        INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
        SELECT DISTINCT tenant_id, tenant_id, 'bench-followups', 'Acme', 'America/Chicago', {Asked}, {Asked} FROM wanted ON CONFLICT DO NOTHING;
        INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
        SELECT DISTINCT tenant_id, md5(tenant_id || phone)::uuid, phone, {Asked}, {Asked} FROM wanted ON CONFLICT DO NOTHING;
        INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, first_name, last_name, phone, phone_type, vehicle, service_interest,
            timezone, external_created_at, created_at, updated_at)
        SELECT tenant_id, {Id("d")}, tenant_id, md5(tenant_id || phone)::uuid, 'shopmonkey', '{step}-' || n, 'contacted', 'Ann', 'Example', phone, 'mobile', vehicle, 'Brake service',
            'America/Chicago', {Asked}, {Asked}, {Asked}
        FROM wanted;
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        SELECT tenant_id, {Id("e")}, {Id("d")}, '{step}', 'sms', 'scheduled', due_at, due_at + interval '72 hours', {Asked}, {Asked} FROM wanted;
        ANALYZE contacts, leads, touch_points;
        """;

    /// <summary>A time as a literal.</summary>
    public static string Time(DateTimeOffset at) => $"timestamptz '{at.ToString("o", CultureInfo.InvariantCulture)}'";

    /// <summary>Which franchise a row of <c>tenants</c> is: its number, or null for the default tenant.</summary>
    public const string FranchiseNumber = "substring(slug FROM '^bench-(\\d+)$')::integer";

    /// <summary>When all of them had asked, and were greeted: the Friday before, an hour at which everybody in the United States may be texted.</summary>
    public static readonly DateTimeOffset GreetedAt = FakeClock.Start.AddDays(-3).AddHours(3);

    private static string Asked => Time(GreetedAt);

    private static string Id(string kind) => $"('01900000-0000-7000-a00{kind}-' || lpad(n::text, 12, '0'))::uuid";
}

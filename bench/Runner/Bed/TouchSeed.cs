using System.Globalization;
using LeadOrchestrator.Bench.Vendors;
using Npgsql;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Due touch points, alike in both databases: as many, each to a recipient of its own, all of them due, and nothing else.</summary>
internal static class TouchSeed
{
    private const string Location = "01900000-0000-7000-8000-000000000001";

    /// <summary>Writes shops and recipients once, and what the rounds have in common.</summary>
    /// <param name="most">How many recipients the largest round needs.</param>
    public static async Task PrepareAsync(TouchProcesses processes, Guid tenant, int most, CancellationToken cancel)
    {
        await Databases.ExecuteAsync(processes.ProductDatabase, $"""
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
            VALUES ('{tenant}', '{Location}', 'bench-touches', 'Acme Tint Austin', 'America/Chicago', {Now}, {Now});
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
            SELECT '{tenant}', {Id("c", "g")}, '+1512' || (2000000 + g), {Now}, {Now} FROM generate_series(1, {Number(most)}) g;
            """, cancel);
        await Databases.ExecuteAsync(processes.PeerDatabase, $"""
            INSERT INTO customers (location_id, external_id, first_name, last_name, phone, email)
            SELECT 1 + g % 10, 'bench-cust-' || g, 'Ann', 'Example', '+1512' || (2000000 + g), 'ann@example.com' FROM generate_series(1, {Number(most)}) g;
            """, cancel);
    }

    /// <summary>
    /// Replaces what there is, in one transaction with its statistics. It begins with a TRUNCATE, whose lock every process runs into as soon as it looks; so it is
    /// held until all of them have, and they start at the same moment.
    /// </summary>
    /// <param name="onCommit">Runs right before they can be seen.</param>
    public static async Task WriteAsync(string database, string sql, Action onCommit, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(cancel);
        await Task.Delay(TouchProcesses.LookEvery * 1.2, cancel);
        onCommit();
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The product's: leads that nobody has written to, each with its greeting due.</summary>
    public static string Product(Guid tenant, int count) => $"""
        TRUNCATE touch_points, message_attempts, chat_codes, leads CASCADE;
        INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, first_name, last_name, phone, phone_type, vehicle, service_interest,
            timezone, external_created_at, created_at, updated_at)
        SELECT '{tenant}', {Id("d", "g")}, '{Location}', {Id("c", "g")}, 'shopmonkey', 'bench-order-' || g, 'new', 'Ann', 'Example', '+1512' || (2000000 + g), 'mobile',
            '2019 Toyota Camry', 'Brake service', 'America/Chicago', {Now}, {Now}, {Now}
        FROM generate_series(1, {Number(count)}) g;
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        SELECT '{tenant}', {Id("e", "g")}, {Id("d", "g")}, 'greeting', 'sms', 'scheduled', {Due}, {Now} + interval '72 hours', {Due}, {Due}
        FROM generate_series(1, {Number(count)}) g;
        ANALYZE leads, touch_points;
        """;

    /// <summary>The peer's.</summary>
    public static string Peer(int count) => $"""
        TRUNCATE touch_points, leads CASCADE;
        INSERT INTO leads (location_id, customer_id, external_id, status, source, service, vehicle, notes)
        SELECT location_id, id, external_id, 'new', 'web', 'Brake service', '2019 Toyota Camry', '' FROM customers
        WHERE external_id LIKE 'bench-cust-%' ORDER BY id LIMIT {Number(count)};
        INSERT INTO touch_points (lead_id, seq, to_number, from_number, body, due_at)
        SELECT l.id, 1, c.phone, '+15005550006', 'Hi Ann, this is Acme Tint Austin. Thanks for your quote request for your 2019 Toyota Camry! Ask us anything, '
            || 'prices and times included, here: http://localhost:3600/c/' || md5(l.id::text) || ' Reply STOP to opt out.',
            now() - interval '1 day' + row_number() OVER (ORDER BY l.id) * interval '10 milliseconds'
        FROM leads l JOIN customers c ON c.id = l.customer_id;
        ANALYZE leads, touch_points;
        """;

    /// <summary>True once every one is sent and marked so.</summary>
    public const string IsDrained = "SELECT NOT EXISTS (SELECT FROM touch_points WHERE status <> 'sent')";

    private static string Now => $"timestamptz '{FakeClock.Start.ToString("o", CultureInfo.InvariantCulture)}'";

    private static string Due => $"{Now} - interval '1 day' + g * interval '10 milliseconds'";

    private static string Id(string kind, string number) => $"('01900000-0000-7000-a00{kind}-' || lpad({number}::text, 12, '0'))::uuid";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

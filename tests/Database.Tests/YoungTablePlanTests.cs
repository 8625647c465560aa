using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Database.Tests;

/// <summary>A plan that is made while a table is empty may be kept for its first hundred thousand rows.</summary>
public sealed class YoungTablePlanTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_look_up_by_id_uses_the_primary_key_of_an_empty_table_too()
    {
        var tables = await _database.ColumnAsync<string>("""
            SELECT c.relname::text FROM pg_class c
            JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id'
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            """);
        tables.ShouldContain("message_attempts");
        await using var connection = new NpgsqlConnection(_database.OwnerConnectionString);
        await connection.OpenAsync();
        var wrong = new List<string>();
        foreach (var table in tables)
        {
            // Without the setting, an empty table that was analyzed is read as a whole.
            await using var explain = new NpgsqlCommand($"""
                SET enable_seqscan = off;
                EXPLAIN SELECT 1 FROM {table} WHERE tenant_id = '00000000-0000-7000-8000-000000000001' AND id = '00000000-0000-7000-8000-000000000002' FOR KEY SHARE
                """, connection);
            await using var reader = await explain.ExecuteReaderAsync();
            var plan = "";
            while (await reader.ReadAsync())
            {
                plan += reader.GetString(0) + "\n";
            }

            if (!plan.Contains($"using {table}_pkey", StringComparison.Ordinal))
            {
                wrong.Add(plan);
            }
        }

        wrong.ShouldBeEmpty();
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Database.Tests;

/// <summary>Tries, as the services' own role, to reach another tenant's rows in every table and by every command.</summary>
public sealed class IsolationTests(FilledDatabase filled) : IClassFixture<FilledDatabase>
{
    /// <summary>What the session says about its tenant; null = it says nothing at all.</summary>
    public static readonly TheoryData<string?> Nobodies = new(null, "", "garbage", "00000000-0000-0000-0000-000000000000", "' OR true --");

    private TestDatabase Database => filled.Database;

    [Theory]
    [MemberData(nameof(Nobodies))]
    public async Task Without_a_tenant_no_row_is_seen_or_touched(string? setting)
    {
        foreach (var (table, column) in filled.TenantTables)
        {
            await InTransactionAsync(setting, async connection =>
            {
                (await ScalarAsync(connection, $"SELECT count(*) FROM {table}")).ShouldBe(0L, table);
                await ChangesNothingAsync(connection, table, column, "true");
                await RefusesInsertAsync(connection, table, filled.Second);
            });
        }
    }

    [Fact]
    public async Task Inside_one_tenant_the_other_has_no_row_and_cannot_be_written_to()
    {
        foreach (var (table, column) in filled.TenantTables)
        {
            await InTransactionAsync(filled.First.ToString(), async connection =>
            {
                (await ScalarAsync(connection, $"SELECT count(*) FROM {table}")).ShouldBe(1L, table);
                (await ScalarAsync(connection, $"SELECT count(*) FROM {table} WHERE {column} <> '{filled.First}'")).ShouldBe(0L, table);
                await ChangesNothingAsync(connection, table, column, $"{column} = '{filled.Second}'");
                await RefusesInsertAsync(connection, table, filled.Second);
                await RefusesToGiveAwayAsync(connection, table, column);
            });
        }
    }

    [Fact]
    public async Task No_row_can_point_at_another_tenants_row()
    {
        var keys = await Database.RowsAsync("""
            SELECT k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent, a.attname::text AS child_column
            FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[2]
            WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND cardinality(k.conkey) = 2
            """);
        keys.Count.ShouldBeGreaterThan(10);
        foreach (var key in keys)
        {
            // As superuser: whom row-level security does not stop, the foreign key does.
            var probe = () => Database.ExecuteAsync($"""
                UPDATE {key["child"]} SET {key["child_column"]} = (SELECT id FROM {key["parent"]} WHERE tenant_id = $2) WHERE tenant_id = $1
                """, filled.First, filled.Second);
            (await probe.ShouldThrowAsync<PostgresException>($"{key["child"]}.{key["child_column"]}")).SqlState.ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
        }
    }

    [Fact]
    public async Task A_pooled_connection_does_not_remember_the_tenant_before()
    {
        var lead = Database.Lead;
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (number, cancel) =>
        {
            var tenant = number % 2 == 0 ? filled.First : filled.Second;
            (await lead.QueryAsync<Guid>(tenant, "SELECT tenant_id FROM leads", null, cancel)).ShouldBe([tenant]);
            (await lead.DoorAsync<long>("SELECT count(*) FROM leads", null, cancel)).ShouldBe([0L]);
        });
    }

    [Fact]
    public async Task The_services_role_cannot_take_another_role_or_switch_row_level_security_off()
    {
        foreach (var attempt in new[]
        {
            "SET ROLE lead_door", "ALTER TABLE leads DISABLE ROW LEVEL SECURITY", "ALTER TABLE leads NO FORCE ROW LEVEL SECURITY", "TRUNCATE leads",
            "DROP POLICY tenant ON leads", "CREATE TABLE mine (id int)", "SELECT protect_tenant_table('leads', 'DELETE')", "UPDATE platform_settings SET value = 'x'",
            "DELETE FROM consent_events", "UPDATE audit_events SET action = 'x'", "DELETE FROM schema_migrations",
        })
        {
            await InTransactionAsync(filled.First.ToString(), async connection =>
                (await Should.ThrowAsync<PostgresException>(() => RunAsync(connection, attempt), attempt)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, attempt));
        }
    }

    private static async Task ChangesNothingAsync(NpgsqlConnection connection, string table, string column, string filter)
    {
        foreach (var (privilege, sql) in new[] { ("UPDATE", $"UPDATE {table} SET {column} = {column} WHERE {filter}"), ("DELETE", $"DELETE FROM {table} WHERE {filter}") })
        {
            if (await ScalarAsync(connection, $"SELECT has_table_privilege('{table}', '{privilege}')") is true)
            {
                (await RunAsync(connection, sql)).ShouldBe(0, $"{privilege} on {table}");
            }
            else
            {
                await RefusedAsync(connection, sql);
            }
        }
    }

    /// <summary>A copy of the other tenant's row, with an id of its own.</summary>
    private async Task RefusesInsertAsync(NpgsqlConnection connection, string table, Guid tenant)
    {
        var column = table == "tenants" ? "id" : "tenant_id";
        var row = JsonNode.Parse((await Database.ScalarAsync<string>($"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = $1", tenant))!)!.AsObject();
        row["id"] = Guid.CreateVersion7().ToString();
        await RefusedAsync(connection, $"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, {Literal(row)})");
    }

    private async Task RefusesToGiveAwayAsync(NpgsqlConnection connection, string table, string column)
    {
        await RefusedAsync(connection, $"UPDATE {table} SET {column} = '{filled.Second}' WHERE {column} = '{filled.First}'");
    }

    // 42501 is both "no such right" and "the new row violates row-level security".
    private static async Task RefusedAsync(NpgsqlConnection connection, string sql)
    {
        await RunAsync(connection, "SAVEPOINT before");
        (await Should.ThrowAsync<PostgresException>(() => RunAsync(connection, sql), sql)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        await RunAsync(connection, "ROLLBACK TO before");
    }

    private async Task InTransactionAsync(string? tenant, Func<NpgsqlConnection, Task> work)
    {
        await using var connection = await Database.Lead.OpenAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        if (tenant is not null)
        {
            await using var set = new NpgsqlCommand("SELECT set_config('app.tenant_id', $1, true)", connection) { Parameters = { new() { Value = tenant } } };
            await set.ExecuteNonQueryAsync();
        }

        await work(connection);
    }

    private static string Literal(JsonObject row) => $"'{row.ToJsonString(JsonSerializerOptions.Default).Replace("'", "''", StringComparison.Ordinal)}'";

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }
}

using Npgsql;

namespace LeadOrchestrator.Database;

/// <summary>
/// The two roles of the cluster: <c>lead_app</c>, as which the services' queries run, and <c>lead_door</c>, which owns the functions that look across tenants.
/// </summary>
/// <remarks>
/// Roles belong to the cluster, advisory locks to one database: two databases of one cluster that migrate at once race here
/// (2 of 3 failed, measured). So each step may find its work done by another, and the whole is tried again.
/// </remarks>
internal static class Roles
{
    private const int Tries = 10;

    private const string Sql = """
        DO $$
        DECLARE
            -- From 16 on, whoever creates a role is a member that may neither act as it nor inherit it, until it grants itself that.
            is_new boolean := current_setting('server_version_num')::integer >= 160000;
            needed text := CASE WHEN is_new THEN 'SET' ELSE 'MEMBER' END;
            how text := CASE WHEN is_new THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
            ours text;
        BEGIN
            FOREACH ours IN ARRAY ARRAY['lead_app', 'lead_door'] LOOP
                IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ours) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', ours);
                END IF;
                -- A superuser is a member of every role already; anyone else needs both, to act as the one and to give functions to the other.
                IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT pg_has_role(current_user, ours, needed) THEN
                    EXECUTE format('GRANT %I TO %I', ours, current_user) || how;
                END IF;
            END LOOP;
        END $$
        """;

    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(Sql, connection);
                await command.ExecuteNonQueryAsync(cancel);
                return;
            }
            catch (PostgresException race) when (attempt < Tries && IsRace(race))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20 * attempt), cancel);
            }
        }
    }

    // XX000 is "tuple concurrently updated", which the catalogue says instead of waiting.
    private static bool IsRace(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation or "XX000";
}

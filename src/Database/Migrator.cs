using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace LeadOrchestrator.Database;

/// <summary>Brings a database to the current schema. Any number may run at once: one works, the others wait and find nothing to do.</summary>
public static class Migrator
{
    // Any fixed number; "lead" in ASCII. Advisory locks belong to one database.
    private const long LockKey = 0x6c656164;

    /// <summary>The version of the schema that this build was made for: the number of its last migration.</summary>
    public static int CurrentVersion { get; } = Migrations().Max(migration => migration.Version);

    /// <summary>Applies what is missing, and makes the roles and the signing key if there are none.</summary>
    /// <param name="connectionString">Someone who may create roles and tables: the owner, never <c>lead_app</c>.</param>
    /// <param name="log">Told one line for each migration that is applied, and each warning.</param>
    /// <returns>How many migrations were applied.</returns>
    /// <exception cref="MigrationException">An applied file was changed, or the database is newer than this build.</exception>
    public static async Task<int> MigrateAsync(string connectionString, CancellationToken cancel, Action<string>? log = null)
    {
        log ??= _ => { };
        // Not pooled: the session's advisory lock must end with this method, whatever happens.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancel);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancel);

        await Roles.EnsureAsync(connection, cancel);
        await ExecuteAsync(connection, """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version integer PRIMARY KEY,
                name text NOT NULL,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL
            );
            GRANT SELECT ON schema_migrations TO lead_app
            """, cancel);
        var applied = await AppliedAsync(connection, cancel);
        RefuseForeignHistory(applied);

        var count = 0;
        foreach (var migration in Migrations().Where(migration => !applied.ContainsKey(migration.Version)))
        {
            await ApplyAsync(connection, migration, cancel);
            log($"Applied {migration.Name}");
            count++;
        }

        if (await MakeSigningKeyAsync(connection, cancel))
        {
            log("Warning: JWT_SIGNING_KEY is made in the database. Set the variable in production, so that a copy of the database cannot sign.");
        }

        return count;
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT version, sha256 FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancel))
        {
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return applied;
    }

    private static void RefuseForeignHistory(Dictionary<int, string> applied)
    {
        if (applied.Count > 0 && applied.Keys.Max() > CurrentVersion)
        {
            throw new MigrationException($"The database has schema {applied.Keys.Max()}, this build knows {CurrentVersion}: use the newer build. Nothing was changed.");
        }

        foreach (var migration in Migrations())
        {
            if (applied.TryGetValue(migration.Version, out var sha256) && sha256 != migration.Sha256)
            {
                throw new MigrationException($"{migration.Name} was changed after it had been applied here: restore the file and put the change into a new migration.");
            }
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // A migration that waits for a lock makes everybody behind it wait too: better to fail and try again.
        await ExecuteAsync(connection, "SET LOCAL lock_timeout = '5s'", cancel);
        await ExecuteAsync(connection, migration.Sql, cancel);
        await using (var command = new NpgsqlCommand(
            "INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES ($1, $2, $3, clock_timestamp())", connection))
        {
            command.Parameters.AddWithValue(migration.Version);
            command.Parameters.AddWithValue(migration.Name);
            command.Parameters.AddWithValue(migration.Sha256);
            await command.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private static async Task<bool> MakeSigningKeyAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO platform_settings (name, value) VALUES ('jwt_signing_key', $1) ON CONFLICT (name) DO NOTHING", connection);
        command.Parameters.AddWithValue(Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)));
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static IReadOnlyList<Migration> Migrations()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Migration.Read(assembly, name))];
    }

    private sealed record Migration(int Version, string Name, string Sql, string Sha256)
    {
        public static Migration Read(Assembly assembly, string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            // Line ends are folded: the same file checked out on Windows has the same hash.
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            return new(int.Parse(name.AsSpan(0, 4), provider: null), name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        }
    }
}

/// <summary>The database cannot be brought to the current schema; the message says why and what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);

using System.Reflection;
using System.Security.Cryptography;
using LeadOrchestrator.Database;
using Npgsql;

namespace LeadOrchestrator.Testing;

/// <summary>A migrated database that is copied for each test class: copying takes a tenth of migrating.</summary>
internal static class TemplateDatabase
{
    /// <summary>The role that tests' services sign in as: a plain member of <c>lead_app</c>, as in production.</summary>
    public const string ServiceRole = "lead_service";

    // Any fixed number; "test" in ASCII. Several test processes may share one server.
    private const long LockKey = 0x74657374;

    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>Its name; made at the first call.</summary>
    public static Task<string> NameAsync() => Made.Value;

    private static async Task<string> MakeAsync()
    {
        var settings = await TestServer.ConnectionAsync();
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})");

        var name = $"lead_template_{SchemaHash()}";
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await find.ExecuteScalarAsync() is not null)
        {
            return name;
        }

        // Made under another name, so that a run that was killed leaves no half template behind.
        var making = $"{name}_making";
        await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {making} WITH (FORCE)");
        await ExecuteAsync(connection, $"CREATE DATABASE {making}");
        await Migrator.MigrateAsync(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = making }.ConnectionString, CancellationToken.None);
        await ExecuteAsync(connection, $"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ServiceRole}') THEN
                    CREATE ROLE {ServiceRole} LOGIN PASSWORD '{ServiceRole}' IN ROLE lead_app;
                END IF;
            END $$
            """);
        await ExecuteAsync(connection, $"ALTER DATABASE {making} RENAME TO {name}");
        return name;
    }

    private static string SchemaHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(Migrator).Assembly;
        foreach (var file in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(file)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            hash.AppendData(bytes.GetBuffer(), 0, (int)bytes.Length);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}

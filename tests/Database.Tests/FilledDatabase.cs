using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>A database with two tenants that have one row in every table, the same as far as the schema allows.</summary>
public sealed partial class FilledDatabase : IAsyncLifetime
{
    /// <summary>Tables that belong to the installation and to no tenant.</summary>
    public static readonly IReadOnlyDictionary<string, string> TablesWithoutTenant = new Dictionary<string, string>
    {
        ["platform_settings"] = "the installation's own settings, readable by services and written by migrate alone",
        ["service_instances"] = "signs of life of processes, which serve all tenants",
        ["platform_holds"] = "stops of everything, by operators and by the services themselves",
        ["database_identity"] = "by what the services know the database again",
        ["number_paces"] = "how fast a number goes on, whichever tenants share it; known by a hash",
        ["schema_migrations"] = "which migrations were applied",
    };

    /// <summary>The two tenants.</summary>
    public Guid First { get; } = Id("first", "tenant");

    /// <inheritdoc cref="First"/>
    public Guid Second { get; } = Id("second", "tenant");

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Every table that holds tenants' rows, with the column that names the tenant.</summary>
    public IReadOnlyList<(string Table, string TenantColumn)> TenantTables { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "tenant.sql"));
        foreach (var slug in new[] { "first", "second" })
        {
            await Database.ExecuteAsync(Placeholder().Replace(script, match => match.Groups[1].Value switch
            {
                "slug" => slug,
                "link" => "{link}",
                var name => $"'{Id(slug, name)}'",
            }));
        }

        var tables = await Database.ColumnAsync<string>(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname");
        TenantTables = [.. tables.Where(table => !TablesWithoutTenant.ContainsKey(table)).Select(table => (table, table == "tenants" ? "id" : "tenant_id"))];
    }

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();

    /// <summary>The id that the fixture gives to a row, the same in every run.</summary>
#pragma warning disable CA5351 // An id for a test's row needs no secrecy.
    public static Guid Id(string slug, string name) => new(MD5.HashData(Encoding.UTF8.GetBytes($"{slug}/{name}")));
#pragma warning restore CA5351

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}

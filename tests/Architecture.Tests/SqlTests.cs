using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>SQL is in one place per table, and always says whose rows it means.</summary>
public sealed partial class SqlTests
{
    private static readonly Dictionary<string, string> SqlOutsideStores = new()
    {
        ["src/Shared/Hosting/LeadDatabase.cs"] = "sets the tenant of each transaction",
        ["src/Shared/Hosting/TenantBatch.cs"] = "enters the tenants of a batch and limits its transaction",
        ["src/Shared/Hosting/ServiceHost.cs"] = "asks a new connection which role it acts as",
        ["src/Shared/Hosting/StartUp.cs"] = "reads the schema's version, which belongs to no tenant",
        ["src/Shared/Hosting/DatabaseAnswer.cs"] = "asks whether the database answers",
        ["src/Shared/Hosting/HealthReporter.cs"] = "asks the database for its version and the schema's",
        ["src/Shared/Hosting/DiskWatch.cs"] = "asks for new space on the database's disk, and gives it back",
        ["src/Shared/Auth/SigningKey.cs"] = "reads a setting of the installation",
        ["src/Shared/Auth/StaffSignIn.cs"] = "holds AuditStore, two lines of it",
    };

    private static readonly Dictionary<string, string> WrittenByTwo = new()
    {
        ["touch_points: ContactStore, EngagementStore, StaffTextStore, TouchPointStore"] =
            "an opt-out, an answer in the chat and a booking that changes end what is planned in their own transaction, and what staff write to who texts or writes emails is planned there, whichever service hears them",
        ["leads: ContactStore, EngagementStore, LeadStore, PersonStore"] =
            "consent belongs to a contact and its leads at once, the chat notes that a lead has answered, and a lead is parted from its person in the statement that makes the new one",
        ["email_addresses: ContactStore, EmailAddressStore"] =
            "whoever says stop in the chat says it for their address, too, in the transaction that ends their number",
        ["chat_codes: AttemptStore, ContactStore"] =
            "a stranger who has the number loses its links in the transaction that ends it, whichever service hears them",
        ["review_items: AnswerReviewStore, ReviewItemStore"] =
            "each service parks what it must not decide, in its own transaction",
    };

    private static readonly HashSet<string> TablesWithoutTenant = ["platform_settings", "service_instances", "schema_migrations", "platform_holds", "database_identity", "number_paces"];

    private static readonly HashSet<string> TenantTables = [.. SourceFiles.In("src/Database/migrations")
        .SelectMany(file => CreateTable().Matches(file.Text)).Select(table => table.Groups[1].Value).Except(TablesWithoutTenant)];

    private static IEnumerable<(SourceFile File, string Sql, int Line)> Statements => SourceFiles.Product
        .Where(file => !file.Path.StartsWith("src/Database/", StringComparison.Ordinal))
        .SelectMany(file => file.CSharp.Strings.Where(text => Sql().IsMatch(text.Text)).Select(text => (file, text.Text, text.Line)));

    [Fact]
    public void There_is_something_to_look_at()
    {
        TenantTables.ShouldContain("leads");
        Statements.Count().ShouldBeGreaterThan(20);
    }

    [Fact]
    public void SQL_is_in_stores() => Statements
        .Where(found => !found.File.ClassName.EndsWith("Store", StringComparison.Ordinal) && !SqlOutsideStores.ContainsKey(found.File.Path))
        .Select(found => $"{found.File.Path}:{found.Line}").ShouldBeEmpty();

    // Row-level security would keep the tenants apart all the same; but then it would be the only lock, and the index would not be used.
    [Fact]
    public void Every_statement_on_a_tenant_table_names_the_tenant() => Statements
        .Where(found => Tables(found.Sql, AnyUse()).Except(["tenants"]).Any() && !found.Sql.Contains("tenant_id", StringComparison.Ordinal))
        .Where(found => !IsHeadOfAStatement(found.Sql, found.File))
        .Select(found => $"{found.File.Path}:{found.Line}").ShouldBeEmpty();

    [Fact]
    public void Every_join_of_tenant_tables_joins_on_the_tenant() => Statements
        .Where(found => Join().Matches(found.Sql).Any(join => TenantTables.Contains(join.Groups[1].Value) && join.Groups[1].Value != "tenants"
            && !join.Groups[2].Value.Contains("tenant_id", StringComparison.Ordinal)))
        .Select(found => $"{found.File.Path}:{found.Line}").ShouldBeEmpty();

    [Fact]
    public void Every_table_is_written_by_one_store()
    {
        var writers = Statements
            .SelectMany(found => Tables(found.Sql, Write()).Select(table => (table, found.File.ClassName)))
            .GroupBy(write => write.table, write => write.ClassName)
            .Where(table => table.Distinct().Count() > 1)
            .Select(table => $"{table.Key}: {string.Join(", ", table.Distinct().Order())}");

        writers.Where(entry => !WrittenByTwo.ContainsKey(entry)).ShouldBeEmpty();
    }

    [Fact]
    public void No_statement_takes_all_columns() => Statements
        .Where(found => AllColumns().IsMatch(found.Sql)).Select(found => $"{found.File.Path}:{found.Line}").ShouldBeEmpty();

    [Fact]
    public void No_allow_list_keeps_what_is_gone()
    {
        SqlOutsideStores.Keys.Where(path => !File.Exists(Repository.Path(path))).ShouldBeEmpty();
    }

    /// <summary>Several statements of one class may share their end; then that end names the tenant.</summary>
    private static bool IsHeadOfAStatement(string sql, SourceFile file) =>
        !sql.Contains("WHERE", StringComparison.Ordinal) && file.CSharp.Strings.Any(text => SharedEnd().IsMatch(text.Text));

    private static IEnumerable<string> Tables(string sql, Regex pattern) =>
        pattern.Matches(sql).Select(use => use.Groups[1].Value).Where(TenantTables.Contains).Distinct();

    [GeneratedRegex(@"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"\bSELECT\s|\bINSERT INTO\s|\bUPDATE\s+\w+(\s+(AS\s+)?\w+)?\s+SET\b|\bDELETE FROM\s")]
    private static partial Regex Sql();

    [GeneratedRegex(@"^(\s|\\n)*WHERE (\w+\.)?tenant_id = @tenantId")]
    private static partial Regex SharedEnd();

    [GeneratedRegex(@"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")]
    private static partial Regex AnyUse();

    [GeneratedRegex(@"\b(?:INSERT INTO|DELETE FROM|(?<!FOR )(?<!DO )UPDATE)\s+(\w+)")]
    private static partial Regex Write();

    [GeneratedRegex(@"\bJOIN\s+(\w+)([\s\S]*?)(?=\bJOIN\b|\bWHERE\b|\bORDER BY\b|\bGROUP BY\b|\bSET\b|$)")]
    private static partial Regex Join();

    [GeneratedRegex(@"SELECT\s+(\w+\.)?\*\s+FROM\s+(?!\()(?!due\b|lost\b)\w+")]
    private static partial Regex AllColumns();
}

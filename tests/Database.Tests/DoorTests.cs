using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>The functions that look across tenants: exactly those that docs/DATABASE.md lists, each locked down.</summary>
public sealed partial class DoorTests(FilledDatabase filled) : IClassFixture<FilledDatabase>
{
    private TestDatabase Database => filled.Database;

    [Fact]
    public async Task The_doors_are_those_of_the_documentation()
    {
        var inDatabase = await Database.ColumnAsync<string>("""
            SELECT format('%s(%s) → %s', p.proname,
                (SELECT coalesce(string_agg(name, ', ' ORDER BY position), '') FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY a (name, mode, position) WHERE mode = 'i'),
                (SELECT string_agg(name, ', ' ORDER BY position) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY a (name, mode, position) WHERE mode = 't'))
            FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace ORDER BY 1
            """);
        var documentation = await File.ReadAllTextAsync(Repository.Path("docs", "DATABASE.md"));
        var documented = DoorRow().Matches(documentation).Select(row => $"{row.Groups[1].Value} → {row.Groups[2].Value}");

        documented.Order(StringComparer.Ordinal).ShouldBe(inDatabase.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_documentation_describes_every_table()
    {
        var documentation = await File.ReadAllTextAsync(Repository.Path("docs", "DATABASE.md"));
        var described = documentation[documentation.IndexOf("## Tables", StringComparison.Ordinal)..];

        var tables = await Database.ColumnAsync<string>("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
        tables.Where(table => !described.Contains($"`{table}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_door_belongs_to_lead_door_has_a_fixed_search_path_and_is_closed_to_everybody_else()
    {
        var offenders = await Database.ColumnAsync<string>("""
            SELECT p.proname::text FROM pg_proc p
            WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND NOT (
                p.proowner = 'lead_door'::regrole
                AND 'search_path=pg_catalog, public, pg_temp' = ANY (p.proconfig)
                AND has_function_privilege('lead_app', p.oid, 'EXECUTE')
                AND NOT EXISTS (SELECT 1 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
                                WHERE g.grantee NOT IN ('lead_app'::regrole, 'lead_door'::regrole)))
            """);
        offenders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_door_returns_ids_counts_and_states_and_never_content()
    {
        var offenders = await Database.ColumnAsync<string>("""
            SELECT format('%s returns %s %s', p.proname, a.name, format_type(a.type, NULL))
            FROM pg_proc p
            CROSS JOIN LATERAL unnest(p.proargnames, p.proargmodes, p.proallargtypes) AS a (name, mode, type)
            WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND a.mode <> 'i'
              AND NOT (a.type IN ('uuid'::regtype, 'int4'::regtype, 'int8'::regtype) OR (a.type = 'text'::regtype AND a.name = 'status'))
            UNION ALL
            SELECT format('%s returns %s', p.proname, format_type(p.prorettype, NULL))
            FROM pg_proc p
            WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'record'::regtype
              AND p.prorettype NOT IN ('uuid'::regtype, 'int4'::regtype, 'int8'::regtype, 'void'::regtype)
              AND NOT 't' = ANY (coalesce(p.proargmodes, '{}'))
            """);
        offenders.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_look_up_finds_the_tenant_without_being_in_one()
    {
        (await DoorAsync("SELECT tenant_id FROM find_tenant('second')")).ShouldBe([filled.Second]);
        (await DoorAsync($"SELECT tenant_id FROM find_tenant('{filled.Second}')")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_tenant('nobody')")).ShouldBeEmpty();
        (await DoorAsync("SELECT tenant_id FROM find_tenant_by_company('company-first')")).ShouldBe([filled.First]);
        (await DoorAsync("SELECT tenant_id FROM find_users_by_email('SAME@example.com')")).ShouldBe([filled.First, filled.Second], ignoreOrder: true);
        (await DoorAsync("SELECT tenant_id FROM find_chat_code(sha256('second'))")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_tenants_by_sender('+15005550006', 'nobodys')")).ShouldBe([filled.First, filled.Second], ignoreOrder: true);
        (await DoorAsync("SELECT tenant_id FROM find_tenants_by_sender('+15005550999', 'AC00000000000000000000000000000000')")).ShouldBe([filled.First, filled.Second], ignoreOrder: true);
        (await DoorAsync("SELECT tenant_id FROM find_tenants_by_sender('+15005550999', '')")).ShouldBeEmpty();
        (await DoorAsync("SELECT tenant_id FROM stale_vendor_credentials('key-of-first')")).ShouldBe([filled.Second]);
        (await DoorAsync($"SELECT tenant_id FROM find_attempt('{FilledDatabase.Id("second", "attempt")}')")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_api_key(sha256('key-second'))")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_unsubscribe_token(sha256('token-second'))")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_reply_token(sha256('reply-second'))")).ShouldBe([filled.Second]);
        (await DoorAsync("SELECT tenant_id FROM find_reply_token(sha256('token-second'))")).ShouldBeEmpty();
        (await DoorAsync("SELECT tenant_id FROM find_mailed_attempt('nobodys', 'same@example.com')")).ShouldBeEmpty();
        (await DoorAsync($"SELECT tenant_id FROM find_attempts(ARRAY['{FilledDatabase.Id("first", "attempt")}', '{FilledDatabase.Id("second", "attempt")}', '{Guid.Empty}']::uuid[])"))
            .ShouldBe([filled.First, filled.Second], ignoreOrder: true);
    }

    private Task<IReadOnlyList<Guid>> DoorAsync(string sql) => Database.Lead.DoorAsync<Guid>(sql, null, CancellationToken.None);

    [GeneratedRegex(@"^\| `(\w+\([^)]*\))` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DoorRow();
}

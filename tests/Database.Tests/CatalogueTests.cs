using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>What every table must have, asked of PostgreSQL's own catalogue: a new table that forgets any of it fails here by name.</summary>
public sealed class CatalogueTests(FilledDatabase filled) : IClassFixture<FilledDatabase>
{
    // Uniqueness over all tenants tells one tenant of another's rows, so each needs a reason.
    private static readonly Dictionary<string, string> UniqueOverTenants = new()
    {
        ["tenants_pkey"] = "tenants is its own tenant: its policy is on id",
        ["tenants_slug_key"] = "the slug names the tenant in TENANT_ID and X-Tenant-Id; only a platform administrator chooses one",
        ["tenants_shopmonkey_company_id_key"] = "a company at Shopmonkey is one tenant here: a webhook that names it is that tenant's",
    };

    private const string OwnTables = "c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace";

    private string TenantTables => $"{OwnTables} AND c.relname NOT IN ({string.Join(", ", FilledDatabase.TablesWithoutTenant.Keys.Select(table => $"'{table}'"))})";

    private TestDatabase Database => filled.Database;

    [Fact]
    public async Task Every_tenant_table_has_row_level_security_enabled_and_forced() => await NoneAsync($"""
        SELECT c.relname::text FROM pg_class c WHERE {TenantTables} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """);

    [Fact]
    public async Task Every_tenant_table_has_one_policy_for_all_commands_that_judges_old_and_new_rows() => await NoneAsync($"""
        SELECT c.relname::text FROM pg_class c WHERE {TenantTables} AND NOT EXISTS (
            SELECT 1 FROM pg_policy p
            WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND p.polcmd = '*' AND p.polpermissive AND p.polroles = '{"{0}"}'
              AND pg_get_expr(p.polqual, p.polrelid) = format('(%s = current_tenant())', CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END)
              AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))
        """);

    [Fact]
    public async Task No_other_policy_opens_a_table_but_the_doors_own() => await NoneAsync("""
        SELECT format('%s: %s', p.polrelid::regclass, p.polname) FROM pg_policy p
        WHERE p.polname <> 'tenant' AND NOT (p.polname = 'door' AND p.polroles = ARRAY['lead_door'::regrole::oid])
        """);

    [Fact]
    public async Task Every_tenant_table_has_a_tenant_id_that_is_never_null() => await NoneAsync($"""
        SELECT c.relname::text FROM pg_class c WHERE {TenantTables} AND NOT EXISTS (
            SELECT 1 FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnotnull AND a.atttypid = 'uuid'::regtype
              AND a.attname = CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END)
        """);

    [Fact]
    public async Task Every_primary_key_is_tenant_id_and_id() => await NoneAsync($"""
        SELECT c.relname::text FROM pg_class c WHERE {TenantTables} AND c.relname <> 'tenants' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype = 'p' AND pg_get_constraintdef(k.oid) = 'PRIMARY KEY (tenant_id, id)')
        """);

    [Fact]
    public async Task Every_unique_key_begins_with_the_tenant()
    {
        var keys = await Database.ColumnAsync<string>($"""
            SELECT i.relname::text FROM pg_class c
            JOIN pg_index x ON x.indrelid = c.oid
            JOIN pg_class i ON i.oid = x.indexrelid
            WHERE {TenantTables} AND (x.indisunique OR x.indisexclusion)
              AND (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = x.indkey[0]) IS DISTINCT FROM 'tenant_id'
            ORDER BY 1
            """);
        keys.ShouldBe(UniqueOverTenants.Keys, ignoreOrder: true, "each with a reason in the allow-list");
    }

    [Fact]
    public async Task Every_foreign_key_begins_with_the_tenant_on_both_sides() => await NoneAsync($"""
        SELECT format('%s: %s', c.relname, k.conname) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE {TenantTables} AND k.contype = 'f'
          AND NOT (k.confrelid = 'tenants'::regclass AND pg_get_constraintdef(k.oid) LIKE 'FOREIGN KEY (tenant_id) REFERENCES tenants(id)%')
          AND NOT pg_get_constraintdef(k.oid) LIKE 'FOREIGN KEY (tenant_id, %) REFERENCES %(tenant_id, %)%'
        """);

    [Fact]
    public async Task Every_tenant_table_leads_to_a_tenant_by_foreign_keys() => await NoneAsync($"""
        SELECT c.relname::text FROM pg_class c WHERE {TenantTables} AND c.relname <> 'tenants' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND NOT k.condeferrable AND k.convalidated)
        """);

    [Fact]
    public async Task No_default_reads_a_clock() => await NoneAsync("""
        SELECT format('%s.%s', d.adrelid::regclass, a.attname) FROM pg_attrdef d
        JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        JOIN pg_class c ON c.oid = d.adrelid
        WHERE c.relnamespace = 'public'::regnamespace
          AND pg_get_expr(d.adbin, d.adrelid) ~* '(now\(|clock_timestamp|statement_timestamp|transaction_timestamp|current_(date|time)|localtime|timeofday|uuidv7|gen_random_uuid)'
        """);

    [Fact]
    public async Task Every_time_is_timestamptz_and_no_money_is_a_fraction() => await NoneAsync($"""
        SELECT format('%s.%s is %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE {OwnTables} AND (a.atttypid IN ('timestamp'::regtype, 'money'::regtype)
           OR (a.attname LIKE '%\_at' AND a.atttypid <> 'timestamptz'::regtype)
           OR (a.attname ~ '_(cents|micros)$' AND a.atttypid <> 'int8'::regtype))
        """);

    [Fact]
    public async Task Views_run_with_the_readers_rights_and_nothing_is_materialized() => await NoneAsync("""
        SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace
          AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}'))))
        """);

    [Fact]
    public async Task The_services_role_is_nobody_special() => await NoneAsync("""
        SELECT r.rolname::text FROM pg_roles r WHERE r.rolname IN ('lead_app', 'lead_door')
          AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolcanlogin)
        UNION ALL
        SELECT format('%s is a member of %s', m.member::regrole, m.roleid::regrole) FROM pg_auth_members m
        WHERE m.member IN ('lead_app'::regrole, 'lead_door'::regrole)
        """);

    [Fact]
    public async Task The_services_role_owns_nothing() => await NoneAsync("""
        SELECT d.classid::regclass::text FROM pg_shdepend d WHERE d.refobjid = 'lead_app'::regrole AND d.deptype = 'o'
        """);

    [Fact]
    public async Task The_doors_role_owns_functions_alone() => await NoneAsync("""
        SELECT format('%s %s', d.classid::regclass, d.objid) FROM pg_shdepend d
        WHERE d.refobjid = 'lead_door'::regrole AND d.deptype = 'o' AND d.classid <> 'pg_proc'::regclass
        UNION ALL
        SELECT 'may create in public' WHERE has_schema_privilege('lead_door', 'public', 'CREATE') OR has_schema_privilege('lead_app', 'public', 'CREATE')
        """);

    [Fact]
    public async Task Nobody_is_granted_what_goes_round_row_level_security() => await NoneAsync($"""
        SELECT format('%s on %s to %s', g.privilege_type, c.relname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
        WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
          AND (g.grantee = 0 OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR g.is_grantable)
        UNION ALL
        SELECT format('column %s.%s', a.attrelid::regclass, a.attname) FROM pg_attribute a
        WHERE a.attacl IS NOT NULL AND a.attrelid IN (SELECT oid FROM pg_class c WHERE {OwnTables})
        """);

    [Theory]
    [InlineData("consent_events")]
    [InlineData("audit_events")]
    public async Task Evidence_is_only_ever_added(string table)
    {
        foreach (var privilege in new[] { "UPDATE", "DELETE", "TRUNCATE" })
        {
            (await Database.ScalarAsync<bool>("SELECT has_table_privilege('lead_app', $1, $2)", table, privilege)).ShouldBeFalse(privilege);
        }
    }

    [Fact]
    public async Task The_fixture_has_a_row_in_every_tenant_table()
    {
        foreach (var (table, column) in filled.TenantTables)
        {
            foreach (var tenant in new[] { filled.First, filled.Second })
            {
                (await Database.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE {column} = $1", tenant)).ShouldBe(1, $"{table}: add a row to Fixtures/tenant.sql");
            }
        }
    }

    private async Task NoneAsync(string offenders) => (await Database.ColumnAsync<string>(offenders)).ShouldBeEmpty();
}

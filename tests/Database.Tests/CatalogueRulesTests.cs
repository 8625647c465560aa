using System.Reflection;

namespace LeadOrchestrator.Database.Tests;

/// <summary>A rule that cannot fail is none: each finds the table that forgets everything.</summary>
public sealed class CatalogueRulesTests : IAsyncLifetime
{
    private readonly FilledDatabase _filled = new();

    public async ValueTask InitializeAsync()
    {
        await _filled.InitializeAsync();
        await _filled.Database.ExecuteAsync("""
            CREATE TABLE forgetful (
                id uuid PRIMARY KEY,
                tenant uuid,
                lead_id uuid,
                name text UNIQUE,
                made_at timestamp DEFAULT now(),
                price_cents numeric,
                FOREIGN KEY (tenant, lead_id) REFERENCES leads (tenant_id, id)
            );
            CREATE TABLE rootless (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
            CREATE VIEW every_lead AS SELECT id FROM leads;
            CREATE POLICY open ON leads USING (true);
            GRANT TRUNCATE ON forgetful TO lead_app;
            """);
    }

    public async ValueTask DisposeAsync() => await _filled.DisposeAsync();

    [Theory]
    [InlineData(nameof(CatalogueTests.Every_tenant_table_has_row_level_security_enabled_and_forced), "forgetful", "rootless")]
    [InlineData(nameof(CatalogueTests.Every_tenant_table_has_one_policy_for_all_commands_that_judges_old_and_new_rows), "forgetful", "rootless")]
    [InlineData(nameof(CatalogueTests.No_other_policy_opens_a_table_but_the_doors_own), "leads: open")]
    [InlineData(nameof(CatalogueTests.Every_tenant_table_has_a_tenant_id_that_is_never_null), "forgetful")]
    [InlineData(nameof(CatalogueTests.Every_primary_key_is_tenant_id_and_id), "forgetful")]
    [InlineData(nameof(CatalogueTests.Every_unique_key_begins_with_the_tenant), "forgetful_name_key", "forgetful_pkey")]
    [InlineData(nameof(CatalogueTests.Every_foreign_key_begins_with_the_tenant_on_both_sides), "forgetful: forgetful_tenant_lead_id_fkey")]
    [InlineData(nameof(CatalogueTests.Every_tenant_table_leads_to_a_tenant_by_foreign_keys), "rootless")]
    [InlineData(nameof(CatalogueTests.No_default_reads_a_clock), "forgetful.made_at")]
    [InlineData(nameof(CatalogueTests.Every_time_is_timestamptz_and_no_money_is_a_fraction), "forgetful.made_at", "forgetful.price_cents")]
    [InlineData(nameof(CatalogueTests.Views_run_with_the_readers_rights_and_nothing_is_materialized), "every_lead")]
    [InlineData(nameof(CatalogueTests.Nobody_is_granted_what_goes_round_row_level_security), "TRUNCATE on forgetful to lead_app")]
    public async Task A_rule_finds_what_breaks_it_by_name(string rule, params string[] found)
    {
        var judge = typeof(CatalogueTests).GetMethod(rule, BindingFlags.Public | BindingFlags.Instance)!;

        var refusal = await Assert.ThrowsAsync<ShouldAssertException>(() => (Task)judge.Invoke(new CatalogueTests(_filled), null)!);

        foreach (var name in found)
        {
            refusal.Message.ShouldContain(name);
        }
    }
}

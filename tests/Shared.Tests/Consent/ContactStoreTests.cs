using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Shared.Tests.Consent;

public sealed class ContactStoreTests(SeededDatabase seeded) : IClassFixture<SeededDatabase>
{
    private static readonly ConsentEvidence BySms = new("sms", "SM123", "STOP");

    private readonly ContactStore _contacts = new(new FakeTimeProvider(HttpClock.MondayMorning));

    [Fact]
    public async Task A_number_is_one_contact_per_tenant_however_many_ask_at_once()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => EnsureAsync(seeded.Tenant, "+15125550001")));
        var other = await EnsureAsync(seeded.OtherTenant, "+15125550001");

        ids.Distinct().ShouldHaveSingleItem();
        other.ShouldNotBe(ids[0]);
    }

    [Fact]
    public async Task An_opt_out_reaches_every_lead_of_the_number_and_ends_what_is_planned()
    {
        var contact = await EnsureAsync(seeded.Tenant, "+15125550002");
        var (waiting, booked) = (await seeded.AddLeadAsync(seeded.Tenant, contact), await seeded.AddLeadAsync(seeded.Tenant, contact, "booked"));
        var stranger = await seeded.AddLeadAsync(seeded.Tenant);
        foreach (var lead in new[] { waiting, booked, stranger })
        {
            await PlanAsync(lead, "scheduled", null);
        }

        await using (var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None))
        {
            await _contacts.OptOutAsync(transaction, contact, BySms, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        (await StatesAsync(waiting)).ShouldBe("opted_out opted_out cancelled opted_out");
        (await StatesAsync(booked)).ShouldBe("booked opted_out cancelled opted_out");
        (await StatesAsync(stranger)).ShouldBe("new inquiry scheduled ");
        (await seeded.Database.ScalarAsync<string>("SELECT kind || ' ' || channel || ' ' || source || ' ' || wording FROM consent_events WHERE contact_id = $1", contact))
            .ShouldBe("opted_out sms SM123 STOP");
    }

    [Fact]
    public async Task A_second_no_is_not_older_than_the_first_whatever_the_clock_of_its_process_says()
    {
        var contact = await EnsureAsync(seeded.Tenant, "+15125550041");
        var behind = new ContactStore(new FakeTimeProvider(HttpClock.MondayMorning.AddSeconds(-2)));
        await using (var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None))
        {
            await _contacts.OptOutAsync(transaction, contact, (BySms with { Wording = "not interested" }).AsDoubtful(), CancellationToken.None);
            await behind.OptOutAsync(transaction, contact, BySms, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        (await seeded.Database.ScalarAsync<long>("""
            SELECT count(*) FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.id = $1 AND e.occurred_at >= c.opted_out_at
            """, contact)).ShouldBe(2);
    }

    [Fact]
    public async Task A_start_undoes_a_stop_and_both_stay_in_the_ledger()
    {
        var contact = await EnsureAsync(seeded.Tenant, "+15125550003");
        var lead = await seeded.AddLeadAsync(seeded.Tenant, contact);

        await using (var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None))
        {
            await _contacts.OptOutAsync(transaction, contact, BySms, CancellationToken.None);
            await _contacts.OptInAsync(transaction, contact, BySms with { Wording = "START" }, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        (await seeded.Database.ScalarAsync<DateTime?>("SELECT opted_out_at FROM contacts WHERE id = $1", contact)).ShouldBeNull();
        (await seeded.Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads WHERE id = $1", lead)).ShouldBe("engaged opted_in");
        (await seeded.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events WHERE contact_id = $1", contact)).ShouldBe(2);
    }

    [Fact]
    public async Task Who_says_it_twice_is_one_line_in_the_ledger_but_a_clear_no_is_kept_beside_a_doubtful_one()
    {
        var contact = await EnsureAsync(seeded.Tenant, "+15125550005");
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);

        var doubtful = (BySms with { Wording = "Not interested" }).AsDoubtful();
        (await _contacts.OptOutOnceAsync(transaction, contact, doubtful, CancellationToken.None)).ShouldBeTrue();
        (await _contacts.OptOutOnceAsync(transaction, contact, doubtful, CancellationToken.None)).ShouldBeFalse();
        (await _contacts.OptOutOnceAsync(transaction, contact, (BySms with { Wording = "How did you get my number?" }).AsDoubtful(), CancellationToken.None)).ShouldBeTrue("nobody has read these words");
        (await _contacts.OptOutOnceAsync(transaction, contact, BySms, CancellationToken.None)).ShouldBeTrue();
        (await _contacts.OptOutOnceAsync(transaction, contact, BySms, CancellationToken.None)).ShouldBeFalse();
        (await _contacts.OptOutOnceAsync(transaction, contact, doubtful, CancellationToken.None)).ShouldBeFalse();
        await transaction.CommitAsync(CancellationToken.None);

        (await seeded.Database.ColumnAsync<string>("SELECT concat_ws(' ', wording, reason) FROM consent_events WHERE contact_id = $1 ORDER BY reason NULLS LAST, wording DESC", contact))
            .ShouldBe(["Not interested doubtful_opt_out", "How did you get my number? doubtful_opt_out", "STOP"]);
    }

    [Fact]
    public async Task What_a_doubt_ended_before_it_was_named_is_found_by_its_words_and_nothing_else_is()
    {
        var (one, two) = (await EnsureAsync(seeded.Tenant, "+15125550011"), await EnsureAsync(seeded.Tenant, "+15125550012"));
        await seeded.Database.ExecuteAsync("ALTER TABLE consent_events DROP COLUMN said_id");
        await seeded.Database.ExecuteAsync("""
            INSERT INTO consent_events (tenant_id, id, contact_id, kind, channel, source, wording, reason, occurred_at)
            SELECT $1, gen_random_uuid(), n.contact, 'opted_out', 'sms', n.source, n.wording, n.reason, '2026-11-23T10:00:00Z'::timestamptz + n.after
            FROM (VALUES ($2::uuid, 'message SM9', 'Not interested', 'doubtful_opt_out', interval '0'), ($3::uuid, 'message SM9 (another number of theirs)', 'Not interested', NULL, '1 second'),
                ($3, 'message SM9', 'STOP', NULL, '1 second'), ($3, 'message SM9', 'Not interested', NULL, '1 day')) AS n (contact, source, wording, reason, after)
            """, seeded.Tenant, one, two);

        await seeded.Database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Database", "migrations", "0037_doubts.sql")));

        (await seeded.Database.ColumnAsync<string>("""
            SELECT e.source FROM consent_events e JOIN consent_events s ON s.id = e.said_id WHERE s.contact_id = $1 AND s.reason IS NOT NULL
            """, one)).ShouldBe(["message SM9 (another number of theirs)"]);
    }

    [Fact]
    public async Task A_no_in_the_CRM_stands_until_every_customer_with_the_number_has_taken_it_back_and_each_change_is_in_the_ledger()
    {
        const string phone = "+15125550007";
        (await HeedAsync(new CrmWord(phone, "ann", 5, true), new CrmWord(phone, "bea", 1, true))).ShouldBe((true, "ann bea"));
        (await HeedAsync(new CrmWord(phone, "ann", 5, true))).ShouldBe((true, "ann bea"));
        (await HeedAsync(new CrmWord(phone, "ann", 6, false), new CrmWord(phone, "ann", 5, true), new CrmWord(phone, "cyd", 1, false))).ShouldBe((true, "bea"));
        (await HeedAsync(new CrmWord(phone, "bea", 2, false))).ShouldBe((false, ""));

        (await seeded.Database.ColumnAsync<string>("""
            SELECT e.kind || ' ' || e.channel || ' ' || e.source FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 ORDER BY 1
            """, phone)).ShouldBe([
                "opted_in crm shopmonkey customer ann", "opted_in crm shopmonkey customer bea", "opted_out crm shopmonkey customer ann", "opted_out crm shopmonkey customer bea"]);
    }

    [Fact]
    public async Task Who_says_START_themselves_ends_the_CRMs_no_until_it_is_said_anew_and_staff_do_not()
    {
        const string phone = "+15125550008";
        await HeedAsync(new CrmWord(phone, "ann", 5, true));
        var contact = await EnsureAsync(seeded.Tenant, phone);

        await OptInAsync(contact, new ConsentEvidence("console", "review item", "No opt-out"));
        (await HeedAsync([], phone)).ShouldBe((true, "ann"));
        await OptInAsync(contact, BySms with { Wording = "START" });
        (await HeedAsync(new CrmWord(phone, "ann", 6, true))).ShouldBe((false, "ann"), "that is no news");
        (await HeedAsync(new CrmWord(phone, "ann", 7, false))).ShouldBe((false, ""));
        (await HeedAsync(new CrmWord(phone, "ann", 8, true))).ShouldBe((true, "ann"));
    }

    [Fact]
    public async Task A_person_of_another_tenant_is_nobody()
    {
        var contact = await EnsureAsync(seeded.OtherTenant, "+15125550006");
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);

        (await _contacts.OptOutOnceAsync(transaction, contact, BySms, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_opt_out_waits_for_a_send_that_holds_the_contact_and_comes_before_the_next()
    {
        var contact = await EnsureAsync(seeded.Tenant, "+15125550004");
        await using var sending = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        (await sending.FirstOrDefaultAsync<Guid>("SELECT id FROM contacts WHERE tenant_id = @tenantId AND id = @contact AND opted_out_at IS NULL FOR SHARE", new { contact }, CancellationToken.None))
            .ShouldBe(contact);

        await using var stopping = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        var optOut = _contacts.OptOutAsync(stopping, contact, BySms, CancellationToken.None);
        await Eventually.TrueAsync(async () => await seeded.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'", seeded.Database.Name) == 1, "the opt-out waits");
        optOut.IsCompleted.ShouldBeFalse();
        await sending.CommitAsync(CancellationToken.None);
        await optOut;
        await stopping.CommitAsync(CancellationToken.None);

        (await seeded.Database.ScalarAsync<DateTime?>("SELECT opted_out_at FROM contacts WHERE id = $1", contact)).ShouldBe(HttpClock.MondayMorning.UtcDateTime);
    }

    private Task<(bool SaysNo, string Customers)> HeedAsync(params CrmWord[] words) => HeedAsync(words, words[0].Phone);

    private async Task<(bool SaysNo, string Customers)> HeedAsync(CrmWord[] words, string phone)
    {
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        var before = await _contacts.EnsureAsync(transaction, [phone], CancellationToken.None);
        var after = (await _contacts.HeedCrmAsync(transaction, before, words, CancellationToken.None))[phone];
        (await _contacts.EnsureAsync(transaction, phone, CancellationToken.None)).ShouldBe(after, "what is stored is what was said");
        await transaction.CommitAsync(CancellationToken.None);
        return (after.CrmOptOutAt is not null, after.CrmOptOutBy.Replace('\n', ' '));
    }

    private async Task OptInAsync(Guid contact, ConsentEvidence evidence)
    {
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        await _contacts.OptInAsync(transaction, contact, evidence, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<Guid> EnsureAsync(Guid tenant, string phone)
    {
        await using var transaction = await seeded.Lead.BeginAsync(tenant, CancellationToken.None);
        var contact = await _contacts.EnsureAsync(transaction, phone, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return contact.Id;
    }

    private Task<int> PlanAsync(Guid lead, string status, string? reason) => seeded.Database.ExecuteAsync("""
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, created_at, updated_at)
        VALUES ($1, $2, $3, 'greeting', 'sms', $4, $5, '2026-11-23Z', '2026-11-24Z', '2026-11-23Z', '2026-11-23Z')
        """, seeded.Tenant, Guid.CreateVersion7(), lead, status, reason);

    private Task<string?> StatesAsync(Guid lead) => seeded.Database.ScalarAsync<string>("""
        SELECT concat_ws(' ', l.status, l.consent, t.status, coalesce(t.reason, '')) FROM leads l JOIN touch_points t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id WHERE l.id = $1
        """, lead);
}

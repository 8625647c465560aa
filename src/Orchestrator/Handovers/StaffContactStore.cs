using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>Whom of a shop's staff to tell that a customer wants a person.</summary>
/// <param name="Phones">E.164; at most five.</param>
/// <param name="Emails">At most five.</param>
public sealed record StaffContacts(IReadOnlyList<string> Phones, IReadOnlyList<string> Emails);

/// <summary>The table <c>staff_contacts</c>.</summary>
public sealed class StaffContactStore(LeadDatabase database, TimeProvider clock)
{
    private const int MostInCharge = 5;

    /// <summary>A shop's; none when nobody was named.</summary>
    public async Task<StaffContacts> FindAsync(Guid tenantId, Guid locationId, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<Row>(tenantId, Select, new { locationId }, cancel) is { } row ? new StaffContacts(row.Phones, row.Emails) : new StaffContacts([], []);

    /// <summary>A shop's, without the phones of those who said stop. Where nobody is left, those who answer for the franchise: a customer who waits is never without an owner.</summary>
    /// <param name="canMail">The franchise has an account for emails.</param>
    public async Task<StaffContacts> WhoMayBeToldAsync(TenantTransaction transaction, Guid locationId, bool canMail, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var named = await transaction.FirstOrDefaultAsync<Row>("""
            SELECT ARRAY(SELECT p FROM unnest(s.phones) AS p
                WHERE NOT EXISTS (SELECT 1 FROM contacts c WHERE c.tenant_id = @tenantId AND c.phone = p AND c.opted_out_at IS NOT NULL)) AS phones, s.emails
            FROM staff_contacts s
            WHERE s.tenant_id = @tenantId AND s.location_id = @locationId
            """, new { locationId }, cancel);
        return named is { Phones.Length: > 0 } or { Emails.Length: > 0 } || !canMail
            ? new StaffContacts(named?.Phones ?? [], named?.Emails ?? [])
            : new StaffContacts([], await transaction.QueryAsync<string>("""
                SELECT email FROM users WHERE tenant_id = @tenantId AND role IN ('owner', 'manager') AND disabled_at IS NULL ORDER BY role DESC, created_at LIMIT @MostInCharge
                """, new { MostInCharge }, cancel));
    }

    /// <summary>Puts these in the place of those that the shop had.</summary>
    public Task ReplaceAsync(TenantTransaction transaction, Guid locationId, StaffContacts contacts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(contacts);
        return transaction.ExecuteAsync("""
            INSERT INTO staff_contacts (tenant_id, id, location_id, phones, emails, updated_at)
            VALUES (@tenantId, @id, @locationId, @phones, @emails, @now)
            ON CONFLICT (tenant_id, location_id) DO UPDATE SET phones = excluded.phones, emails = excluded.emails, updated_at = excluded.updated_at
            """, new { id = Guid.CreateVersion7(), locationId, phones = contacts.Phones.ToArray(), emails = contacts.Emails.ToArray(), now = clock.GetUtcNow() }, cancel);
    }

    private const string Select = "SELECT phones, emails FROM staff_contacts WHERE tenant_id = @tenantId AND location_id = @locationId";

    private sealed record Row
    {
        public string[] Phones { get; init; } = [];

        public string[] Emails { get; init; } = [];
    }
}

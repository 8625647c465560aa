using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>Whom of a shop's staff to tell that a customer wants a person.</summary>
/// <param name="Phones">E.164; at most five.</param>
/// <param name="Emails">At most five.</param>
public sealed record StaffContacts(IReadOnlyList<string> Phones, IReadOnlyList<string> Emails);

/// <summary>The table <c>staff_contacts</c>.</summary>
public sealed class StaffContactStore(LeadDatabase database, TimeProvider clock)
{
    private const int MostInCharge = 5;

    // So often those are told alone who were named for the shop.
    private const int AlertsOfTheShop = 2;

    /// <summary>A shop's; none when nobody was named.</summary>
    public async Task<StaffContacts> FindAsync(Guid tenantId, Guid locationId, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<Row>(tenantId, Select, new { locationId }, cancel) is { } row ? new StaffContacts(row.Phones, row.Emails) : new StaffContacts([], []);

    /// <summary>
    /// A shop's, by the ways that the franchise has and without the phones of those who said stop. Where nobody is left, those who answer for the franchise: a customer who waits is never without an owner.
    /// They are told as well when the shop's were told twice and nobody came, or when no word has reached them.
    /// </summary>
    /// <param name="canText">The franchise has an account for texts.</param>
    /// <param name="canMail">And one for emails.</param>
    public async Task<StaffContacts> WhoMayBeToldAsync(TenantTransaction transaction, DueHandover handover, bool canText, bool canMail, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(handover);
        ArgumentNullException.ThrowIfNull(transaction);
        var named = await transaction.FirstOrDefaultAsync<Row>("""
            SELECT ARRAY(SELECT p FROM unnest(s.phones) AS p
                WHERE NOT EXISTS (SELECT 1 FROM contacts c WHERE c.tenant_id = @tenantId AND c.phone = p AND c.opted_out_at IS NOT NULL)) AS phones, s.emails
            FROM staff_contacts s
            WHERE s.tenant_id = @tenantId AND s.location_id = @locationId
            """, new { locationId = handover.LocationId }, cancel);
        var phones = canText ? named?.Phones ?? [] : [];
        var emails = canMail ? named?.Emails ?? [] : [];
        var isAlone = phones.Length + emails.Length == 0 || handover.Alerts >= AlertsOfTheShop || (handover.Alerts > 0 && await StaffAlertStore.ReachedNobodyAsync(transaction, handover.Id, handover.Alerts, cancel));
        return !canMail || !isAlone ? new StaffContacts(phones, emails) : new StaffContacts(phones, [.. emails.Union(await InChargeAsync(transaction, cancel), StringComparer.OrdinalIgnoreCase)]);
    }

    private static Task<IReadOnlyList<string>> InChargeAsync(TenantTransaction transaction, CancellationToken cancel) => transaction.QueryAsync<string>("""
        SELECT email FROM users WHERE tenant_id = @tenantId AND role IN ('owner', 'manager') AND disabled_at IS NULL ORDER BY role DESC, created_at LIMIT @MostInCharge
        """, new { MostInCharge }, cancel);

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

using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>A tenant's own account at a vendor, sealed.</summary>
public sealed record SealedCredential(Guid Id, string Vendor, string Secret, DateTimeOffset UpdatedAt)
{
    /// <inheritdoc />
    public override string ToString() => $"{nameof(SealedCredential)} {Id}";
}

/// <summary>The table <c>vendor_credentials</c>.</summary>
public sealed class VendorCredentialStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>All of a tenant's.</summary>
    public Task<IReadOnlyList<SealedCredential>> OfTenantAsync(Guid tenantId, CancellationToken cancel) => database.QueryAsync<SealedCredential>(tenantId, """
        SELECT id, vendor, secret, updated_at FROM vendor_credentials WHERE tenant_id = @tenantId ORDER BY vendor
        """, null, cancel);

    /// <summary>Keeps it in the place of the one that was there.</summary>
    /// <param name="phone">Twilio's sender in E.164, and <paramref name="account"/> its AccountSid: an inbound text is found by them.</param>
    public Task SaveAsync(TenantTransaction transaction, string vendor, string secret, string? phone, string? account, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO vendor_credentials (tenant_id, id, vendor, secret, phone, account, created_at, updated_at)
            VALUES (@tenantId, @id, @vendor, @secret, @phone, @account, @now, @now)
            ON CONFLICT (tenant_id, vendor) DO UPDATE
            SET secret = excluded.secret, phone = excluded.phone, account = excluded.account, updated_at = excluded.updated_at
            """, new { id = Guid.CreateVersion7(), vendor, secret, phone, account, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Forgets it.</summary>
    /// <returns>Was there one?</returns>
    public async Task<bool> RemoveAsync(TenantTransaction transaction, string vendor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("DELETE FROM vendor_credentials WHERE tenant_id = @tenantId AND vendor = @vendor", new { vendor }, cancel) == 1;
    }

    /// <summary>Exchanges the sealed text for another one of the same secret, unless somebody has changed it since it was read.</summary>
    public Task<int> ResealAsync(Guid tenantId, Guid id, string before, string after, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE vendor_credentials SET secret = @after WHERE tenant_id = @tenantId AND id = @id AND secret = @before
        """, new { id, before, after }, cancel);

    /// <summary>Those that another key than this one has sealed.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> StaleAsync(string currentKeyId, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM stale_vendor_credentials(@currentKeyId)", new { currentKeyId }, cancel);

    /// <summary>The tenants whose Twilio number this is, and, to make up five, those whose account.</summary>
    public Task<IReadOnlyList<Guid>> TenantsOfSenderAsync(string number, string account, CancellationToken cancel) =>
        database.DoorAsync<Guid>("SELECT tenant_id FROM find_tenants_by_sender(@number, @account)", new { number, account }, cancel);
}

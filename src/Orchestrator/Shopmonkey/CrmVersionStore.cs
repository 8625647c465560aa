using System.Globalization;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What is known of a row of the CRM.</summary>
/// <param name="BooksOrder">Of an appointment that stands: the order that it books.</param>
public sealed record KnownRow(string Kind, string ExternalId, long Version, bool IsGone, byte[]? ContentHash, string? BooksOrder);

/// <summary>The table <c>crm_versions</c>: how new the rows are that were taken in. Read and written under the rows' advisory locks.</summary>
public sealed class CrmVersionStore(TimeProvider clock)
{
    // Milliseconds of the year 1973: no row of the CRM is older, and none was changed so often.
    private const long FirstDate = 100_000_000_000;

    /// <summary>Is one of these versions the CRM's own number and the other one a date? Then nobody can say which is newer but the CRM.</summary>
    public static bool AreOfTwoKinds(long one, long other) => one > 0 && other > 0 && (one < FirstDate) != (other < FirstDate);

    /// <summary>The same, in SQL.</summary>
    internal static string AreOfTwoKinds(string one, string other) =>
        string.Create(CultureInfo.InvariantCulture, $"({one} > 0 AND {other} > 0 AND ({one} < {FirstDate}) <> ({other} < {FirstDate}))");

    /// <summary>What is known of these rows, and the appointments that book these orders.</summary>
    public async Task<KnownRows> KnownAsync(
        TenantTransaction transaction, IReadOnlyCollection<(string Kind, string ExternalId)> rows, IReadOnlyCollection<string> orders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(orders);
        return rows.Count + orders.Count == 0 ? KnownRows.None : new KnownRows(await transaction.QueryAsync<KnownRow>("""
            SELECT v.kind, v.external_id, v.version, v.is_gone, v.content_hash, v.books_order
            FROM unnest(@kinds, @ids) AS n (kind, external_id)
            JOIN crm_versions v ON v.tenant_id = @tenantId AND v.kind = n.kind AND v.external_id = n.external_id
            UNION
            SELECT v.kind, v.external_id, v.version, v.is_gone, v.content_hash, v.books_order
            FROM crm_versions v WHERE v.tenant_id = @tenantId AND v.books_order = ANY(@orders)
            """,
            new { kinds = rows.Select(row => row.Kind).ToArray(), ids = rows.Select(row => row.ExternalId).ToArray(), orders = orders.ToArray() }, cancel));
    }

    /// <summary>Notes what was taken in. What is gone stays gone.</summary>
    /// <param name="rows">Each newer than what is known of it, with the order that it books.</param>
    public Task WriteAsync(TenantTransaction transaction, IReadOnlyList<(RowVersion Row, string? BooksOrder)> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync($"""
            INSERT INTO crm_versions AS v (tenant_id, id, kind, external_id, version, content_hash, is_gone, books_order, updated_at)
            SELECT @tenantId, n.id, n.kind, n.external_id, n.version, n.hash, n.is_gone, n.books_order, @now
            FROM unnest(@ids, @kinds, @externalIds, @versions, @hashes, @areGone, @orders) AS n (id, kind, external_id, version, hash, is_gone, books_order)
            ON CONFLICT (tenant_id, kind, external_id) DO UPDATE
            SET version = CASE WHEN {AreOfTwoKinds("v.version", "excluded.version")} AND NOT excluded.is_gone THEN excluded.version ELSE greatest(v.version, excluded.version) END,
                content_hash = excluded.content_hash, is_gone = v.is_gone OR excluded.is_gone,
                books_order = excluded.books_order, updated_at = excluded.updated_at
            """,
            new
            {
                ids = rows.Select(_ => Guid.CreateVersion7()).ToArray(), kinds = rows.Select(row => row.Row.Kind).ToArray(),
                externalIds = rows.Select(row => row.Row.ExternalId).ToArray(), versions = rows.Select(row => row.Row.Version).ToArray(),
                hashes = rows.Select(row => row.Row.Hash).ToArray(), areGone = rows.Select(row => row.Row.IsGone).ToArray(),
                orders = rows.Select(row => row.BooksOrder).ToArray(), now = clock.GetUtcNow(),
            }, cancel);
    }
}

/// <summary>What was known before a batch of events.</summary>
public sealed class KnownRows(IReadOnlyList<KnownRow> rows)
{
    /// <summary>Nothing was asked for.</summary>
    public static readonly KnownRows None = new([]);

    private readonly Dictionary<(string Kind, string ExternalId), KnownRow> _rows = rows.ToDictionary(row => (row.Kind, row.ExternalId));
    private readonly HashSet<string> _booked = [.. rows.Select(row => row.BooksOrder).OfType<string>()];

    /// <summary>What is known of a row, or null.</summary>
    public KnownRow? Of(string kind, string? externalId) => externalId is null ? null : _rows.GetValueOrDefault((kind, externalId));

    /// <summary>Does an appointment stand for this order?</summary>
    public bool IsBooked(string orderId) => _booked.Contains(orderId);
}

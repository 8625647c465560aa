using System.Text.Json;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>The holds that are taken by themselves when a database has forgotten something, each with an item that says why.</summary>
public sealed partial class RestoreHolds(HoldStore holds, ReviewItemStore reviews, LeadDatabase database, DefaultTenant defaultTenant, ILogger<RestoreHolds> logger)
{
    /// <summary>The database's cluster, timeline or log says so.</summary>
    public const string WentBack = "database_went_back";

    /// <summary>The vendor's list says so.</summary>
    public const string VendorKnowsMore = "vendor_knows_more";

    /// <summary>The list of a franchise's own account says so: it alone is held.</summary>
    public const string UnknownText = "unknown_text";

    /// <summary>Holds everything, once for each cause.</summary>
    /// <param name="reason">A sentence for an operator.</param>
    /// <param name="evidence">JSON.</param>
    /// <param name="seenAt">When it was so: a hold that was released since then is not taken again.</param>
    public async Task AllAsync(string cause, string reason, object evidence, DateTimeOffset seenAt, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(defaultTenant.Id, cancel);
        if (await holds.TakeAllAsync(transaction, cause, reason, seenAt, cancel))
        {
            await reviews.AddAsync(transaction, ReviewKinds.Restore, null, null, null, cause, JsonSerializer.Serialize(evidence), cancel);
            await transaction.CommitAsync(cancel);
            Held(logger, cause);
        }
    }

    /// <summary>Holds one franchise, of which a text is known to the vendor alone.</summary>
    /// <inheritdoc cref="AllAsync" />
    public async Task OneAsync(Guid tenantId, string reason, object evidence, DateTimeOffset seenAt, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await holds.TakeOwnAsync(transaction, UnknownText, reason, seenAt, cancel))
        {
            await reviews.AddAsync(transaction, ReviewKinds.Restore, null, null, null, UnknownText, JsonSerializer.Serialize(evidence), cancel);
            await transaction.CommitAsync(cancel);
            HeldOne(logger, tenantId);
        }
    }

    [LoggerMessage(6010, LogLevel.Error, "Everything is held ({Cause}): the database may have gone back in time. GET /api/review-items?kind=restore has the evidence; an operator releases the hold")]
    private static partial void Held(ILogger logger, string cause);

    [LoggerMessage(6014, LogLevel.Error, "Tenant {TenantId} is held: its own account at Twilio has a text with a link that this database never made. GET /api/review-items?kind=restore has the evidence; an operator releases the hold")]
    private static partial void HeldOne(ILogger logger, Guid tenantId);
}

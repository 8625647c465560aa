using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>Each minute: prices of staff whose last day is over at their shop give way to the CRM's.</summary>
/// <remarks>
/// Who says or books a price looks at its last day too, so that none is a minute late. Done by every process: the shop's row is locked, and the second one finds nothing to do.
/// </remarks>
public sealed partial class PriceEnds(LeadDatabase database, LocationStore locations, CatalogItemStore items, TimeProvider clock, ILogger<PriceEnds> logger) : BackgroundService
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => RoundFailed(logger, exception), stoppingToken);

    /// <summary>One look at all prices that may have ended.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var (tenantId, locationId, id) in await items.EndingAsync(MostAtOnce, cancel))
        {
            try
            {
                await EndAsync(tenantId, locationId, id, cancel);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                Failed(logger, exception, id, tenantId);
            }
        }
    }

    private async Task EndAsync(Guid tenantId, Guid locationId, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await locations.LockAsync(transaction, locationId, cancel) is not { } shop
            || await items.FindAsync(transaction, locationId, id, cancel) is not { ValidUntil: { } lastDay } item)
        {
            return;
        }

        var (now, end) = (clock.GetUtcNow(), LastDays.EndOf(lastDay, shop.Timezone));
        if (end > now)
        {
            return;
        }

        await items.WriteAsync(transaction, CatalogOverrides.Apply(item, new CatalogItemChanges { PriceCents = null }, shop.Timezone, now).Item!, since: end, cancel);
        await transaction.CommitAsync(cancel);
        Ended(logger, id, tenantId);
    }

    [LoggerMessage(2360, LogLevel.Information, "The price of service {ServiceId} has ended; the CRM's counts again (tenant {TenantId})")]
    private static partial void Ended(ILogger logger, Guid serviceId, Guid tenantId);

    [LoggerMessage(2361, LogLevel.Error, "The price of service {ServiceId} could not be ended (tenant {TenantId}); the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception, Guid serviceId, Guid tenantId);

    [LoggerMessage(2362, LogLevel.Error, "Prices that have ended could not be looked for; the next round tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);
}

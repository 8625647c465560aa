using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>Each minute: prices of staff whose last day is over at their shop give way to the CRM's, and planned ones whose hour has come count.</summary>
/// <remarks>
/// Who says or books a price looks at these times too, so that none is a minute late. Done by every process: the shop's row is locked, and the second one finds nothing to do.
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
            || await items.FindAsync(transaction, locationId, id, cancel) is not { } item)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var next = item.Next is { } planned && planned.ValidFrom <= now ? planned : null;
        var isNews = false;
        if (item.ValidUntil is { } lastDay && LastDays.EndOf(lastDay, shop.Timezone) is var end && end <= now && !(next?.ValidFrom <= end))
        {
            isNews = true;
            item = CatalogOverrides.Apply(item, new CatalogItemChanges { PriceCents = null, Next = item.Next }, shop.Timezone, end).Item!;
            await items.WriteAsync(transaction, item, since: end, cancel);
            Ended(logger, id, tenantId);
        }

        if (next is not null || (item.IsComing && item.ValidFrom <= now))
        {
            isNews = true;
            await items.WriteAsync(transaction, item.At(now), since: next?.ValidFrom ?? item.ValidFrom, cancel);
            Begun(logger, id, tenantId);
        }

        if (isNews)
        {
            await transaction.CommitAsync(cancel);
        }
    }

    [LoggerMessage(2360, LogLevel.Information, "The price of service {ServiceId} has ended; the CRM's counts again (tenant {TenantId})")]
    private static partial void Ended(ILogger logger, Guid serviceId, Guid tenantId);

    [LoggerMessage(2363, LogLevel.Information, "The planned price of service {ServiceId} counts from now on (tenant {TenantId})")]
    private static partial void Begun(ILogger logger, Guid serviceId, Guid tenantId);

    [LoggerMessage(2361, LogLevel.Error, "The price of service {ServiceId} could not be changed (tenant {TenantId}); the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception, Guid serviceId, Guid tenantId);

    [LoggerMessage(2362, LogLevel.Error, "Prices that end or begin could not be looked for; the next round tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);
}

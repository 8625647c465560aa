using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>
/// Compares the ids of all orders that the CRM ever had with ours. What is missing here is taken in; what is missing there is gone. The first one takes in the appointments that are still to come, too.
/// </summary>
public sealed partial class CrmComparison(
    ShopmonkeyClient shopmonkey, CrmPaces paces, PollStore store, CrmSweep sweep, KeeperTools tools, JobExecutionStore jobs, TimeProvider clock, ILogger<CrmComparison> logger)
{
    /// <summary>The name of a run in <c>job_executions</c>.</summary>
    public const string Job = "shopmonkey_comparison";

    // Older than the CRM itself.
    private static readonly DateTimeOffset TheBeginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One comparison.</summary>
    /// <param name="isFirst">What is missing then was never looked for: it is no sign of a loss.</param>
    /// <returns>How many orders the CRM has and we still do not have, after the missing ones were put into the inbox. Should be 0.</returns>
    /// <exception cref="ShopmonkeyException">The CRM did not answer, or did not show everything: told in the run's row.</exception>
    public async Task<long> RunAsync(Guid tenantId, TimeSpan knownSkew, bool isFirst, CancellationToken cancel)
    {
        var begun = clock.GetUtcNow();
        var now = begun + (paces.SkewOf(tenantId) ?? knownSkew);
        var window = new Window(TheBeginning.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        HashSet<string> missing = new(StringComparer.Ordinal);
        var walk = LongWalk.Of(shopmonkey, tenantId, PollTopic.NewOrders, (rows, stop) => TakeInAsync(tenantId, rows, missing, stop));
        string? reason = "stopped";
        try
        {
            if (!await walk.CoverAsync(window, cancel))
            {
                throw new ShopmonkeyException(walk.Reason!, ShopmonkeyFailure.Refused, null);
            }

            await sweep.BuryAsync(tenantId, window, walk, cancel);
            if (isFirst)
            {
                await TakeCalendarAsync(tenantId, window, now, cancel);
            }

            reason = null;
            var left = missing.Count == 0 ? 0 : (await store.MissingAsync(tenantId, missing, cancel)).Count;
            Tell(tenantId, missing.Count, left, isFirst);
            return left;
        }
        catch (ShopmonkeyException failure)
        {
            reason = failure.Message;
            throw;
        }
        finally
        {
            await jobs.AddRunAsync(tenantId, new JobRun(Job, begun, clock.GetUtcNow(), walk.Seen, missing.Count, reason), CancellationToken.None);
            Measures.PollRun(Job, reason);
            Measures.PollFound(Job, isFirst ? 0 : missing.Count);
        }
    }

    // What a shop had in its calendar on the day on which it came to us was made days and weeks before, and takes its time all the same.
    private async Task TakeCalendarAsync(Guid tenantId, Window window, DateTimeOffset now, CancellationToken cancel)
    {
        var keeper = new RowKeeper(tenantId, PollTopic.NewAppointments.Table, tools, stored: null);
        var walk = LongWalk.Of(shopmonkey, tenantId, PollTopic.NewAppointments, (rows, stop) => keeper.TakeAsync([.. rows.Where(row => !(row.TimeOf("endDate") < now.ToUnixTimeMilliseconds()))], stop));
        var isComplete = await walk.CoverAsync(window, cancel);
        await keeper.FlushAsync(cancel);
        if (!isComplete)
        {
            throw new ShopmonkeyException(walk.Reason!, ShopmonkeyFailure.Refused, null);
        }
    }

    // A page at a time: all orders of a franchise need not be in memory.
    private async Task TakeInAsync(Guid tenantId, IReadOnlyList<CrmRow> rows, HashSet<string> missing, CancellationToken cancel)
    {
        List<CrmRow> unseen = [.. rows.Where(row => !missing.Contains(row.Id)).DistinctBy(row => row.Id)];
        if (unseen.Count == 0)
        {
            return;
        }

        var absent = (await store.MissingAsync(tenantId, unseen.Select(row => row.Id), cancel)).ToHashSet(StringComparer.Ordinal);
        if (absent.Count == 0)
        {
            return;
        }

        foreach (var row in unseen)
        {
            tools.Lookups.Remember(tenantId, row.Data);
        }

        await tools.Inbox.AddAsync([.. unseen.Where(row => absent.Contains(row.Id)).Select(row => PolledEvent.Of(tenantId, "order", row))], isOurs: false, cancel);
        missing.UnionWith(absent);
        tools.Signal.Wake();
    }

    private void Tell(Guid tenantId, int found, int left, bool isFirst)
    {
        if (left > 0)
        {
            StillMissing(logger, left, tenantId);
        }
        else if (found > 0 && !isFirst)
        {
            WereMissing(logger, found, tenantId);
        }
    }

    [LoggerMessage(2312, LogLevel.Error, "{Count} order(s) of tenant {TenantId} are in the CRM and cannot be taken in: GET /api/webhook-events?status=dead says why")]
    private static partial void StillMissing(ILogger logger, int count, Guid tenantId);

    [LoggerMessage(2313, LogLevel.Warning, "{Count} order(s) of tenant {TenantId} were in the CRM and not here, although they should have been found; they are being taken in")]
    private static partial void WereMissing(ILogger logger, int count, Guid tenantId);
}

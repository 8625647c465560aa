using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>
/// Looks at the shops and at the last two days again, with nothing remembered: finds what was committed late, changed while it was looked at, or deleted without a trace.
/// </summary>
public sealed partial class CrmSweep(
    ShopmonkeyClient shopmonkey, LocationSync shops, CrmPaces paces, PollStore store, KeeperTools tools, JobExecutionStore jobs, TimeProvider clock, ILogger<CrmSweep> logger)
{
    /// <summary>The name of a run in <c>job_executions</c>.</summary>
    public const string Job = "shopmonkey_sweep";

    private static readonly TimeSpan Back = TimeSpan.FromHours(48);

    /// <summary>One sweep.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer, or did not show everything: told in the run's row.</exception>
    public async Task RunAsync(Guid tenantId, TimeSpan knownSkew, CancellationToken cancel)
    {
        var begun = clock.GetUtcNow();
        var now = begun + (paces.SkewOf(tenantId) ?? knownSkew);
        var window = new Window((now - Back).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var (seen, found) = (0, 0);
        string? reason = "stopped";
        try
        {
            await shops.DiscoverAsync(tenantId, cancel);
            foreach (var topic in PollTopic.All)
            {
                var keeper = new RowKeeper(tenantId, topic.Table, tools, stored: null, reconsiders: topic.Table == "order");
                var walk = LongWalk.Of(shopmonkey, tenantId, topic, keeper.TakeAsync);
                var isComplete = await walk.CoverAsync(window, cancel);
                await keeper.FlushAsync(cancel);
                (seen, found) = (seen + walk.Seen, found + keeper.Found);
                if (!isComplete)
                {
                    throw new ShopmonkeyException(walk.Reason!, ShopmonkeyFailure.Refused, null);
                }

                if (topic == PollTopic.NewOrders)
                {
                    found += await BuryAsync(tenantId, window, walk, cancel);
                }
            }

            reason = null;
        }
        catch (ShopmonkeyException failure)
        {
            reason = failure.Message;
            throw;
        }
        finally
        {
            await jobs.AddRunAsync(tenantId, new JobRun(Job, begun, clock.GetUtcNow(), seen, found, reason), CancellationToken.None);
            Measures.PollRun(Job, reason);
            Measures.PollFound(Job, found);
        }
    }

    /// <summary>Leads of the window whose orders the walk did not show are asked for one by one: what the CRM does not know any more is gone.</summary>
    /// <returns>How many are gone.</returns>
    internal async Task<int> BuryAsync(Guid tenantId, Window window, WindowWalk walk, CancellationToken cancel)
    {
        var living = await store.LiveOrdersAsync(
            tenantId, DateTimeOffset.FromUnixTimeMilliseconds(window.From), DateTimeOffset.FromUnixTimeMilliseconds(window.To), cancel);
        List<NewInboxEvent> gone = [];
        foreach (var id in living.Where(id => !walk.HasSeen(id)))
        {
            if (await shopmonkey.RowAsync(tenantId, "order", id, CrmPriority.Background, cancel) is null)
            {
                gone.Add(PolledEvent.Gone(tenantId, "order", id));
            }
        }

        if (gone.Count == 0)
        {
            return 0;
        }

        var buried = (await tools.Inbox.AddAsync(gone, isOurs: false, cancel)).Count(isNew => isNew);
        if (buried > 0)
        {
            FoundGone(logger, buried, tenantId);
            tools.Signal.Wake();
        }

        return buried;
    }

    [LoggerMessage(2311, LogLevel.Information, "{Count} order(s) of tenant {TenantId} are gone from the CRM, and nobody had told")]
    private static partial void FoundGone(ILogger logger, int count, Guid tenantId);
}

/// <summary>A walk that trusts nothing that was seen before and leaves half of the key's requests to others.</summary>
internal static class LongWalk
{
    public static WindowWalk Of(ShopmonkeyClient shopmonkey, Guid tenantId, PollTopic topic, Func<IReadOnlyList<CrmRow>, CancellationToken, Task> take) => new(new WalkSource(
        (part, skip, stop) => shopmonkey.ListAsync(tenantId, topic.Question(part, skip), CrmPriority.Background, stop), row => row.DateOf(topic.Field), take));
}

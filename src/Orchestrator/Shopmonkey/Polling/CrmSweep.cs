using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>
/// Looks at the shops and at the last two days again, with nothing remembered: finds what was committed late, changed while it was looked at, or deleted without a trace.
/// Appointments that are still to come are asked for by their ids, and the list of services is read whole: each of them counts until it is known to be gone.
/// </summary>
public sealed partial class CrmSweep(
    ShopmonkeyClient shopmonkey, LocationSync shops, CatalogSync catalog, CrmPaces paces, PollStore store, KeeperTools tools, JobExecutionStore jobs, TimeProvider clock, ILogger<CrmSweep> logger)
{
    /// <summary>The name of a run in <c>job_executions</c>.</summary>
    public const string Job = "shopmonkey_sweep";

    private const string Appointment = "appointment";

    // A list that ignores the ids must not cost the key its hour; the next ones to come go first.
    private const int MostAskedOneByOne = 100;
    private static readonly TimeSpan Back = TimeSpan.FromHours(48);

    /// <summary>One sweep.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer, or did not show everything: told in the run's row.</exception>
    public async Task RunAsync(Guid tenantId, TimeSpan knownSkew, CancellationToken cancel)
    {
        var begun = clock.GetUtcNow();
        var now = begun + (paces.SkewOf(tenantId) ?? knownSkew);
        var window = new Window((now - Back).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var (seen, found) = (0, 0);
        HashSet<string> appointments = new(StringComparer.Ordinal);
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
                else if (topic.Table == Appointment)
                {
                    appointments.UnionWith(walk.SeenIds);
                }
            }

            found += await LookForAppointmentsAsync(tenantId, appointments, cancel);
            await catalog.SweepAsync(tenantId, cancel);
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
            if (await shopmonkey.RowAsync(tenantId, PollTopic.NewOrders.Table, id, CrmPriority.Background, cancel) is null)
            {
                gone.Add(PolledEvent.Gone(tenantId, PollTopic.NewOrders.Table, id));
            }
        }

        return await BuryAsync(tenantId, PollTopic.NewOrders.Table, gone, cancel);
    }

    // A hundred at a time; what such a list does not show is asked for by itself, and only what the CRM does not know then is gone.
    private async Task<int> LookForAppointmentsAsync(Guid tenantId, HashSet<string> seen, CancellationToken cancel)
    {
        List<string> upcoming = [.. (await store.UpcomingAppointmentsAsync(tenantId, cancel)).Where(id => !seen.Contains(id))];
        var keeper = new RowKeeper(tenantId, Appointment, tools, stored: null);
        foreach (var ids in upcoming.Chunk(CrmPage.Most))
        {
            var page = await shopmonkey.ListAsync(tenantId, CrmQuestion.ByIds(Appointment, ids), CrmPriority.Background, cancel);
            List<CrmRow> shown = [.. page.Rows.Where(row => ids.Contains(row.Id))];
            seen.UnionWith(shown.Select(row => row.Id));
            await keeper.TakeAsync(shown, cancel);
        }

        List<NewInboxEvent> gone = [];
        foreach (var id in upcoming.Where(id => !seen.Contains(id)).Take(MostAskedOneByOne))
        {
            if (await shopmonkey.RowAsync(tenantId, Appointment, id, CrmPriority.Background, cancel) is { } row)
            {
                await keeper.TakeAsync([row], cancel);
            }
            else
            {
                gone.Add(PolledEvent.Gone(tenantId, Appointment, id));
            }
        }

        await keeper.FlushAsync(cancel);
        return keeper.Found + await BuryAsync(tenantId, Appointment, gone, cancel);
    }

    private async Task<int> BuryAsync(Guid tenantId, string table, List<NewInboxEvent> gone, CancellationToken cancel)
    {
        if (gone.Count == 0)
        {
            return 0;
        }

        var buried = (await tools.Inbox.AddAsync(gone, isOurs: false, cancel)).Count(isNew => isNew);
        if (buried > 0)
        {
            FoundGone(logger, buried, table, tenantId);
            tools.Signal.Wake();
        }

        return buried;
    }

    [LoggerMessage(2311, LogLevel.Information, "{Count} {Table}(s) of tenant {TenantId} are gone from the CRM, and nobody had told")]
    private static partial void FoundGone(ILogger logger, int count, string table, Guid tenantId);
}

/// <summary>A walk that trusts nothing that was seen before and leaves half of the key's requests to others.</summary>
internal static class LongWalk
{
    public static WindowWalk Of(ShopmonkeyClient shopmonkey, Guid tenantId, PollTopic topic, Func<IReadOnlyList<CrmRow>, CancellationToken, Task> take) => new(new WalkSource(
        (part, skip, stop) => shopmonkey.ListAsync(tenantId, topic.Question(part, skip), CrmPriority.Background, stop), row => row.DateOf(topic.Field), take));
}

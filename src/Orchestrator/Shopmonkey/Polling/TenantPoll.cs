using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>One poll of one tenant: looks at every topic since its mark, stores what is new, and moves the marks of what is complete.</summary>
/// <remarks>A quiet one is a request for each topic, one read and one write of the database.</remarks>
public sealed partial class TenantPoll(
    ShopmonkeyClient shopmonkey, CrmPaces paces, VendorAccounts accounts, PollStore store, KeeperTools tools, TenantMemories memories, LeadDatabase database,
    OrchestratorSettings settings, TimeProvider clock, ILogger<TenantPoll> logger)
{
    /// <summary>How far a tenant is looked back at first. What is older comes with the first comparison.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromHours(48);

    /// <summary>The name of a run in <c>job_executions</c>.</summary>
    public const string Job = "shopmonkey_poll";

    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan WideOverlap = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan WhenOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // The CRM's clock is known to the second.
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(2);

    /// <summary>Runs it to its end, whatever that is.</summary>
    /// <returns>What was known of the tenant before; null = it was not polled, or not to the end.</returns>
    public async Task<PollState?> RunAsync(PollClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (await accounts.ShopmonkeyAsync(claim.TenantId, cancel) is null)
        {
            memories.Drop(claim.TenantId);
            await store.GiveBackAsync(claim, "no_account", WhenOff, isOff: true, cancel);
            return null;
        }

        try
        {
            return await LeaseKeeper.WhileAsync(stop => store.RenewAsync(claim, stop), stop => PollAsync(claim, stop), cancel);
        }
        catch (Exception)
        {
            // What was seen may not be stored.
            memories.Drop(claim.TenantId);
            throw;
        }
    }

    private async Task<PollState?> PollAsync(PollClaim claim, CancellationToken cancel)
    {
        var begun = clock.GetUtcNow();
        var state = await store.ReadAsync(claim.TenantId, cancel);
        var memory = memories.Of(claim.TenantId);
        var isWide = memory.IsWideDue;
        List<TopicLook> looks = [.. PollTopic.All
            .Select(topic => new TopicLook(topic, new RowKeeper(claim.TenantId, topic.Table, tools, memory.Stored), memory.Of(topic)))];
        // The first one alone: it teaches the CRM's clock, and a CRM that is down is asked once.
        await LookAsync(claim.TenantId, looks[0], state, begun, isWide, cancel);
        if (looks[0].Failure is null)
        {
            await Task.WhenAll(looks.Skip(1).Select(look => LookAsync(claim.TenantId, look, state, begun, isWide, cancel)));
        }

        var isOurs = await EndAsync(claim, looks, state, begun, cancel);
        if (!isOurs)
        {
            // Another process looks by now, and knows more.
            memories.Drop(claim.TenantId);
            return null;
        }

        var isComplete = looks.TrueForAll(look => look.Mark is not null);
        memory.Ended(isWide && isComplete);
        return isComplete ? state : null;
    }

    private async Task LookAsync(Guid tenantId, TopicLook look, PollState state, DateTimeOffset begun, bool isWide, CancellationToken cancel)
    {
        var skew = paces.SkewOf(tenantId) ?? state.ClockSkew;
        var now = begun + skew;
        var from = now - FirstLook;
        if (state.Marks.TryGetValue(look.Topic.Name, out var mark))
        {
            // A clock that was put back stamps what is new with times that were seen already; one that was corrected is met half way.
            var since = mark.At < now ? mark.At : now;
            from = since - (isWide ? WideOverlap : Overlap) - (skew - state.ClockSkew).Duration();
        }

        var window = new Window(from.ToUnixTimeMilliseconds(), (now + ClockGrain).ToUnixTimeMilliseconds());
        var walk = new WindowWalk(
            new WalkSource(
                (part, skip, stop) => shopmonkey.ListAsync(tenantId, look.Topic.Question(part, skip), CrmPriority.Poll, stop),
                row => row.DateOf(look.Topic.Field), look.Keeper.TakeAsync),
            look.Memory);
        try
        {
            var isComplete = await walk.CoverAsync(window, cancel);
            look.Reason = isComplete ? null : walk.Reason;
            // The clock may have been heard for the first time just now: never further than it shows.
            var heard = begun + (paces.SkewOf(tenantId) ?? skew);
            look.Mark = !isComplete ? null : heard < now ? heard : now;
        }
        catch (ShopmonkeyException failure)
        {
            (look.Reason, look.Failure) = (failure.Message, failure);
        }

        look.Seen = walk.Seen;
        look.Memory.Forget(window.From);
        look.Memory.ValidUntil = look.Mark?.ToUnixTimeMilliseconds() ?? long.MinValue;
    }

    // What is left of each topic, the marks, the end of the claim and the run's own row: all of it, or nothing.
    private async Task<bool> EndAsync(PollClaim claim, IReadOnlyList<TopicLook> looks, PollState state, DateTimeOffset begun, CancellationToken cancel)
    {
        List<(TopicLook Look, IReadOnlyList<CrmRow> Rows, IReadOnlyList<NewInboxEvent> Events)> rest = [];
        foreach (var look in looks)
        {
            var (rows, events) = await look.Keeper.RestAsync(cancel);
            rest.Add((look, rows, events));
        }

        var reason = looks.Select(look => look.Reason).FirstOrDefault(word => word is not null);
        NewInboxEvent[] news = [.. rest.SelectMany(part => part.Events).DistinctBy(one => one.DedupeKey)];
        var (stored, isOurs) = await StoreAsync(claim, looks, news, state, begun, reason, cancel);
        foreach (var (look, rows, events) in rest)
        {
            look.Keeper.Stored(rows, events.Count(one => stored.Contains(one.Id)));
        }

        var found = looks.Sum(look => look.Keeper.Found);
        Measures.PollRun(Job, isOurs ? reason : "lost_lease");
        Measures.PollFound(Job, found);
        if (!isOurs)
        {
            Lost(logger, claim.TenantId);
        }
        else if (reason is not null && state.Failures == 0)
        {
            Incomplete(logger, claim.TenantId, reason);
        }
        else if (reason is null && state.Failures > 0)
        {
            WellAgain(logger, claim.TenantId, state.Failures);
        }

        return isOurs;
    }

    private async Task<(HashSet<Guid> Stored, bool IsOurs)> StoreAsync(
        PollClaim claim, IReadOnlyList<TopicLook> looks, NewInboxEvent[] events, PollState state, DateTimeOffset begun, string? reason, CancellationToken cancel)
    {
        var ending = new PollEnding(
            reason, PauseAfter(looks, state), paces.SkewOf(claim.TenantId) ?? state.ClockSkew,
            [.. looks.Where(look => look.Mark is not null).Select(look => (look.Topic.Name, look.Mark!.Value))]);
        var found = looks.Sum(look => look.Keeper.Found) + events.Length;
        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(claim.TenantId);
        if (events.Length > 0)
        {
            tools.Inbox.AddTo(batch, events);
        }

        JobExecutionStore.AddRun(batch, new JobRun(Job, begun, clock.GetUtcNow(), looks.Sum(look => look.Seen), found, reason));
        store.AddEnding(batch, claim, ending);
        HashSet<Guid> stored = [];
        var isOurs = false;
        await using var reader = await batch.ReadAsync(cancel);
        do
        {
            while (await reader.ReadAsync(cancel))
            {
                if (reader.GetFieldType(0) == typeof(Guid))
                {
                    stored.Add(reader.GetGuid(0));
                }
                else if (reader.GetFieldType(0) == typeof(long))
                {
                    isOurs = reader.GetInt64(0) == 1;
                }
            }
        }
        while (await reader.NextResultAsync(cancel));

        return (stored, isOurs);
    }

    // A tenth more or less, so that tenants do not come as one; a young one anywhere in its first interval. A key that is refused orders is used less and less often;
    // one that may not see some other table brings orders at the usual pace.
    private TimeSpan PauseAfter(IReadOnlyList<TopicLook> looks, PollState state)
    {
        var usual = settings.PollInterval * (state.PolledAt is null ? 0.1 + Random.Shared.NextDouble() : 0.9 + (Random.Shared.NextDouble() * 0.2));
        var failure = looks.Select(look => look.Failure).FirstOrDefault(one => one is { Failure: ShopmonkeyFailure.Outage }) ?? looks[0].Failure;
        var wished = failure switch
        {
            null => usual,
            { Failure: ShopmonkeyFailure.Outage } => failure.RetryAfter is { } asked && asked > usual ? asked : usual,
            _ => usual * Math.Pow(2, Math.Min(state.Failures, 6)),
        };
        return wished < LongestPause || wished == usual ? wished : LongestPause;
    }

    private sealed record TopicLook(PollTopic Topic, RowKeeper Keeper, PollMemory Memory)
    {
        public int Seen { get; set; }

        public string? Reason { get; set; }

        public ShopmonkeyException? Failure { get; set; }

        // Null = not complete.
        public DateTimeOffset? Mark { get; set; }
    }

    [LoggerMessage(2301, LogLevel.Warning, "The poll of tenant {TenantId} is not complete ({Reason}); what was seen is stored, the mark stays, and the next one tries again")]
    private static partial void Incomplete(ILogger logger, Guid tenantId, string reason);

    [LoggerMessage(2302, LogLevel.Information, "The poll of tenant {TenantId} is complete again after {Failures} that were not")]
    private static partial void WellAgain(ILogger logger, Guid tenantId, int failures);

    [LoggerMessage(2303, LogLevel.Warning, "The poll of tenant {TenantId} was taken over by another process; this one moved no mark")]
    private static partial void Lost(ILogger logger, Guid tenantId);
}

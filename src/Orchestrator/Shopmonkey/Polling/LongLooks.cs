using System.Collections.Concurrent;
using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>Sweeps each hour and comparisons each night, beside the polls and with less of the key's requests: one of them at a time for a tenant, whoever runs it.</summary>
public sealed partial class LongLooks(
    PollStore store, CrmSweep sweep, CrmComparison comparison, JobExecutionStore jobs, TenantStore tenants, TimeProvider clock, ILogger<LongLooks> logger) : IDisposable
{
    private const int AtOnce = 8;
    private static readonly TimeSpan SweptEvery = TimeSpan.FromHours(1);
    private static readonly LocalTime NightlyAt = new(3, 0);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly ConcurrentDictionary<Guid, Task> _running = [];
    private readonly ConcurrentDictionary<Guid, long> _failedAt = [];
    private readonly ConcurrentDictionary<Guid, DateTimeZone> _zones = [];

    /// <summary>Begins what is due for a tenant that was just polled, unless it runs already. Does not wait for it.</summary>
    public void Consider(Guid tenantId, PollState state, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(state);
        // Nothing is asked of the database for a tenant of which nothing is due.
        var isSweepDue = IsSweepDue(state);
        if ((!isSweepDue && _zones.TryGetValue(tenantId, out var zone) && !IsComparisonDue(state.ComparedAt, zone))
            || (_failedAt.TryGetValue(tenantId, out var failed) && clock.GetElapsedTime(failed) < AfterAFailure) || !_slots.Wait(0, CancellationToken.None))
        {
            return;
        }

        // Of no request's or run's trace.
        using (ExecutionContext.SuppressFlow())
        {
            var run = new Task<Task>(() => RunAsync(tenantId, state, isSweepDue, stopping));
            if (!_running.TryAdd(tenantId, run.Unwrap()))
            {
                _slots.Release();
                return;
            }

            run.Start(TaskScheduler.Default);
        }
    }

    /// <summary>Waits until nothing runs any more; a stop was asked for.</summary>
    public Task EndAsync() => Task.WhenAll(_running.Values);

    /// <inheritdoc />
    public void Dispose() => _slots.Dispose();

    /// <summary>Runs what is due, to its end.</summary>
    public async Task RunOnceAsync(Guid tenantId, PollState state, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(state);
        await RunDueAsync(tenantId, state, IsSweepDue(state), cancel);
    }

    private bool IsSweepDue(PollState state) => state.SweptAt is not { } swept || (clock.GetUtcNow() - swept).Duration() >= SweptEvery;

    private async Task RunAsync(Guid tenantId, PollState state, bool isSweepDue, CancellationToken stopping)
    {
        try
        {
            await RunDueAsync(tenantId, state, isSweepDue, stopping);
            _failedAt.TryRemove(tenantId, out _);
        }
        catch (OperationCanceledException)
        {
            // A stop, or another process has it by now.
        }
        catch (ShopmonkeyException)
        {
            _failedAt[tenantId] = clock.GetTimestamp(); // said in the run's own row
        }
        catch (Exception exception)
        {
            _failedAt[tenantId] = clock.GetTimestamp();
            Failed(logger, exception, tenantId);
        }
        finally
        {
            _running.TryRemove(tenantId, out _);
            _slots.Release();
        }
    }

    private async Task RunDueAsync(Guid tenantId, PollState state, bool isSweepDue, CancellationToken cancel)
    {
        var isComparisonDue = IsComparisonDue(state.ComparedAt, await ZoneAsync(tenantId, isSweepDue, cancel));
        if ((!isSweepDue && !isComparisonDue) || !await store.TakeLongLookAsync(tenantId, cancel))
        {
            return;
        }

        var ended = new Ended();
        try
        {
            await LeaseKeeper.WhileAsync(stop => store.RenewLongLookAsync(tenantId, stop), stop => LookAsync(tenantId, state, isSweepDue, isComparisonDue, ended, stop), cancel);
        }
        finally
        {
            // Not cancelled: another process shall not have to wait for the lease.
            await store.EndLongLookAsync(tenantId, ended.SweptAt, ended.ComparedAt, ended.Missing, CancellationToken.None);
        }
    }

    private async Task<bool> LookAsync(Guid tenantId, PollState state, bool isSweepDue, bool isComparisonDue, Ended ended, CancellationToken cancel)
    {
        if (isSweepDue)
        {
            var begun = clock.GetUtcNow();
            await sweep.RunAsync(tenantId, state.ClockSkew, cancel);
            ended.SweptAt = begun;
            await jobs.ForgetAsync(tenantId, cancel);
        }

        if (isComparisonDue)
        {
            var begun = clock.GetUtcNow();
            ended.Missing = await comparison.RunAsync(tenantId, state.ClockSkew, isFirst: state.ComparedAt is null, cancel);
            ended.ComparedAt = begun;
        }

        return true;
    }

    // Each night at three in the franchise's own zone, and soon after the beginning.
    private bool IsComparisonDue(DateTimeOffset? comparedAt, DateTimeZone zone)
    {
        if (comparedAt is not { } compared)
        {
            return true;
        }

        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var today = now.InZone(zone).Date;
        var night = zone.AtLeniently(today + NightlyAt).ToInstant();
        var latest = night <= now ? night : zone.AtLeniently(today.PlusDays(-1) + NightlyAt).ToInstant();
        return Instant.FromDateTimeOffset(compared) < latest;
    }

    // Read anew with each sweep: a franchise may move.
    private async Task<DateTimeZone> ZoneAsync(Guid tenantId, bool isSweepDue, CancellationToken cancel)
    {
        if (isSweepDue || !_zones.TryGetValue(tenantId, out var zone))
        {
            zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull((await tenants.GetAsync(tenantId, cancel)).Timezone) ?? DateTimeZone.Utc;
            _zones[tenantId] = zone;
        }

        return zone;
    }

    private sealed class Ended
    {
        public DateTimeOffset? SweptAt { get; set; }

        public DateTimeOffset? ComparedAt { get; set; }

        public long? Missing { get; set; }
    }

    [LoggerMessage(2310, LogLevel.Error, "A sweep or comparison of tenant {TenantId} failed; it is tried again in a few minutes")]
    private static partial void Failed(ILogger logger, Exception exception, Guid tenantId);
}

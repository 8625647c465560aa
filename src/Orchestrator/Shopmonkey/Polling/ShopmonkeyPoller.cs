using System.Collections.Concurrent;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>Polls the CRMs of all tenants, however many Orchestrators run: a tenant has one poller at a time. What the webhooks lost is found here.</summary>
public sealed partial class ShopmonkeyPoller(
    PollStore store, TenantPoll polls, LongLooks longLooks, TenantMemories memories, ClockWatch clock, OrchestratorSettings settings, IHostApplicationLifetime lifetime,
    ILogger<ShopmonkeyPoller> logger) : BackgroundService
{
    /// <summary>Tenants that are polled at once by one process; a poll that takes long is not counted.</summary>
    public const int AtOnce = 16;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(2);

    // A flood that waits for its key's minute keeps nobody else from being polled.
    private static readonly TimeSpan HoldsASlotFor = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly ConcurrentDictionary<Guid, Task> _running = [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.PollInterval == TimeSpan.Zero)
        {
            Off(logger);
            return;
        }

        // No new claims from the moment on that a stop is asked for; what runs ends at its next request, and gives its tenant back.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            while (true)
            {
                await PauseAsync(await RoundAsync(stopping.Token), stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_running.Values);
        await longLooks.EndAsync();
    }

    /// <summary>Polls whoever is due now, to the end of it, long looks aside.</summary>
    /// <returns>How many tenants there were.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        var claims = await store.ClaimAsync(AtOnce, cancel);
        await Task.WhenAll(claims.Select(claim => PollAsync(claim, cancel)));
        return claims.Count;
    }

    // How long to wait before the next round; none while there may be more.
    private async Task<TimeSpan> RoundAsync(CancellationToken stopping)
    {
        if (clock.IsWrong)
        {
            return Every;
        }

        // One slot is waited for, and whatever else is free taken with it.
        await _slots.WaitAsync(stopping);
        var free = 1;
        while (free < AtOnce && await _slots.WaitAsync(0, CancellationToken.None))
        {
            free++;
        }

        IReadOnlyList<PollClaim> claims = [];
        try
        {
            // Not cancelled: what was claimed without our being told of it would lie until its lease ends.
            claims = await store.ClaimAsync(free, CancellationToken.None);
            memories.Forget();
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException)
        {
            RoundFailed(logger, exception);
            return AfterAFailure;
        }
        finally
        {
            if (free > claims.Count)
            {
                _slots.Release(free - claims.Count);
            }
        }

        foreach (var claim in claims)
        {
            _ = HoldSlotAsync(claim, stopping);
        }

        return claims.Count == free ? TimeSpan.Zero : Every;
    }

    private async Task HoldSlotAsync(PollClaim claim, CancellationToken stopping)
    {
        var run = PollAsync(claim, stopping);
        _running[claim.TenantId] = run;
        await Task.WhenAny(run, Task.Delay(HoldsASlotFor, CancellationToken.None));
        _slots.Release();
        await run;
        _running.TryRemove(KeyValuePair.Create(claim.TenantId, run));
    }

    private static Task PauseAsync(TimeSpan time, CancellationToken stopping) => time > TimeSpan.Zero ? Task.Delay(time, stopping) : Task.CompletedTask;

    // It never fails: whatever happens to one tenant is that tenant's alone.
    private async Task PollAsync(PollClaim claim, CancellationToken stopping)
    {
        try
        {
            if (await polls.RunAsync(claim, stopping) is { } state)
            {
                longLooks.Consider(claim.TenantId, state, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            await GiveBackAsync(claim, null, TimeSpan.Zero);
        }
        catch (Exception exception)
        {
            Failed(logger, exception, claim.TenantId);
            await GiveBackAsync(claim, "failed", settings.PollInterval);
        }
    }

    private async Task GiveBackAsync(PollClaim claim, string? reason, TimeSpan next)
    {
        try
        {
            await store.GiveBackAsync(claim, reason, next, isOff: false, CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException)
        {
            LeftToItsLease(logger, claim.TenantId, exception.GetType().Name);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    [LoggerMessage(2304, LogLevel.Error, "The poll of tenant {TenantId} failed; the next one tries again")]
    private static partial void Failed(ILogger logger, Exception exception, Guid tenantId);

    [LoggerMessage(2305, LogLevel.Error, "No tenant could be claimed for a poll; the next round tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(2306, LogLevel.Warning, "The poll of tenant {TenantId} could not be given back ({Kind}); it is taken over when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Guid tenantId, string kind);

    [LoggerMessage(2307, LogLevel.Warning, "POLL_INTERVAL_MS is 0: the CRM is not polled, and what a webhook loses stays lost")]
    private static partial void Off(ILogger logger);
}

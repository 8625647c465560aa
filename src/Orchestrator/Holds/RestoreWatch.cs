using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>
/// Notices when the database has gone back in time and holds everything: it may have forgotten texts that went out and people who said stop. An operator releases it.
/// </summary>
/// <remarks>
/// Three signs. The database's own mark (its cluster, its timeline and the oid of a table, which a restored dump makes anew) is another than the one that was confirmed: the claims ask that themselves, in SQL, so that nothing leaves
/// between a restore and the next look. The position of its log is behind one that this process has seen. And Twilio lists a text of ours with a link that this database never
/// made (<see cref="TextLists"/>): that finds a copy of a disk as well, on a database that tells no mark.
/// </remarks>
public sealed partial class RestoreWatch(
    HoldStore holds, RestoreHolds forgotten, TextLists lists, UnreadLists unread, WebhookRefusals refusals, Conditions conditions, TenantConditions tenantConditions, TimeProvider clock,
    ILogger<RestoreWatch> logger) : BackgroundService, IWarmUp
{
    /// <summary>The name of the check.</summary>
    public const string Check = "database_history";

    /// <summary>The check that fails while a franchise is held by itself.</summary>
    public const string TenantCheck = "text_history";

    private const string NextStep = "Compare with Twilio's and SendGrid's logs (docs/OPERATIONS.md, after a restore), then release the hold: DELETE /api/holds/{id}.";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // A start waits so long for the lists of all franchises; the rest of them is read beside the work.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(2);

    private readonly ListRounds _rounds = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _reading = Task.CompletedTask;
    private HashSet<Guid> _shown = [];
    private long _position;

    /// <inheritdoc />
    public async Task WarmUpAsync(CancellationToken cancel)
    {
        await RunOnceAsync(cancel);
        unread.Missed();
        _reading = ReadListsAsync(onlyUnread: true);
        await Task.WhenAny(_reading, Task.Delay(LongestStart, cancel));
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = stoppingToken.Register(_stopping.Cancel);
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RoundAsync(stoppingToken);
            }
        }
        finally
        {
            await _reading;
        }
    }

    private async Task RoundAsync(CancellationToken cancel)
    {
        try
        {
            await RunOnceAsync(cancel);
            // Beside the rounds: an account that hangs keeps nobody from seeing that the database went back.
            if (!_reading.IsCompleted)
            {
                return;
            }

            if (_rounds.IsNext(refusals.TakeNotStored()))
            {
                _reading = ReadListsAsync(onlyUnread: false);
            }
            else if (unread.IsToBeRead())
            {
                _reading = ReadListsAsync(onlyUnread: true);
            }
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            Missed(exception);
            unread.Missed();
        }
    }

    private async Task ReadListsAsync(bool onlyUnread)
    {
        try
        {
            await lists.CompareAsync(onlyUnread, _stopping.Token);
        }
        catch (Exception exception)
        {
            if (!_stopping.IsCancellationRequested)
            {
                Missed(exception);
            }
        }
    }

    private void Missed(Exception exception)
    {
        CouldNotLook(logger, exception.GetType().Name);
        _rounds.Missed();
    }

    /// <summary>One look at the database's marks.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var seenAt = clock.GetUtcNow();
        var mark = await holds.MarkAsync(cancel);
        if (mark is { Current: { } current, Known: { } known } && current != known)
        {
            await forgotten.AllAsync(RestoreHolds.WentBack, "The database is another one than before: a restored backup, or a standby that took over.", new { database = current, confirmed = known }, seenAt, cancel);
        }
        else if (mark.Position is { } position && position < _position)
        {
            await forgotten.AllAsync(RestoreHolds.WentBack, "The database's log is behind a place that it had reached before: an older copy is in its place.",
                new { logPosition = position, reachedBefore = _position }, seenAt, cancel);
        }

        _position = mark.Position ?? 0;
        Show(await holds.OwnCausesAsync(cancel), [.. await holds.OwnHeldAsync(cancel)]);
    }

    private void Show(IReadOnlyList<string> causes, HashSet<Guid> held)
    {
        if (causes is [var cause, ..])
        {
            conditions.Failed(Check, cause, $"Everything is held: the database may have forgotten what was sent and who said stop. {NextStep}");
        }
        else
        {
            conditions.Succeeded(Check);
        }

        foreach (var tenantId in held)
        {
            tenantConditions.Failed(
                TenantCheck, tenantId, RestoreHolds.UnknownText, $"All that the franchise sends is held: its own account at Twilio has a text with a link that this database never made. {NextStep}");
        }

        foreach (var tenantId in Interlocked.Exchange(ref _shown, held).Except(held))
        {
            tenantConditions.Succeeded(TenantCheck, tenantId);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    [LoggerMessage(6011, LogLevel.Warning, "Whether the database has gone back in time could not be looked at ({Kind}); the next second tries again")]
    private static partial void CouldNotLook(ILogger logger, string kind);
}

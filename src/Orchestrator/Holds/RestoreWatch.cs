using System.Collections.Concurrent;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>
/// Notices when the database has gone back in time and holds everything: it may have forgotten texts that went out and people who said stop. An operator releases it.
/// </summary>
/// <remarks>
/// Three signs. The database's own mark (its cluster, its timeline and the oid of a table, which a restored dump makes anew) is another than the one that was confirmed: the claims ask that themselves, in SQL, so that nothing leaves
/// between a restore and the next look. The position of its log is behind one that this process has seen. And Twilio lists a text of ours with a link that this database never
/// made: that finds a copy of a disk as well, on a database that tells no mark. Who has an account of their own can write such a text by hand, so that it holds their franchise
/// alone until another account shows one as well.
/// </remarks>
public sealed partial class RestoreWatch(
    HoldStore holds, ReviewItemStore reviews, AttemptStore attempts, LeadDatabase database, TenantStore tenants, VendorAccounts accounts, TwilioClient twilio, MissedTexts missed, UnreadLists unread, WebhookRefusals refusals,
    DefaultTenant defaultTenant, TouchPointSignal signal, Conditions conditions, TenantConditions tenantConditions, OrchestratorSettings settings, TimeProvider clock, ILogger<RestoreWatch> logger) : BackgroundService, IWarmUp
{
    /// <summary>The name of the check.</summary>
    public const string Check = "database_history";

    /// <summary>Its cluster, its timeline or its log says so.</summary>
    public const string WentBack = "database_went_back";

    /// <summary>The vendor's list says so.</summary>
    public const string VendorKnowsMore = "vendor_knows_more";

    /// <summary>The list of a franchise's own account says so: it alone is held.</summary>
    public const string UnknownText = "unknown_text";

    /// <summary>The check that fails while a franchise is held by itself.</summary>
    public const string TenantCheck = "text_history";

    private const string NextStep = "Compare with Twilio's and SendGrid's logs (docs/OPERATIONS.md, after a restore), then release the hold: DELETE /api/holds/{id}.";
    private const int NewestTexts = 50;
    private const int AtOnce = 8;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // A start waits so long for the lists of all franchises; the rest of them is read beside the work.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(2);

    // An older link may have been forgotten for a good reason.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(3);

    private readonly ListRounds _lists = new();
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

            if (_lists.IsNext(refusals.TakeNotStored()))
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
            await CompareAsync(onlyUnread, _stopping.Token);
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
        _lists.Missed();
    }

    /// <summary>One look at the database's marks.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var seenAt = clock.GetUtcNow();
        var mark = await holds.MarkAsync(cancel);
        if (mark is { Current: { } current, Known: { } known } && current != known)
        {
            await HoldAsync(WentBack, "The database is another one than before: a restored backup, or a standby that took over.",
                JsonSerializer.Serialize(new { database = current, confirmed = known }), seenAt, cancel);
        }
        else if (mark.Position is { } position && position < _position)
        {
            await HoldAsync(WentBack, "The database's log is behind a place that it had reached before: an older copy is in its place.",
                JsonSerializer.Serialize(new { logPosition = position, reachedBefore = _position }), seenAt, cancel);
        }

        _position = mark.Position ?? 0;
        Show(await holds.OwnCausesAsync(cancel), [.. await holds.OwnHeldAsync(cancel)]);
    }

    /// <summary>Compares with what the vendor shows: the newest texts of each tenant's account, and what customers sent to it.</summary>
    public Task CompareAsync(CancellationToken cancel) => CompareAsync(onlyUnread: false, cancel);

    private async Task CompareAsync(bool onlyUnread, CancellationToken cancel)
    {
        var users = new List<AccountUser>();
        foreach (var tenantId in await tenants.AllAsync(cancel))
        {
            users.Add(new AccountUser(tenantId, await accounts.TwilioAsync(tenantId, cancel)));
        }

        var unknown = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            onlyUnread ? users.Where(user => !unread.IsRead(user.TenantId)) : users, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            (user, stop) => CompareAsync(user, users, unknown, stop));
    }

    // unknown: the accounts that have shown a link which nobody knows.
    private async ValueTask CompareAsync(AccountUser user, List<AccountUser> users, ConcurrentBag<string> unknown, CancellationToken cancel)
    {
        var misses = unread.Misses;
        try
        {
            if (user.Account is { } account)
            {
                var isRead = await missed.TakeAsync(user.TenantId, account, cancel);
                var seenAt = clock.GetUtcNow();
                if (await UnknownTextAsync(user.TenantId, account, [.. users.Where(other => other.Account?.Is(account) == true)], cancel) is { } sid)
                {
                    unknown.Add(account.AccountSid);
                    await HoldAsync(user.TenantId, account, isAlone: unknown.All(other => other == account.AccountSid), sid, seenAt, cancel);
                }

                if (!isRead)
                {
                    return;
                }
            }

            if (unread.Read(user.TenantId, misses))
            {
                signal.Wake();
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or IOException && !cancel.IsCancellationRequested)
        {
            CouldNotCompare(logger, user.TenantId, exception.GetType().Name);
        }
    }

    // A link's code is in the database before its text is with the vendor; one that is not there was made by a database that is no more. Who texts us a made-up link proves nothing,
    // and neither does one that staff have copied wrongly: their text is known, to one of those who share the account.
    private async Task<string?> UnknownTextAsync(Guid tenantId, TwilioAccount account, IReadOnlyList<AccountUser> sharing, CancellationToken cancel)
    {
        var links = $"{settings.Platform.PublicUrl.AbsoluteUri.TrimEnd('/')}/c/";
        var texts = await twilio.NewestAsync(tenantId, account, NewestTexts, cancel);
        var acknowledged = await holds.LastReleaseAsync(tenantId, cancel);
        foreach (var text in texts)
        {
            if (text is { Body: { } body, IsOutbound: true } && body.Contains(links, StringComparison.Ordinal) && IsNews(text.CreatedAt, acknowledged))
            {
                foreach (var code in ChatCode.In(body))
                {
                    if (!await attempts.KnowsCodeAsync(ChatCode.Hash(code), cancel) && !await MayKnowAsync(sharing, text, cancel))
                    {
                        return text.Sid;
                    }
                }
            }
        }

        return null;
    }

    private async Task<bool> MayKnowAsync(IReadOnlyList<AccountUser> sharing, TwilioMessage text, CancellationToken cancel)
    {
        foreach (var user in text.To is null ? [] : sharing)
        {
            if (await attempts.MayKnowTextAsync(user.TenantId, text.Sid, text.To!, cancel))
            {
                return true;
            }
        }

        return false;
    }

    // Who released the last such hold has seen what there was by then; a text without a time is taken for one of those.
    private bool IsNews(DateTimeOffset? createdAt, DateTimeOffset? acknowledged) =>
        createdAt is { } at ? at >= clock.GetUtcNow() - Recent && !(at <= acknowledged) : acknowledged is null;

    private async Task HoldAsync(string cause, string reason, string evidence, DateTimeOffset seenAt, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(defaultTenant.Id, cancel);
        if (await holds.TakeAllAsync(transaction, cause, reason, seenAt, cancel))
        {
            await reviews.AddAsync(transaction, ReviewKinds.Restore, null, null, null, cause, evidence, cancel);
            await transaction.CommitAsync(cancel);
            Held(logger, cause);
        }
    }

    // A restored database has forgotten something of many accounts; what one franchise's own account shows alone may have been written there by anybody who has its key.
    // An account is its id here: its list was read, so whoever entered it has a key of it.
    private async Task HoldAsync(Guid tenantId, TwilioAccount account, bool isAlone, string sid, DateTimeOffset seenAt, CancellationToken cancel)
    {
        const string reason = "Twilio has a text of ours of which this database knows nothing.";
        var evidence = JsonSerializer.Serialize(new { tenantId, messageSid = sid });
        if (!isAlone || account.AccountSid == settings.Twilio.AccountSid)
        {
            await HoldAsync(VendorKnowsMore, reason, evidence, seenAt, cancel);
            return;
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await holds.TakeOwnAsync(transaction, UnknownText, reason, seenAt, cancel))
        {
            await reviews.AddAsync(transaction, ReviewKinds.Restore, null, null, null, UnknownText, evidence, cancel);
            await transaction.CommitAsync(cancel);
            HeldOne(logger, tenantId);
        }
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
                TenantCheck, tenantId, UnknownText, $"All that the franchise sends is held: its own account at Twilio has a text with a link that this database never made. {NextStep}");
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

    /// <summary>A tenant, and the account that it texts by; null = none.</summary>
    private sealed record AccountUser(Guid TenantId, TwilioAccount? Account);

    [LoggerMessage(6010, LogLevel.Error, "Everything is held ({Cause}): the database may have gone back in time. GET /api/review-items?kind=restore has the evidence; an operator releases the hold")]
    private static partial void Held(ILogger logger, string cause);

    [LoggerMessage(6011, LogLevel.Warning, "Whether the database has gone back in time could not be looked at ({Kind}); the next second tries again")]
    private static partial void CouldNotLook(ILogger logger, string kind);

    [LoggerMessage(6012, LogLevel.Warning, "The newest texts of tenant {TenantId} at Twilio could not be compared ({Kind}); they are in five minutes. After a start what was planned waits for them, but not longer than 20 s")]
    private static partial void CouldNotCompare(ILogger logger, Guid tenantId, string kind);

    [LoggerMessage(6014, LogLevel.Error, "Tenant {TenantId} is held: its own account at Twilio has a text with a link that this database never made. GET /api/review-items?kind=restore has the evidence; an operator releases the hold")]
    private static partial void HeldOne(ILogger logger, Guid tenantId);
}

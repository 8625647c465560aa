using System.Collections.Concurrent;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>Reads Twilio's lists of texts against what the database knows: it may have forgotten ours, and what customers sent may have been missed.</summary>
/// <remarks>
/// A text of ours with a link that this database never made was sent by a database that is no more. Who has an account of their own can write such a text by hand, so that it holds their
/// franchise alone until another account shows one as well.
/// </remarks>
public sealed partial class TextLists(
    HoldStore holds, RestoreHolds forgotten, AttemptStore attempts, TenantStore tenants, VendorAccounts accounts, TwilioClient twilio, MissedTexts missed, UnreadLists unread, TouchPointSignal signal,
    OrchestratorSettings settings, TimeProvider clock, ILogger<TextLists> logger)
{
    private const int NewestTexts = 50;
    private const int AtOnce = 8;

    // An older link may have been forgotten for a good reason.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(3);

    /// <summary>Compares with what the vendor shows: the newest texts of each tenant's account, and what customers sent to it.</summary>
    /// <param name="onlyUnread">Only of tenants whose planned texts wait for it.</param>
    public async Task CompareAsync(bool onlyUnread, CancellationToken cancel)
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

    // A restored database has forgotten something of many accounts; what one franchise's own account shows alone may have been written there by anybody who has its key.
    // An account is its id here: its list was read, so whoever entered it has a key of it.
    private async Task HoldAsync(Guid tenantId, TwilioAccount account, bool isAlone, string sid, DateTimeOffset seenAt, CancellationToken cancel)
    {
        const string reason = "Twilio has a text of ours of which this database knows nothing.";
        var evidence = new { tenantId, messageSid = sid };
        await (isAlone && account.AccountSid != settings.Twilio.AccountSid
            ? forgotten.OneAsync(tenantId, reason, evidence, seenAt, cancel)
            : forgotten.AllAsync(RestoreHolds.VendorKnowsMore, reason, evidence, seenAt, cancel));
    }

    /// <summary>A tenant, and the account that it texts by; null = none.</summary>
    private sealed record AccountUser(Guid TenantId, TwilioAccount? Account);

    [LoggerMessage(6012, LogLevel.Warning, "The newest texts of tenant {TenantId} at Twilio could not be compared ({Kind}); they are in five minutes. After a start what was planned waits for them, but not longer than 20 s")]
    private static partial void CouldNotCompare(ILogger logger, Guid tenantId, string kind);
}

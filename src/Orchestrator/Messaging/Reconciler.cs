using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Settles texts of which nobody knows whether they went out: by Twilio's list, through the link's code that only this attempt carried.</summary>
/// <remarks>
/// Looked for every ten seconds at first, and at once when the rescue has found some; after a minute once in a minute. What is not in the list may come into it late,
/// and what is not readable may be readable later: until <see cref="LooksFor"/> it stays unknown.
/// </remarks>
public sealed partial class Reconciler(
    LeadDatabase database, TouchPointStore touchPoints, AttemptStore attempts, LeadStore leads, TwilioClient twilio, VendorAccounts accounts,
    VendorVerdicts verdicts, ReconcileSignal signal, ILogger<Reconciler> logger) : BackgroundService
{
    /// <summary>Not in the list after this time: it is not found, and a person decides. Nothing is sent again by guess.</summary>
    public static readonly TimeSpan LooksFor = TimeSpan.FromMinutes(15);

    /// <summary>Twilio's list has been read, and has not shown it.</summary>
    public const string NotFound = "not_found_at_twilio";

    /// <summary>No process has the account in whose list it may be.</summary>
    public const string NobodyLooked = "nobody_could_look_at_twilio";

    private const int PageSize = 100;

    // Twilio counts requests per account, and sending comes first.
    private const int AtOnce = 4;

    // An account whose list failed so often in a round is left alone until the next one: its texts would only wait for it one after the other, and everybody else for them.
    private const int MostFailures = 4;
    private const int RoundsOfAMinute = 6;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EagerFor = TimeSpan.FromMinutes(1);

    // An account that was taken away is entered again, or a key put right, within that; the alarm tells of the text long before.
    private static readonly TimeSpan WaitsForAnAccount = TimeSpan.FromDays(1);

    private int _round;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                RoundFailed(logger, exception);
            }

            await signal.WaitAsync(Every, stoppingToken);
        }
    }

    /// <summary>One look at everything unknown.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        _round++;
        var failures = new ConcurrentDictionary<Guid, int>();
        var after = (TenantId: Guid.Empty, Id: Guid.Empty);
        IReadOnlyList<(Guid TenantId, Guid Id)> page;
        do
        {
            page = await touchPoints.UnknownAsync(after, PageSize, cancel);
            after = page is [.., var last] ? last : after;
            await Task.WhenAll(page.GroupBy(touch => touch.TenantId, touch => touch.Id).Select(tenant => ReconcileAsync(tenant, failures, cancel)));
        }
        while (page.Count == PageSize);

        if (failures.Values.Sum() is > 0 and var unread)
        {
            ListIsAway(logger, unread);
        }
    }

    private Task ReconcileAsync(IGrouping<Guid, Guid> tenant, ConcurrentDictionary<Guid, int> failures, CancellationToken cancel) => Parallel.ForEachAsync(
        tenant, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (id, token) =>
        {
            if (failures.GetValueOrDefault(tenant.Key) >= MostFailures)
            {
                return;
            }

            try
            {
                await ReconcileAsync(tenant.Key, id, token);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or IOException && !cancel.IsCancellationRequested)
            {
                failures.AddOrUpdate(tenant.Key, 1, (_, count) => count + 1);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                Failed(logger, exception, id, tenant.Key);
            }
        });

    private async Task ReconcileAsync(Guid tenantId, Guid id, CancellationToken cancel)
    {
        if (await attempts.LastAsync(tenantId, id, cancel) is not { } attempt
            || (attempt.Age > EagerFor && attempt.Age < LooksFor && _round % RoundsOfAMinute != 0))
        {
            return;
        }

        if (await accounts.TwilioAsync(tenantId, cancel) is not { } account)
        {
            // This process cannot look, and another one may be able to: that is no "not found".
            if (attempt.Age <= WaitsForAnAccount)
            {
                throw new HttpRequestException("There is no account here whose list could be read.");
            }

            await ParkAsync(tenantId, id, NobodyLooked, cancel);
            return;
        }

        var listed = await FindAsync(tenantId, account, attempt, cancel);
        Failpoint.Reach(Failpoint.ReconcileListed);
        if (listed is { } found)
        {
            await SettleAsync(tenantId, id, attempt, found, cancel);
        }
        else if (attempt.Age > LooksFor)
        {
            await ParkAsync(tenantId, id, NotFound, cancel);
        }
    }

    private async Task ParkAsync(Guid tenantId, Guid id, string reason, CancellationToken cancel)
    {
        if (await touchPoints.ParkUnknownAsync(tenantId, id, reason, cancel) == 1)
        {
            Parked(logger, id, tenantId, reason);
            Measures.TextSettled("needs_review");
        }
    }

    // The body with this attempt's own code is it.
    private async Task<TwilioMessage?> FindAsync(Guid tenantId, TwilioAccount account, LostAttempt attempt, CancellationToken cancel)
    {
        // What a member of staff wrote carries no link: it is the text with these words that is no other attempt's.
        if (await attempts.WordsAsync(tenantId, attempt.Id, cancel) is { } words)
        {
            return await twilio.FindAsync(tenantId, account, attempt.Address, words.Fit, cancel);
        }

        return await twilio.FindAsync(tenantId, account, attempt.Address, message => message.Body is { } body && ChatCode.In(body).Any(text =>
            attempt.CodeHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, ChatCode.Hash(text))), cancel);
    }

    private async Task SettleAsync(Guid tenantId, Guid id, LostAttempt attempt, TwilioMessage found, CancellationToken cancel)
    {
        var status = TwilioStatus.Read(found.Status);
        var error = found.ErrorCode is { } code ? $"twilio_{code}" : null;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await attempts.IsAnothersAsync(transaction, attempt, found.Sid, cancel))
        {
            // Two with the same words were looked for at once, and the other one has it now.
            return;
        }

        var moved = await attempts.AdvanceAsync(transaction, attempt.Id, found.Sid, status, error, cancel);
        await touchPoints.SettleAsync(transaction, id, attempt.Id, status.Touch, status.Touch == "failed" ? error ?? "twilio_undelivered" : null, found.Sid, cancel);
        if (status.Touch != "failed")
        {
            await leads.MarkContactedAsync(transaction, attempt.LeadId, cancel);
        }
        else if (found.ErrorCode is { } cause && TwilioErrors.Of(cause) is var known && VendorVerdicts.Concerns(known))
        {
            await verdicts.HeedAsync(transaction, attempt.LeadId, attempt.Address, known, $"attempt {attempt.Id}", cancel);
        }

        await transaction.CommitAsync(cancel);
        Failpoint.Reach(Failpoint.ReconcileCommitted);
        Found(logger, id, tenantId, status.Touch);
        verdicts.Told(tenantId, moved);
        Measures.TextSettled(status.Touch);
    }

    [LoggerMessage(3201, LogLevel.Error, "A round of the reconcile failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3202, LogLevel.Warning, "Twilio's list could not be read for {Count} texts of which nobody knows whether they went out; they stay unknown")]
    private static partial void ListIsAway(ILogger logger, int count);

    [LoggerMessage(3205, LogLevel.Error, "Touch point {TouchPointId} of tenant {TenantId} could not be settled; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);

    [LoggerMessage(3203, LogLevel.Information, "Found touch point {TouchPointId} of tenant {TenantId} at Twilio: it is {Status}")]
    private static partial void Found(ILogger logger, Guid touchPointId, Guid tenantId, string status);

    [LoggerMessage(3204, LogLevel.Error, "Nobody can say whether touch point {TouchPointId} of tenant {TenantId} went out ({Reason}); it is parked for a person to decide")]
    private static partial void Parked(ILogger logger, Guid touchPointId, Guid tenantId, string reason);
}

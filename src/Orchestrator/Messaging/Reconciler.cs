using System.Security.Cryptography;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Settles texts of which nobody knows whether they went out: by Twilio's list, through the link's code that only this attempt carried.</summary>
public sealed partial class Reconciler(
    LeadDatabase database, TouchPointStore touchPoints, AttemptStore attempts, LeadStore leads, TwilioClient twilio, TwilioSettings settings,
    ILogger<Reconciler> logger) : BackgroundService
{
    /// <summary>Not in the list after this time: it is not found, and a person decides. Nothing is sent again by guess.</summary>
    public static readonly TimeSpan LooksFor = TimeSpan.FromMinutes(15);

    private const int BatchSize = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.AccountSid is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                RoundFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One look at everything unknown.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var (tenantId, id) in await touchPoints.UnknownAsync(BatchSize, cancel))
        {
            try
            {
                await ReconcileAsync(tenantId, id, cancel);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                ListIsAway(logger, id, tenantId, exception.GetType().Name);
            }
        }
    }

    private async Task ReconcileAsync(Guid tenantId, Guid id, CancellationToken cancel)
    {
        if (await attempts.LastAsync(tenantId, id, cancel) is not { } attempt)
        {
            return;
        }

        if (await FindAsync(attempt, cancel) is { } found)
        {
            await SettleAsync(tenantId, id, attempt, found, cancel);
        }
        else if (attempt.Age > LooksFor && await touchPoints.ParkUnknownAsync(tenantId, id, "not_found_at_twilio", cancel) == 1)
        {
            NotFound(logger, id, tenantId);
        }
    }

    // A callback may have named this attempt already; else the body with this attempt's own code is it.
    private async Task<TwilioMessage?> FindAsync(LostAttempt attempt, CancellationToken cancel) => attempt is { ProviderId: { } sid, ProviderStatus: { } word }
        ? new TwilioMessage(sid, word, null, int.TryParse(attempt.ErrorCode, out var code) ? code : null)
        : await twilio.FindAsync(attempt.Address, message => message.Body is { } body && ChatCode.In(body).Any(text =>
            attempt.CodeHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, ChatCode.Hash(text))), cancel);

    private async Task SettleAsync(Guid tenantId, Guid id, LostAttempt attempt, TwilioMessage found, CancellationToken cancel)
    {
        var status = TwilioStatus.Read(found.Status);
        var error = found.ErrorCode is { } code ? $"twilio_{code}" : null;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await attempts.AdvanceAsync(transaction, attempt.Id, found.Sid, status, error, cancel);
        await touchPoints.SettleAsync(transaction, id, status.Touch, status.Touch == "failed" ? error ?? "twilio_undelivered" : null, found.Sid, cancel);
        await leads.MarkContactedAsync(transaction, attempt.LeadId, cancel);
        await transaction.CommitAsync(cancel);
        Found(logger, id, tenantId, status.Touch);
    }

    [LoggerMessage(3201, LogLevel.Error, "A round of the reconcile failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3202, LogLevel.Warning, "Twilio's list could not be read for touch point {TouchPointId} of tenant {TenantId} ({Kind}); it stays unknown")]
    private static partial void ListIsAway(ILogger logger, Guid touchPointId, Guid tenantId, string kind);

    [LoggerMessage(3203, LogLevel.Information, "Found touch point {TouchPointId} of tenant {TenantId} at Twilio: it is {Status}")]
    private static partial void Found(ILogger logger, Guid touchPointId, Guid tenantId, string status);

    [LoggerMessage(3204, LogLevel.Error, "Twilio does not know touch point {TouchPointId} of tenant {TenantId}; it is parked for a person to decide")]
    private static partial void NotFound(ILogger logger, Guid touchPointId, Guid tenantId);
}

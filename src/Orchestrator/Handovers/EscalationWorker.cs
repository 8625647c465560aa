using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>Tells a shop's staff that a customer waits for a person, at growing distances, until one of them takes the conversation. Any number of copies may run.</summary>
/// <remarks>
/// The alert is committed before a vendor is called and is never called again: a process that dies in between costs one alert, and the next one comes by itself.
/// </remarks>
public sealed partial class EscalationWorker(
    LeadDatabase database, HandoverStore handovers, StaffContactStore contacts, StaffAlertStore alerts, HoldStore holds, TwilioClient twilio, SendGridMailer mailer,
    VendorAccounts accounts, OrchestratorSettings settings, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<EscalationWorker> logger) : BackgroundService
{
    private const int Most = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileHeld = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    private readonly string _publicUrl = settings.Platform.PublicUrl.AbsoluteUri.TrimEnd('/');

    // One handover of a tenant after the other: what waits behind a vendor that hangs stays due.
    private readonly TenantLanes _lanes = new(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Rounds.UntilStopAsync(
                settings.TouchPointInterval < Longest ? settings.TouchPointInterval : Longest, RunOnceAsync, exception => RoundFailed(logger, exception), lifetime, stoppingToken);
        }
        finally
        {
            await _lanes.EndAsync();
        }
    }

    /// <summary>One round. What it begins to tell goes on beside the next ones, each franchise for itself.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var due in (await handovers.DueAsync(Most, cancel)).GroupBy(one => one.TenantId, one => one.Id))
        {
            _lanes.TryBegin(due.Key, () => TellAllAsync(due.Key, [.. due], cancel));
        }
    }

    private async Task TellAllAsync(Guid tenantId, IReadOnlyList<Guid> handoverIds, CancellationToken cancel)
    {
        foreach (var id in handoverIds)
        {
            try
            {
                // Not cancelled from the commit on: what is handed over is called.
                var planned = await PlanAsync(tenantId, id, cancel);
                await Task.WhenAll(planned.Select(alert => TellAsync(tenantId, alert)));
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                NotTold(logger, exception, id, tenantId);
            }
        }
    }

    private async Task<IReadOnlyList<Alert>> PlanAsync(Guid tenantId, Guid id, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var canText = await accounts.TwilioAsync(tenantId, cancel) is { } account && CanText(account);
        var canMail = await accounts.SendGridAsync(tenantId, cancel) is not null;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await handovers.LockDueAsync(transaction, id, cancel) is not { } handover)
        {
            return [];
        }

        var from = Escalation.From(await HoursStore.ReadAsync(transaction, handover.LocationId, handover.LocationTimezone, cancel), now);
        if (from > now || await holds.HoldsAsync(transaction, handover.LeadId, cancel))
        {
            await HandoverStore.PostponeAsync(transaction, id, from > now ? from : now + WhileHeld, told: false, cancel);
            await transaction.CommitAsync(cancel);
            return [];
        }

        var who = settings.IsDemoMode && !handover.IsTest ? new StaffContacts([], []) : await contacts.WhoMayBeToldAsync(transaction, handover, canText, canMail, cancel);
        var planned = new List<Alert>();
        foreach (var (channel, address) in who.Phones.Select(phone => (MessageChannels.Sms, phone)).Concat(who.Emails.Select(email => (MessageChannels.Email, email))))
        {
            planned.Add(new Alert(await alerts.AddAsync(transaction, id, handover.Alerts + 1, channel, address, cancel), channel, address, handover, now));
        }

        await HandoverStore.PostponeAsync(transaction, id, now + Escalation.After(handover.Alerts + 1), told: true, cancel);
        await transaction.CommitAsync(cancel);
        if (planned.Count == 0)
        {
            NobodyToTell(logger, id, handover.LocationId, tenantId);
        }

        return planned;
    }

    private async Task TellAsync(Guid tenantId, Alert alert)
    {
        var start = new CallStart(Clearance.Now);
        var outcome = alert.Channel == MessageChannels.Sms ? await TextAsync(tenantId, alert, start) : await MailAsync(tenantId, alert, start);
        var (status, error) = outcome switch
        {
            SendOutcome.Accepted => ("accepted", null),
            SendOutcome.Refused refused => ("refused", refused.Code.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            SendOutcome.NotSent notSent => ("not_sent", notSent.Reason),
            SendOutcome.Unknown unknown => ("unknown", unknown.Reason),
            _ => throw new InvalidOperationException($"A call does not end as {outcome.GetType().Name}"),
        };
        await alerts.EndAsync(tenantId, alert.Id, status, error, CancellationToken.None);
        Told(logger, alert.Id, alert.Handover.Id, tenantId, alert.Channel, status);
    }

    // Twilio's own host tells nothing to an address without https.
    private bool CanText(TwilioAccount account) => !account.IsReal || settings.Platform.IsHttps;

    private async Task<SendOutcome> TextAsync(Guid tenantId, Alert alert, CallStart start)
    {
        if (await accounts.TwilioAsync(tenantId, CancellationToken.None) is not { } account)
        {
            return new SendOutcome.NotSent("texting_is_switched_off", null);
        }

        return !CanText(account)
            ? new SendOutcome.NotSent("public_url_is_not_https", null)
            : await twilio.SendAsync(tenantId, account, new OutgoingText(
                alert.Address, Escalation.Text(alert.Handover, _publicUrl, alert.At), new Uri($"{_publicUrl}/webhooks/twilio/status/{alert.Id}"), GoodFor), start);
    }

    private async Task<SendOutcome> MailAsync(Guid tenantId, Alert alert, CallStart start) =>
        await accounts.SendGridAsync(tenantId, CancellationToken.None) is { } account
            ? await mailer.SendAsync(tenantId, account, new OutgoingEmail(
                alert.Address, alert.Handover.LocationName, Escalation.Email(alert.Handover, _publicUrl, alert.At), null, null, alert.Id), start)
            : new SendOutcome.NotSent("email_switched_off", null);

    private sealed record Alert(Guid Id, string Channel, string Address, DueHandover Handover, DateTimeOffset At);

    [LoggerMessage(3421, LogLevel.Error, "Waiting customers could not be looked for; the next second tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3424, LogLevel.Error, "Staff could not be told of handover {HandoverId} (tenant {TenantId}); the next one is")]
    private static partial void NotTold(ILogger logger, Exception exception, Guid handoverId, Guid tenantId);

    [LoggerMessage(3422, LogLevel.Information, "Alert {AlertId} of handover {HandoverId} (tenant {TenantId}) by {Channel}: {Status}")]
    private static partial void Told(ILogger logger, Guid alertId, Guid handoverId, Guid tenantId, string channel, string status);

    [LoggerMessage(3423, LogLevel.Warning, "Handover {HandoverId} waits, and the shop {LocationId} (tenant {TenantId}) has nobody who could be told: PUT /api/locations/<id>/staff-contacts")]
    private static partial void NobodyToTell(ILogger logger, Guid handoverId, Guid locationId, Guid tenantId);
}

using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>Writes our bookings into the CRM's calendar, each once.</summary>
/// <remarks>
/// The CRM's create has no idempotency key. So a call that makes an appointment is committed before it begins; as long as nobody knows what became of it, the CRM is looked through
/// for the mark that only this booking carries, and only when a while has passed without it is it made anew. Changing and deleting may be repeated.
/// What the CRM refuses, or does not take for a while, is a person's to enter there.
/// </remarks>
public sealed partial class CrmCalendar(
    LeadDatabase database, AppointmentStore appointments, ReviewItemStore reviews, ShopmonkeyClient crm, VendorAccounts accounts, TimeProvider clock, ILogger<CrmCalendar> logger)
{
    // A row is listed some time after it was made, and a call that was given up may still be on its way.
    private static readonly TimeSpan UnsureFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Before = TimeSpan.FromDays(1);

    // So long an outage may last before a person hears of what it keeps back.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Brings the CRM in line with the appointment, or says when to try again.</summary>
    public async Task WriteAsync(AppointmentClaim claim, FollowedAppointment appointment, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(appointment);
        if (await WhyNothingAsync(claim.TenantId, appointment, cancel) is { } reason)
        {
            await WrittenAsync(claim, appointment, appointment.ExternalId, reason, cancel);
            return;
        }

        // A pace that lets wait for long would outlast the claim.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(LongestCall);
        try
        {
            await (appointment switch
            {
                { ExternalId: null, CrmCalledAt: not null } => LookAsync(claim, appointment, limit.Token),
                { Status: AppointmentStatuses.Confirmed, ExternalId: null } => MakeAsync(claim, appointment, limit.Token),
                { Status: AppointmentStatuses.Confirmed, ExternalId: { } id } => ChangeAsync(claim, appointment, id, limit.Token),
                { ExternalId: { } id } => DeleteAsync(claim, appointment, id, limit.Token),
                _ => WrittenAsync(claim, appointment, null, null, cancel),
            });
        }
        catch (Exception exception) when (exception is ShopmonkeyException || exception is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // Whatever became of a look or of a change: it says nothing about an earlier call that may have made it.
            await LaterAsync(claim, appointment, exception as ShopmonkeyException, isUnsure: true);
        }
    }

    private async Task<string?> WhyNothingAsync(Guid tenantId, FollowedAppointment appointment, CancellationToken cancel) => appointment switch
    {
        // What has taken place stays in the calendar as it is.
        { Status: AppointmentStatuses.Completed or AppointmentStatuses.NoShow, CrmCalledAt: null } => "over",
        { ExternalLocationId: null } => "shop_is_not_in_the_crm",
        _ when await accounts.ShopmonkeyAsync(tenantId, cancel) is null => "shopmonkey_is_switched_off",
        _ => null,
    };

    private async Task MakeAsync(AppointmentClaim claim, FollowedAppointment appointment, CancellationToken cancel)
    {
        if (!await appointments.BeginCallAsync(claim, makes: true, cancel))
        {
            return;
        }

        string id;
        try
        {
            id = await crm.MakeAppointmentAsync(claim.TenantId, CrmBooking.Of(appointment), cancel);
        }
        catch (ShopmonkeyException failure) when (SurelyNothing(failure))
        {
            await LaterAsync(claim, appointment, failure, isUnsure: false);
            return;
        }

        Failpoint.Reach(Failpoint.AppointmentMade);
        // From here on it is there: that is noted even while the process stops.
        await WrittenAsync(claim, appointment, id, null, CancellationToken.None);
        Written(logger, claim.Id, claim.TenantId);
    }

    private async Task ChangeAsync(AppointmentClaim claim, FollowedAppointment appointment, string externalId, CancellationToken cancel)
    {
        if (!await appointments.BeginCallAsync(claim, makes: false, cancel))
        {
            return;
        }

        var isThere = await crm.MoveAppointmentAsync(claim.TenantId, externalId, new CrmTimes(appointment.StartsAt, appointment.EndsAt), cancel);
        // What is gone there is told by the webhook or found by the sweep; until then ours stands and is not made a second time.
        await WrittenAsync(claim, appointment, externalId, isThere ? null : "gone_from_crm", CancellationToken.None);
        Written(logger, claim.Id, claim.TenantId);
    }

    private async Task DeleteAsync(AppointmentClaim claim, FollowedAppointment appointment, string externalId, CancellationToken cancel)
    {
        if (!await appointments.BeginCallAsync(claim, makes: false, cancel))
        {
            return;
        }

        await crm.DeleteAppointmentAsync(claim.TenantId, externalId, cancel);
        await WrittenAsync(claim, appointment, null, null, CancellationToken.None);
        Written(logger, claim.Id, claim.TenantId);
    }

    // Nobody knows whether an earlier call has made it.
    private async Task LookAsync(AppointmentClaim claim, FollowedAppointment appointment, CancellationToken cancel)
    {
        var found = await crm.FindAppointmentAsync(claim.TenantId, CrmBooking.MarkOf(appointment.Id), appointment.CreatedAt - Before, cancel);
        if (found is not null)
        {
            // Kept before the CRM is asked for anything else: however that ends, it is not made again.
            if (!await appointments.KeepFoundAsync(claim, found, cancel))
            {
                return;
            }

            Found(logger, claim.Id, claim.TenantId);
            await (appointment.Status == AppointmentStatuses.Confirmed
                ? ChangeAsync(claim, appointment, found, cancel)
                : appointment.Status == AppointmentStatuses.Cancelled
                    ? DeleteAsync(claim, appointment, found, cancel)
                    : WrittenAsync(claim, appointment, found, "over", cancel));
        }
        else if (appointment.SinceCalled < UnsureFor)
        {
            await appointments.RetryAsync(claim, Soon, "looking_in_the_crm", isUnsure: true, cancel);
        }
        else if (appointment.Status == AppointmentStatuses.Confirmed)
        {
            await MakeAsync(claim, appointment, cancel);
        }
        else
        {
            await WrittenAsync(claim, appointment, null, null, cancel);
        }
    }

    private async Task WrittenAsync(AppointmentClaim claim, FollowedAppointment appointment, string? externalId, string? reason, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(claim.TenantId, cancel);
        await AppointmentStore.MarkWrittenAsync(transaction, claim, appointment.Revision, externalId, reason, cancel);
        await reviews.SettleFollowedAsync(transaction, appointment.LeadId, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task LaterAsync(AppointmentClaim claim, FollowedAppointment appointment, ShopmonkeyException? failure, bool isUnsure)
    {
        var code = failure?.Message ?? "shopmonkey_timeout";
        if (failure is { Failure: not ShopmonkeyFailure.Outage } || clock.GetUtcNow() - appointment.UpdatedAt > Patience)
        {
            // While it is claimed: nobody else gives it to a person at the same time.
            await using var transaction = await database.BeginAsync(claim.TenantId, CancellationToken.None);
            await reviews.AddNotFollowedAsync(transaction, appointment, code, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await appointments.RetryAsync(claim, Pause(appointment, failure), code, isUnsure, CancellationToken.None);
        NotWritten(logger, claim.Id, claim.TenantId, code);
    }

    // An answer that refuses says that nothing was done, and what waits for the key's pace was not sent; silence, a cut line and a server's error say nothing.
    private static bool SurelyNothing(ShopmonkeyException failure) =>
        failure is { Failure: not ShopmonkeyFailure.Outage } or { Message: "shopmonkey_429" or "shopmonkey_403" or "shopmonkey_paused" or "shopmonkey_budget_used_up" };

    private static TimeSpan Pause(FollowedAppointment appointment, ShopmonkeyException? failure) =>
        failure?.RetryAfter is { } told && told > Soon ? told
        : failure is null or { Failure: ShopmonkeyFailure.Outage } ? TimeSpan.FromSeconds(Math.Min(60, Soon.TotalSeconds * Math.Pow(2, Math.Min(appointment.CrmAttempts, 4))))
        : Late;

    [LoggerMessage(2710, LogLevel.Information, "The CRM has followed appointment {AppointmentId} (tenant {TenantId})")]
    private static partial void Written(ILogger logger, Guid appointmentId, Guid tenantId);

    [LoggerMessage(2711, LogLevel.Warning, "The CRM has not followed appointment {AppointmentId} (tenant {TenantId}): {Reason}; it is tried again")]
    private static partial void NotWritten(ILogger logger, Guid appointmentId, Guid tenantId, string reason);

    [LoggerMessage(2712, LogLevel.Information, "A call that was cut off had made appointment {AppointmentId} (tenant {TenantId}) in the CRM")]
    private static partial void Found(ILogger logger, Guid appointmentId, Guid tenantId);
}

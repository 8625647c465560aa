using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>Lets go of holds that nobody confirmed, and follows each change of a booking: reminders first, then the CRM's calendar. Any number of copies may run.</summary>
public sealed partial class AppointmentWorker(
    AppointmentStore appointments, AppointmentFollowUp followUp, CrmCalendar calendar, AppointmentSignal signal, ClockWatch clock, ServiceInstance instance,
    IHostApplicationLifetime lifetime, ILogger<AppointmentWorker> logger) : BackgroundService
{
    private const int AtOnce = 16;
    private const int HoldsAtOnce = 200;

    // A CRM that hangs keeps a call of ours for twenty seconds.
    private const int WritesOfATenant = 16;
    private static readonly TimeSpan ForAPlace = TimeSpan.FromSeconds(5);

    // Customers confirm in the other service, which does not call here.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly TenantLanes _writes = new(WritesOfATenant);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await signal.RoundsAsync(RunOnceAsync, Every, Failed, stopping.Token);
        await _writes.EndAsync();
    }

    /// <summary>One round. What it writes to CRMs goes on beside the next ones: nobody's confirmation waits for a CRM, nor for that of another franchise.</summary>
    /// <returns>Whether more may be to follow.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        if (clock.IsWrong)
        {
            return false;
        }

        if ((await appointments.ExpireHoldsAsync(HoldsAtOnce, cancel)).Count is > 0 and var expired)
        {
            Expired(logger, expired);
        }

        var claims = await appointments.ClaimAsync(instance.Id, AtOnce, cancel);
        foreach (var claim in claims)
        {
            if (await PlanAsync(claim, cancel) is { } appointment && !_writes.TryBegin(claim.TenantId, () => WriteAsync(claim, appointment)))
            {
                await appointments.RetryAsync(claim, ForAPlace, "crm_is_slow", isUnsure: true, cancel);
            }
        }

        return claims.Count == AtOnce;
    }

    // Null: there is nothing for the CRM to follow, or the claim is lost.
    private async Task<FollowedAppointment?> PlanAsync(AppointmentClaim claim, CancellationToken cancel)
    {
        try
        {
            if (await appointments.ReadClaimedAsync(claim, cancel) is not { } appointment)
            {
                return null;
            }

            if (appointment.PlannedRevision < appointment.Revision)
            {
                await followUp.PlanAsync(claim, appointment, cancel);
            }

            if (appointment.CrmRevision < appointment.Revision)
            {
                return appointment;
            }

            await appointments.ReleaseAsync(claim, cancel);
            return null;
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            // Its lease ends, and it is taken again.
            NotFollowed(logger, exception, claim.Id, claim.TenantId);
            return null;
        }
    }

    // Not cut off by a stop of this process: of a call that is, nobody knows whether the CRM has made it. It ends within its own limit, and the stop waits for it.
    private async Task WriteAsync(AppointmentClaim claim, FollowedAppointment appointment)
    {
        try
        {
            await calendar.WriteAsync(claim, appointment, CancellationToken.None);
        }
        catch (Exception exception)
        {
            NotFollowed(logger, exception, claim.Id, claim.TenantId);
        }
    }

    private TimeSpan Failed(Exception exception)
    {
        RoundFailed(logger, exception);
        return Every;
    }

    [LoggerMessage(2700, LogLevel.Information, "{Count} held slots were not confirmed in time and are free again")]
    private static partial void Expired(ILogger logger, int count);

    [LoggerMessage(2701, LogLevel.Error, "Appointment {AppointmentId} (tenant {TenantId}) could not be followed; it is tried again after its lease")]
    private static partial void NotFollowed(ILogger logger, Exception exception, Guid appointmentId, Guid tenantId);

    [LoggerMessage(2702, LogLevel.Error, "A round of following appointments failed; the next one goes on where it stopped")]
    private static partial void RoundFailed(ILogger logger, Exception exception);
}

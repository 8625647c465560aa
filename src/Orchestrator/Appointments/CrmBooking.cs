using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Appointments;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>What of an appointment in the CRM is ours to change: all else may be the shop's own words by then.</summary>
public sealed record CrmTimes(DateTimeOffset StartDate, DateTimeOffset EndDate);

/// <summary>A new appointment as the CRM takes it. <c>name</c>, <c>color</c>, <c>startDate</c> and <c>endDate</c> are required there.</summary>
public sealed record CrmBooking(
    string Name, string Color, DateTimeOffset StartDate, DateTimeOffset EndDate, string Note, string? LocationId, string? CustomerId, string? VehicleId, string? OrderId)
{
    private const string Marker = "lead-orchestrator:";

    /// <summary>Makes it of ours.</summary>
    public static CrmBooking Of(FollowedAppointment appointment)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        var who = $"{appointment.FirstName} {appointment.LastName}".Trim();
        var note = appointment.Phone is { } phone && appointment.ExternalCustomerId is null ? $"{who}, {phone}. " : "";
        return new CrmBooking(
            who.Length == 0 ? appointment.ServiceName : $"{appointment.ServiceName} - {who}", "blue", appointment.StartsAt, appointment.EndsAt, $"{note}{MarkOf(appointment.Id)}",
            appointment.ExternalLocationId, appointment.ExternalCustomerId, appointment.ExternalVehicleId, appointment.ExternalOrderId);
    }

    /// <summary>What only this booking's note holds.</summary>
    public static string MarkOf(Guid appointmentId) => $"[{Marker}{appointmentId}]";

    /// <summary>Whose mark a note holds; null = none.</summary>
    public static Guid? MarkIn(string? note) => note is not null && Mark.Match(note) is { Success: true } mark ? Guid.Parse(mark.Groups[1].ValueSpan) : null;

    private static readonly Regex Mark = new(@"\[lead-orchestrator:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]", RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
}

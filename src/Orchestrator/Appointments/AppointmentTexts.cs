using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Messages;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>A message about an appointment, to be planned.</summary>
/// <param name="Kind">confirmed, moved, cancelled, day_before or two_hours_before.</param>
/// <param name="ExpiresAt">After that it would come too late to be of use.</param>
public sealed record AppointmentMessage(string Kind, DateTimeOffset DueAt, DateTimeOffset ExpiresAt, string Subject, string Text);

/// <summary>What a customer is told of an appointment, and when. Pure; whether and at which hour it may go out is the gate's business, as of every message.</summary>
public static class AppointmentTexts
{
    private static readonly TimeSpan ConfirmationGoodFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);
    private static readonly TimeSpan LastMinute = TimeSpan.FromMinutes(30);

    // A reminder that would come right after the confirmation reminds nobody.
    private static readonly TimeSpan Apart = TimeSpan.FromHours(1);

    /// <summary>The messages after a change of an appointment that stands: the news at once, and reminders on the day before and two hours before.</summary>
    /// <param name="isNew">It was not told before; else it has moved.</param>
    /// <param name="byEmail">Then there is no link in it.</param>
    public static IReadOnlyList<AppointmentMessage> Plan(FollowedAppointment appointment, bool isNew, bool byEmail, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        var start = appointment.StartsAt;
        if (start <= now)
        {
            return [];
        }

        var words = WordsFor(appointment);
        var (shop, what) = (Word(appointment.LocationName), WhatOf(appointment));
        var change = byEmail ? "" : $" {words.ToChange} {TextTemplates.LinkPlaceholder}";
        var reminder = $"{shop}: {words.Reminder} {what}.{change}";
        AppointmentMessage?[] messages =
        [
            new(isNew ? "confirmed" : "moved", now, Earlier(now + ConfirmationGoodFor, start), words.Subject(shop),
                isNew ? $"{shop}: {words.Booked} {what}, {Price(appointment.PriceCents)}.{change} {words.Stop}" : $"{shop}: {words.Moved} {what}.{change} {words.Stop}"),
            Reminder("day_before", DayBefore(appointment), start - TwoHours - Apart),
            Reminder("two_hours_before", start - TwoHours, start - LastMinute),
        ];
        return [.. messages.OfType<AppointmentMessage>().Select(message => Folded(message, byEmail))];

        AppointmentMessage? Reminder(string kind, DateTimeOffset due, DateTimeOffset until) =>
            due < now + Apart || until <= due ? null : new AppointmentMessage(kind, due, until, words.Subject(shop), reminder);
    }

    /// <summary>The shop has taken an appointment back of which its customer was told: they hear so, once, as long as it matters.</summary>
    /// <param name="byEmail">Then there is no link in it.</param>
    public static IReadOnlyList<AppointmentMessage> TakenBack(FollowedAppointment appointment, bool byEmail, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        if (appointment.StartsAt <= now)
        {
            return [];
        }

        var (shop, words) = (Word(appointment.LocationName), WordsFor(appointment));
        var another = byEmail ? "" : $" {words.ForAnother} {TextTemplates.LinkPlaceholder}";
        return
        [
            Folded(new("cancelled", now, Earlier(now + ConfirmationGoodFor, appointment.StartsAt), words.CancelledSubject(shop),
                $"{shop}: {words.Cancelled} {WhatOf(appointment)}.{another} {words.Stop}"), byEmail),
        ];
    }

    // "sáb" alone, or an accent in a name, more than doubles what a text costs; an email keeps its accents.
    private static AppointmentMessage Folded(AppointmentMessage message, bool byEmail) =>
        !byEmail && !TextSize.IsGsm(message.Text) && GsmLetters.Fold(message.Text) is var folded && TextSize.IsGsm(folded) ? message with { Text = folded } : message;

    private static string WhatOf(FollowedAppointment appointment) =>
        $"{Word(appointment.ServiceName)}, {BookingWords.When(appointment.StartsAt, appointment.Timezone, appointment.Language)}";

    private static Phrases WordsFor(FollowedAppointment appointment) => appointment.Language == Languages.Spanish ? Spanish : English;

    private static readonly Phrases English = new(
        "you are booked.", "your appointment has another time.", "your appointment is cancelled.", "reminder of your appointment.", "To change or cancel:", "For another time:",
        "Reply STOP to opt out.", shop => $"Your appointment at {shop}", shop => $"Your appointment at {shop} is cancelled");

    private static readonly Phrases Spanish = new(
        "su cita queda reservada.", "su cita tiene otro horario.", "su cita fue cancelada.", "le recordamos su cita.", "Para cambiarla o cancelarla:", "Para otro horario:",
        "Responda STOP para no recibir mensajes.", shop => $"Su cita en {shop}", shop => $"Su cita en {shop} fue cancelada");

    /// <summary>The sentences of one language.</summary>
    private sealed record Phrases(
        string Booked, string Moved, string Cancelled, string Reminder, string ToChange, string ForAnother, string Stop, Func<string, string> Subject, Func<string, string> CancelledSubject);

    // The same time on the wall a day earlier, also where a day has 23 or 25 hours.
    private static DateTimeOffset DayBefore(FollowedAppointment appointment)
    {
        var zone = ZoneOf(appointment);
        return Instant.FromDateTimeOffset(appointment.StartsAt).InZone(zone).LocalDateTime.PlusDays(-1).InZoneLeniently(zone).ToDateTimeOffset().ToUniversalTime();
    }

    private static DateTimeZone ZoneOf(FollowedAppointment appointment) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(appointment.Timezone) ?? DateTimeZone.Utc;

    // Names are somebody's typing; in a stored text braces would stand for a link.
    private static string Word(string name) => PlainText.Cut(name.Replace('{', '(').Replace('}', ')').Trim(), 60);

    private static string Price(long cents) => string.Create(CultureInfo.InvariantCulture, $"${cents / 100}.{cents % 100:00}");

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}

using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>What a customer is told of an appointment, in the language that they write.</summary>
public sealed class AppointmentTextsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Who_writes_Spanish_is_told_so_in_Spanish()
    {
        var booked = AppointmentTexts.Plan(Tuesday(Languages.Spanish), isNew: true, byEmail: false, Now);
        var moved = AppointmentTexts.Plan(Tuesday(Languages.Spanish), isNew: false, byEmail: true, Now);

        booked.Select(message => message.Text).ShouldBe(
        [
            "Acme Tint Austin: su cita queda reservada. Front Window Tint, mar 24 nov a las 16:30, $199.00. Para cambiarla o cancelarla: {link} Responda STOP para no recibir mensajes.",
            "Acme Tint Austin: le recordamos su cita. Front Window Tint, mar 24 nov a las 16:30. Para cambiarla o cancelarla: {link}",
            "Acme Tint Austin: le recordamos su cita. Front Window Tint, mar 24 nov a las 16:30. Para cambiarla o cancelarla: {link}",
        ]);
        (moved[0].Subject, moved[0].Text).ShouldBe((
            "Su cita en Acme Tint Austin", "Acme Tint Austin: su cita tiene otro horario. Front Window Tint, mar 24 nov a las 16:30. Responda STOP para no recibir mensajes."));
    }

    [Fact]
    public void What_the_shop_takes_back_is_told_in_the_customers_language() =>
        new[] { null, Languages.English, Languages.Spanish }.Select(language => AppointmentTexts.TakenBack(Tuesday(language), byEmail: false, Now).Single().Text).ShouldBe(
        [
            "Acme Tint Austin: your appointment is cancelled. Front Window Tint, Tue, Nov 24 at 4:30 PM. For another time: {link} Reply STOP to opt out.",
            "Acme Tint Austin: your appointment is cancelled. Front Window Tint, Tue, Nov 24 at 4:30 PM. For another time: {link} Reply STOP to opt out.",
            "Acme Tint Austin: su cita fue cancelada. Front Window Tint, mar 24 nov a las 16:30. Para otro horario: {link} Responda STOP para no recibir mensajes.",
        ]);

    [Fact]
    public void While_nobody_knows_the_language_it_is_English() =>
        AppointmentTexts.Plan(Tuesday(null), isNew: true, byEmail: false, Now)[0].Text
            .ShouldBe("Acme Tint Austin: you are booked. Front Window Tint, Tue, Nov 24 at 4:30 PM, $199.00. To change or cancel: {link} Reply STOP to opt out.");

    [Fact]
    public void An_accent_that_texts_have_not_does_not_double_what_one_costs_and_an_email_keeps_it()
    {
        var saturday = Tuesday(Languages.Spanish) with
        {
            StartsAt = new(2026, 11, 28, 22, 30, 0, TimeSpan.Zero), EndsAt = new(2026, 11, 28, 23, 30, 0, TimeSpan.Zero), ServiceName = "Polarizado cerámico", LocationName = "Tintes Martínez",
        };

        var texts = AppointmentTexts.Plan(saturday, isNew: true, byEmail: false, Now).Concat(AppointmentTexts.TakenBack(saturday, byEmail: false, Now)).ToList();

        texts[0].Text.ShouldStartWith("Tintes Martinez: su cita queda reservada. Polarizado ceramico, sab 28 nov a las 16:30, $199.00.");
        texts.ShouldAllBe(message => TextSize.IsGsm(message.Text));
        AppointmentTexts.Plan(saturday, isNew: true, byEmail: true, Now)[0].Text.ShouldStartWith("Tintes Martínez: su cita queda reservada. Polarizado cerámico, sáb 28 nov");
        AppointmentTexts.TakenBack(saturday, byEmail: true, Now)[0].Text.ShouldContain("sáb 28 nov");
        AppointmentTexts.Plan(saturday with { LocationName = "Éxito 窗膜" }, isNew: true, byEmail: false, Now)[0].Text.ShouldContain("cerámico", Case.Sensitive, "it is dear anyway");
    }

    private static FollowedAppointment Tuesday(string? language) => new()
    {
        Id = Guid.CreateVersion7(), LeadId = Guid.CreateVersion7(), StartsAt = new(2026, 11, 24, 22, 30, 0, TimeSpan.Zero), EndsAt = new(2026, 11, 24, 23, 30, 0, TimeSpan.Zero),
        Status = AppointmentStatuses.Confirmed, CreatedAt = Now, UpdatedAt = Now, Revision = 1, PlannedRevision = 0, CrmRevision = 0, CrmAttempts = 0, ServiceName = "Front Window Tint", PriceCents = 19900,
        LocationName = "Acme Tint Austin", Timezone = "America/Chicago", FirstName = "Ann", LastName = "Example", Language = language,
    };
}

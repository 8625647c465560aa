using System.Net;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>Who has booked hears of it although their number is somebody else's, or takes no texts.</summary>
public sealed class AppointmentByEmailTests(Franchise franchise) : IClassFixture<Franchise>, IAsyncLifetime
{
    private HttpClient _staff = null!;
    private AppointmentShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _staff = franchise.As("manager");
        _shop = await AppointmentShop.OpenAsync(franchise);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Whose_number_is_a_strangers_is_told_by_email()
    {
        const string phone = "+15125552701";
        var lead = await GreetedAsync(phone, "wrong.2701@example.com");
        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "wrong number");

        var appointment = await BookAsync(lead);

        (await ToldAsync(appointment, "confirmed email")).ShouldBe(["confirmed email sent", "day_before email scheduled", "two_hours_before email scheduled"]);
        franchise.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1, "the greeting alone");
    }

    [Fact]
    public async Task What_was_planned_by_text_comes_by_email_when_the_number_turns_out_to_be_a_strangers()
    {
        const string phone = "+15125552702";
        var lead = await GreetedAsync(phone, "wrong.2702@example.com");
        var appointment = await BookAsync(lead);
        await ToldAsync(appointment, "confirmed sms");

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "Sorry, wrong number");

        (await ToldAsync(appointment, "day_before-by-email email")).ShouldBe(
        [
            "confirmed sms sent", "day_before sms cancelled", "day_before-by-email email scheduled", "two_hours_before sms cancelled", "two_hours_before-by-email email scheduled",
        ]);
        var reminder = (await franchise.Database.RowsAsync("SELECT subject, content FROM touch_points WHERE appointment_id = $1 AND step LIKE '%day_before-by-email'", appointment)).ShouldHaveSingleItem();
        (reminder["subject"], reminder["content"]).ShouldBe((
            "Your appointment at Acme Tint North", "Acme Tint North: reminder of your appointment. Front Window Tint, Wed, Nov 25 at 10:00 AM."));
        (await _staff.PostAsync($"/api/appointments/{appointment}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ToldAsync(appointment, "cancelled email")).ShouldContain("day_before-by-email email cancelled");
    }

    [Fact]
    public async Task A_text_that_failed_for_the_numbers_sake_and_what_was_to_follow_it_come_by_email_once()
    {
        const string phone = "+15125552703";
        var lead = await GreetedAsync(phone, "dead.2703@example.com");
        var appointment = await BookAsync(lead);
        await ToldAsync(appointment, "confirmed sms");
        var attempt = await franchise.Database.ScalarAsync<Guid>("SELECT a.id FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id WHERE t.appointment_id = $1", appointment);

        await HeedAsync(lead, phone, attempt);
        await HeedAsync(lead, phone, attempt);

        (await ToldAsync(appointment, "confirmed-by-email email")).ShouldBe(
        [
            "confirmed sms sent", "confirmed-by-email email sent", "day_before sms suppressed", "day_before-by-email email scheduled", "two_hours_before sms suppressed",
            "two_hours_before-by-email email scheduled",
        ]);
    }

    [Fact]
    public async Task Without_an_address_that_takes_mail_nothing_changes()
    {
        const string phone = "+15125552704";
        var lead = await GreetedAsync(phone, null);
        var appointment = await BookAsync(lead);
        await ToldAsync(appointment, "confirmed sms");

        await HeedAsync(lead, phone, Guid.Empty);

        (await ToldAsync(appointment, "confirmed sms")).ShouldBe(["confirmed sms sent", "day_before sms scheduled", "two_hours_before sms scheduled"]);
    }

    private async Task<Guid> GreetedAsync(string phone, string? email)
    {
        var lead = await franchise.LeadByApiAsync(_staff, _shop.LocationId, phone, email);
        await franchise.SentAsync(lead);
        return lead;
    }

    private async Task<Guid> BookAsync(Guid lead)
    {
        using var answer = await _shop.BookAsync(_staff, lead, "2026-11-25T16:00:00Z");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return Guid.Parse((await answer.JsonAsync()).Text("id"));
    }

    // What is said of it, once this of it is out; a delivered text is a sent one.
    private async Task<IReadOnlyList<string>> ToldAsync(Guid appointment, string isOut) => await Eventually.ValueAsync(
        async () => (IReadOnlyList<string>)await franchise.Database.ColumnAsync<string>("""
            SELECT regexp_replace(step, '^appointment-\d+-', '') || ' ' || channel || ' ' || CASE status WHEN 'delivered' THEN 'sent' ELSE status END FROM touch_points
            WHERE appointment_id = $1 ORDER BY regexp_replace(step, '^appointment-\d+-', '')
            """, appointment),
        told => told.Any(one => one.StartsWith(isOut, StringComparison.Ordinal) && (one.EndsWith("sent", StringComparison.Ordinal) || one.Contains("day_before", StringComparison.Ordinal))), $"{isOut} to be out");

    private async Task HeedAsync(Guid lead, string phone, Guid attempt)
    {
        await using var transaction = await franchise.Get<LeadDatabase>().BeginAsync(franchise.TenantId, CancellationToken.None);
        await franchise.Get<VendorVerdicts>().HeedAsync(transaction, lead, phone, TwilioErrors.Of(30006), $"attempt {attempt}", CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}

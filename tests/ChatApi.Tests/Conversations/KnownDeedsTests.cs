using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>What is known to be done: which rows let the assistant say so, and which do not.</summary>
public sealed class KnownDeedsTests(Scene scene) : IClassFixture<Scene>
{
    private const string Safe = "Please call the shop.";
    private static int _taken;

    [Fact]
    public async Task The_greeting_that_brought_the_customer_is_no_text_that_was_just_sent()
    {
        var (customer, lead) = await GuestAsync();
        await AddTextAsync(lead, "greeting", sent: scene.Sandbox.Clock.Now.AddMinutes(-5));

        foreach (var lie in (string[])["I just texted you the quote.", "You'll receive a confirmation text shortly."])
        {
            (await AnswerAsync(customer, lie)).ShouldBe(Safe, lie);
        }
    }

    [Fact]
    public async Task A_text_that_went_out_since_the_question_may_be_told()
    {
        var (customer, lead) = await GuestAsync();
        await AnswerAsync(customer, "Hi Ann!");
        await AddTextAsync(lead, "by_staff", sent: scene.Sandbox.Clock.Now.AddSeconds(1));

        (await DoneAsync(customer)).ShouldBe(Deeds.Sent);
    }

    [Theory]
    [InlineData("scheduled", true)]
    [InlineData("delivered", true)]
    [InlineData("cancelled", false)]
    public async Task The_confirmation_of_an_appointment_may_be_told_as_soon_as_it_is_planned(string status, bool isTold)
    {
        var (customer, lead) = await GuestAsync();
        var appointment = await AddAppointmentAsync(lead, "confirmed");
        await AddTextAsync(lead, "confirmation", sent: status == "delivered" ? scene.Sandbox.Clock.Now.AddMinutes(-5) : null, status, appointment);

        (await AnswerAsync(customer, "You'll receive a confirmation text shortly.")).ShouldBe(isTold ? "You'll receive a confirmation text shortly." : Safe);
    }

    [Fact]
    public async Task What_is_over_stands_no_more()
    {
        var (customer, lead) = await GuestAsync();
        await AddAppointmentAsync(lead, "confirmed", startsIn: TimeSpan.FromDays(-3));

        (await AnswerAsync(customer, "You're booked!")).ShouldBe(Safe);
    }

    [Fact]
    public async Task A_hold_that_was_given_back_was_no_appointment_that_is_cancelled_now()
    {
        var (customer, lead) = await GuestAsync();
        await AddAppointmentAsync(lead, "cancelled", reason: "cancelled_by_customer", revision: 0);

        (await AnswerAsync(customer, "Your appointment has been cancelled.")).ShouldBe(Safe);
    }

    [Fact]
    public async Task One_appointment_that_is_cancelled_says_nothing_while_another_stands()
    {
        var (customer, lead) = await GuestAsync();
        await AddAppointmentAsync(lead, "cancelled", reason: "cancelled_by_staff", revision: 2);
        (await DoneAsync(customer)).ShouldBe(Deeds.Cancelled);

        await AddAppointmentAsync(lead, "confirmed");

        (await DoneAsync(customer)).ShouldBe(Deeds.Booked);
    }

    [Fact]
    public async Task What_staff_have_moved_may_be_told()
    {
        var (customer, lead) = await GuestAsync();
        await AddAppointmentAsync(lead, "confirmed", revision: 2);

        (await DoneAsync(customer)).ShouldBe(Deeds.Booked | Deeds.Moved);
    }

    [Fact]
    public async Task A_booking_is_told_with_its_own_day_and_with_the_price_of_then()
    {
        var (customer, lead) = await GuestAsync();
        await AddAppointmentAsync(lead, "confirmed", startsIn: TimeSpan.FromDays(1), cents: 34_900); // Tuesday
        await AddAppointmentAsync(lead, "held", startsIn: TimeSpan.FromDays(4)); // Friday

        (await AnswerAsync(customer, "You're booked for Friday.")).ShouldBe(Safe);
        (await AnswerAsync(customer, "You're booked for Tuesday, and I'm holding Friday for you.")).ShouldBe("You're booked for Tuesday, and I'm holding Friday for you.");
        (await AnswerAsync(customer, "Your booked price of $349.00 stays.")).ShouldBe("Your booked price of $349.00 stays.");
        scene.Sandbox.Model.Calls[^1].System.ShouldContain("Booked: Full Car Ceramic Tint, Tuesday 24 Nov at ");
        (await AnswerAsync((await GuestAsync()).Customer, "Your booked price of $349.00 stays.")).ShouldBe(Safe);
    }

    // The second answer is only heard when the first is stopped.
    private async Task<string> AnswerAsync(Customer customer, string text)
    {
        scene.Sandbox.Model.Respond = call => new ModelAnswer(call.System.Contains("stopped before it was sent", StringComparison.Ordinal) ? Safe : text);
        try
        {
            return (await customer.AskAsync("And now?"))[^1].Text("content");
        }
        finally
        {
            scene.Sandbox.Model.Respond = null;
        }
    }

    private async Task<(Customer Customer, Guid Lead)> GuestAsync()
    {
        var customer = await scene.CustomerAsync();
        return (customer, await scene.Database.ScalarAsync<Guid>("SELECT lead_id FROM chat_sessions WHERE id = $1", customer.SessionId));
    }

    private async Task<Deeds> DoneAsync(Customer customer) =>
        (await scene.Chat.Get<ConversationStore>().FindAsync(new SessionKey(scene.TenantId, customer.SessionId), CancellationToken.None))!.Done;

    private Task<int> AddTextAsync(Guid lead, string step, DateTimeOffset? sent, string status = "sent", Guid? appointment = null)
    {
        var now = scene.Sandbox.Clock.Now.UtcDateTime;
        return scene.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, sent_at, appointment_id, created_at, updated_at)
            VALUES ($1, $2, $3, $4, 'sms', $5, 'test', $6, $6 + interval '1 day', $7, $8, $6, $6)
            """, scene.TenantId, Guid.CreateVersion7(), lead, step, status, now, (object?)sent?.UtcDateTime ?? DBNull.Value, (object?)appointment ?? DBNull.Value);
    }

    private async Task<Guid> AddAppointmentAsync(Guid lead, string status, TimeSpan? startsIn = null, string? reason = null, long revision = 1, long cents = 39_900)
    {
        var id = Guid.CreateVersion7();
        var now = scene.Sandbox.Clock.Now;
        // Each in minutes of its own: two never want one bay at a time.
        var starts = (now + (startsIn ?? TimeSpan.FromDays(2))).AddMinutes(Interlocked.Increment(ref _taken) * 2);
        await scene.Database.ExecuteAsync("""
            INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, status_reason, price_cents, expires_at, revision, planned_revision, crm_revision, created_at, updated_at)
            SELECT $1, $2, $3, $4, c.id, b.id, $5, $5 + interval '1 minute', $6, $7, $8, $9, $10, $10, $10, $11, $11
            FROM service_catalog c JOIN bays b ON b.location_id = c.location_id WHERE c.location_id = $4
            LIMIT 1
            """, scene.TenantId, id, lead, scene.LocationId, starts.UtcDateTime, status, (object?)reason ?? DBNull.Value, cents,
            status == "held" ? (object)now.AddMinutes(10).UtcDateTime : DBNull.Value, revision, now.UtcDateTime);
        return id;
    }
}

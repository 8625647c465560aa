using LeadOrchestrator.Orchestrator.Leads;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Appointments in the CRM: whoever has one is booked and hears no more of us, whatever order the events come in.</summary>
public sealed class AppointmentChangeTests : IntakeScene
{
    private const string Reason = "appointment_in_crm";

    [Fact]
    public async Task The_lead_of_the_appointments_order_is_booked_and_what_was_planned_ends()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));

        await AllAsync(await AppointmentAsync("x", 1, "a"));

        var lead = await LeadOfAsync("a");
        (lead["status"], lead["status_reason"]).ShouldBe(("booked", Reason));
        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("cancelled", "appointment_booked"));
    }

    [Fact]
    public async Task Another_request_of_the_same_person_is_not_chased_any_more_and_one_of_somebody_else_is()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "ann"), await LeadAsync("c", 1, "bob", phone: "+15125550999"));
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'next_day', 'sms', 'scheduled', '2026-12-25Z', '2026-12-29Z', '2026-11-23Z', '2026-11-23Z' FROM leads
            """);

        await AllAsync(await AppointmentAsync("x", 1, "a"));

        (await Database.RowsAsync("""
            SELECT l.external_id, l.sequence_ended_as, t.status FROM leads l JOIN touch_points t ON t.lead_id = l.id AND t.step = 'next_day' ORDER BY 1
            """)).Select(row => (row["external_id"], row["sequence_ended_as"], row["status"]))
            .ShouldBe([("a", null, "cancelled"), ("b", "appointment_booked", "cancelled"), ("c", null, "scheduled")]);
    }

    [Fact]
    public async Task Without_an_order_it_is_the_customers_newest_lead_that_may_still_come_of_it()
    {
        await AllAsync(await LeadAsync("won", 1, "ann"), await LeadAsync("older", 1, "ann"));
        Clock.Advance(TimeSpan.FromMinutes(5));
        await AllAsync(await LeadAsync("newer", 1, "ann"));
        await Database.ExecuteAsync("UPDATE leads SET status = 'won' WHERE external_id = 'won'");

        await AllAsync(await AppointmentAsync("x", 1, null, "ann", startsAt: Clock.GetUtcNow().AddDays(1)));

        (await Database.ColumnAsync<string>("SELECT external_id FROM leads WHERE status = 'booked'")).ShouldBe(["newer"]);
    }

    [Fact]
    public async Task An_appointment_from_before_the_request_books_nobody()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));

        await AllAsync(await AppointmentAsync("x", 1, null, "ann", startsAt: Clock.GetUtcNow().AddDays(-30)));

        (await LeadOfAsync("a"))["status"].ShouldBe("new");
        (await CountAsync("webhook_events WHERE topic = 'appointment' AND reason = 'concerns_no_lead'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_appointment_that_is_told_before_its_order_books_the_lead_when_it_comes_and_nobody_is_greeted()
    {
        await AllAsync(await AppointmentAsync("x", 1, "a", "ann"));

        await AllAsync(await LeadAsync("a", 1, "ann"));

        (await LeadOfAsync("a"))["status"].ShouldBe("booked");
        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("suppressed", "appointment_booked"));
    }

    [Fact]
    public async Task An_appointment_of_an_order_that_is_no_lead_books_the_customers_own_lead()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"), await NoLeadAsync("work", 1, "not_in_a_lead_column", null));

        await AllAsync(await AppointmentAsync("x", 1, "work", "ann"));

        (await LeadOfAsync("a"))["status"].ShouldBe("booked");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_only_appointment_is_gone_or_declined_the_lead_goes_on_where_it_was_and_nothing_is_planned_anew(bool isGone)
    {
        await AllAsync(await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "bea", phone: "+15125550101"));
        await Database.ExecuteAsync("UPDATE leads SET status = 'contacted', first_contacted_at = '2026-11-23Z' WHERE external_id = 'a'");
        await AllAsync(await AppointmentAsync("x", 1, "a"), await AppointmentAsync("y", 1, "b"));

        await AllAsync(await AppointmentAsync("x", 2, "a", stands: isGone, isGone: isGone), await AppointmentAsync("y", 2, "b", stands: isGone, isGone: isGone));

        ((await LeadOfAsync("a"))["status"], (await LeadOfAsync("a"))["status_reason"]).ShouldBe(("contacted", "appointment_gone_from_crm"));
        (await LeadOfAsync("b"))["status"].ShouldBe("new");
        (await CountAsync("touch_points WHERE status = 'scheduled'")).ShouldBe(0);
    }

    [Fact]
    public async Task While_another_appointment_stands_the_lead_stays_booked()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await AllAsync(await AppointmentAsync("x", 1, "a"), await AppointmentAsync("y", 1, "a"));

        await AllAsync(await AppointmentAsync("x", 2, "a", isGone: true));
        (await LeadOfAsync("a"))["status"].ShouldBe("booked");

        await AllAsync(await AppointmentAsync("y", 2, "a", stands: false));
        (await LeadOfAsync("a"))["status"].ShouldBe("new");
    }

    [Fact]
    public async Task A_deleted_appointment_that_is_told_again_books_nobody()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await AllAsync(await AppointmentAsync("x", 3, "a", isGone: true));

        await AllAsync(await AppointmentAsync("x", 2, "a"));
        await AllAsync(await AppointmentAsync("x", 4, "a"));

        (await LeadOfAsync("a"))["status"].ShouldBe("new");
    }

    [Fact]
    public async Task An_appointment_that_moves_to_another_order_books_that_one_and_lets_the_first_go()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "bea", phone: "+15125550101"));
        await AllAsync(await AppointmentAsync("x", 1, "a"));

        await AllAsync(await AppointmentAsync("x", 2, "b"));

        (await LeadOfAsync("a"))["status"].ShouldBe("new");
        (await LeadOfAsync("b"))["status"].ShouldBe("booked");
    }

    [Fact]
    public async Task An_appointment_without_an_order_that_is_told_again_stays_with_the_lead_that_it_has_booked()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await AllAsync(await AppointmentAsync("x", 1, null, "ann", startsAt: Clock.GetUtcNow().AddDays(4)));
        Clock.Advance(TimeSpan.FromDays(2));
        await AllAsync(await LeadAsync("b", 1, "ann"));

        await AllAsync(await AppointmentAsync("x", 2, null, "ann", startsAt: Clock.GetUtcNow().AddDays(2)));

        ((await LeadOfAsync("a"))["status"], (await LeadOfAsync("b"))["status"]).ShouldBe(("booked", "new"));
        (await GreetingOfAsync("b"))["status"].ShouldBe("scheduled");
    }

    [Fact]
    public async Task An_appointment_that_is_only_changed_ends_nothing_of_a_request_that_came_after_it()
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await AllAsync(await AppointmentAsync("x", 1, "a"));
        await AllAsync(await LeadAsync("b", 1, "ann"));
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'next_day', 'sms', 'scheduled', '2026-12-25Z', '2026-12-29Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE external_id = 'b'
            """);

        await AllAsync(await AppointmentAsync("x", 2, "a"));

        (await Database.ColumnAsync<string>(
            "SELECT concat_ws(' ', l.status, l.sequence_ended_as, t.status) FROM leads l JOIN touch_points t ON t.lead_id = l.id WHERE t.step = 'next_day'")).ShouldBe(["new scheduled"]);
    }

    [Theory]
    [InlineData("won", 1, "appointment_booked")]
    [InlineData("booked", 1, "appointment_booked")]
    [InlineData("won", -30, null)] // the CRM tells late of a visit of long ago
    public async Task A_new_appointment_of_an_order_that_was_sold_ends_the_sequence_of_the_persons_other_request(string status, int inDays, string? endedAs)
    {
        await AllAsync(await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "ann"));
        await Database.ExecuteAsync("UPDATE leads SET status = $1 WHERE external_id = 'a'", status);

        await AllAsync(await AppointmentAsync("x", 1, "a", startsAt: Clock.GetUtcNow().AddDays(inDays)));

        (await LeadOfAsync("b"))["sequence_ended_as"].ShouldBe(endedAs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_does_so_whichever_of_the_order_and_its_appointment_is_told_first(bool appointmentFirst)
    {
        await AllAsync(await LeadAsync("b", 1, "ann"));
        var (appointment, order) = (await AppointmentAsync("x", 1, "a", "ann", startsAt: Clock.GetUtcNow().AddDays(1)), await LeadAsync("a", 1, "ann"));

        await AllAsync(appointmentFirst ? appointment : order);
        await AllAsync(appointmentFirst ? order : appointment);

        ((await LeadOfAsync("a"))["status"], (await LeadOfAsync("b"))["sequence_ended_as"]).ShouldBe(("booked", "appointment_booked"));
    }

    [Theory]
    [InlineData(false, "scheduled")]
    [InlineData(true, "cancelled")]
    public async Task The_first_message_of_another_request_goes_out_when_it_is_back_unless_somebody_speaks_with_that_one_itself(bool isSpokenWith, string greeting)
    {
        await AllAsync(await LeadAsync("b", 1, "ann"));
        await AllAsync(await NoLeadAsync("b", 2, "not_in_a_lead_column", null));
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await AllAsync(await AppointmentAsync("x", 1, "a", startsAt: Clock.GetUtcNow().AddDays(1)));
        (await LeadOfAsync("b"))["sequence_ended_as"].ShouldBe("appointment_booked");
        if (isSpokenWith)
        {
            await Database.ExecuteAsync("""
                INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'ai', now(), now() FROM leads WHERE external_id = 'b'
                """);
        }

        await AllAsync(await LeadAsync("b", 3, "ann"));

        (await GreetingOfAsync("b"))["status"].ShouldBe(greeting);
    }

    [Theory]
    [InlineData("opted_out")]
    [InlineData("won")]
    [InlineData("lost")]
    public async Task Who_opted_out_and_what_has_ended_stays_so(string status)
    {
        await AllAsync(await LeadAsync("a", 1, "ann"));
        await Database.ExecuteAsync("UPDATE leads SET status = $1", status);

        await AllAsync(await AppointmentAsync("x", 1, "a"));
        await AllAsync(await AppointmentAsync("x", 2, "a", isGone: true));

        (await LeadOfAsync("a"))["status"].ShouldBe(status);
    }

    private async Task AllAsync(params Intake[] all)
    {
        var intake = Intake();
        (await Task.WhenAll(all.Select(intake.TakeInAsync))).ShouldAllBe(isOurs => isOurs);
    }
}

using LeadOrchestrator.Orchestrator.Tests.Appointments;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Texts that are an order and something else as well: about an appointment, or for a person.</summary>
public sealed class TextedWishesTests(Franchise franchise) : IClassFixture<Franchise>
{
    [Theory]
    [InlineData("+15125550301", "Please cancel", "2026-11-24T14:00:00Z")]
    [InlineData("+15125550302", "I want to cancel", "2026-11-24T15:00:00Z")]
    [InlineData("+15125550303", "Cancelar por favor", "2026-11-24T16:00:00Z")]
    [InlineData("+15125550304", "cancel it please", "2026-11-24T17:00:00Z")]
    public async Task Who_has_an_appointment_and_texts_that_they_cancel_is_answered_and_stays_subscribed(string phone, string words, string startsAt)
    {
        var (lead, appointment) = await BookedAsync(phone, startsAt);

        (await franchise.Sandbox.Twilio.ReceiveAsync(phone, words)).Reply.ShouldBeNull();

        (await IsOutAsync(phone)).ShouldBeFalse();
        (await franchise.Database.ScalarAsync<bool>("SELECT asked_seq = last_seq FROM chat_sessions WHERE lead_id = $1", lead)).ShouldBeTrue("it is a question for the assistant");
        (await franchise.Database.ScalarAsync<string>("SELECT status FROM appointments WHERE id = $1", appointment)).ShouldBe("confirmed");
    }

    [Theory]
    [InlineData("+15125550321", "End.", "2026-11-25T14:00:00Z")]
    [InlineData("+15125550322", "Cancel!", "2026-11-25T15:00:00Z")]
    [InlineData("+15125550323", "end it", "2026-11-25T16:00:00Z")]
    [InlineData("+15125550324", "cancel all", "2026-11-25T17:00:00Z")]
    public async Task A_bare_order_ends_the_texts_of_who_has_an_appointment_and_staff_see_it(string phone, string words, string startsAt)
    {
        var (lead, _) = await BookedAsync(phone, startsAt);

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, words);

        (await IsOutAsync(phone)).ShouldBeTrue();
        (await ItemsAsync(lead)).ShouldBe(["doubtful_opt_out"]);
    }

    [Theory]
    [InlineData("+15125550325", "UPDATE leads SET status = 'booked', status_reason = 'appointment_in_crm' WHERE id = $1")]
    [InlineData("+15125550326", "INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, status_reason, contact_id, timezone, external_created_at, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), location_id, source, external_id || '-older', 'booked', 'appointment_in_crm', contact_id, timezone, created_at, created_at - interval '1 day', updated_at FROM leads WHERE id = $1")]
    public async Task So_does_who_is_booked_in_the_CRM_for_this_request_or_an_older_one(string phone, string booked)
    {
        var lead = await GreetedAsync(phone);
        await franchise.Database.ExecuteAsync(booked, lead);

        (await franchise.Sandbox.Twilio.ReceiveAsync(phone, "I want to cancel")).Reply.ShouldBeNull();

        (await IsOutAsync(phone)).ShouldBeFalse();
    }

    [Fact]
    public async Task Twilios_own_word_ends_the_number_and_staff_see_that_there_is_an_appointment()
    {
        const string phone = "+15125550305";
        var (lead, _) = await BookedAsync(phone, "2026-11-24T18:00:00Z");

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "Cancel");

        (await IsOutAsync(phone)).ShouldBeTrue();
        (await ItemsAsync(lead)).ShouldBe(["doubtful_opt_out"]);
    }

    [Fact]
    public async Task A_repeat_that_names_only_SmsSid_is_one_message_and_has_the_mark_of_its_delivery()
    {
        var text = (await franchise.Sandbox.Twilio.ReceiveAsync("+15125550309", "Is this the tint place?")).Text;
        var form = franchise.Sandbox.Twilio.InboundForm(text with { Sid = "SMolder-names-alone" }).Where(field => field.Key is not ("MessageSid" or "SmsMessageSid")).ToDictionary();

        for (var time = 0; time < 2; time++)
        {
            (await franchise.Sandbox.Twilio.PostAsync("inbound", $"{TestVariables.PublicUrl}/webhooks/twilio/inbound", form)).Delivery.Status.ShouldBe(200);
        }

        (await franchise.Database.ColumnAsync<bool>("SELECT delivery_id <> '' FROM webhook_events WHERE external_id = 'SMolder-names-alone'")).ShouldBe([true]);
    }

    [Fact]
    public async Task Who_has_no_appointment_and_texts_that_they_cancel_wants_no_messages()
    {
        const string phone = "+15125550306";
        await GreetedAsync(phone);

        (await franchise.Sandbox.Twilio.ReceiveAsync(phone, "Please cancel")).Reply!.Body.ShouldContain("unsubscribed");

        (await IsOutAsync(phone)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("+15125550311", "Stop. I want to talk to a human.")]
    [InlineData("+15125550312", "This is spam, let me talk to the owner")]
    [InlineData("+15125550313", "no more texts, have someone call me")]
    [InlineData("+15125550314", "stop texting me and call me")]
    [InlineData("+15125550315", "No me manden mensajes, quiero hablar con una persona")]
    [InlineData("+15125550319", "Don't text me, call me")]
    public async Task Who_says_no_and_asks_for_a_person_is_not_texted_and_somebody_is_told(string phone, string words)
    {
        var lead = await GreetedAsync(phone);

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, words);

        (await IsOutAsync(phone)).ShouldBeTrue();
        (await ItemsAsync(lead)).ShouldContain("person_wanted");
        var session = (await franchise.Database.RowsAsync("SELECT s.mode, s.asked_seq, h.wish FROM chat_sessions s JOIN handovers h ON h.session_id = s.id WHERE s.lead_id = $1 AND h.taken_at IS NULL", lead)).ShouldHaveSingleItem();
        (session["mode"], session["asked_seq"], session["wish"]).ShouldBe(("human", 0L, words));
    }

    [Theory]
    [InlineData("+15125550316", "please stop texting me")]
    [InlineData("+15125550317", "wrong number, this is not Ann. Have someone call me")]
    [InlineData("+15125550318", "stop texting and calling me")]
    public async Task Nobody_is_called_to_who_only_says_no_nor_to_a_stranger(string phone, string words)
    {
        var lead = await GreetedAsync(phone);

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, words);

        (await ItemsAsync(lead)).ShouldNotContain("person_wanted");
        (await franchise.Database.ScalarAsync<string>("SELECT mode FROM chat_sessions WHERE lead_id = $1", lead)).ShouldBe("ai");
    }

    private async Task<(Guid Lead, Guid Appointment)> BookedAsync(string phone, string startsAt)
    {
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        using var staff = await franchise.SignedInAsync();
        using var answer = await shop.BookAsync(staff, lead, startsAt);
        return (lead, (await answer.JsonAsync()).GetProperty("id").GetGuid());
    }

    private async Task<Guid> GreetedAsync(string phone)
    {
        var quote = await franchise.QuoteAsync(phone);
        await franchise.TouchAsync(quote.OrderId, "delivered");
        return (Guid)(await franchise.LeadAsync(quote.OrderId))["id"]!;
    }

    private Task<bool> IsOutAsync(string phone) => franchise.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone);

    private Task<IReadOnlyList<string>> ItemsAsync(Guid lead) =>
        franchise.Database.ColumnAsync<string>("SELECT kind FROM review_items WHERE lead_id = $1 AND resolved_at IS NULL ORDER BY created_at, id", lead);
}

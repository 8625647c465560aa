using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Somebody texts us.</summary>
public sealed class TwilioInboundTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task STOP_opts_out_before_it_is_acknowledged_and_later_leads_are_never_texted()
    {
        const string phone = "+15125550201";
        var first = await GreetedAsync(phone);

        var stop = await shop.Sandbox.Twilio.ReceiveAsync(phone, "Stop ");

        stop.Delivery.Status.ShouldBe(200);
        stop.Reply.ShouldBeNull(); // the carrier's side confirms
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();
        (await shop.LeadAsync(first))["status"].ShouldBe("opted_out");
        var second = await shop.QuoteAsync(phone);
        (await shop.TouchAsync(second.OrderId, "suppressed"))["reason"].ShouldBe("opted_out");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
        (await shop.Database.ColumnAsync<string>(
            "SELECT kind FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 ORDER BY occurred_at, e.id", phone)).ShouldContain("opted_out");
    }

    [Theory]
    [InlineData("+15125550202", "wrong number")]
    [InlineData("+15125550203", "please stop texting me!")]
    [InlineData("+15125550213", "Stop.")]
    [InlineData("+15125550214", "STOP!")]
    [InlineData("+15125550215", "opt-out")]
    [InlineData("+15125550216", "Stop all")]
    public async Task Other_words_than_the_carriers_own_opt_out_too_and_are_confirmed_once(string phone, string words)
    {
        await GreetedAsync(phone);

        var first = await shop.Sandbox.Twilio.ReceiveAsync(phone, words);
        var second = await shop.Sandbox.Twilio.ReceiveAsync(phone, words);

        first.Reply!.Body.ShouldContain("unsubscribed");
        second.Reply.ShouldBeNull();
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("+15125550204", "No más", "no recibirá más mensajes")]
    [InlineData("+15125550217", "AYUDA", "presupuesto")]
    [InlineData("+15125550218", "I told you to stop texting me", "will get no more messages")]
    [InlineData("+15125550219", "HELP", "we text about the quote")]
    public async Task What_is_answered_at_once_is_in_the_language_of_the_words_and_stands_in_the_thread(string phone, string words, string answer)
    {
        var order = await GreetedAsync(phone);

        var text = await shop.Sandbox.Twilio.ReceiveAsync(phone, words);

        text.Reply!.Body.ShouldContain(answer);
        var lead = (await shop.LeadAsync(order))["id"]!;
        (await shop.Database.ColumnAsync<string>("""
            SELECT concat_ws(' ', m.role, m.channel, m.content) FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1 ORDER BY m.seq
            """, lead)).ShouldBe([$"customer sms {words}", $"system sms {text.Reply.Body}"]);
        using var staff = await shop.SignedInAsync();
        (await staff.GetFromJsonAsync<JsonElement>($"/api/leads/{lead}/timeline")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("detail").GetString())
            .ShouldContain(text.Reply.Body);
    }

    [Theory]
    [InlineData("+15125550264", "Wrong number", true)]
    [InlineData("+15125550265", "This is not Ann's phone, stop texting me", true)]
    [InlineData("+15125550266", "número equivocado", true)]
    [InlineData("+15125550269", "you have me confused with someone else", false)]
    [InlineData("+15125550267", "please stop texting me", false)]
    [InlineData("+15125550268", "STOP", false)]
    public async Task Who_says_that_it_is_a_wrong_number_has_no_link_into_the_conversation_any_more(string phone, string words, bool isTakenBack)
    {
        var lead = (Guid)(await shop.LeadAsync(await GreetedAsync(phone)))["id"]!;

        await shop.Sandbox.Twilio.ReceiveAsync(phone, words);

        (await shop.Database.ColumnAsync<bool>("SELECT revoked_at IS NOT NULL FROM chat_codes WHERE lead_id = $1", lead)).ShouldBe([isTakenBack]);
    }

    [Fact]
    public async Task In_demo_mode_a_no_counts_and_only_a_test_lead_is_answered()
    {
        var (real, test) = ("+15125550220", "+15125550221");
        await GreetedAsync(real);
        var tested = await shop.QuoteAsync(test, change: quote => quote with { LastName = "[test]" });
        await shop.TouchAsync(tested.OrderId, "delivered");
        var first = shop.Http;
        var demo = await shop.StartAsync(("DEMO_MODE", "true"));
        try
        {
            (await shop.Sandbox.Twilio.ReceiveAsync(real, "HELP")).Reply.ShouldBeNull();
            (await shop.Sandbox.Twilio.ReceiveAsync(real, "stop texting me")).Reply.ShouldBeNull();
            (await shop.Sandbox.Twilio.ReceiveAsync(test, "HELP")).Reply.ShouldNotBeNull();
        }
        finally
        {
            await shop.StopAsync(demo);
            shop.ReturnTo(first);
        }

        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", real)).ShouldBeTrue();
        (await shop.Database.ScalarAsync<long>("""
            SELECT count(*) FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id JOIN leads l ON l.id = s.lead_id WHERE l.phone = $1 AND m.role = 'system'
            """, real)).ShouldBe(0);
    }

    [Theory]
    [InlineData("+15125550205", "STOP", "start")]
    [InlineData("+15125550212", "STOP", "Yes")]
    [InlineData("+15125550291", "please stop texting me", "START please")]
    [InlineData("+15125550292", "please stop", "I typed stop by mistake")]
    [InlineData("+15125550293", "Stop.", "opt me back in")]
    public async Task START_undoes_it(string phone, string no, string word)
    {
        await GreetedAsync(phone);
        await shop.Sandbox.Twilio.ReceiveAsync(phone, no);

        await shop.Sandbox.Twilio.ReceiveAsync(phone, word);

        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();
        var next = await shop.QuoteAsync(phone);
        await shop.TouchAsync(next.OrderId, "delivered");
    }

    [Fact]
    public async Task START_in_other_words_is_an_answer_of_who_has_said_no_such_thing()
    {
        const string phone = "+15125550294";
        var order = await GreetedAsync(phone);

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Start please");

        var lead = await shop.LeadAsync(order, "engaged");
        lead["consent"].ShouldBe("inquiry");
        (await shop.Database.ScalarAsync<bool>("SELECT bool_and(asked_seq = last_seq) FROM chat_sessions WHERE lead_id = $1", lead["id"]!)).ShouldBeTrue("it is a question for the assistant");
    }

    [Theory]
    [InlineData("+15125550222", false)]
    [InlineData("+15125550223", true)]
    public async Task A_yes_that_the_carriers_side_takes_for_a_START_is_one_only_for_who_has_said_no(string phone, bool hasSaidNo)
    {
        var order = await GreetedAsync(phone);
        if (hasSaidNo)
        {
            await shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");
        }

        var text = (await shop.Sandbox.Twilio.ReceiveAsync(phone, "Tuesday?")).Text;
        var form = shop.Sandbox.Twilio.InboundForm(text).ToDictionary(field => field.Key, field => field.Key switch
        {
            "Body" => "Yes",
            "MessageSid" => $"SM{Guid.CreateVersion7():N}",
            _ => field.Value,
        });
        form["OptOutType"] = "START";
        await shop.Sandbox.Twilio.PostAsync("yes", $"{TestVariables.PublicUrl}/webhooks/twilio/inbound", form);

        var lead = await shop.LeadAsync(order, "engaged");
        lead["consent"].ShouldBe(hasSaidNo ? "opted_in" : "inquiry");
        (await shop.Database.ScalarAsync<bool>("SELECT bool_and(asked_seq = last_seq) FROM chat_sessions WHERE lead_id = $1", lead["id"]!)).ShouldBe(!hasSaidNo, "an answer to a question is a question for the assistant");
    }

    [Fact]
    public async Task A_long_no_with_an_emoji_where_its_evidence_ends_counts()
    {
        const string phone = "+15125550224";
        await GreetedAsync(phone);

        var said = await shop.Sandbox.Twilio.ReceiveAsync(phone, $"Please stop texting me. {new string('a', 475)}😡 really");

        said.Delivery.Status.ShouldBe(200);
        (await shop.Database.ScalarAsync<int>("""
            SELECT length(wording) FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 AND e.kind = 'opted_out'
            """, phone)).ShouldBe(499);
    }

    [Fact]
    public async Task HELP_is_answered_with_the_shops_name_and_number()
    {
        const string phone = "+15125550206";
        await GreetedAsync(phone);

        var help = await shop.Sandbox.Twilio.ReceiveAsync(phone, "HELP");

        help.Reply!.Body.ShouldContain("Acme Tint Austin");
        help.Reply.Body.ShouldContain("STOP");
    }

    [Fact]
    public async Task Everything_else_is_kept_in_the_leads_thread_once_pictures_too()
    {
        const string phone = "+15125550207";
        var order = await GreetedAsync(phone);

        var message = await shop.Sandbox.Twilio.ReceiveAsync(phone, "Can I stop by tomorrow? 🚗", null, ["sample"]);
        await shop.Sandbox.Twilio.PostAsync("repeat", $"{TestVariables.PublicUrl}/webhooks/twilio/inbound", shop.Sandbox.Twilio.InboundForm(message.Text));

        var lead = await shop.LeadAsync(order, "engaged");
        var stored = await shop.Database.RowsAsync("""
            SELECT m.role, m.channel, m.content, m.media FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1
            """, lead["id"]!);
        var only = stored.ShouldHaveSingleItem();
        only["role"].ShouldBe("customer");
        only["channel"].ShouldBe("sms");
        only["content"].ShouldBe("Can I stop by tomorrow? 🚗");
        ((string[])only["media"]!).Length.ShouldBe(1);
        using var staff = await shop.SignedInAsync();
        (await staff.GetStringAsync($"/api/leads/{lead["id"]}/timeline")).ShouldContain("Can I stop by tomorrow?");
    }

    [Fact]
    public async Task Who_answers_a_text_is_heard_in_the_thread_of_the_lead_that_it_was_about()
    {
        const string phone = "+15125550226";
        var first = (await shop.LeadAsync(await GreetedAsync(phone)))["id"]!;
        var second = await shop.QuoteAsync(phone);
        await shop.TouchAsync(second.OrderId, "suppressed", "delivered", "cancelled");
        // A reminder of the first one's appointment.
        await shop.Database.ExecuteAsync("UPDATE touch_points SET sent_at = $2 WHERE lead_id = $1 AND channel = 'sms'", first, shop.Sandbox.Clock.Now.AddHours(1).UtcDateTime);

        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Running late, is 10:30 ok?");

        (await shop.Database.ColumnAsync<Guid>("""
            SELECT s.lead_id FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE m.content = 'Running late, is 10:30 ok?'
            """)).ShouldBe([(Guid)first]);
    }

    [Theory]
    [InlineData("+15125550231", "Liked “{0}”")]
    [InlineData("+15125550232", "Disliked “{0}”")]
    [InlineData("+15125550233", "👍 to “{0}”")]
    [InlineData("+15125550234", "Le encantó “{0}”")]
    public async Task A_thumb_on_our_text_is_no_STOP_although_ours_says_so_and_no_question(string phone, string form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var order = await GreetedAsync(phone);
        var ours = shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem().Body;
        ours.ShouldContain("STOP");
        var said = form.Replace("{0}", ours, StringComparison.Ordinal);

        (await shop.Sandbox.Twilio.ReceiveAsync(phone, said)).Reply.ShouldBeNull();

        var lead = await shop.LeadAsync(order, "contacted");
        lead["consent"].ShouldBe("inquiry");
        var thread = (await shop.Database.RowsAsync("""
            SELECT m.role, m.content, s.asked_seq FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1
            """, lead["id"]!)).ShouldHaveSingleItem();
        (thread["role"], thread["content"], thread["asked_seq"]).ShouldBe(("customer", said, 0L));
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_thumb_on_what_was_answered_at_once_is_none_either_and_what_quotes_something_else_is_read_as_ever()
    {
        const string phone = "+15125550235";
        await GreetedAsync(phone);
        var help = (await shop.Sandbox.Twilio.ReceiveAsync(phone, "HELP")).Reply!.Body;

        (await shop.Sandbox.Twilio.ReceiveAsync(phone, $"Liked “{help}”")).Reply.ShouldBeNull();
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();

        (await shop.Sandbox.Twilio.ReceiveAsync(phone, "Liked “please stop texting me”")).Reply!.Body.ShouldContain("unsubscribed");
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE phone = $1", phone)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stranger_who_says_stop_is_never_texted()
    {
        const string phone = "+15125550208";
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");

        var quote = await shop.QuoteAsync(phone);

        (await shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("opted_out");
        shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("multipart/form-data", "xx")]
    [InlineData("multipart/form-data; boundary=x", "garbage")]
    [InlineData("application/json", "{}")]
    [InlineData("application/x-www-form-urlencoded", "")]
    public async Task A_body_that_is_no_form_is_refused_before_anything_else(string contentType, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
        ((int)(await shop.Http.PostAsync("/webhooks/twilio/inbound", content)).StatusCode).ShouldBeOneOf(400, 401);
    }

    [Fact]
    public async Task Two_thousand_fields_are_refused_and_break_nothing()
    {
        using var content = new FormUrlEncodedContent(Enumerable.Range(0, 2000).Select(n => KeyValuePair.Create($"f{n}", "x")));
        ((int)(await shop.Http.PostAsync("/webhooks/twilio/inbound", content)).StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_form_with_a_NUL_in_it_cannot_be_read_and_says_so()
    {
        const string phone = "+15125550211";
        await GreetedAsync(phone);
        (await shop.Sandbox.Twilio.ReceiveAsync(phone, "Hello\0 there")).Delivery.Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_strangers_words_are_kept_where_staff_see_them()
    {
        await shop.Sandbox.Twilio.ReceiveAsync("+15125550210", "Is this the tint place?");

        using var staff = await shop.SignedInAsync();
        var dead = await staff.GetStringAsync("/api/webhook-events?status=dead");
        dead.ShouldContain("unknown_sender");
        dead.ShouldContain("Is this the tint place?");
    }

    [Fact]
    public async Task A_forged_text_is_401_and_changes_nothing()
    {
        const string phone = "+15125550209";
        await GreetedAsync(phone);
        var real = await shop.Sandbox.Twilio.ReceiveAsync(phone, "Hello");
        var form = shop.Sandbox.Twilio.InboundForm(real.Text);
        var forged = form.ToDictionary(field => field.Key, field => field.Key == "Body" ? "STOP" : field.Key.EndsWith("Sid", StringComparison.Ordinal) ? field.Value + "0" : field.Value);

        var (delivery, _) = await shop.Sandbox.Twilio.PostAsync("forged", $"{TestVariables.PublicUrl}/webhooks/twilio/inbound", forged, "forged");

        delivery.Status.ShouldBe(401);
        (await shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();
    }

    private async Task<string> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        return quote.OrderId;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Emails;
using LeadOrchestrator.Sandbox.SendGrid;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Somebody answers an email.</summary>
public sealed partial class SendGridInboundTests(MailShop shop) : IClassFixture<MailShop>
{
    private static int _phones;

    // It may be about the offer or about the messages.
    private const string Doubtful = "Not interested";

    [Fact]
    public async Task An_answer_joins_the_leads_thread_once_without_what_it_quotes()
    {
        var ann = await shop.MailedAsync();
        var planned = await PlanAsync(ann);
        var answer = new InboundMail($"Ann <{ann.Address}>", "Re: Your quote request", "Yes please, tomorrow at ten.") { Quotes = true, MessageId = $"{ann.LeadId}@mail.example" };

        (await shop.Sandbox.SendGrid.ReceiveAsync(answer)).Status.ShouldBe(200);
        (await shop.Sandbox.SendGrid.ReceiveAsync(answer)).Status.ShouldBe(200);

        var said = (await shop.ThreadAsync(ann.LeadId)).ShouldHaveSingleItem();
        (said["role"], said["channel"], said["content"]).ShouldBe(("customer", "email", "Yes please, tomorrow at ten."));
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("engaged");
        var touch = await shop.RowAsync("touch_points", planned);
        (touch["status"], touch["reason"]).ShouldBe(("cancelled", "replied"));
        (await shop.Staff.GetStringAsync($"/api/leads/{ann.LeadId}/timeline")).ShouldContain("tomorrow at ten");
    }

    [Fact]
    public async Task The_address_of_an_answer_is_a_key_and_nowhere_in_the_database()
    {
        var ann = await shop.MailedAsync();
        var reply = (string)ann.Mail.Request["reply_to"]!["email"]!;
        reply.ShouldMatch(@"^hello\+[0-9a-f]{32}@acme-tint\.example$");
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: x", "Hello"));

        var token = reply.Split('+', '@')[1];
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE payload LIKE '%' || $1 || '%'", token)).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM unsubscribe_tokens WHERE reply_hash = sha256(convert_to($1, 'UTF8'))", token)).ShouldBe(1);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("Stop\n\nAnn Example")]
    [InlineData("please unsubscribe me")]
    [InlineData("No más")]
    public async Task A_no_by_email_ends_email_and_text_before_it_is_acknowledged(string words)
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);
        var planned = await PlanAsync(ann);

        (await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", words) { Quotes = true })).Status.ShouldBe(200);

        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldNotBeNull();
        (await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = $1", ann.Address)).ShouldBeTrue();
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("opted_out");
        (await shop.RowAsync("touch_points", planned))["status"].ShouldBe("cancelled");
        var evidence = await shop.Database.RowsAsync("SELECT * FROM consent_events WHERE kind = 'opted_out' AND source = $1", $"reply to attempt {ann.AttemptId}");
        evidence.Count.ShouldBe(2);
        evidence.ShouldAllBe(row => (string)row["channel"]! == "email" && ((string)row["wording"]!).StartsWith(words.Split('\n')[0], StringComparison.Ordinal));
        (await shop.ThreadAsync(ann.LeadId)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_answers_from_another_address_is_the_lead_all_the_same()
    {
        var ann = await shop.MailedAsync();
        var other = $"other-{ann.Address}";

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(other, "Re: Your quote", "It is me", ReplyTo(ann)));
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(other, "Re: Your quote", "Unsubscribe", ReplyTo(ann)));

        (await shop.ThreadAsync(ann.LeadId)).Select(row => row["content"]).ShouldBe(["It is me", "Unsubscribe"]);
        (await shop.Database.ColumnAsync<string>("SELECT email FROM email_addresses WHERE unsubscribed_at IS NOT NULL AND email IN ($1, $2) ORDER BY 1", ann.Address, other))
            .ShouldBe(new[] { ann.Address, other }.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\r\n", null)]
    [InlineData("Precedence: bulk\r\n", null)]
    [InlineData("", "")]
    public async Task A_machines_answer_is_nobodys_word(string header, string? envelopeFrom)
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(
            new InboundMail(ann.Address, "Out of office", "I am away. To stop these, unsubscribe.") { MoreHeaders = header, EnvelopeFrom = envelopeFrom, MessageId = $"auto-{ann.LeadId}" });

        (await shop.ThreadAsync(ann.LeadId)).ShouldBeEmpty();
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("contacted");
        var kept = (await shop.Database.RowsAsync("SELECT * FROM webhook_events WHERE dedupe_key = $1", $"mail:<auto-{ann.LeadId}>")).ShouldHaveSingleItem();
        (kept["status"], kept["reason"]).ShouldBe(("ignored", "automatic_reply"));
    }

    [Fact]
    public async Task An_answer_that_came_through_a_group_is_its_writers()
    {
        const string group = "Precedence: list\r\nMailing-list: list hello@acme-tint.example\r\nList-ID: <hello.acme-tint.example>\r\n";
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "Tomorrow at ten?") { MoreHeaders = group });
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "Please take me off your list") { MoreHeaders = group });

        (await shop.ThreadAsync(ann.LeadId)).Select(row => row["content"]).ShouldBe(["Tomorrow at ten?", "Please take me off your list"]);
        (await IsEndedAsync(ann)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-generated\r\n", "Re: Your quote", "STOP")]
    [InlineData("", "Automatic reply: Your quote", "unsubscribe\n\nAnn")]
    public async Task A_bare_no_counts_even_where_a_machine_seems_to_write(string header, string subject, string words)
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, subject, words) { MoreHeaders = header, MessageId = $"no-{ann.LeadId}" });

        (await IsEndedAsync(ann)).ShouldBeTrue();
        (await shop.ThreadAsync(ann.LeadId)).ShouldHaveSingleItem();
        (await shop.Database.RowsAsync("SELECT * FROM webhook_events WHERE dedupe_key = $1", $"mail:<no-{ann.LeadId}>")).ShouldHaveSingleItem()["status"].ShouldBe("done");
    }

    [Fact]
    public async Task Pictures_and_old_character_sets_are_read()
    {
        var ann = await shop.MailedAsync();
        var picture = new byte[3 * 1024 * 1024];

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: x", "Grüße, so soll es werden") { Charset = "ISO-8859-1", Attachments = [picture, picture] });
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: x", "") { Html = "<p>And <b>this</b></p><blockquote>unsubscribe</blockquote>" });
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "A subject alone", ""));

        (await shop.ThreadAsync(ann.LeadId)).Select(row => row["content"]).ShouldBe(["Grüße, so soll es werden\n\n(2 attachments)", "And this", "A subject alone"]);
    }

    [Fact]
    public async Task Who_answers_at_the_plain_address_is_known_by_the_email_that_is_named_and_by_where_it_went()
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: x", "It is me", "hello@acme-tint.example", ann.Mail.Id));
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail($"x{ann.Address}", "Re: x", "It is not", "hello@acme-tint.example", ann.Mail.Id));

        (await shop.ThreadAsync(ann.LeadId)).ShouldHaveSingleItem()["content"].ShouldBe("It is me");
    }

    [Fact]
    public async Task Without_the_address_of_an_answer_only_a_no_counts_and_other_words_are_kept_for_staff()
    {
        var ann = await shop.MailedAsync();
        var words = $"My number is in the mail {ann.LeadId}";

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Hello", words, "hello@acme-tint.example", "none"));

        (await shop.ThreadAsync(ann.LeadId)).ShouldBeEmpty();
        var dead = await shop.Staff.GetStringAsync("/api/webhook-events?status=dead&reason=unproven_reply");
        dead.ShouldContain(words);
        dead.ShouldContain("anybody could have written it");

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "unsubscribe", "", "hello@acme-tint.example", "none"));
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("opted_out");
        (await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = $1", ann.Address)).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_writes_from_a_leads_address_alone_makes_one_item_for_a_person()
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Hello", "Call me", "hello@acme-tint.example", "none"));
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Hello", "Call me, I said", "hello@acme-tint.example", "none"));

        var item = (await ItemsAsync(ann)).ShouldHaveSingleItem();
        item.GetProperty("kind").GetString().ShouldBe("unproven_reply");
        item.GetProperty("sentence").GetString()!.ShouldContain("anybody could have written it");
        (await shop.Staff.GetStringAsync($"/api/webhook-events/{item.GetProperty("evidence").GetProperty("webhookEventId").GetGuid()}")).ShouldContain("Call me");
        await DecideAsync(item, "dismiss");
        (await ItemsAsync(ann)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_doubtful_no_counts_as_one_until_a_person_has_read_it(bool hasPhone)
    {
        var ann = await shop.MailedAsync();
        var contact = hasPhone ? await GivePhoneAsync(ann) : (Guid?)null;

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", Doubtful));

        (await IsEndedAsync(ann)).ShouldBeTrue();
        var item = (await ItemsAsync(ann)).ShouldHaveSingleItem("one for all the ways to write to them");
        (item.GetProperty("kind").GetString(), item.GetProperty("evidence").GetProperty("channel").GetString(), item.GetProperty("evidence").GetProperty("wording").GetString())
            .ShouldBe(("doubtful_opt_out", "email", Doubtful));

        await DecideAsync(item, "undo_opt_out");

        (await IsEndedAsync(ann)).ShouldBeFalse();
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("engaged");
        if (contact is { } id)
        {
            (await shop.RowAsync("contacts", id))["opted_out_at"].ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_doubtful_no_that_anybody_could_have_written_is_a_persons_too()
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Hello", Doubtful, "hello@acme-tint.example", "none"));

        (await ItemsAsync(ann)).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("doubtful_opt_out");
    }

    [Fact]
    public async Task START_undoes_what_was_said_by_email()
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "STOP"));
        (await IsEndedAsync(ann)).ShouldBeTrue();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail($"other-{ann.Address}", "Re: Your quote", "START", ReplyTo(ann)));
        (await IsEndedAsync(ann)).ShouldBeTrue("somebody else may say no for them, and not yes");

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "START"));
        (await IsEndedAsync(ann)).ShouldBeFalse();
        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldBeNull();
        (await shop.Database.ColumnAsync<string>("SELECT kind FROM consent_events WHERE source = $1", $"reply to attempt {ann.AttemptId}"))
            .ShouldBe(["opted_out", "opted_out", "opted_in", "opted_in"], ignoreOrder: true);
    }

    [Fact]
    public async Task START_by_email_undoes_no_STOP_by_text()
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);
        await shop.Sandbox.Twilio.ReceiveAsync((string)(await shop.RowAsync("contacts", contact))["phone"]!, "STOP");

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "START"));

        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_no_of_a_lead_that_was_never_mailed_counts_too()
    {
        var email = $"quiet-{Guid.CreateVersion7():N}@example.com";
        (await shop.AskAsync(email, phone: "+15125550177")).ShouldNotBe(default);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = $1", email)).ShouldBe(0);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "x", "stop", "hello@acme-tint.example"));

        (await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = $1", email)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("hello@acme-tint.example")]
    [InlineData("hello+00000000000000000000000000000000@acme-tint.example")]
    public async Task A_stranger_leaves_no_trace(string to)
    {
        var stranger = $"stranger-{Guid.CreateVersion7():N}@example.com";

        (await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(stranger, "Buy", "Cheap watches, unsubscribe here", to))).Status.ShouldBe(200);

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = $1", stranger)).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE topic = 'inbound_mail' AND payload LIKE '%' || $1 || '%'", stranger)).ShouldBe(0);
    }

    [Theory]
    [InlineData("multipart/form-data", "xx")]
    [InlineData("multipart/form-data; boundary=x", "garbage")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\nhalf")]
    [InlineData("application/json", "{}")]
    [InlineData("application/x-www-form-urlencoded", "from=a")]
    public async Task A_body_that_is_no_such_form_is_400(string contentType, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        (await shop.Http.PostAsync("/webhooks/sendgrid/inbound", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_thousand_fields_are_refused_and_a_field_without_end_is_cut()
    {
        using var many = new MultipartFormDataContent();
        foreach (var number in Enumerable.Range(0, 1_000))
        {
            many.Add(new StringContent("x"), $"f{number}");
        }

        (await shop.Http.PostAsync("/webhooks/sendgrid/inbound", many)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var ann = await shop.MailedAsync();
        (await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: x", new string('a', 2_000_000)))).Status.ShouldBe(200);
        ((string)(await shop.ThreadAsync(ann.LeadId))[0]["content"]!).Length.ShouldBeInRange(7_000, 8_000);
    }

    private async Task<bool> IsEndedAsync(Mailed mailed) =>
        await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = $1", mailed.Address);

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(Mailed mailed) =>
        [.. (await shop.Staff.GetFromJsonAsync<JsonElement>($"/api/review-items?leadId={mailed.LeadId}")).GetProperty("items").EnumerateArray()];

    private async Task DecideAsync(JsonElement item, string action) =>
        (await shop.Staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action })).StatusCode.ShouldBe(HttpStatusCode.OK);

    private static string ReplyTo(Mailed mailed) => (string)mailed.Mail.Request["reply_to"]!["email"]!;

    // A follow-up by text that is planned for later.
    private async Task<Guid> PlanAsync(Mailed mailed)
    {
        var id = Guid.CreateVersion7();
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, $2, id, 'later', 'email', 'scheduled', '2027-01-01Z', '2027-01-02Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            """, mailed.LeadId, id);
        return id;
    }

    private async Task<Guid> GivePhoneAsync(Mailed mailed)
    {
        var id = Guid.CreateVersion7();
        await shop.Database.ExecuteAsync("""
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) SELECT tenant_id, $2, $3, '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            """, mailed.LeadId, id, $"+1512556{Interlocked.Increment(ref _phones):D4}");
        await shop.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", mailed.LeadId, id);
        return id;
    }
}

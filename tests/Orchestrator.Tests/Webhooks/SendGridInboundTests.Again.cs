using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Orchestrator.Tests.Emails;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <content>Nos that stand beside other words, of the same person and of the shop.</content>
public sealed partial class SendGridInboundTests
{
    [Theory]
    [InlineData("reply", false)]
    [InlineData("reply", true)]
    [InlineData("link", true)]
    [InlineData("spamreport", true)]
    [InlineData("group_unsubscribe", false)]
    [InlineData("chat", false)]
    [InlineData("api", false)]
    public async Task A_clear_no_by_email_stays_when_the_doubt_before_it_is_undone(string way, bool hasPhone)
    {
        var ann = await shop.MailedAsync();
        if (hasPhone)
        {
            await GivePhoneAsync(ann);
        }

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", Doubtful));
        var item = (await ItemsAsync(ann)).ShouldHaveSingleItem();

        await (way switch
        {
            "reply" => shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "STOP")),
            "link" => shop.Http.PostAsync(new Uri(((string)ann.Mail.Request["personalizations"]![0]!["headers"]!["List-Unsubscribe"]!).Trim('<', '>')).AbsolutePath, null),
            "chat" => (Task)ChatAsync(ann, "Stop emailing me"),
            "api" => shop.Staff.PostAsJsonAsync($"/api/leads/{ann.LeadId}/opt-out", new { wording = "Wants no more emails" }),
            _ => shop.Sandbox.SendGrid.TellAsync(ann.Mail, [way]),
        });

        using var undone = await shop.Staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action = "undo_opt_out" });
        undone.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await IsEndedAsync(ann)).ShouldBeTrue();
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events e JOIN email_addresses a ON a.id = e.email_address_id WHERE a.email = $1 AND e.kind = 'opted_out'", ann.Address)).ShouldBe(2);
    }

    [Fact]
    public async Task A_click_on_unsubscribe_stays_when_a_doubt_that_was_said_in_the_chat_is_undone()
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);
        await ChatAsync(ann, Doubtful, isDoubtful: true);

        await shop.Http.PostAsync(new Uri(((string)ann.Mail.Request["personalizations"]![0]!["headers"]!["List-Unsubscribe"]!).Trim('<', '>')).AbsolutePath, null);

        using var undone = await shop.Staff.PostAsJsonAsync($"/api/review-items/{(await ItemsAsync(ann)).ShouldHaveSingleItem().GetProperty("id").GetGuid()}/resolution", new { action = "undo_opt_out" });
        undone.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await IsEndedAsync(ann)).ShouldBeTrue();
        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Of_two_doubtful_emails_both_are_read_and_then_all_ways_are_free()
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", Doubtful));
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "Too many emails, how did you get my info"));
        var items = await ItemsAsync(ann);
        items.Select(item => item.GetProperty("kind").GetString()).ShouldBe(["doubtful_opt_out", "doubtful_opt_out"]);

        await DecideAsync(items[0], "undo_opt_out");
        (await IsEndedAsync(ann)).ShouldBeTrue("nobody has read the other one");
        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldNotBeNull();

        await DecideAsync(items[1], "undo_opt_out");
        (await IsEndedAsync(ann)).ShouldBeFalse();
        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldBeNull();
    }

    [Fact]
    public async Task Who_has_no_number_and_writes_START_is_reminded_of_what_still_stands()
    {
        var ann = await shop.MailedAsync();
        var planned = await PlanAsync(ann);
        await BookAsync(ann, planned);
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "STOP"));
        (await shop.RowAsync("touch_points", planned))["status"].ShouldBe("cancelled");

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "START"));

        (await shop.RowAsync("touch_points", planned))["status"].ShouldBe("scheduled");
    }

    private Task<bool> ChatAsync(Mailed mailed, string words, bool isDoubtful = false) => Deadlock.RetryAsync(async () =>
    {
        await using var transaction = await shop.Database.Lead.BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        var said = new ConsentEvidence("chat", $"session of {mailed.LeadId}", words);
        await shop.Part<ContactStore>().OptOutLeadAsync(transaction, mailed.LeadId, isDoubtful ? said.AsDoubtful() : said, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    });

    // A reminder by email of an appointment that stands.
    private async Task BookAsync(Mailed mailed, Guid touch)
    {
        var (service, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            SELECT tenant_id, $2, location_id, 'Tint', 19900, 60, true, 'manual', '2020-01-01', now() FROM leads WHERE id = $1
            """, mailed.LeadId, service);
        await shop.Database.ExecuteAsync("""
            INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, revision, planned_revision, crm_revision, created_at, updated_at)
            SELECT l.tenant_id, $2, l.id, l.location_id, $3, (SELECT b.id FROM bays b WHERE b.tenant_id = l.tenant_id AND b.location_id = l.location_id LIMIT 1), '2027-01-03T16:00Z', '2027-01-03T17:00Z', 'confirmed', 19900, 1, 1, 1, '2026-11-23Z', '2026-11-23Z'
            FROM leads l WHERE l.id = $1
            """, mailed.LeadId, id, service);
        await shop.Database.ExecuteAsync("UPDATE touch_points SET appointment_id = $2 WHERE id = $1", touch, id);
    }

    [Fact]
    public async Task A_no_that_begins_with_On_ends_email_and_text()
    {
        var ann = await shop.MailedAsync();
        var contact = await GivePhoneAsync(ann);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "On second thought, please stop emailing me.") { Quotes = true });

        (await IsEndedAsync(ann)).ShouldBeTrue();
        (await shop.RowAsync("contacts", contact))["opted_out_at"].ShouldNotBeNull();
        (await shop.ThreadAsync(ann.LeadId)).ShouldHaveSingleItem()["content"].ShouldBe("On second thought, please stop emailing me.");
    }

    [Fact]
    public async Task A_no_without_a_Message_ID_counts_each_time_it_is_said()
    {
        var ann = await shop.MailedAsync();
        await SayAsync("STOP");
        await SayAsync("START");
        (await IsEndedAsync(ann)).ShouldBeFalse();

        await SayAsync("STOP");

        (await IsEndedAsync(ann)).ShouldBeTrue();
        async Task SayAsync(string words)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(ann.Address), "from" }, { new StringContent(ReplyTo(ann)), "to" }, { new StringContent("Re: Your quote"), "subject" }, { new StringContent(words), "text" },
            };
            (await shop.Http.PostAsync("/webhooks/sendgrid/inbound", form)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task START_of_who_has_said_no_no_is_a_message_like_any_other()
    {
        var ann = await shop.MailedAsync();
        var planned = await PlanAsync(ann);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "Start"));

        (await shop.RowAsync("touch_points", planned))["reason"].ShouldBe("replied");
        (await ItemsAsync(ann)).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("email_reply");
    }

    [Fact]
    public async Task What_the_shop_itself_writes_is_not_its_customers_word_unless_a_group_wrote_its_address_there()
    {
        var ann = await shop.MailedAsync();
        const string sender = "hello@acme-tint.example";

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(sender, "Re: Your quote", "Sorry, we won't contact you again. STOP", ReplyTo(ann)) { MessageId = $"own-{ann.LeadId}" });

        (await shop.ThreadAsync(ann.LeadId)).ShouldBeEmpty();
        (await IsEndedAsync(ann)).ShouldBeFalse();
        (await shop.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM webhook_events WHERE dedupe_key = $1", $"mail:<own-{ann.LeadId}>")).ShouldBe("ignored own_mail");

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(sender, "Re: Your quote", "STOP", ReplyTo(ann)) { MoreHeaders = $"X-Original-From: Ann <{ann.Address}>\r\n" });
        (await IsEndedAsync(ann)).ShouldBeTrue();
    }
}

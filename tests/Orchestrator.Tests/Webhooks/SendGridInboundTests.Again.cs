using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Sandbox.SendGrid;

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
            _ => (Task)shop.Sandbox.SendGrid.TellAsync(ann.Mail, [way]),
        });

        using var undone = await shop.Staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action = "undo_opt_out" });
        undone.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await IsEndedAsync(ann)).ShouldBeTrue();
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events e JOIN email_addresses a ON a.id = e.email_address_id WHERE a.email = $1 AND e.kind = 'opted_out'", ann.Address)).ShouldBe(2);
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

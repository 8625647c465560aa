using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Emails;
using LeadOrchestrator.Sandbox.SendGrid;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Emails that answer none of ours, and questions that nobody is there to answer.</summary>
public sealed class SendGridStrangerTests(MailShop shop) : IClassFixture<MailShop>
{
    private const string Plain = "hello@acme-tint.example";

    [Fact]
    public async Task A_no_in_a_fresh_email_ends_texts_too_until_a_person_has_read_it()
    {
        var (email, phone) = ("fresh1@example.com", "+15125550181");
        var (lead, _) = await shop.AskAsync(email, phone);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "Hello", "Please stop texting me and remove my number", Plain, "none"));

        (await IsOutAsync(phone)).ShouldBeTrue();
        (await shop.RowAsync("leads", lead))["status"].ShouldBe("opted_out");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1 AND status = 'scheduled'", lead)).ShouldBe(0);
        var item = (await ItemsAsync(lead)).ShouldHaveSingleItem();
        item.GetProperty("kind").GetString().ShouldBe("doubtful_opt_out");

        await DecideAsync(item, "undo_opt_out");

        (await IsOutAsync(phone)).ShouldBeFalse();
        (await IsUnsubscribedAsync(email)).ShouldBeTrue("emails ended by clear words, and those are not in doubt");
    }

    [Fact]
    public async Task A_doubtful_no_in_a_fresh_email_makes_one_item_and_its_undoing_frees_both_ways()
    {
        var (email, phone) = ("fresh2@example.com", "+15125550182");
        var (lead, _) = await shop.AskAsync(email, phone);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "Hello", "Not interested", Plain, "none"));

        ((await IsOutAsync(phone)), await IsUnsubscribedAsync(email)).ShouldBe((true, true));
        await DecideAsync((await ItemsAsync(lead)).ShouldHaveSingleItem(), "undo_opt_out");
        ((await IsOutAsync(phone)), await IsUnsubscribedAsync(email)).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_fresh_please_cancel_of_who_has_an_appointment_ends_nothing_and_staff_read_it()
    {
        var (email, phone) = ("fresh4@example.com", "+15125550184");
        var (lead, _) = await shop.AskAsync(email, phone);
        await shop.Database.ExecuteAsync("UPDATE leads SET status = 'booked', status_reason = 'appointment_in_crm' WHERE id = $1", lead);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "Friday", "Please cancel", Plain, "none"));

        ((await IsOutAsync(phone)), await IsUnsubscribedAsync(email)).ShouldBe((false, false));
        (await ItemsAsync(lead)).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("unproven_reply");
    }

    [Fact]
    public async Task A_bare_no_counts_where_a_machine_seems_to_write_and_nothing_else_does()
    {
        var (email, phone) = ("fresh3@example.com", "+15125550183");
        await shop.AskAsync(email, phone);

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "Hello", "I am away; to stop this, unsubscribe", Plain, "none") { MoreHeaders = "Auto-Submitted: auto-replied\r\n" });
        ((await IsOutAsync(phone)), await IsUnsubscribedAsync(email)).ShouldBe((false, false));

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(email, "Hello", "Unsubscribe", Plain, "none") { MoreHeaders = "Auto-Submitted: auto-generated\r\n" });
        ((await IsOutAsync(phone)), await IsUnsubscribedAsync(email)).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_question_by_email_is_a_persons_business_while_nobody_has_the_conversation()
    {
        var ann = await shop.MailedAsync();

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "How much for my Model 3?"));
        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(ann.Address, "Re: Your quote", "And how long does it take?"));

        var item = (await ItemsAsync(ann.LeadId)).ShouldHaveSingleItem("one for all that is unanswered");
        (item.GetProperty("kind").GetString(), item.GetProperty("sentence").GetString()!.Contains("answered an email", StringComparison.Ordinal)).ShouldBe(("email_reply", true));
        await DecideAsync(item, "dismiss");
    }

    private Task<bool> IsOutAsync(string phone) => shop.Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone);

    private Task<bool> IsUnsubscribedAsync(string email) => shop.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM email_addresses WHERE email = $1 AND unsubscribed_at IS NOT NULL)", email);

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(Guid lead) =>
        [.. (await shop.Staff.GetFromJsonAsync<JsonElement>($"/api/review-items?leadId={lead}")).GetProperty("items").EnumerateArray()];

    private async Task DecideAsync(JsonElement item, string action) =>
        (await shop.Staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action })).EnsureSuccessStatusCode();
}

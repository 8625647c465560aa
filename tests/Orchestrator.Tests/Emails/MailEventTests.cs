using System.Text;
using LeadOrchestrator.Orchestrator.Emails;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>What an event of SendGrid's says, and what it means here.</summary>
public sealed class MailEventTests
{
    [Fact]
    public void An_event_is_read_as_SendGrid_writes_it()
    {
        var one = Batch("""
            [{"email":"B@example.com","timestamp":1795391600,"smtp-id":"<LRzXl@ismtpd-1>","event":"bounce","type":"blocked","category":["a","b"],"sg_event_id":"ZXZ0LTE",
              "sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-1-1-1.0","reason":"550 5.1.1","status":"5.1.1","attempt_id":"019ac0de-0000-7000-8000-000000000001"}]
            """).ShouldHaveSingleItem();

        one.Id.ShouldBe("ZXZ0LTE");
        (one.Name, one.Email, one.MessageId, one.Timestamp).ShouldBe(("bounce", "b@example.com", "LRzXl_NHStOGhQ4kofSm_A", 1795391600));
        one.AttemptId.ShouldBe(Guid.Parse("019ac0de-0000-7000-8000-000000000001"));
        one.Meaning.Failure.ShouldBe("sendgrid_blocked");
    }

    [Theory]
    [InlineData("""{"event":"processed"}""", "sent", null, null, false)]
    [InlineData("""{"event":"deferred","response":"400 try again later","attempt":"5"}""", "sent", null, null, false)]
    [InlineData("""{"event":"delivered"}""", "delivered", null, null, false)]
    [InlineData("""{"event":"bounce","status":"5.1.1","type":"bounce"}""", "failed", "sendgrid_bounced", "address_bounced", false)]
    [InlineData("""{"event":"bounce","reason":"500 unknown recipient","status":"5.0.0"}""", "failed", "sendgrid_bounced", "address_bounced", false)]
    [InlineData("""{"event":"bounce","reason":"unable to get mx info"}""", "failed", "sendgrid_bounced", "address_bounced", false)]
    [InlineData("""{"event":"bounce","status":"4.2.2"}""", "failed", "sendgrid_blocked", null, false)]
    [InlineData("""{"event":"bounce","type":"blocked","status":"5.7.1"}""", "failed", "sendgrid_blocked", null, false)]
    [InlineData("""{"event":"bounce","type":"expired"}""", "failed", "sendgrid_blocked", null, false)]
    [InlineData("""{"event":"blocked"}""", "failed", "sendgrid_blocked", null, false)]
    [InlineData("""{"event":"dropped","reason":"Bounced Address"}""", "failed", "sendgrid_dropped_bounced", "address_bounced", false)]
    [InlineData("""{"event":"dropped","reason":"Invalid"}""", "failed", "sendgrid_dropped_invalid", "address_invalid", false)]
    [InlineData("""{"event":"dropped","reason":"Spam Reporting Address"}""", "failed", "sendgrid_dropped_spam_report", null, true)]
    [InlineData("""{"event":"dropped","reason":"Unsubscribed Address"}""", "failed", "sendgrid_dropped_unsubscribed", null, true)]
    [InlineData("""{"event":"dropped","reason":"Recipient List over Package Quota"}""", "failed", "sendgrid_dropped", null, false)]
    [InlineData("""{"event":"dropped"}""", "failed", "sendgrid_dropped", null, false)]
    [InlineData("""{"event":"spamreport"}""", "delivered", null, null, true)]
    [InlineData("""{"event":"unsubscribe"}""", null, null, null, true)]
    [InlineData("""{"event":"group_unsubscribe","asm_group_id":10}""", null, null, null, true)]
    public void Each_event_means_one_thing(string json, string? touch, string? failure, string? suppression, bool isOptOut)
    {
        var meaning = Batch($"[{json}]")[0].Meaning;

        (meaning.Step?.Touch, meaning.Failure, meaning.Suppression, meaning.IsOptOut, meaning.NoUse).ShouldBe((touch, failure, suppression, isOptOut, null));
    }

    [Theory]
    [InlineData("""{"event":"open"}""", "not_counted_here")]
    [InlineData("""{"event":"click","url":"https://example.com"}""", "not_counted_here")]
    [InlineData("""{"event":"group_resubscribe"}""", "resubscribed_at_vendor")]
    [InlineData("""{"event":"account_status_change"}""", "unknown_mail_event")]
    [InlineData("""{"event":7}""", "no_event_name")]
    [InlineData("""{"event":"\u0000"}""", "no_event_name")]
    [InlineData("""{"event":"\ud800"}""", "no_event_name")]
    [InlineData("{}", "no_event_name")]
    [InlineData("7", "no_event_name")]
    [InlineData("null", "no_event_name")]
    [InlineData("[]", "no_event_name")]
    public void What_is_of_no_use_says_why(string json, string reason)
    {
        var meaning = Batch($"[{json}]")[0].Meaning;
        (meaning.NoUse, meaning.Step, meaning.IsOptOut).ShouldBe((reason, null, false));
    }

    [Fact]
    public void An_email_goes_forward_alone_and_may_come_back_after_it_was_delivered()
    {
        var ranks = new[] { "processed", "deferred", "delivered", "bounce" }.Select(name => Batch($$"""[{"event":"{{name}}"}]""")[0].Meaning.Step!.Rank).ToList();
        ranks.ShouldBe(ranks.Order());
        ranks.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void One_event_twice_in_a_batch_is_one_and_one_without_an_id_is_known_by_its_content()
    {
        Batch("""[{"event":"open","sg_event_id":"a"},{"event":"open","sg_event_id":"a"},{"event":"open","sg_event_id":"b"}]""").Count.ShouldBe(2);
        Batch("""[{"event":"open"},{"event":"open"},{"event":"click"}]""").Count.ShouldBe(2);
        Batch("""[{"event":"open"}]""")[0].Id.ShouldBe(Batch("""[{"event":"open"}]""")[0].Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("payload")]
    [InlineData("\"text\"")]
    public void What_is_no_array_is_no_batch(string body) => MailEvent.ReadBatch(Encoding.UTF8.GetBytes(body)).ShouldBeNull();

    [Fact]
    public void Text_that_is_no_UTF_8_and_nesting_without_end_are_no_batch()
    {
        MailEvent.ReadBatch(new byte[] { (byte)'[', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)']' }).ShouldBeNull();
        MailEvent.ReadBatch(Encoding.UTF8.GetBytes(new string('[', 70) + new string(']', 70))).ShouldBeNull();
    }

    [Fact]
    public void An_empty_batch_is_one() => Batch("[]\r\n").ShouldBeEmpty();

    private static IReadOnlyList<MailEvent> Batch(string json) => MailEvent.ReadBatch(Encoding.UTF8.GetBytes(json)).ShouldNotBeNull();
}

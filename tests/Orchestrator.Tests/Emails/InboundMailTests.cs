using System.Text;
using LeadOrchestrator.Orchestrator.Emails;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>The fields of Inbound Parse as an email.</summary>
public sealed class InboundMailTests
{
    [Fact]
    public void An_email_is_read_from_its_fields()
    {
        var mail = Mail(
            ("from", "Ann \"A.\" Example <Ann@Example.com>"), ("to", "Acme <hello+0af1@acme.example>"), ("subject", "Re: Your quote"), ("text", "Yes.\r\nPlease."),
            ("headers", "Message-ID:\r\n <abc@mail.example>\r\nSubject: Re: Your\r\n quote\r\n"), ("attachments", "2"),
            ("envelope", """{"to":["box@parse.acme.example"],"from":"bounces@example.com"}"""));

        (mail.From, mail.Subject, mail.Text, mail.Attachments, mail.EnvelopeFrom).ShouldBe(("ann@example.com", "Re: Your quote", "Yes.\nPlease.", 2, "bounces@example.com"));
        mail.Recipients.ShouldContain("hello+0af1@acme.example");
        mail.Recipients.ShouldContain("box@parse.acme.example");
        mail.Headers["subject"].ShouldBe("Re: Your quote");
        mail.Key.ShouldBe("mail:<abc@mail.example>");
        mail.IsAutomatic.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied")]
    [InlineData("X-Autoreply: yes")]
    [InlineData("X-Autorespond: away")]
    [InlineData("Precedence: bulk")]
    [InlineData("precedence: AUTO_REPLY")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status")]
    [InlineData("Return-Path: <>")]
    public void What_a_machine_wrote_is_known_by_its_headers(string header) => Mail(("from", "ann@example.com"), ("headers", header)).IsAutomatic.ShouldBeTrue();

    [Theory]
    [InlineData("MAILER-DAEMON@mx.example.com", null)]
    [InlineData("postmaster@example.com", null)]
    [InlineData("ann@example.com", """{"to":["a@b.example"],"from":""}""")]
    [InlineData("ann@example.com", """{"to":["a@b.example"],"from":"<>"}""")]
    public void A_mail_server_is_no_person(string from, string? envelope) => Mail(("from", from), ("envelope", envelope ?? "{}")).IsAutomatic.ShouldBeTrue();

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Precedence: first-class")]
    [InlineData("Content-Type: multipart/alternative")]
    public void A_person_may_have_such_headers_too(string header) => Mail(("from", "ann@example.com"), ("headers", header)).IsAutomatic.ShouldBeFalse();

    [Fact]
    public void Each_field_is_read_in_its_own_character_set()
    {
        var fields = Fields(("charsets", """{"subject":"UTF-8","text":"windows-1252","from":"made-up"}"""), ("subject", "Grüße"), ("from", "ann@example.com"));
        fields["text"] = [0x93, (byte)'G', (byte)'r', 0xFC, 0xDF, (byte)'e', 0x94]; // “Grüße”

        var mail = InboundMail.Read(fields);

        (mail.Subject, mail.Text, mail.From).ShouldBe(("Grüße", "“Grüße”", "ann@example.com"));
    }

    [Fact]
    public void The_emails_that_it_answers_are_named_by_their_ids_at_the_vendor()
    {
        Mail(("headers", "In-Reply-To: <LRzXl_NHStOGhQ4kofSm_A@ismtpd-1>\r\nReferences: <short@x> <LRzXl_NHStOGhQ4kofSm_A@ismtpd-1>\r\n <another-email-of-ours@ismtpd-2>"))
            .Answered.ShouldBe(["LRzXl_NHStOGhQ4kofSm_A", "another-email-of-ours"]);
        Mail(("headers", "References: nothing that is an id")).Answered.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"text":7}""")]
    public void Character_sets_that_cannot_be_read_are_taken_for_UTF_8(string charsets) => Mail(("charsets", charsets), ("text", "Grüße")).Text.ShouldBe("Grüße");

    [Fact]
    public void Without_a_Message_ID_an_email_is_known_by_what_it_says()
    {
        Mail(("text", "a")).Key.ShouldBe(Mail(("text", "a")).Key);
        Mail(("text", "a")).Key.ShouldNotBe(Mail(("text", "b")).Key);
    }

    [Fact]
    public void An_email_of_HTML_alone_is_read_up_to_its_first_quotation()
    {
        const string html = """
            <html><head><title>x</title><style>p { color: red }</style></head><body><div>Yes &amp; thanks,<br>tomorrow&nbsp;at ten.</div><script>alert(1)</script>
            <div class="gmail_quote">On Mon wrote: <blockquote>Hi Ann, unsubscribe</blockquote></div></body></html>
            """;
        ReplyText.Of(Mail(("html", html)).Text, "").ShouldBe("Yes & thanks,\ntomorrow at ten.");
    }

    [Theory]
    [InlineData("<")]
    [InlineData("<style>a")]
    [InlineData("a<b")]
    [InlineData("<!-- <p> -->")]
    public void Broken_HTML_is_read_as_well_as_it_goes(string html) => Should.NotThrow(() => Mail(("html", html)));

    [Fact]
    public void A_flood_of_open_tags_and_of_folded_headers_is_read_in_a_moment()
    {
        Mail(("html", string.Concat(Enumerable.Repeat("<style>", 35_000)))).Text.Trim().ShouldBeEmpty();
        Mail(("headers", "X: a\n" + string.Concat(Enumerable.Repeat(" a\n", 80_000)))).Headers["x"].Length.ShouldBeLessThan(2_100);
    }

    [Fact]
    public void Nothing_at_all_is_an_email_without_anything()
    {
        var mail = InboundMail.Read(new Dictionary<string, byte[]>());
        (mail.From, mail.Subject, mail.Text, mail.Attachments).ShouldBe((null, "", "", 0));
    }

    [Fact]
    public void The_address_of_an_answer_has_a_token_that_survives_small_and_large_letters()
    {
        var (address, hash) = ReplyAddress.For("hello@acme.example")!.Value;

        address.ShouldMatch(@"^hello\+[0-9a-f]{32}@acme\.example$");
        ReplyAddress.HashesIn($"Acme <{address.ToUpperInvariant()}>, {address}").ShouldHaveSingleItem().ShouldBe(hash);
        ReplyAddress.HashesIn("hello@acme.example, +@, hello+abc@acme.example").ShouldBeEmpty();
        ReplyAddress.For("hello@acme.example")!.Value.Address.ShouldNotBe(address);
    }

    [Theory]
    [InlineData("hello+leads@acme.example")]
    [InlineData("a-name-of-a-sender-that-is-far-too-long@acme.example")]
    [InlineData("nobody")]
    [InlineData("@acme.example")]
    public void A_sender_without_room_for_a_token_is_answered_as_it_stands(string sender) => ReplyAddress.For(sender).ShouldBeNull();

    private static InboundMail Mail(params (string Name, string Value)[] fields) => InboundMail.Read(Fields(fields));

    private static Dictionary<string, byte[]> Fields(params (string Name, string Value)[] fields) => fields.ToDictionary(field => field.Name, field => Encoding.UTF8.GetBytes(field.Value));
}

using LeadOrchestrator.Orchestrator.Emails;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

public sealed class EmailTemplatesTests
{
    [Fact]
    public void An_email_names_the_shop_and_its_place_carries_the_link_and_says_how_to_end_it()
    {
        var words = EmailTemplates.Greeting("Ann", "Acme Tint", "2021 Honda Civic", "100 Congress Ave., Austin, TX 78701");

        words.Subject.ShouldBe("Your quote request at Acme Tint");
        foreach (var part in new[] { words.Plain, words.Html })
        {
            part.ShouldContain("Hi Ann,");
            part.ShouldContain("2021 Honda Civic");
            part.ShouldContain("100 Congress Ave., Austin, TX 78701");
            part.ShouldContain(EmailTemplates.Link);
            part.ShouldContain(EmailTemplates.Unsubscribe);
        }
    }

    [Theory]
    [InlineData("www.evil.example/x")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("{unsubscribe}")]
    [InlineData("https://evil.example")]
    public void What_other_people_wrote_brings_no_link_no_markup_and_no_placeholder(string text)
    {
        var words = EmailTemplates.Greeting(text, text, text, text);

        words.Html.ShouldNotContain("<script");
        words.Plain.ShouldNotContain("evil.example");
        words.Plain.Split(EmailTemplates.Unsubscribe).Length.ShouldBe(2);
        words.Subject.ShouldNotContain("://");
    }

    [Fact]
    public void A_line_break_in_a_name_does_not_become_one_in_the_subject() =>
        EmailTemplates.Greeting("Ann", "Acme\r\nBcc: x@y.example", "", "1 Main St").Subject.ShouldBe("Your quote request at Acme Bcc x y example");

    [Fact]
    public void A_lead_without_a_name_and_a_car_is_greeted_all_the_same() =>
        EmailTemplates.Greeting("", "Acme", "", "1 Main St").Plain.ShouldStartWith("Hi,\n\nThanks for your quote request. Ask us");

    [Fact]
    public void The_chat_is_a_button_and_a_link_to_be_copied_and_dark_mail_programs_are_told_how_to_show_it()
    {
        var html = EmailTemplates.Greeting("Ann", "Acme", "", "1 Main St").Html;
        html.Split(EmailTemplates.Link).Length.ShouldBe(3);
        html.ShouldContain("color-scheme");
        html.ShouldContain("prefers-color-scheme:dark");
        html.ShouldNotContain("{Dark}");
    }
}

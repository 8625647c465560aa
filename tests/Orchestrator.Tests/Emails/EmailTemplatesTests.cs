using LeadOrchestrator.Orchestrator.Cadences;
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
        EmailTemplates.Greeting("Ann", "Acme\r\nBcc: x@y.example", "", "1 Main St").Subject.ShouldBe("Your quote request at Acme Bcc: x y. example");

    [Theory]
    [InlineData("12 1/2 Main St. #4, Hwy 5/6, Austin, TX 78701-1234")]
    [InlineData("P.O. Box 12 (North); Bldg. 3: Suite 4\u20135")]
    [InlineData("12\u00bd N.W. 5th Ave. & O'Hare Rd.")]
    public void The_address_and_the_name_of_a_shop_are_printed_as_they_are(string line)
    {
        foreach (var words in new[] { EmailTemplates.Greeting("Ann", line, "", line), EmailTemplates.FromStaff(null, "Hi", line, line) })
        {
            words.Plain.ShouldContain($"\n{line}\n{line}\n");
            System.Net.WebUtility.HtmlDecode(words.Html).ShouldContain($"{line}<br>{line}<br>");
            words.Subject.ShouldEndWith(line);
        }
    }

    [Theory]
    [InlineData("O\u2019Brien", "O'Brien")]
    [InlineData("24/7 Auto Glass", "24/7 Auto Glass")]
    [InlineData("Rene\u0301e", "Ren\u00e9e")]
    [InlineData("soft\u00adly", "softly")]
    [InlineData("Ann \ud83d\ude00 Lee", "Ann Lee")]
    public void The_name_of_a_shop_keeps_its_letters(string typed, string read) =>
        EmailTemplates.Greeting("Ann", typed, "", "1 Main St").Subject.ShouldBe($"Your quote request at {read}");

    [Theory]
    [InlineData("www.evil.example/x", "www. evil. example/x")]
    [InlineData("evil.\u200bexample", "evil. example")]
    [InlineData("https://t.co/x", "https: t. co/x")]
    [InlineData("St.Louis\r\nMO", "St. Louis MO")]
    [InlineData("<b>{unsubscribe}</b>", "b unsubscribe /b")]
    public void What_is_printed_of_a_shop_is_one_line_and_no_link(string line, string printed) =>
        EmailTemplates.Greeting("Ann", "Acme", "", line).Plain.ShouldContain($"\nAcme\n{printed}\n");

    [Fact]
    public void What_staff_wrote_keeps_its_lines_whatever_a_mail_program_makes_of_styles() =>
        EmailTemplates.FromStaff("Hello", "Hi Ann,\r\n<b>first</b>\n\nBye", "Acme", "1 Main St").Html.ShouldContain("Hi Ann,<br>&lt;b&gt;first&lt;/b&gt;<br><br>Bye</p>");

    [Fact]
    public void A_link_in_the_middle_of_a_sentence_is_one()
    {
        var html = EmailTemplates.FollowUp(
            new StepVariant("A", 1, "See <prices> here: {link} or call us.\n\nOr here: {link}", "Your quote at {shop}"), "Ann", "Acme", "", "", "1 Main St").Html;

        html.ShouldContain("See &lt;prices&gt; here: <a href=\"{link}\" style=\"color:#1457c8\">{link}</a> or call us.</p>");
        html.ShouldContain("<p style=\"margin:0 0 12px\">Or here:</p>");
    }

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

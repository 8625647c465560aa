using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Emails;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>Templates know five places and nothing else; what is filled in is data.</summary>
public sealed class MessageTemplateTests
{
    [Fact]
    public void A_part_in_square_brackets_is_left_out_when_a_place_in_it_is_empty()
    {
        const string Template = "Hi[ {firstName}], your quote[ for your {vehicle}] is here: {link}";
        Fill(Template, "Ann", "2021 Civic").ShouldBe("Hi Ann, your quote for your 2021 Civic is here: {link}");
        Fill(Template, "", "2021 Civic").ShouldBe("Hi, your quote for your 2021 Civic is here: {link}");
        Fill(Template, "", "").ShouldBe("Hi, your quote is here: {link}");
    }

    [Fact]
    public void What_is_filled_in_is_never_read_again() =>
        TextTemplates.Fill("{firstName} {shop}[ {vehicle}] {link}", "{link}[", "{vehicle}]", "{shop} x.example/y", "").ShouldBe("link vehicle shop x example y {link}");

    [Theory]
    [InlineData("{price}", "{price} is not known; there are {firstName}, {shop}, {vehicle}, {service}, {link}.")]
    [InlineData("{FirstName}", "{FirstName} is not known")]
    [InlineData("{shop", "A curly bracket is not closed.")]
    [InlineData("shop}", "A curly bracket is closed that was never opened.")]
    [InlineData("[a [b] c]", "A part in square brackets cannot hold another one.")]
    [InlineData("a] b", "A square bracket is closed that was never opened.")]
    [InlineData("[a b", "A square bracket is not closed.")]
    public void What_cannot_be_filled_in_is_said(string template, string fault) => MessageTemplate.Faults(template).ShouldHaveSingleItem().ShouldStartWith(fault);

    [Fact]
    public void What_stands_in_square_brackets_is_not_always_there()
    {
        MessageTemplate.AlwaysHas("a {link}", "link").ShouldBeTrue();
        MessageTemplate.AlwaysHas("a [ {link}]", "link").ShouldBeFalse();
        MessageTemplate.AlwaysHas("a [b] {link} [c]", "link").ShouldBeTrue();
    }

    [Fact]
    public void The_products_own_words_have_no_fault_and_every_text_names_shop_link_and_the_way_out()
    {
        foreach (var step in Cadence.Usual.Steps)
        {
            var words = step.Variants.ShouldHaveSingleItem();
            MessageTemplate.Faults(words.Text).ShouldBeEmpty();
            MessageTemplate.AlwaysHas(words.Text, "link").ShouldBeTrue();
            if (step.Channel == "sms")
            {
                words.Text.ShouldContain("Reply STOP to opt out.");
                MessageTemplate.AlwaysHas(words.Text, "shop").ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void A_later_email_has_its_paragraphs_the_button_the_reason_the_address_and_the_way_out()
    {
        var words = EmailTemplates.FollowUp(
            new StepVariant("A", 1, "Hi[ {firstName}],\n\nYour {vehicle} & <b>you</b>:\n\n{link}", "Your quote at {shop}"), "Ann<script>", "Acme Tint", "2021 Civic", "", "1 Main St");
        words.Subject.ShouldBe("Your quote at Acme Tint");
        words.Plain.ShouldBe("Hi Ann script,\n\nYour 2021 Civic & <b>you</b>:\n\n{link}\n\nAcme Tint\n1 Main St\n\n"
            + "You get this email because you asked Acme Tint for a quote.\nUnsubscribe: {unsubscribe}\n");
        words.Html.ShouldContain("<p style=\"margin:0 0 12px\">Your 2021 Civic &amp; &lt;b&gt;you&lt;/b&gt;:</p>");
        words.Html.Split("{link}").Length.ShouldBe(3, "the link is the button, and stands below it to be copied");
        words.Html.ShouldContain("{unsubscribe}");
    }

    private static string Fill(string template, string firstName, string vehicle) => TextTemplates.Fill(template, firstName, "Acme", vehicle, "");
}

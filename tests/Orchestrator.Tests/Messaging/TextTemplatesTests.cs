using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>The words that go out, and the words that come in.</summary>
public sealed class TextTemplatesTests
{
    [Fact]
    public void The_first_text_names_the_shop_carries_the_link_and_says_how_to_stop()
    {
        var text = TextTemplates.Greeting("Ann", "Acme Tint Austin", "2021 Honda Civic");
        text.ShouldContain("Hi Ann, this is Acme Tint Austin.");
        text.ShouldContain("2021 Honda Civic");
        text.ShouldContain("{link}");
        text.ShouldContain("Reply STOP to opt out");
    }

    [Fact]
    public void Without_a_name_or_a_car_it_still_reads_well() =>
        TextTemplates.Greeting("", "Acme Tint", "").ShouldStartWith("Hi, this is Acme Tint. Thanks for your quote request! ");

    [Fact]
    public void A_name_brings_no_placeholder_link_or_markup()
    {
        var text = TextTemplates.Greeting("{link} http://evil.example <i>", "Acme", "javascript:alert(1)");
        text.Split("{link}").Length.ShouldBe(2);
        text.ShouldNotContain("http://");
        text.ShouldNotContain("<i>");
        text.ShouldNotContain("javascript:");
    }

    [Fact]
    public void A_code_has_at_least_128_random_bits_and_is_found_in_its_text()
    {
        var code = ChatCode.Mint();
        code.Length.ShouldBeGreaterThanOrEqualTo(22);
        ChatCode.In($"Hi! https://leads.example.com/c/{code} Reply STOP").ShouldBe([code]);
        ChatCode.Mint().ShouldNotBe(code);
    }

    [Theory]
    [InlineData("STOP", ReplyKind.StopKeyword)]
    [InlineData(" stop ", ReplyKind.StopKeyword)]
    [InlineData("Unsubscribe", ReplyKind.StopKeyword)]
    [InlineData("OPT-OUT", ReplyKind.StopPhrase)]
    [InlineData("STOP PLEASE", ReplyKind.StopPhrase)]
    [InlineData("Please stop", ReplyKind.StopPhrase)]
    [InlineData("You have the wrong number", ReplyKind.StopPhrase)]
    [InlineData("Don't text me again", ReplyKind.StopPhrase)]
    [InlineData("quit messaging me", ReplyKind.StopPhrase)]
    [InlineData("take me off your list", ReplyKind.StopPhrase)]
    [InlineData("número equivocado", ReplyKind.StopPhrase)]
    [InlineData("ALTO", ReplyKind.StopPhrase)]
    [InlineData("no me escriban", ReplyKind.StopPhrase)]
    [InlineData("START", ReplyKind.Start)]
    [InlineData("Unstop", ReplyKind.Start)]
    [InlineData("help", ReplyKind.Help)]
    [InlineData("INFO", ReplyKind.Help)]
    [InlineData("Can I stop by at 3?", ReplyKind.Message)]
    [InlineData("When does the offer end?", ReplyKind.Message)]
    [InlineData("Can you help me with a price", ReplyKind.Message)]
    [InlineData("How much for my car", ReplyKind.Message)]
    [InlineData("", ReplyKind.Message)]
    [InlineData("👍", ReplyKind.Message)]
    public void What_people_text_back_is_understood(string text, ReplyKind kind) => ReplyWords.Read(text).ShouldBe(kind);
}

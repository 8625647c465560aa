using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
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

    [Theory]
    [InlineData("María", "Maria")]
    [InlineData("José Müller", "José Müller")]
    [InlineData("Zoë Ágnes Őry", "Zoe Agnes Ory")]
    [InlineData("Łukasz Dvořák", "Lukasz Dvorak")]
    [InlineData("Nguyễn Thị Đào", "Nguyen Thi Dào")]
    [InlineData("François Œuvrard", "Francois OEuvrard")]
    public void An_accent_in_a_name_does_not_make_a_plain_text_dearer(string name, string read)
    {
        var text = TextTemplates.Greeting(name, "Açaí Tint", "2021 Škoda Citigo");

        text.ShouldContain($"Hi {read}, this is Acai Tint.");
        TextSize.Of(text).Encoding.ShouldBe("GSM-7");
    }

    [Theory]
    [InlineData("í")]
    [InlineData("ü")]
    [InlineData("ë")]
    [InlineData("ő")]
    [InlineData("œ")]
    public void No_name_in_Latin_letters_costs_more_than_the_most_that_was_shown(string letter)
    {
        var template = $"Hi {{firstName}}, this is {{shop}}. {new string('w', 380)} {{vehicle}} {{service}} {{link}}";
        var longest = string.Concat(Enumerable.Repeat(letter, 80));

        StepEstimate.SizeOf(TextTemplates.Fill(template, longest, longest, longest, longest)).Segments.ShouldBeLessThanOrEqualTo(StepEstimate.Longest(template).Segments);
    }

    [Fact]
    public void Where_the_words_themselves_have_other_letters_a_name_keeps_its_own() =>
        TextTemplates.Fill("¿Qué tal, {firstName}? Aquí {shop}. {link}", "María", "Acme", "", "").ShouldBe("¿Qué tal, María? Aquí Acme. {link}");

    [Theory]
    [InlineData("O\u2019Brien", "O'Brien")]
    [InlineData("D\u02BCAngelo", "D'Angelo")]
    [InlineData("24/7 Auto Glass", "24 7 Auto Glass")]
    [InlineData("Rene\u0301e", "Renée")]
    [InlineData("Nguye\u0302\u0303n", "Nguyễn")]
    [InlineData("Ан\u0438\u0306", "Анй")]
    [InlineData("अनिता", "अनिता")]
    [InlineData("soft\u00ADly", "softly")]
    [InlineData("Ann 😀 Lee", "Ann Lee")]
    [InlineData("𠮷野", "𠮷野")]
    [InlineData("a\u200B.\u200Bb", "a b")]
    [InlineData("\uD83D Ann", "Ann")]
    public void A_name_keeps_its_letters_and_what_is_left_out_leaves_a_blank(string typed, string read)
    {
        // In words whose own letters are of no GSM alphabet, where none is dearer than another.
        TextTemplates.Fill("¿Qué tal, {firstName}? Í {link}", typed, "", "", "").ShouldBe($"¿Qué tal, {read}? Í {{link}}");
        EmailTemplates.Greeting(typed, "Acme", typed, "1 Main St").Plain.ShouldStartWith($"Hi {read},\n\nThanks for your quote request for your {read}.");
    }

    [Theory]
    [InlineData("O\u2019Brien", "O'Brien")]
    [InlineData("Maria\u0301", "Maria")]
    [InlineData("Rene\u0301e", "Renée")]
    [InlineData("X\u030Cena", "Xena")]
    public void However_an_accent_was_typed_a_plain_text_stays_plain(string typed, string read)
    {
        var text = TextTemplates.Greeting(typed, "Acme", "");
        text.ShouldStartWith($"Hi {read}, ");
        TextSize.Of(text).Encoding.ShouldBe("GSM-7");
    }

    [Fact]
    public void A_name_brings_no_placeholder_link_or_markup()
    {
        var text = TextTemplates.Greeting("{link} http://evil.example <i>", "Acme", "javascript:alert(1)");
        text.Split("{link}").Length.ShouldBe(2);
        text.ShouldNotContain("http://");
        text.ShouldNotContain("<i>");
        text.ShouldNotContain("javascript:");
    }

    [Theory]
    [InlineData("See you", "See you\n- this is Tint World of Austin. Reply STOP to opt out.")]
    [InlineData("Please come to our PALO ALTO shop at 3", "Please come to our PALO ALTO shop at 3\n- this is Tint World of Austin. Reply STOP to opt out.")]
    [InlineData("Tint World of Austin: we are at 12 STOP RD", "Tint World of Austin: we are at 12 STOP RD\n- this is Tint World of Austin. Reply STOP to opt out.")]
    [InlineData("Tint World of Austin here. Reply with STOP to opt out", "Tint World of Austin here. Reply with STOP to opt out")]
    [InlineData("Reply STOP to opt out.", "Reply STOP to opt out.\n- this is Tint World of Austin. Reply STOP to opt out.")]
    [InlineData("tint world of austin here. Text STOP to end.", "tint world of austin here. Text STOP to end.")]
    [InlineData("Tint World of Austin: su cita. Responda ALTO para salir.", "Tint World of Austin: su cita. Responda ALTO para salir.")]
    public void The_first_text_to_a_number_says_who_writes_and_how_to_stop_it_whoever_wrote_it(string content, string sent) =>
        TextTemplates.BodyOf(First(content)).ShouldBe(sent);

    [Fact]
    public void A_shop_is_named_however_its_name_is_written() =>
        TextTemplates.BodyOf(First("Polarizados Garcia St. Louis: hola. Responda STOP.") with { LocationName = "Polarizados García (St. Louis)" }).ShouldEndWith("Responda STOP.");

    private static DueTouchPoint First(string content) => new()
    {
        LeadId = Guid.Empty, Step = "staff-1", Attempts = 0, MaxAttempts = 3, ExpiresAt = DateTimeOffset.MaxValue, Phone = "+15125550100", PhoneType = "mobile", LeadStatus = "new", IsTest = false,
        FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Tint World of Austin", Content = content, FirstIn = "en",
    };

    [Fact]
    public void A_code_has_at_least_128_random_bits_and_is_found_in_its_text()
    {
        var code = ChatCode.Mint();
        code.Length.ShouldBeGreaterThanOrEqualTo(22);
        ChatCode.In($"Hi! https://leads.example.com/c/{code} Reply STOP").ShouldBe([code]);
        ChatCode.In($"Hi! https://leads.example.com/c/{code}Reply STOP").ShouldBe([code], "whatever stands behind it");
        ChatCode.In($"Hi! https://leads.example.com/c/{code[..23]} and no more").ShouldBeEmpty();
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

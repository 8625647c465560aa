using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Replies;

namespace LeadOrchestrator.Orchestrator.Tests.Replies;

/// <summary>An answer fits into a text of two parts, whatever a model wrote.</summary>
public sealed class AnswerAsTextTests
{
    private const int Link = 49;

    [Fact]
    public void What_fits_goes_out_as_it_is() => AnswerAsText.Fit("Ceramic tint is $399.00. Shall I look for a time?", Link).ShouldBe("Ceramic tint is $399.00. Shall I look for a time?");

    [Fact]
    public void Typographic_marks_become_plain_ones_and_the_text_stays_in_the_cheap_alphabet()
    {
        var text = AnswerAsText.Fit("It’s “the good one” — from 8 to 5…\u00A0**OK**?", Link);

        text.ShouldBe("It's \"the good one\" - from 8 to 5... OK?");
        TextSize.Of(text).Encoding.ShouldBe("GSM-7");
    }

    [Fact]
    public void Accents_stay_while_there_is_room_and_go_before_a_sentence_does()
    {
        const string brief = "Está abierto mañana.";
        AnswerAsText.Fit(brief, Link).ShouldBe(brief);

        var text = AnswerAsText.Fit(string.Concat(Enumerable.Repeat("Aquí está más información útil. ", 8)), Link);

        text.ShouldStartWith("Aqui esta mas informacion util. Aqui");
        text.ShouldNotContain("{link}");
        AnswerAsText.SizeOf(text, Link).Segments.ShouldBe(2);
    }

    [Fact]
    public void Of_what_is_too_long_whole_sentences_go_out_and_the_link_to_the_rest()
    {
        var sentences = Enumerable.Range(1, 30).Select(number => $"Sentence {number} costs $3{number:00}.00.").ToList();

        var text = AnswerAsText.Fit(string.Join(' ', sentences), Link);

        text.ShouldEndWith("{link}");
        sentences.ShouldContain(text[..text.IndexOf(" {link}", StringComparison.Ordinal)].Split(". ").Select(part => $"{part.TrimEnd('.')}.").Last());
        AnswerAsText.SizeOf(text, Link).ShouldBe(new TextSize("GSM-7", 2));
    }

    [Fact]
    public void Of_a_sentence_that_is_too_long_whole_words_go_out()
    {
        var text = AnswerAsText.Fit(string.Concat(Enumerable.Repeat("wonderful ", 90)) + ".", Link);

        text.ShouldEndWith("wonderful... {link}");
        AnswerAsText.SizeOf(text, Link).Segments.ShouldBe(2);
    }

    [Theory]
    [InlineData("I'm holding Tuesday at 10. Please tap Confirm.", "I'm holding Tuesday at 10. Please tap Confirm. {link}")]
    [InlineData("Le guardo el martes a las 10.", "Le guardo el martes a las 10. {link}")]
    public void What_the_customer_acts_on_in_the_chat_has_the_link_however_short_it_is(string answer, string text) => AnswerAsText.Fit(answer, Link, needsLink: true).ShouldBe(text);

    [Theory]
    [InlineData("Sentence that says something. ", 9)]
    [InlineData("Aquí está más información útil. ", 8)]
    [InlineData("wonderful ", 31)]
    public void With_the_link_it_is_never_more_than_two_parts(string sentence, int times)
    {
        var text = AnswerAsText.Fit(string.Concat(Enumerable.Repeat(sentence, times)), Link, needsLink: true);

        text.ShouldEndWith(" {link}");
        AnswerAsText.SizeOf(text, Link).Segments.ShouldBe(2);
    }

    [Fact]
    public void Who_says_it_stays_where_a_sentence_has_to_go()
    {
        const string sender = "- AI assistant of Acme Tint Austin";
        var full = AnswerAsText.Fit(string.Join(' ', Enumerable.Range(1, 12).Select(number => $"Sentence {number} costs $3{number:00}.00.")), Link);
        AnswerAsText.SizeOf(full, Link).Segments.ShouldBe(2);

        var text = AnswerAsText.WithSender(full, sender, Link);

        text.ShouldEndWith($".00. {{link}}\n{sender}");
        AnswerAsText.SizeOf(text, Link).ShouldBe(new TextSize("GSM-7", 2));
        AnswerAsText.WithSender("Yes.", sender, Link).ShouldBe($"Yes.\n{sender}");
    }

    [Theory]
    [InlineData("🙂", "")]
    [InlineData("3M™", "3M")]
    [InlineData("95°F", "95 F")]
    [InlineData("a 35° angle", "a 35 deg angle")]
    [InlineData("1½ hours ✓", "1 1/2 hours")]
    public void A_picture_goes_before_a_sentence_does(string sign, string plain)
    {
        var sentences = string.Concat(Enumerable.Repeat("This sentence says something. ", 7));

        var text = AnswerAsText.Fit($"{sentences}On top: {sign}. The price is $399.00.", Link);

        text.ShouldEndWith("The price is $399.00.");
        text.ShouldContain($"On top: {plain}".TrimEnd());
        TextSize.Of(text).ShouldBe(new TextSize("GSM-7", 2));
        AnswerAsText.Fit($"On top: {sign}.", Link).ShouldBe($"On top: {sign}.", "there is room");
    }

    [Theory]
    [InlineData("# Prices\n\n- *Ceramic*: $399.00\n- [the page](/c/x)", "Prices\n\n- Ceramic: $399.00\n- the page")]
    [InlineData("**Full** 2*3*4 and 5 * 6 * 7", "Full 2*3*4 and 5 * 6 * 7")]
    public void The_signs_of_Markdown_are_no_part_of_a_text(string answer, string text) => AnswerAsText.Fit(answer, Link).ShouldBe(text);

    [Theory]
    [InlineData("我们九点开门，价格是三百九十九美元。")]
    [InlineData("我们九点开门，价格是三百九十九美元！")]
    [InlineData("我们九点开门，价格是三百九十九美元？")]
    public void Whole_sentences_of_Chinese_go_out_although_no_blank_parts_them(string sentence)
    {
        var text = AnswerAsText.Fit(string.Concat(Enumerable.Repeat(sentence, 12)), Link);

        text.ShouldStartWith(sentence);
        text.ShouldEndWith($"{sentence[^1]} {{link}}");
        AnswerAsText.SizeOf(text, Link).Segments.ShouldBe(2);
        AnswerAsText.WithSender(text, "- AI assistant of Acme Tint Austin", Link).ShouldStartWith(sentence);
    }

    [Fact]
    public void Letters_of_any_language_fit_too()
    {
        var text = AnswerAsText.Fit(string.Concat(Enumerable.Repeat("我们九点开门。👋🏽 ", 60)), Link);

        AnswerAsText.SizeOf(text, Link).Segments.ShouldBeLessThanOrEqualTo(2);
        text.ShouldEndWith("{link}");
    }

    [Fact]
    public void A_model_cannot_make_us_send_a_link() => AnswerAsText.Fit("Open {link} now", Link).ShouldBe("Open  now");
}

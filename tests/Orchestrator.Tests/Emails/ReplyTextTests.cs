using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>Of an answer only what is new, however a mail program marks the rest.</summary>
public sealed class ReplyTextTests
{
    private static readonly string Sent = EmailTemplates.Greeting("Ann", "Acme Tint", "2021 Honda Civic", "100 Congress Ave, Austin, TX 78701").Plain;

    // As the mailbox shows it: with the links filled in.
    private static readonly string Shown = Sent.Replace("{link}", "https://acme.example/c/AbCdEf", StringComparison.Ordinal)
        .Replace("{unsubscribe}", "https://acme.example/unsubscribe/AbCdEf", StringComparison.Ordinal);

    private static readonly string Quoted = string.Join('\n', Shown.Split('\n').Select(line => $"> {line}"));

    public static TheoryData<string, string> Programs => new()
    {
        { "Gmail", $"Yes, tomorrow at ten.\n\nOn Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello+0af1@acme.example> wrote:\n\n{Quoted}\n" },
        { "Gmail over two lines", $"Yes, tomorrow at ten.\n\nOn Mon, Nov 23, 2026 at 10:00 AM Acme Tint North of Austin <\nhello+0af1@acme.example> wrote:\n\n{Quoted}\n" },
        { "Apple", $"Yes, tomorrow at ten.\n\nSent from my iPhone\n\n> On Nov 23, 2026, at 10:00 AM, Acme Tint <hello@acme.example> wrote:\n> \n{Quoted}\n" },
        { "Outlook", $"Yes, tomorrow at ten.\n\n________________________________\nFrom: Acme Tint <hello@acme.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann\nSubject: Your quote\n\n{Shown}\n" },
        { "Outlook without a line", $"Yes, tomorrow at ten.\n\nFrom: Acme Tint <hello@acme.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann <ann@example.com>\nSubject: Your quote\n\n{Shown}\n" },
        { "Outlook of old", $"Yes, tomorrow at ten.\n\n-----Original Message-----\nFrom: Acme Tint\n\n{Shown}\n" },
        { "Spanish", $"Yes, tomorrow at ten.\n\nEl lun, 23 nov 2026 a las 10:00, Acme Tint (<hello@acme.example>) escribió:\n\n{Quoted}\n" },
        { "Nothing at all to mark it", $"Yes, tomorrow at ten.\n\n{Shown}\n" },
        { "Gmail with blanks before the marks", $"Yes, tomorrow at ten.\n\nOn Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@acme.example> wrote:\n\n{Quoted.Replace("> ", " > ", StringComparison.Ordinal)}\n" },
        { "A name alone", $"Yes, tomorrow at ten.\n\nAcme Tint <hello@acme.example> wrote:\n{Quoted}\n" },
        { "A date and a name", $"Yes, tomorrow at ten.\n\n2026-11-23 10:00 GMT-6 Acme Tint <hello@acme.example>:\n{Quoted}\n" },
        { "Headers with lines between", $"Yes, tomorrow at ten.\n\nFrom: Acme Tint <hello@acme.example>\n\nSent: Monday, November 23, 2026 10:00 AM\n\nTo: Ann\n\nSubject: Your quote\n\n{Shown}\n" },
        { "A signature", $"Yes, tomorrow at ten.\n\n--\nAnn Example\n512 555 0100\n" },
        { "An advert", "Yes, tomorrow at ten.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n" },
        { "Words below an attributed quotation", $"On Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@acme.example> wrote:\n\n{Quoted}\n\nYes, tomorrow at ten.\n" },
        { "Words below the quotation", $"{Quoted}\n\nYes, tomorrow at ten.\n" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Only_the_new_words_stay(string program, string text)
    {
        ReplyText.Of(text.Replace("\n", "\r\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal), Sent).ShouldBe("Yes, tomorrow at ten.", program);
    }

    [Fact]
    public void Our_own_word_to_unsubscribe_is_never_taken_for_theirs()
    {
        foreach (var row in Programs)
        {
            ReplyText.KindOf(ReplyText.Of(row.Data.Item2, Sent), "Re: Your quote request at Acme Tint").ShouldBe(ReplyKind.Message, row.Data.Item1);
        }
    }

    [Theory]
    [InlineData("On Tuesday I wrote:\nplease call me")]
    [InlineData("From: Austin, to be honest\nI would like the darkest film")]
    [InlineData("On 3rd street, that is")]
    [InlineData("Two questions:\n\n1. When?\n2. How much - roughly?")]
    public void Sentences_that_look_like_a_quotation_are_kept(string text) => ReplyText.Of(text, Sent).ShouldBe(text);

    public static TheoryData<string, string> Beginnings
    {
        get
        {
            string[] answers =
            [
                "On second thought, please stop emailing me.", "On Tuesday at ten works for me.", "Am I able to come at 3?", "El martes a las 10 me queda bien.", "Yes please.\nOn Friday I am free.", "Le mans blue, please",
            ];
            string[] quotations =
            [
                $"On Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@acme.example> wrote:\n\n{Quoted}", $"On Mon, Nov 23, 2026 at 10:00 AM Acme Tint North <\nhello@acme.example> wrote:\n\n{Quoted}",
                $"On Mon, Nov 23, 2026 at 10:00\nAM Acme Tint <hello@acme.example> wrote:\n\n{Quoted}", $"El lun, 23 nov 2026 a las 10:00, Acme Tint (<hello@acme.example>) escribió:\n\n{Quoted}",
                $"________________________________\nFrom: Acme Tint <hello@acme.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann\nSubject: Your quote\n\n{Shown}",
            ];
            TheoryData<string, string> all = [];
            foreach (var (answer, quotation) in answers.SelectMany(_ => quotations, (answer, quotation) => (answer, quotation)))
            {
                all.Add(answer, quotation);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void An_answer_that_begins_like_an_attribution_is_kept(string answer, string quotation)
    {
        ReplyText.Of($"{answer}\n\n{quotation}\n", Sent).ShouldBe(answer);
        ReplyText.Of($"{answer}\n{quotation}\n", Sent).ShouldBe(answer);
    }

    [Theory]
    [InlineData("Your link https://acme.example/unsubscribe/AbC does not work, take me off your list")]
    [InlineData("Hello,\nI clicked https://acme.example/unsubscribe/AbC three times and still get these. Unsubscribe me!")]
    [InlineData("STOP https://acme.example/unsubscribe/AbC")]
    [InlineData("please unsubscribe https://acme.example/unsubscribe/AbC")]
    [InlineData("broken: https://acme.example/unsubscribe/AbC")]
    public void Who_says_that_the_link_does_not_work_is_heard(string words)
    {
        foreach (var text in new[] { words, $"{words}\n\n{Shown}", $"{words}\n\nOn Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@acme.example> wrote:\n\n{Quoted}" })
        {
            ReplyText.Of(text, Sent).ShouldBe(words);
            ReplyText.KindOf(ReplyText.Of(text, Sent), "Re: Your quote").IsOptOut().ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("If you have received this email in error, please notify the sender immediately and delete this email from your system.")]
    [InlineData("CONFIDENTIALITY NOTICE: This message is for the intended recipient only. If you are not the intended\nrecipient, delete this email now.")]
    [InlineData("This message has been scanned for viruses and spam.")]
    [InlineData("If you believe this is spam, click here to report it.")]
    [InlineData("Example Ltd., Austin. If you do not wish to receive emails from us, reply with unsubscribe.")]
    [InlineData("To unsubscribe from our newsletter click here.")]
    [InlineData("CAUTION: This email originated from outside the organization. Report spam to IT.")]
    [InlineData("This e-mail is confidential and may be privileged. Stop reading and delete this email if it is not for you.")]
    [InlineData("Aviso de confidencialidad: si no es el destinatario, elimine este correo.")]
    [InlineData("Si ha recibido este mensaje por error, borre este correo, por favor.")]
    public void What_stands_below_every_email_of_a_company_is_no_no(string footer)
    {
        ReplyText.KindOf($"Yes please, tomorrow at ten.\n\n{footer}", "Re: Your quote").ShouldBe(ReplyKind.Message);
        ReplyText.KindOf($"Please take me off your list.\n\n{footer}", "Re: Your quote").IsOptOut().ShouldBeTrue();
        ReplyText.KindOf($"Please take me off your list.\n{footer}", "Re: Your quote").IsOptOut().ShouldBeTrue();
        ReplyText.KindOf($"{footer}\n\nPlease take me off your list.", "Re: Your quote").IsOptOut().ShouldBeTrue();
        ReplyText.KindOf($"{footer}\n\nYes please, tomorrow at ten.", "Re: Your quote").ShouldBe(ReplyKind.Message);
    }

    [Theory]
    [InlineData("I received this email in error, please take me off your list")]
    [InlineData("I am not the intended recipient, stop emailing me")]
    [InlineData("If you email me again I report you")]
    [InlineData("If you receive this email, please take me off your list.")]
    [InlineData("If you have received this message please stop emailing me")]
    [InlineData("This email is intended for my husband. Wrong address, stop writing.")]
    [InlineData("Your message is intended for someone else, please remove me from your list")]
    [InlineData("[EXTERNAL] This email originated outside of the organization.\nSTOP")]
    [InlineData("Wrong email address, sorry")]
    public void Who_says_such_words_themselves_is_heard(string words) => ReplyText.KindOf(words, "Re: Your quote").IsOptOut().ShouldBeTrue();

    [Fact]
    public void Answers_between_quoted_lines_are_kept_and_the_quoted_lines_are_not() =>
        ReplyText.Of("> When would you come?\nTomorrow.\n> Which film?\nThe dark one.", "").ShouldBe("Tomorrow.\nThe dark one.");

    [Fact]
    public void An_answer_that_is_all_quotation_is_empty() => ReplyText.Of(Quoted, Sent).ShouldBe("");

    [Fact]
    public void A_no_at_the_end_of_a_long_complaint_is_heard()
    {
        foreach (var times in new[] { 60, 600 })
        {
            var words = ReplyText.Of(string.Concat(Enumerable.Repeat("I waited at your shop on Tuesday and nobody came to the desk at all.\n", times)) + "Take me off your list.\n", Sent);

            ReplyText.KindOf(words, "Re: Your quote").IsOptOut().ShouldBeTrue();
            words.ShouldEndWith("Take me off your list.");
        }
    }

    public static TheoryData<string, string> Below => new()
    {
        { "Outlook without a line", $"From: Acme Tint <hello@acme.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann <ann@example.com>\nSubject: Your quote\n\n{Shown}\n\nSTOP\n" },
        { "Outlook", $"\n________________________________\nFrom: Acme Tint <hello@acme.example>\nSent: Monday\nTo: Ann\nSubject: Your quote\n\n{Shown}\nSTOP\n\nSent from my iPhone\n" },
        { "Nothing at all to mark it", $"{Shown}\nSTOP\n" },
        { "An attribution without marks", $"On Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@acme.example> wrote:\n\n{Shown}\nSTOP\n" },
    };

    [Theory]
    [MemberData(nameof(Below))]
    public void Words_below_an_unmarked_quotation_are_heard_when_none_stand_above(string program, string text) => ReplyText.Of(text, Sent).ShouldBe("STOP", program);

    [Fact]
    public void They_are_heard_below_headers_when_it_is_not_known_what_was_sent() =>
        ReplyText.Of($"From: Acme Tint <hello@acme.example>\nSent: Monday\nTo: Ann\nSubject: Your quote\n\n{Shown}\nSTOP\n", "").ShouldBe("STOP");

    [Fact]
    public void An_unmarked_quotation_alone_is_empty() =>
        ReplyText.Of($"From: Acme Tint <hello@acme.example>\nSent: Monday\nTo: Ann\nSubject: Your quote\n\n{Shown}\n", Sent).ShouldBe("");

    [Fact]
    public void Whatever_somebody_sends_is_read_in_a_moment_and_cut_to_a_length_that_can_be_read()
    {
        foreach (var text in new[] { new string('a', 250_000), string.Concat(Enumerable.Repeat("am schrieb", 25_000)), string.Concat(Enumerable.Repeat("On x\n", 50_000)), new string('\n', 250_000) })
        {
            ReplyText.Of(text, Sent).Length.ShouldBeLessThanOrEqualTo(8_000);
        }
    }

    [Theory]
    [InlineData("STOP", "Re: Your quote", true)]
    [InlineData("Stop\n\nAnn Example\nExample Ltd.", "Re: Your quote", true)]
    [InlineData("Please unsubscribe me.\nThank you", "Re: Your quote", true)]
    [InlineData("No más", "Re: Your quote", true)]
    [InlineData("please do not contact me again", "Re: Your quote", true)]
    [InlineData("", "unsubscribe", true)]
    [InlineData("", "no more emails", true)]
    [InlineData("I no longer wish to receive emails from your company.", "Re: Your quote", true)]
    [InlineData("", "Re: unsubscribe", false)]
    [InlineData("Can I stop by tomorrow?", "Re: Your quote", false)]
    [InlineData("", "", false)]
    public void A_no_is_heard_in_the_answer_its_first_line_and_a_subject_of_their_own(string words, string subject, bool saysNo) =>
        ReplyText.KindOf(words, subject).IsOptOut().ShouldBe(saysNo);

    [Theory]
    [InlineData("START", "Re: Your quote", ReplyKind.Start)]
    [InlineData("Start\n\nAnn Example", "Re: Your quote", ReplyKind.Start)]
    [InlineData("When can we start?", "Re: Your quote", ReplyKind.Message)]
    [InlineData("HELP", "Re: Your quote", ReplyKind.Message)]
    [InlineData("STOP\nWe start again next year", "start", ReplyKind.StopKeyword)]
    [InlineData("Not interested", "unsubscribe", ReplyKind.StopKeyword)]
    [InlineData("Not interested", "Re: Your quote", ReplyKind.StopDoubtful)]
    [InlineData("Please cancel\nmy Tuesday appointment", "Re: Your quote", ReplyKind.StopDoubtful)]
    [InlineData("Stop\n\nAnn Example", "Re: Your quote", ReplyKind.StopKeyword)]
    public void What_is_clear_in_one_of_them_counts_more_than_what_another_may_mean(string words, string subject, ReplyKind kind) =>
        ReplyText.KindOf(words, subject).ShouldBe(kind);

    [Theory]
    [InlineData("Please cancel", "Re: Your quote", ReplyKind.Message)]
    [InlineData("Please cancel\nmy Tuesday appointment", "Re: Your quote", ReplyKind.Message)]
    [InlineData("Cancel", "cancel", ReplyKind.Message)]
    [InlineData("cancele por favor", "Re: Your quote", ReplyKind.Message)]
    [InlineData("Please cancel\nand stop emailing me", "Re: Your quote", ReplyKind.StopPhrase)]
    [InlineData("STOP", "Re: Your quote", ReplyKind.StopKeyword)]
    public void What_who_has_an_appointment_cancels_is_the_appointment(string words, string subject, ReplyKind kind) => ReplyText.KindOf(words, subject, hasBooking: true).ShouldBe(kind);
}

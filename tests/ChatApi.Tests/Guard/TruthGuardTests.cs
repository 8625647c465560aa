using System.Diagnostics;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

public sealed class TruthGuardTests
{
    private const int Seed = 20261123;
    private static readonly GuardShop Shop = GuardShop.All[0];
    private static readonly TruthFacts Facts = Shop.Facts("2021 Honda Civic");
    private static readonly TakenSlot Friday = new(new DateTimeOffset(2026, 11, 27, 21, 0, 0, TimeSpan.Zero), 39900, "Full Car Ceramic Tint", IsHeld: false);

    [Fact]
    public void Fewer_than_five_in_a_thousand_true_answers_are_held_back()
    {
        var random = new Random(Seed);
        var sayings = new Corpus(random).Legitimate(each: 5).ToList();
        sayings.Count.ShouldBeGreaterThanOrEqualTo(2000);

        var alarms = sayings.Select(saying => (saying, Passage: Passage.Of(saying.Shop.Facts(saying.Vehicle), Passage.Pieces(saying.Text, random))))
            .Where(each => each.Passage.Violation is not null).ToList();

        alarms.Count.ShouldBeLessThan(sayings.Count * 5 / 1000, string.Join('\n', alarms.Select(alarm => $"{alarm.Passage.Violation!.Kind}: {alarm.saying.Text}").Distinct()));
    }

    [Fact]
    public void Not_one_false_answer_goes_out_and_not_a_digit_of_its_amount()
    {
        var random = new Random(Seed);
        var sayings = new Corpus(random).Violations().ToList();
        sayings.Count.ShouldBeGreaterThanOrEqualTo(500);
        var missed = new HashSet<string>();
        foreach (var saying in sayings)
        {
            var facts = saying.Shop.Facts(saying.Vehicle);
            string[] around = ["", "Thanks for asking! ", "It takes 3 days.\n\n"];
            var text = around[random.Next(around.Length)] + saying.Text;
            foreach (var pieces in (IEnumerable<string>[])[Passage.Pieces(text, random), [text], text.Select(character => character.ToString()), Passage.Pieces(text + " Anything else I can do?", random)])
            {
                var passage = Passage.Of(facts, pieces);
                if (passage.Violation is null || (saying.Secret is { } secret && passage.Shown.Contains(secret, StringComparison.Ordinal)))
                {
                    missed.Add($"{saying.Kind}: {saying.Text}");
                }

                // What was seen before it was stopped says nothing false by itself either.
                if (Passage.Of(facts, [passage.Shown]).Violation is not null)
                {
                    missed.Add($"shown, {saying.Kind}: {passage.Shown} | {saying.Text}");
                }
            }
        }

        missed.ShouldBeEmpty(string.Join('\n', missed));
    }

    [Fact]
    public void Answers_that_no_rule_was_written_for_are_judged_rightly_too()
    {
        var random = new Random(Seed);
        foreach (var (file, isTrue) in (IEnumerable<(string, bool)>)[("unseen-true.txt", true), ("unseen-false.txt", false)])
        {
            var wrong = Corpus.Lines(file).Where(line => Passage.Of(Facts, Passage.Pieces(line, random)).Violation is null != isTrue).ToList();

            wrong.ShouldBeEmpty($"{file}: {string.Join('\n', wrong)}");
        }
    }

    [Fact]
    public void What_goes_out_is_what_came_byte_for_byte_however_it_is_cut()
    {
        var random = new Random(Seed);
        foreach (var saying in new Corpus(random).Legitimate(each: 1))
        {
            var text = saying.Text + "\n\n  Grüße! 👋🏽 漢字 — and so on…  ";
            var passage = Passage.Of(saying.Shop.Facts(saying.Vehicle), Passage.Pieces(text, random));
            if (passage.Violation is null)
            {
                passage.Shown.ShouldBe(text);
            }
        }
    }

    [Fact]
    public void A_piece_without_anything_to_check_leaves_at_once()
    {
        var guard = new TruthGuard(Facts);

        foreach (var piece in (string[])["Hi", " there!", " Ceramic", " film", " looks", " rich", " and", " keeps", " its", " color."])
        {
            guard.Take(piece).Text.ShouldBe(piece);
        }
    }

    [Fact]
    public void The_evidence_of_a_violation_ends_with_a_whole_character()
    {
        var violation = Passage.Of(Facts, [$"A {new string('a', 297)}😡 film costs $1.00."]).Violation!;

        violation.Evidence.Length.ShouldBe(299);
        char.IsSurrogate(violation.Evidence[^1]).ShouldBeFalse();
    }

    [Fact]
    public void Marks_and_numbers_of_who_counts_do_not_stop_the_flow()
    {
        var guard = new TruthGuard(Facts);
        for (var token = 0; token < 300; token++)
        {
            guard.Take(" word t=0000000123456789").Text.ShouldBe(" word t=0000000123456789");
        }

        var counted = string.Concat(Enumerable.Range(1, 150).Select(number => $"Word {number} is said. "));
        Passage.Of(Facts, Passage.Pieces(counted, new Random(Seed))).ShouldBe(new Passage(counted, null));
        Passage.Of(Facts, [string.Concat(Enumerable.Range(1, 300).Select(number => $"{number} "))]).Violation.ShouldBeNull();
    }

    [Fact]
    public void An_amount_waits_for_the_end_of_its_sentence_and_the_words_before_it_do_not()
    {
        var guard = new TruthGuard(Facts);

        guard.Take("The film is ").Text.ShouldBe("The film is ");
        guard.Take("$39").Text.ShouldBe("");
        guard.Take("9.00").Text.ShouldBe("");
        guard.Take(". Next").Text.ShouldBe("$399.00. Next");
    }

    [Fact]
    public void An_amount_waits_for_no_more_than_six_quiet_words()
    {
        var guard = new TruthGuard(Facts);

        guard.Take("At $399.00 our full ceramic film keeps most of ").Text.ShouldBe("At $399.00 our full ceramic film keeps most of");
        guard.Take("the heat out").Text.ShouldBe(" the heat out");
    }

    [Theory]
    [InlineData(Deeds.Booked, "Your appointment is confirmed.")]
    [InlineData(Deeds.Held, "I've held a slot for you.")]
    [InlineData(Deeds.Sent, "I've sent you a text.")]
    [InlineData(Deeds.StaffTold, "I've told the shop.")]
    [InlineData(Deeds.Cancelled, "I've cancelled your appointment.")]
    [InlineData(Deeds.Moved, "I moved your appointment to Friday.")]
    [InlineData(Deeds.OptedOut, "You've been unsubscribed.")]
    public void A_deed_may_be_told_when_its_row_is_there_and_only_that_one(Deeds deed, string claim)
    {
        Passage.Of(Shop.Facts("", deed) with { Slots = [Friday] }, [claim]).Violation.ShouldBeNull();
        Passage.Of(Shop.Facts("", ~(deed | Deeds.Booked | Deeds.Held) & (Deeds)127) with { Slots = [Friday] }, [claim]).Violation!.Kind.ShouldBe(ViolationKinds.Deed);
        Passage.Of(Facts, [claim]).Violation!.Kind.ShouldBe(ViolationKinds.Deed);
    }

    [Fact]
    public void A_service_that_is_listed_for_nothing_may_be_called_free()
    {
        var facts = Facts with { };
        var withFree = new TruthFacts([.. facts.Catalog, facts.Catalog[0] with { Name = "Estimate", PriceCents = 0 }], facts.Hours, facts.Now, facts.ShopName, facts.Phone, facts.Address, "", Deeds.None, []);

        Passage.Of(withFree, ["The estimate is free."]).Violation.ShouldBeNull();
        Passage.Of(Facts, ["The estimate is free."]).Violation!.Kind.ShouldBe(ViolationKinds.Free);
    }

    [Fact]
    public void A_sum_goes_out_only_when_it_is_a_price_itself()
    {
        Passage.Of(Facts, ["Both for $448."]).Violation!.Kind.ShouldBe(ViolationKinds.Price); // 399 + 49
    }

    [Fact]
    public void Hours_that_nobody_knows_are_not_told()
    {
        var unknown = Facts with { Hours = new("America/Chicago", []) };

        foreach (var claim in (string[])["We're open Monday.", "We open at 8.", "We are open right now.", "We're closed on Sundays."])
        {
            Passage.Of(unknown, [claim]).Violation!.Kind.ShouldBe(ViolationKinds.Hours, claim);
        }

        Passage.Of(unknown, ["I don't know our opening hours."]).Violation.ShouldBeNull();
    }

    [Fact]
    public void A_day_that_differs_is_told_by_its_date()
    {
        var thanksgiving = Facts with { Hours = Facts.Hours with { Exceptions = [new(new(2026, 11, 26), true, null, null, "Thanksgiving")] } };

        Passage.Of(thanksgiving, ["We're closed on Thursday (Thanksgiving)."]).Violation.ShouldBeNull();
        Passage.Of(thanksgiving, ["- Thursday 26 Nov: closed (Thanksgiving); usually 08:00–17:00\n"]).Violation.ShouldBeNull();
        Passage.Of(thanksgiving, ["On Nov 26 we are closed."]).Violation.ShouldBeNull();
        Passage.Of(thanksgiving, ["On Nov 26 we are open."]).Violation!.Kind.ShouldBe(ViolationKinds.Hours);
        Passage.Of(thanksgiving, ["On November 26 we're open from 8 to 5."]).Violation!.Kind.ShouldBe(ViolationKinds.Hours);
    }

    [Theory]
    [InlineData("You've been u|nsubscribed.")]
    [InlineData("It is us|d 250.")]
    public void A_word_that_is_cut_after_its_first_letters_waits_for_the_rest(string cut)
    {
        var passage = Passage.Of(Facts, cut.Split('|'));

        passage.Violation.ShouldNotBeNull();
        passage.Shown.ShouldBe(cut[..cut.IndexOf(" u", StringComparison.Ordinal)] + " ");
    }

    [Theory]
    [InlineData("- Sunday 29 Nov: 10:00–15:00 (Open Sunday); usually closed", true)]
    [InlineData("- domingo 29 Nov: 10:00–15:00 (Open Sunday); normalmente cerrado", true)]
    [InlineData("- domingo 29 Nov: 10:00–15:00 (Open Sunday); normalmente cerrado\n\nHay", true)]
    [InlineData("- domingo 14 Mar: 10:00–15:00 (Open Sunday); normalmente cerrado", true)]
    [InlineData("- Sunday 14 Mar: 10:00–15:00 (Open Sunday); usually closed", true)]
    [InlineData("- viernes 1 ene: cerrado (New Year); normalmente 08:00–17:00", true)]
    [InlineData("- viernes 4 dic: cerrado; normalmente 08:00–17:00", false)]
    [InlineData("On Christmas Eve we close at noon.", true)]
    [InlineData("We're closed on Christmas.", true)]
    [InlineData("On Christmas Eve we are open from 8 to 12.", true)]
    [InlineData("On Christmas Eve we close at 5 PM.", false)]
    [InlineData("We're open on Christmas.", false)]
    [InlineData("We are closed on Christmas Eve.", false)]
    public void A_day_that_differs_may_be_told_by_the_name_that_the_shop_gave_it(string text, bool isTrue)
    {
        SpecialDay[] exceptions =
        [
            new(new DateOnly(2026, 11, 29), Closed: false, new TimeOnly(10, 0), new TimeOnly(15, 0), "Open Sunday"), new(new DateOnly(2026, 12, 24), Closed: false, new TimeOnly(8, 0), new TimeOnly(12, 0), "Christmas Eve"),
            new(new DateOnly(2026, 12, 25), Closed: true, null, null, "Christmas"), new(new DateOnly(2027, 1, 1), Closed: true, null, null, "New Year"),
            new(new DateOnly(2027, 3, 14), Closed: false, new TimeOnly(10, 0), new TimeOnly(15, 0), "Open Sunday"),
        ];

        (Passage.Of(Facts with { Hours = Shop.Hours with { Exceptions = exceptions } }, [text]).Violation is null).ShouldBe(isTrue);
    }

    [Fact]
    public void Our_own_pages_and_phone_may_be_links()
    {
        Passage.Of(Facts, ["See [the page](https://shop.example/c/x), [here](/c/x) or [call](tel:+15125550100)."]).Violation.ShouldBeNull();
    }

    [Fact]
    public void A_text_without_an_end_is_bounded_and_judged_all_the_same()
    {
        var guard = new TruthGuard(Facts);
        var shown = 0;
        for (var round = 0; round < 300; round++)
        {
            shown += guard.Take("$399 and so on, word after word after word ").Text.Length;
        }

        shown.ShouldBeGreaterThan(12_000);
        Passage.Of(Facts, [string.Concat(Enumerable.Repeat("word ", 1000)), "and $250 "]).Violation.ShouldNotBeNull();
    }

    [Fact]
    public void The_guard_never_takes_four_times_the_30_ms_that_an_answer_may_cost_of_it_in_nineteen_of_twenty()
    {
        var random = new Random(Seed);
        var answers = new Corpus(random).Legitimate(each: 1).Chunk(4).Select(four => (four[0].Shop.Facts(four[0].Vehicle), Text: string.Join(' ', four.Select(saying => saying.Text)))).ToList();
        var times = answers.Select(answer => Enumerable.Range(0, 4).Min(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            Passage.Of(answer.Item1, Passage.Pieces(answer.Text, random));
            return Stopwatch.GetElapsedTime(started);
        })).Order().ToList();

        // A deadline; the figure is ./run bench answers'. The best of four: a machine that does other things as well takes the processor
        // away for longer than a whole answer's guard, and that is not the guard's time.
        times[times.Count * 95 / 100].ShouldBeLessThan(TimeSpan.FromMilliseconds(120));
    }
}

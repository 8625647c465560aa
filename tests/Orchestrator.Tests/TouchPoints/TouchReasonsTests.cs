using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>Whoever asks why something was sent, was not or waits reads a sentence, whatever the reason.</summary>
public sealed partial class TouchReasonsTests
{
    [Fact]
    public void No_reason_of_the_code_or_of_the_doors_lacks_a_sentence()
    {
        var reasons = new[] { "Messaging", "Emails", "TouchPoints", "Leads", "Shopmonkey", "Holds", "Cadences", "Reviews" }
            .SelectMany(folder => Directory.GetFiles(Repository.Path("src", "Orchestrator", folder), "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Repository.Path("src", "Database", "migrations"), "*.sql"))
            .Where(file => !file.EndsWith("TouchReasons.cs", StringComparison.Ordinal))
            .SelectMany(file => GivesReasons().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["word"].Captures).Select(word => word.Value)
            .Where(word => !NoTouchPoints.Contains(word)).Distinct().ToList();

        reasons.Count.ShouldBeGreaterThan(20);
        reasons.Where(reason => TouchReasons.Explain(reason) is null).ShouldBeEmpty();
    }

    [Fact]
    public void What_the_chat_leaves_to_staff_has_a_sentence_too()
    {
        var kinds = Words("Guard/Violation.cs", """const string \w+ = "(?<word>\w+)";""");
        kinds.Count.ShouldBeGreaterThan(5);
        kinds.Where(kind => ReviewItem.SentenceOf("answer_held_back", kind) is null).ShouldBeEmpty();
        foreach (var (file, kind) in new[] { ("Conversations/PersonCalls.cs", "person_wanted"), ("Ai/Tools/CorrectMyContactData.cs", "contact_correction") })
        {
            Words(file, """NewReview\([^"\n]+"(?<word>\w+)",""").ShouldHaveSingleItem().ShouldSatisfyAllConditions(reason => ReviewItem.SentenceOf(kind, reason).ShouldEndWith("."));
        }

        static List<string> Words(string file, string pattern) =>
            [.. Regex.Matches(File.ReadAllText(Repository.Path("src", "ChatApi", file)), pattern).Select(match => match.Groups["word"].Value)];
    }

    // A sentence for what nobody says any more is read by nobody, and hides that the new word has none.
    [Fact]
    public void Every_sentence_is_for_a_reason_that_somebody_gives()
    {
        var source = string.Concat(Directory.GetFiles(Repository.Path("src"), "*.*", SearchOption.AllDirectories)
            .Where(file => (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".sql", StringComparison.Ordinal)) && !file.EndsWith("TouchReasons.cs", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText));

        TouchReasons.Known.Where(word => !Written(word).Any(written => source.Contains(written, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    // As a whole, or put together of a vendor or a status and the rest.
    private static string[] Written(string word) =>
        word.IndexOf('_', StringComparison.Ordinal) is > 0 and var end
            ? [$"\"{word}\"", $"'{word}'", $"}}{word[end..]}\"", $"\"{word[..end]}_{{"]
            : [$"\"{word}\"", $"'{word}'"];

    [Fact]
    public void No_two_reasons_that_a_person_would_act_on_differently_have_one_sentence() => TouchReasons.Known
        .GroupBy(TouchReasons.Explain).Where(words => words.Count() > 1).Select(words => string.Join(' ', words.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)
        .ShouldBe(["human_takeover staff_took_over", "lead_too_old order_too_old", "missing_phone no_phone"]);

    [Fact]
    public void Every_explanation_is_a_sentence() => TouchReasons.Known.Select(TouchReasons.Explain).Concat(TwilioErrors.All.Select(error => error.Sentence))
        .Where(sentence => sentence is null || !char.IsUpper(sentence[0]) || !sentence.EndsWith('.')).ShouldBeEmpty();

    // Whoever reads it may read it of a text that is planned again, and of one that has had its last try.
    [Fact]
    public void What_is_tried_again_is_not_said_to_be_so_for_ever() =>
        TwilioErrors.All.Where(error => error.Action == ErrorAction.RetryLater).ShouldAllBe(error => error.Sentence.Contains("what has failed can be replayed", StringComparison.Ordinal));

    [Theory]
    [InlineData("sender_is_paced")]
    [InlineData("daily_limit_reached")]
    [InlineData("sender_is_blocked")]
    [InlineData("no_postal_address")]
    [InlineData("twilio_20003")]
    [InlineData("twilio_21606")]
    [InlineData("twilio_30034")]
    [InlineData("twilio_401")]
    public void What_waits_for_a_person_is_not_said_to_go_out_by_itself(string reason)
    {
        var parked = TouchReasons.Explain(reason, "needs_review")!;

        parked.ShouldContain("send");
        foreach (var promise in new[] { "it goes on after", "the others follow", "waits for its place", "are left out" })
        {
            parked.ShouldNotContain(promise);
        }

        parked.ShouldNotBe(TouchReasons.Explain(reason));
        ReviewItem.SentenceOf(ReviewKinds.TouchPoint, reason).ShouldBe(parked);
    }

    [Fact]
    public void What_Twilio_takes_for_fraud_is_for_an_operator() => new[] { 30450, 30453 }.ShouldAllBe(code => TwilioErrors.Of(code).Action == ErrorAction.Alarm);

    [Theory]
    [InlineData("twilio_21610", "stop")]
    [InlineData("twilio_30007", "spam")]
    [InlineData("twilio_99999", "99999")]
    [InlineData("twilio_503", "its side")]
    [InlineData("twilio_400", "refused")]
    [InlineData("twilio_401", "HTTP 401")]
    [InlineData("twilio_403", "wait")]
    [InlineData("twilio_30450", "for fraud")]
    [InlineData("twilio_30453", "Safe List")]
    [InlineData("twilio_30027", "daily limit")]
    [InlineData("sendgrid_401", "key")]
    [InlineData("sendgrid_500", "its side")]
    [InlineData("sendgrid_413", "refused")]
    public void A_vendors_own_answer_is_explained_by_its_code(string reason, string word) => TouchReasons.Explain(reason).ShouldNotBeNull().ShouldContain(word);

    [Fact]
    public void No_reason_has_no_explanation_and_an_unknown_one_is_said_as_it_is()
    {
        TouchReasons.Explain(null).ShouldBeNull();
        TouchReasons.Explain("").ShouldBeNull();
        TouchReasons.Say("nobody_foresaw_this").ShouldBe("Nobody foresaw this.");
    }

    [Theory]
    [InlineData("twilio_21610", 21610)]
    [InlineData("twilio_503", null)]
    [InlineData("sendgrid_21610", null)]
    [InlineData(null, null)]
    public void A_code_is_read_from_a_reason(string? reason, int? code) => TwilioErrors.CodeIn(reason).ShouldBe(code);

    // Reasons of leads, of events of the CRM and of contacts' consents, which stand in such lines too.
    private static readonly HashSet<string> NoTouchPoints =
        ["closed_by_staff", "back_in_a_lead_column", "lead_rules_changed", "handed_to_its_tenant", "unknown_company", "read_when_an_order_needs_it", "restored_from_backup",
            "touch_point_cancelled", "customer", "done", "new_number_opted_out"];

    [GeneratedRegex("""(?:End\("(?:suppressed|expired|needs_review|failed|cancelled)", "(?<word>[a-z_]+)"|new\("(?:suppressed|expired|needs_review|failed)", "(?<word>[a-z_]+)"|To\("[a-z_]+", "(?<word>[a-z_]+)"|reason = '(?<word>[a-z_]+)'|(?:THEN|ELSE) '(?<word>[a-z]+(?:_[a-z]+){2,})'|ParkUnknownAsync\([^";]+"(?<word>[a-z_]+)"|CancelAsync\([^"]+"(?<word>[a-z_]+)"|const string (?:Held|Paced|Blocked|DailyLimit|OutsideLegalHours|AccountWaits|ProcessWasFrozen|WentBack|VendorKnowsMore|NotFound|NobodyLooked|UnknownText) = "(?<word>[a-z_]+)"|=> new\("(?<word>too_many_[a-z_]+)"|\?\? "(?<word>[a-z]+_[a-z_]+)"|=> "(?<word>(?:no|opted|crm|lead|order)_[a-z_]+)")""")]
    private static partial Regex GivesReasons();
}

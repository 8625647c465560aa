using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Whoever looks at an event that was not used reads a sentence, whatever the reason.</summary>
public sealed partial class EventReasonsTests
{
    [Fact]
    public void No_reason_of_the_code_lacks_a_sentence()
    {
        var reasons = new[] { "Webhooks", "Shopmonkey", "Leads", "Locations" }
            .SelectMany(folder => Directory.GetFiles(Repository.Path("src", "Orchestrator", folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.EndsWith("EventReasons.cs", StringComparison.Ordinal))
            .SelectMany(file => GivesReasons().Matches(File.ReadAllText(file)))
            .SelectMany(line => Word().Matches(line.Value)).Select(word => word.Groups[1].Value)
            .Where(word => !NoReasons.Contains(word)).Distinct().ToList();

        reasons.Count.ShouldBeGreaterThan(25);
        reasons.Where(reason => EventReasons.Explain(reason) is null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("shopmonkey_401", "key")]
    [InlineData("shopmonkey_403", "key")]
    [InlineData("shopmonkey_429", "enough")]
    [InlineData("shopmonkey_500", "its side")]
    [InlineData("shopmonkey_404", "refused")]
    public void An_answer_of_the_CRM_is_explained_by_its_status(string reason, string word) => EventReasons.Explain(reason).ShouldNotBeNull().ShouldContain(word);

    [Fact]
    public void Every_explanation_is_a_sentence() => EventReasons.Known.Select(EventReasons.Explain)
        .Where(sentence => sentence is null || !char.IsUpper(sentence[0]) || !sentence.EndsWith('.')).ShouldBeEmpty();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_reason_has_no_explanation(string? reason) => EventReasons.Explain(reason).ShouldBeNull();

    // Words that stand in such lines and are something else: kinds of rows, and reasons of leads and texts.
    private static readonly HashSet<string> NoReasons = ["canned_service", "twilio_undelivered", "order_too_old", "lead_too_old", "crm_opt_out", "opted_out", "opted_in", "same_person_already_greeted", "appointment_gone_from_crm",
        "appointment_in_crm", "inbound_mail", "wrong_number",
        // Of touch points: TouchReasons has them.
        "not_due_yet", "due_now", "being_sent", "needs_review", "not_sent", "no_phone", "no_email", "closed_by_staff", "appointment_booked", "appointment_cancelled"];

    // The lines that end an event, judge an order or set it back.
    [GeneratedRegex("""^.*(UnmappableException|NotYetThereException|ShopmonkeyException\(|Intake\.Nothing\(|NoLead\(|InboxEnding\(|Faulty\(|\breturn "|\breturn order\.|\? null : "|: "[a-z_]+"$|: null;|=> "[a-z_]+"|=> \("|\? "[a-z]+_|=> null|reason = '|Exception => |_ => \().*$""", RegexOptions.Multiline)]
    private static partial Regex GivesReasons();

    [GeneratedRegex("""["']([a-z]+(?:_[a-z]+)+)["']""")]
    private static partial Regex Word();
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>A record writes out all that it holds: one in a message of a log or of an exception would show what it holds.</summary>
public sealed partial class RecordTests
{
    // What only sounds like a secret, and why it is none.
    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["AnswerFailed.Code"] = "One machine word for why there is no answer.",
        ["CostRow.Key"] = "The day or the model that costs are added up by.",
        ["AnswerInProgress.FailureCode"] = "One machine word for why there is no answer.",
        ["InboundMail.Key"] = "By what an email is known when it comes twice: its Message-ID, or a hash.",
        ["NewInboxEvent.DedupeKey"] = "The hash of what an event is about, or its id.",
        ["ShopmonkeyEvent.DedupeKey"] = "The hash of what an event is about, or its id.",
        ["State.Code"] = "Two letters of a state.",
    };

    [Fact]
    public void A_record_that_holds_a_secret_does_not_write_it_out()
    {
        var telling = new[] { typeof(Orchestrator.OrchestratorSettings), typeof(ChatApi.ChatApiSettings), typeof(Shared.Hosting.PlatformSettings) }
            .SelectMany(known => known.Assembly.GetTypes()).Where(type => type.Namespace?.StartsWith(nameof(LeadOrchestrator), StringComparison.Ordinal) == true && WritesItselfOut(type))
            .SelectMany(record => record.GetProperties().Where(IsSecret).Select(property => $"{record.Name}.{property.Name}")).Distinct().Order(StringComparer.Ordinal).ToList();

        telling.Except(Harmless.Keys).ShouldBeEmpty("Override ToString, or say in Harmless why it is no secret");
        Harmless.Keys.Except(telling).ShouldBeEmpty("These are gone, or do not write themselves out any more");
    }

    private static bool WritesItselfOut(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(StringBuilder)])?.IsDefined(typeof(CompilerGeneratedAttribute)) == true
        && type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute));

    // Bytes and ids show nothing of themselves.
    private static bool IsSecret(PropertyInfo property) =>
        SecretName().IsMatch(property.Name) && (property.PropertyType == typeof(string) || typeof(IEnumerable<string>).IsAssignableFrom(property.PropertyType));

    [GeneratedRegex("(Password|Secret|Token|Key|Hash|(?<!Error|Postal|Area)Code)s?$")]
    private static partial Regex SecretName();
}

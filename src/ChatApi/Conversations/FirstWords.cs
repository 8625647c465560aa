using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What <see cref="WordsWarmUp"/> reads here: messages, and sentences for the guard.</summary>
internal static class FirstWords
{
    private static readonly string[] Questions = ["How much is it?", "Please stop texting me", "I want to talk to a person", "¿Cuánto cuesta?"];

    private static readonly string[] Sentences =
    [
        "Full car ceramic tint is $399.00. ", "We are open Monday to Friday from 8 AM to 5 PM. ", "You are booked for Tuesday at 10. ", "It is free, and 20% off. ",
        "Call us at (512) 555-0100, we are at 1 Main St. ", "We close in an hour. ", "El precio es de $399 y abrimos a las 8. ",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Action> Readings(TimeProvider clock)
    {
        var facts = new TruthFacts([], new LocationHours("America/Chicago", []), clock.GetUtcNow(), "", null, null, "", Deeds.None, []) { Asked = "Is it free?" };
        return
        [
            .. Questions.SelectMany<string, Action>(question => [() => OptOutWords.Read(question), () => PersonWords.AskForOne(question), () => Languages.Of(question)]),
            .. Sentences.Select<string, Action>(sentence => () => new TruthGuard(facts).Take(sentence)),
        ];
    }
}

using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>A text and its answer, through both services, while an Orchestrator dies: the answer arrives at most once, and has a state.</summary>
public sealed class TextConversationOrchestratorTests(TextedSystem.ItsOwn system) : TextedSystem(system)
{
    [Theory]
    [InlineData(Failpoint.ReplyPlanned)]
    [InlineData(Failpoint.AttemptCommitted)]
    [InlineData(Failpoint.AnswerRead)]
    public async Task An_answer_whose_Orchestrator_is_killed_arrives_at_most_once_and_has_a_state(string point)
    {
        var phone = await GreetedAsync();
        var (first, second) = (Chat.Rig.Orchestrators[0], Chat.Rig.Orchestrators[1]);
        await second.KillAsync();
        await first.KillAsync();
        await first.StartAsync(("FAILPOINT", $"{point}:kill"));
        await first.ReadyAsync();

        await TextAsync(phone, "How long does it take?");
        await EndsItselfAsync(first);
        await first.LaunchAsync();
        await second.LaunchAsync();

        if (point == Failpoint.AttemptCommitted)
        {
            // Nobody knows whether it left, so nobody sends it again.
            (await ReplyAsync(phone, "unknown", "needs_review")).ShouldBe(1);
            Chat.Rig.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.StartsWith(Answer, StringComparison.Ordinal)).ShouldBe(0);
            return;
        }

        await AnsweredOnceAsync(phone);
    }
}

using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>A text and its answer, through both services, while a Chat API dies: the answer arrives, once.</summary>
public sealed class TextConversationTests(TextedSystem.ItsOwn system) : TextedSystem(system)
{
    [Fact]
    public async Task Two_texts_in_a_row_are_answered_by_one_text()
    {
        var phone = await GreetedAsync();

        await TextAsync(phone, "Hi there");
        await TextAsync(phone, "How long does it take?");

        await AnsweredOnceAsync(phone);
    }

    [Theory]
    [InlineData(Failpoint.AnswerBegun)]
    [InlineData(Failpoint.AnswerStored)]
    public async Task An_answer_whose_Chat_API_is_killed_arrives_once(string point)
    {
        var phone = await GreetedAsync();
        await Chat.Second.KillAsync();
        await Chat.First.KillAsync();
        await Chat.First.StartAsync(("FAILPOINT", $"{point}:kill"));

        await TextAsync(phone, "How long does it take?");
        await EndsItselfAsync(Chat.First);
        await Chat.First.LaunchAsync();
        await Chat.Second.LaunchAsync();

        await AnsweredOnceAsync(phone);
    }
}

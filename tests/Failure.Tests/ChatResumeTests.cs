using LeadOrchestrator.Rig;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>Lines break; the answer goes on, and is taken up again at the next character, on whichever Chat API.</summary>
[Collection(ChatCollection.Name)]
public sealed class ChatResumeTests(ChatSystem system)
{
    [Fact]
    public async Task Answers_that_are_cut_after_every_fifth_event_and_resumed_on_the_other_instance_arrive_whole_once_and_in_order()
    {
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 5);
        var customers = await ChatCustomer.OpenAsync(system.Rig, 6);

        var ends = await Task.WhenAll(customers.Select((customer, index) => customer.AskCutAsync(5, system.Rig.ChatApis[index % 2].Url, system.Rig.ChatApis[1 - (index % 2)].Url)));

        ends.ShouldAllBe(end => end.Type == "answer.completed" && end.Text("content") == ChatSystem.Script);
        await ChatSystem.NothingIsTornAsync(customers);
        await system.CostsAreBookedAsync(customers);
    }

    [Fact]
    public async Task Answers_that_are_cut_after_every_event_at_the_public_door_arrive_whole_once_and_in_order()
    {
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 5);
        var customers = await ChatCustomer.OpenAsync(system.Rig, 2);

        var ends = await Task.WhenAll(customers.Select(customer => customer.AskCutAsync(1, system.Rig.Orchestrators[0].Url, system.Rig.Orchestrators[1].Url)));

        ends.ShouldAllBe(end => end.Type == "answer.completed" && end.Text("content") == ChatSystem.Script);
        await ChatSystem.NothingIsTornAsync(customers);
    }

    [Fact]
    public async Task The_same_question_again_on_the_other_instance_is_one_question_with_one_answer()
    {
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 5);
        var customer = await ChatCustomer.OpenAsync(system.Rig);
        var id = Guid.CreateVersion7();
        using var first = await customer.AskAsync(system.First.Url, clientMessageId: id);
        await first.UntilAsync(frame => frame.Type == "answer.delta");
        first.Dispose();
        var twin = customer.Fresh();

        using var again = await twin.AskAsync(system.Second.Url, clientMessageId: id);
        (await again.UntilAsync(frame => frame.IsTerminal))!.Text("content").ShouldBe(ChatSystem.Script);
        (await customer.FinishAsync(system.Second.Url)).Text("content").ShouldBe(ChatSystem.Script);

        (await system.Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM chat_messages WHERE session_id = $1 AND role = 'assistant' AND channel = 'chat'", customer.SessionId)).ShouldBe(1);
        await ChatSystem.NothingIsTornAsync(customer, twin);
    }
}

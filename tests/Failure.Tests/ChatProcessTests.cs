using System.Diagnostics;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>Processes of the chat die and stop in the middle of answers.</summary>
[Collection(ChatCollection.Name)]
public sealed class ChatProcessTests(ChatSystem system)
{
    // The promise is 5 s on a machine of its own; a busy one gets four times that.
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(4 * 5);

    [Theory]
    [InlineData(Failpoint.AnswerBegun, 1)]
    [InlineData(Failpoint.FramesStored, 3)]
    public async Task An_answer_whose_process_is_killed_at_a_named_point_is_called_interrupted_at_the_other_and_the_next_question_works(string point, int nth)
    {
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 10);
        var customer = await ChatCustomer.OpenAsync(system.Rig);
        await system.First.KillAsync();
        await system.First.StartAsync(("FAILPOINT", $"{point}:kill:{nth}"));

        using var line = await customer.AskAsync(system.First.Url);
        await line.ToEndAsync();
        await system.First.Exited;

        system.First.ExitCode.ShouldBe(128 + 9);
        await InterruptedAtTheOtherAsync(customer);
        await system.First.LaunchAsync();
    }

    [Fact]
    public async Task Answers_whose_process_is_killed_at_random_are_called_interrupted_at_the_other_and_the_next_question_works()
    {
        var random = new Random(7);
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 10);
        var customers = await ChatCustomer.OpenAsync(system.Rig, 4);
        var lines = await Task.WhenAll(customers.Select(customer => customer.AskAsync(system.First.Url)));
        await Task.WhenAll(customers.Zip(lines, async (customer, line) =>
        {
            var frames = random.Next(2, 20);
            await line.UntilAsync(_ => --frames == 0);
        }));

        await system.First.KillAsync();
        await Task.WhenAll(lines.Select(line => line.ToEndAsync()));

        await Task.WhenAll(customers.Select(InterruptedAtTheOtherAsync));
        await system.First.LaunchAsync();
    }

    [Fact]
    public async Task A_Chat_API_that_is_told_to_stop_under_load_sends_every_line_elsewhere_and_loses_no_answer()
    {
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 5);
        var customers = await ChatCustomer.OpenAsync(system.Rig, 8);
        var lines = await Task.WhenAll(customers.Select(customer => customer.AskAsync(system.First.Url)));
        await Task.WhenAll(lines.Select(line => line.UntilAsync(frame => frame.Type == "answer.delta")));

        system.First.Terminate();
        var ends = await Task.WhenAll(customers.Zip(lines, async (customer, line) =>
        {
            var end = await line.UntilAsync(frame => frame.IsTerminal);
            (end is not null || line.IsToldToReconnect).ShouldBeTrue("a line ended without a word");
            return end ?? await customer.FinishAsync(system.Second.Url);
        }));
        await system.First.EndedAsync();

        system.First.ExitCode.ShouldBe(0);
        lines.Count(line => line.IsToldToReconnect).ShouldBeGreaterThan(0);
        ends.ShouldAllBe(end => end.Type == "answer.completed" && end.Text("content") == ChatSystem.Script);
        await ChatSystem.NothingIsTornAsync(customers);
        await system.CostsAreBookedAsync(customers);
        await system.First.LaunchAsync();
    }

    [Fact]
    public async Task An_Orchestrator_that_is_told_to_stop_while_it_forwards_answers_loses_none()
    {
        var (stopping, other) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
        await system.ReadyAsync();
        system.Speak(millisecondsPerWord: 5);
        var customers = await ChatCustomer.OpenAsync(system.Rig, 4);
        var lines = await Task.WhenAll(customers.Select(customer => customer.AskAsync(stopping.Url)));
        await Task.WhenAll(lines.Select(line => line.UntilAsync(frame => frame.Type == "answer.delta")));

        stopping.Terminate();
        var ends = await Task.WhenAll(customers.Zip(lines, async (customer, line) =>
            await line.UntilAsync(frame => frame.IsTerminal) ?? await customer.FinishAsync(other.Url)));
        await stopping.EndedAsync();

        stopping.ExitCode.ShouldBe(0);
        ends.ShouldAllBe(end => end.Type == "answer.completed" && end.Text("content") == ChatSystem.Script);
        await ChatSystem.NothingIsTornAsync(customers);
        await stopping.LaunchAsync();
    }

    private async Task InterruptedAtTheOtherAsync(ChatCustomer customer)
    {
        var killed = Stopwatch.GetTimestamp();
        var end = await customer.FinishAsync(system.Second.Url);

        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(ToldWithin);
        end.Type.ShouldBe("answer.interrupted");
        ChatSystem.Script.ShouldStartWith(customer.Said(end.MessageId));
        system.Speak();
        // What was asked and never answered with a word is answered by the other, by itself; then the next question is.
        if (customer.Said(end.MessageId).Length == 0)
        {
            (await customer.FinishAsync(system.Second.Url)).Text("content").ShouldBe(ChatSystem.Script);
        }

        var next = await customer.AskToEndAsync(system.Second.Url, "And when are you open?");
        (next.Type, next.Text("content")).ShouldBe(("answer.completed", ChatSystem.Script));
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
    }
}

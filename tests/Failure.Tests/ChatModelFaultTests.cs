using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>Every bad day of a model: the customer gets a whole answer, or is told that there is none or only a part of one.</summary>
[Collection(ChatCollection.Name)]
public sealed class ChatModelFaultTests(ChatSystem system)
{
    [Theory]
    [InlineData(FaultKind.Overloaded)]
    [InlineData(FaultKind.ErrorStatus)]
    [InlineData(FaultKind.RateLimited)]
    [InlineData(FaultKind.Status)]
    [InlineData(FaultKind.Denied)]
    [InlineData(FaultKind.ModelRetired)]
    [InlineData(FaultKind.DropBeforeAccept)]
    [InlineData(FaultKind.Hang)]
    [InlineData(FaultKind.AcceptThenDrop)]
    [InlineData(FaultKind.AcceptThen500)]
    [InlineData(FaultKind.ResetAtByte)]
    public async Task A_model_that_fails_before_its_first_word_is_replaced_by_the_other(string kind)
    {
        var customer = await CustomerAsync();
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, Seconds = 0.5, AtByte = 100, Count = Fault.Always });

        var end = await customer.AskToEndAsync(system.Rig.Door.Url);
        system.Rig.Sandbox.Faults.Clear();

        end.Type.ShouldBe("answer.completed");
        end.Text("content").ShouldBe(ChatSystem.Script);
        end.Data.GetProperty("usage").GetProperty("provider").GetString().ShouldBe("openai");
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
    }

    [Theory]
    [InlineData(FaultKind.ErrorAfterTokens, Vendor.Anthropic)]
    [InlineData(FaultKind.CutAfterTokens, Vendor.Anthropic)]
    [InlineData(FaultKind.Malformed, Vendor.Anthropic)]
    [InlineData(FaultKind.ResetAtByte, Vendor.Anthropic)]
    [InlineData(FaultKind.ErrorAfterTokens, Vendor.OpenAi)]
    [InlineData(FaultKind.CutAfterTokens, Vendor.OpenAi)]
    [InlineData(FaultKind.Malformed, Vendor.OpenAi)]
    [InlineData(FaultKind.ResetAtByte, Vendor.OpenAi)]
    public async Task An_answer_that_breaks_in_the_middle_is_made_whole_or_called_interrupted_and_is_stored_as_it_was_seen(string kind, string vendor)
    {
        var customer = await CustomerAsync();
        system.Speak(millisecondsPerWord: 2);
        if (vendor == Vendor.OpenAi)
        {
            system.Rig.Sandbox.Faults.Add(Vendor.Anthropic, FaultKind.Overloaded, Fault.Always);
        }

        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = vendor, Kind = kind, AfterTokens = 20, AtByte = 5000 });
        var end = await customer.AskToEndAsync(system.Rig.Door.Url);
        system.Rig.Sandbox.Faults.Waiting.ShouldNotContain(fault => fault.Kind == kind);

        var said = customer.Said(end.MessageId);
        end.Type.ShouldBeOneOf("answer.completed", "answer.interrupted");
        (end.Type == "answer.completed" ? said == ChatSystem.Script : said.Length > 0 && ChatSystem.Script.StartsWith(said, StringComparison.Ordinal)).ShouldBeTrue(said);
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
        system.Speak();
        (await customer.AskToEndAsync(system.Rig.Door.Url)).Type.ShouldBe("answer.completed");
    }

    [Theory]
    [InlineData(FaultKind.Trickle)]
    [InlineData(FaultKind.NoUsage)]
    [InlineData(FaultKind.HangAfterTokens)]
    [InlineData(FaultKind.HangBeforeFirstToken)]
    public async Task A_model_that_is_only_slow_or_silent_about_its_usage_says_its_whole_answer(string kind)
    {
        var customer = await CustomerAsync();
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = kind, Seconds = 0.5 });

        var end = await customer.AskToEndAsync(system.Rig.Door.Url);

        (end.Type, end.Text("content")).ShouldBe(("answer.completed", ChatSystem.Script));
        end.Data.GetProperty("usage").GetProperty("costMicros").GetInt64().ShouldBeGreaterThan(0);
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
    }

    [Fact]
    public async Task A_model_that_stays_silent_is_replaced_in_time()
    {
        var (customer, toFirstWord, end) = await system.Silent;

        toFirstWord.ShouldBeLessThan(TimeSpan.FromSeconds(4 * 20));
        end.Type.ShouldBe("answer.completed");
        end.Data.GetProperty("usage").GetProperty("provider").GetString().ShouldBe("openai");
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
    }

    [Fact]
    public async Task When_both_models_are_away_the_customer_is_told_so_and_the_next_answer_works()
    {
        var customer = await CustomerAsync();
        system.Rig.Sandbox.Faults.Add(Vendor.Anthropic, FaultKind.Overloaded, Fault.Always);
        system.Rig.Sandbox.Faults.Add(Vendor.OpenAi, FaultKind.Denied, Fault.Always);

        var end = await customer.AskToEndAsync(system.Rig.Door.Url);
        system.Rig.Sandbox.Faults.Clear();

        end.Type.ShouldBe("answer.completed");
        end.Text("content").ShouldStartWith("Sorry, I cannot answer right now.");
        customer.Said(end.MessageId).ShouldBe(end.Text("content"));
        (await customer.AskToEndAsync(system.Rig.Door.Url)).Type.ShouldBe("answer.completed");
        await ChatSystem.NothingIsTornAsync(customer);
        await system.CostsAreBookedAsync(customer);
    }

    // A provider that has failed much is asked last: an answer that only this one gives brings it back.
    private async Task<ChatCustomer> CustomerAsync()
    {
        await system.ReadyAsync();
        system.Speak();
        var customer = await ChatCustomer.OpenAsync(system.Rig);
        system.Rig.Sandbox.Faults.Add(Vendor.OpenAi, FaultKind.Overloaded, Fault.Always);
        (await customer.AskToEndAsync(system.Rig.Door.Url)).Type.ShouldBe("answer.completed");
        system.Rig.Sandbox.Faults.Clear();
        return customer;
    }
}

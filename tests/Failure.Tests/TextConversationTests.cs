using System.Globalization;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>A text and its answer, through both services, while one of them dies: the answer arrives, once.</summary>
public sealed class TextConversationTests(TextConversationTests.ItsOwn system) : IClassFixture<TextConversationTests.ItsOwn>
{
    public sealed class ItsOwn : ChatSystem
    {
        protected override bool AsksASilentModel => false;
    }

    private const string Answer = "We are glad that you ask.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
        await system.Second.KillAsync();
        await system.First.KillAsync();
        await system.First.StartAsync(("FAILPOINT", $"{point}:kill"));

        await TextAsync(phone, "How long does it take?");
        await EndsItselfAsync(system.First);
        await system.First.LaunchAsync();
        await system.Second.LaunchAsync();

        await AnsweredOnceAsync(phone);
    }

    [Theory]
    [InlineData(Failpoint.ReplyPlanned)]
    [InlineData(Failpoint.AttemptCommitted)]
    [InlineData(Failpoint.AnswerRead)]
    public async Task An_answer_whose_Orchestrator_is_killed_arrives_at_most_once_and_has_a_state(string point)
    {
        var phone = await GreetedAsync();
        var (first, second) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
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
            system.Rig.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.StartsWith(Answer, StringComparison.Ordinal)).ShouldBe(0);
            return;
        }

        await AnsweredOnceAsync(phone);
    }

    private async Task<string> GreetedAsync()
    {
        await system.ReadyAsync();
        system.Speak();
        system.Rig.Sandbox.Model.Script = Answer;
        var phone = system.Rig.NewPhone();
        var quote = await system.QuoteAsync(phone);
        await system.TouchAsync(quote.OrderId, Patience, "delivered");
        return phone;
    }

    // What the database says of the conversations tells why it has not.
    private async Task EndsItselfAsync(RigService service)
    {
        try
        {
            await service.EndedAsync(Patience);
        }
        catch (EventuallyException exception)
        {
            var waiting = await system.Rig.Postgres.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', id, mode, asked_seq, texted_seq, answered_seq, last_seq), '; ') FROM chat_sessions");
            throw new EventuallyException($"{exception.Message} Sessions (id, mode, asked, texted, answered, last): {waiting}. Its last lines: {string.Join(Environment.NewLine, service.Log.TakeLast(20))}");
        }
    }

    private async Task TextAsync(string phone, string body)
    {
        var delivery = (await system.Rig.Sandbox.Twilio.ReceiveAsync(phone, body)).Delivery;
        delivery.Succeeded.ShouldBeTrue(delivery.ToString());
    }

    private async Task AnsweredOnceAsync(string phone)
    {
        // That it is delivered is told to the public door, which may be away at that moment.
        await ReplyAsync(phone, "sent", "delivered");
        system.Rig.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.StartsWith(Answer, StringComparison.Ordinal)).ShouldBe(1);
        (await system.Rig.Postgres.ScalarAsync<long>("""
            SELECT count(*) FROM chat_sessions s JOIN leads l ON l.id = s.lead_id JOIN contacts c ON c.id = l.contact_id WHERE c.phone = $1 AND s.asked_seq > s.answered_seq
            """, phone)).ShouldBe(0);
        var twilio = system.Rig.Sandbox.Twilio;
        new LawCheck().ProblemsOf(system.Rig.Sandbox.Ledger.Items.Where(entry => entry.Request?["To"]?.ToString() == phone), twilio.Received).ShouldBeEmpty();
    }

    private async Task<int> ReplyAsync(string phone, params string[] statuses)
    {
        var answer = await Eventually.ValueAsync(
            () => system.Rig.Postgres.ScalarAsync<string>("""
                SELECT string_agg(t.status || ' ' || coalesce(t.reason, '-') || ' ' || t.attempts, ', ')
                FROM touch_points t JOIN leads l ON l.id = t.lead_id JOIN contacts c ON c.id = l.contact_id WHERE c.phone = $1 AND t.step LIKE 'reply-%'
                """, phone),
            all => statuses.Contains(all?.Split(' ')[0]), $"the one answer to {phone} to be {string.Join(" or ", statuses)}", Patience);
        return int.Parse(answer!.Split(' ')[^1], CultureInfo.InvariantCulture);
    }
}

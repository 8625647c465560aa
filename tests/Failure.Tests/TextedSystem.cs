using System.Globalization;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>Texts of customers and their answers, in a system of the class's own.</summary>
public abstract class TextedSystem(TextedSystem.ItsOwn itsOwn) : IClassFixture<TextedSystem.ItsOwn>
{
    public sealed class ItsOwn : ChatSystem
    {
        protected override bool AsksASilentModel => false;
    }

    protected ItsOwn Chat { get; } = itsOwn;

    protected const string Answer = "We are glad that you ask.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected async Task<string> GreetedAsync()
    {
        await Chat.ReadyAsync();
        Chat.Speak();
        Chat.Rig.Sandbox.Model.Script = Answer;
        var phone = Chat.Rig.NewPhone();
        var quote = await Chat.QuoteAsync(phone);
        await Chat.TouchAsync(quote.OrderId, Patience, "delivered");
        return phone;
    }

    // What the database says of the conversations tells why it has not.
    protected async Task EndsItselfAsync(RigService service)
    {
        try
        {
            await service.EndedAsync(Patience);
        }
        catch (EventuallyException exception)
        {
            var waiting = await Chat.Rig.Postgres.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', id, mode, asked_seq, texted_seq, answered_seq, last_seq), '; ') FROM chat_sessions");
            throw new EventuallyException($"{exception.Message} Sessions (id, mode, asked, texted, answered, last): {waiting}. Its last lines: {string.Join(Environment.NewLine, service.Log.TakeLast(20))}");
        }
    }

    protected async Task TextAsync(string phone, string body)
    {
        var delivery = (await Chat.Rig.Sandbox.Twilio.ReceiveAsync(phone, body)).Delivery;
        delivery.Succeeded.ShouldBeTrue(delivery.ToString());
    }

    protected async Task AnsweredOnceAsync(string phone)
    {
        // That it is delivered is told to the public door, which may be away at that moment.
        await ReplyAsync(phone, "sent", "delivered");
        Chat.Rig.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.StartsWith(Answer, StringComparison.Ordinal)).ShouldBe(1);
        (await Chat.Rig.Postgres.ScalarAsync<long>("""
            SELECT count(*) FROM chat_sessions s JOIN leads l ON l.id = s.lead_id JOIN contacts c ON c.id = l.contact_id WHERE c.phone = $1 AND s.asked_seq > s.answered_seq
            """, phone)).ShouldBe(0);
        var twilio = Chat.Rig.Sandbox.Twilio;
        new LawCheck().ProblemsOf(Chat.Rig.Sandbox.Ledger.Items.Where(entry => entry.Request?["To"]?.ToString() == phone), twilio.Received).ShouldBeEmpty();
    }

    protected async Task<int> ReplyAsync(string phone, params string[] statuses)
    {
        var answer = await Eventually.ValueAsync(
            () => Chat.Rig.Postgres.ScalarAsync<string>("""
                SELECT string_agg(t.status || ' ' || coalesce(t.reason, '-') || ' ' || t.attempts, ', ')
                FROM touch_points t JOIN leads l ON l.id = t.lead_id JOIN contacts c ON c.id = l.contact_id WHERE c.phone = $1 AND t.step LIKE 'reply-%'
                """, phone),
            all => statuses.Contains(all?.Split(' ')[0]), $"the one answer to {phone} to be {string.Join(" or ", statuses)}", Patience);
        return int.Parse(answer!.Split(' ')[^1], CultureInfo.InvariantCulture);
    }
}

using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Answers;

/// <summary>Has conversations of the corpus with a Chat API over HTTP, each as a customer of its own.</summary>
/// <param name="readOf">What of others the product has given to the model so far, as the wire to the model saw it.</param>
public sealed class Interviewer(AnswerShop shop, HttpClient chatApi, SandboxClock clock, Func<DateTimeOffset, Task> moveTo, Func<IReadOnlyList<string>> readOf)
{
    /// <summary>Has all of them, those of one moment side by side.</summary>
    /// <param name="atOnce">How many conversations at a time.</param>
    public async Task<IReadOnlyList<Course>> RunAsync(IEnumerable<Exchange> corpus, int atOnce)
    {
        var courses = new List<Course>();
        foreach (var moment in corpus.GroupBy(exchange => exchange.At).OrderBy(moment => moment.Key))
        {
            await moveTo(AnswerShop.InstantOf(moment.Key));
            using var places = new SemaphoreSlim(atOnce);
            courses.AddRange(await Task.WhenAll(moment.Select(async exchange =>
            {
                await places.WaitAsync();
                try
                {
                    return await RunAsync(exchange);
                }
                finally
                {
                    places.Release();
                }
            })));
        }

        return courses;
    }

    private async Task<Course> RunAsync(Exchange exchange)
    {
        var readBefore = readOf().Count;
        var (leadId, code) = await shop.LeadAsync(exchange.Lead ?? new LeadData(), clock.Now);
        Guid? card = exchange.Booked is { } wall ? await shop.BookAsync(leadId, wall, clock.Now) : null;
        var visitor = await Visitor.OpenAsync(chatApi, code);
        var turns = new List<Turn>();
        var taps = 0;
        foreach (var said in exchange.Customer)
        {
            if (said is Exchange.TapsConfirm or Exchange.TapsCancel)
            {
                var isConfirm = said == Exchange.TapsConfirm;
                taps += card is { } tapped && await visitor.TapAsync(tapped, isConfirm ? "confirmation" : "cancellation") && isConfirm ? 1 : 0;
                continue;
            }

            var turn = await visitor.AskAsync(said);
            card = turn.HeldId ?? card;
            turns.Add(turn);
        }

        var (held, confirmed) = await shop.AppointmentsAsync(leadId);
        return new Course(exchange, turns, taps, held, confirmed, await shop.HeldBackAsync(leadId), [.. readOf().Skip(readBefore)]);
    }
}

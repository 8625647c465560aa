using LeadOrchestrator.Rig.Intake;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Intake;

/// <summary>Webhooks that come again and again, in no order, and broken ones among them: two Orchestrators behind a load balancer take them in. The full size is <c>./run bench intake</c>.</summary>
public sealed class DeliveryTests(DeliveryTests.TwoDoors system) : IClassFixture<DeliveryTests.TwoDoors>
{
    private const int Bodies = 600;
    private const int Events = 60;
    private const int Times = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public sealed class TwoDoors : WholeSystem;

    [Fact]
    public async Task Intake_of_malformed_bodies_answers_no_5xx_and_every_valid_one_among_them_lands()
    {
        // Each is a customer of its own in the CRM, of whom nobody was told.
        var quotes = await Task.WhenAll(Enumerable.Range(0, Bodies).Select(_ => system.Rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = system.Rig.NewPhone(), Deliver = false })));
        var bodies = new MalformedBodies(number => new CrmEvent("INSERT", "order", system.Rig.Sandbox.Crm.Row("order", quotes[number - 1].OrderId)!).ToBody(), seed: 11);
        var answers = new List<(GeneratedBody Body, int? Status)>();
        for (var number = 0; number < Bodies; number++)
        {
            var body = bodies.Next();
            answers.Add((body, (await system.Rig.Sandbox.Crm.DeliverRawAsync(body.Bytes)).Status));
        }

        answers.Where(answer => answer.Status is null or >= 500).Select(answer => $"Body {answer.Body.Number} ({answer.Body.What}) got {answer.Status}").ShouldBeEmpty();
        answers.Count(answer => answer.Status is 400).ShouldBeGreaterThan(Bodies / 10);
        var landing = answers.Where(answer => answer.Body.IsValid).ToList();
        landing.ShouldAllBe(answer => answer.Status == 200);
        landing.Count.ShouldBe(Bodies / MalformedBodies.OneValidIn);
        foreach (var (body, _) in landing)
        {
            await system.TouchAsync(quotes[body.Number - 1].OrderId, Patience, "sent", "delivered");
        }
    }

    [Fact]
    public async Task Intake_of_shuffled_repeats_ends_as_the_CRM_does_and_greets_each_once()
    {
        var orders = await ShuffledOrders.MakeAsync(system.Rig, Events, seed: 5);

        var deliveries = await Task.WhenAll(orders.Shuffled(Times, seed: 6).Chunk(Events).Select(async chunk =>
        {
            var statuses = new List<int?>();
            foreach (var crmEvent in chunk)
            {
                statuses.Add((await system.Rig.Sandbox.Crm.DeliverAsync(crmEvent, new DeliveryOptions { MaxAttempts = 1 }))[0].Status);
            }

            return statuses;
        }));

        deliveries.SelectMany(statuses => statuses).ShouldAllBe(status => status == 200);
        await Eventually.ValueAsync(() => orders.ProblemsAsync(system.Rig), problems => problems.Count == 0, "every lead to be as the CRM has its order", Patience);
        await system.Rig.Sandbox.SettledAsync();
        (await orders.ProblemsAsync(system.Rig)).ShouldBeEmpty();
    }
}

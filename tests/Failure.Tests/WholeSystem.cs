using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>A rig for the tests of one class, and the words they share.</summary>
public class WholeSystem : IAsyncLifetime
{
    public TestRig Rig { get; private set; } = null!;

    public Judge Judge { get; private set; } = null!;

    /// <summary>Without a Chat API: starting one is most of what a rig costs, and few ask it.</summary>
    protected virtual RigOptions Options => new() { ChatApis = 0 };

    public virtual async ValueTask InitializeAsync()
    {
        Rig = await TestRig.StartAsync(Options);
        Judge = new Judge(Rig);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A quote request of a new customer, told to the public door as Shopmonkey does it.</summary>
    public Task<Quote> QuoteAsync(string? phone = null) => Rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = phone ?? Rig.NewPhone() });

    /// <summary>The greeting's touch point of an order, once it is in one of these states.</summary>
    public Task<IReadOnlyDictionary<string, object?>> TouchAsync(string orderId, TimeSpan deadline, params string[] statuses) => Eventually.ValueAsync(
        async () => (await Rig.Postgres.RowsAsync("SELECT t.* FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = $1 AND t.step = 'greeting'", orderId)).SingleOrDefault(),
        touch => statuses.Contains((string?)touch?["status"]), $"the touch point of {orderId} to be {string.Join(" or ", statuses)}", deadline)!;
}

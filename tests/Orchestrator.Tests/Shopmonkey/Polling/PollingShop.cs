using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>A shop whose webhooks are all lost. Each test polls by hand, or starts an Orchestrator that does it each second.</summary>
public abstract class PollingShop : Shop
{
    protected static readonly (string, string?) EachSecond = ("POLL_INTERVAL_MS", "1000");

    protected override bool StartsOne => false;

    protected static TenantPoll PollsOf(WebApplication app) => app.Services.GetRequiredService<TenantPoll>();

    protected static PollStore StoreOf(WebApplication app) => app.Services.GetRequiredService<PollStore>();

    /// <summary>A quote whose webhook is never sent.</summary>
    protected Task<Quote> SilentQuoteAsync(string phone, Func<NewQuote, NewQuote>? change = null) =>
        QuoteAsync(phone, change: quote => (change?.Invoke(quote) ?? quote) with { Deliver = false });

    /// <summary>One poll of the tenant, now.</summary>
    /// <returns>Why it was not complete; null = it was.</returns>
    protected async Task<string?> PollAsync(WebApplication app)
    {
        await Database.ExecuteAsync("UPDATE poll_states SET next_poll_at = '2020-01-01Z'");
        var claim = (await StoreOf(app).ClaimAsync(16, CancellationToken.None)).ShouldHaveSingleItem();
        await PollsOf(app).RunAsync(claim, CancellationToken.None);
        return (await LastRunAsync())["error"] as string;
    }

    protected async Task<IReadOnlyDictionary<string, object?>> LastRunAsync(string job = "shopmonkey_poll") =>
        (await Database.RowsAsync("SELECT * FROM job_executions WHERE job = $1 ORDER BY id DESC LIMIT 1", job)).Single();

    protected async Task<DateTime> MarkAsync(string topic) => await Database.ScalarAsync<DateTime>("SELECT mark FROM poll_marks WHERE topic = $1", topic);

    protected Task<long> CountAsync(string what) => Database.ScalarAsync<long>($"SELECT count(*) FROM {what}");

    protected int Calls(string operation) => Sandbox.Calls.Count(call => call.Operation == operation);
}

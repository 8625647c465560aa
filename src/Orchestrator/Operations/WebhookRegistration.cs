using System.Collections.Concurrent;
using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Registrations;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>
/// Asks each tenant's CRM whether it still sends us its events. Shopmonkey switches off or fails a webhook without telling anybody, and silence looks like a quiet day.
/// </summary>
/// <remarks>
/// The default tenant's every minute, the others' every five, each with a fifth by chance so that they spread; every half minute while something is wrong.
/// A CRM that hangs holds up its own tenant, and one of eight places.
/// </remarks>
public sealed partial class WebhookRegistration(
    WebhookRegistrations registrations, TenantStore tenants, DefaultTenant defaultTenant, ILogger<WebhookRegistration> logger) : BackgroundService
{
    /// <summary>The name of the check.</summary>
    public const string Check = WebhookRegistrations.Check;

    private const int AtOnce = 8;
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhenWell = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OthersWhenWell = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WhenNot = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, long> _next = new();

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(FirstAfter, stoppingToken);
        using var timer = new PeriodicTimer(LooksEvery);
        do
        {
            try
            {
                await TendAsync(tenantId => _next.GetOrAdd(tenantId, First) <= Stopwatch.GetTimestamp(), stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                RoundFailed(logger, exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One question to every tenant's CRM.</summary>
    public Task RunOnceAsync(CancellationToken cancel) => TendAsync(_ => true, cancel);

    private async Task TendAsync(Func<Guid, bool> isDue, CancellationToken cancel)
    {
        var due = (await tenants.AllAsync(cancel)).Where(isDue).ToArray();
        Random.Shared.Shuffle(due);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (tenantId, token) =>
        {
            var isWell = await registrations.TendAsync(tenantId, token);
            _next[tenantId] = In(isWell ? tenantId == defaultTenant.Id ? WhenWell : OthersWhenWell : WhenNot);
        });
    }

    // All of them at the start would be a crowd.
    private long First(Guid tenantId) => tenantId == defaultTenant.Id ? 0 : In(OthersWhenWell * Random.Shared.NextDouble());

    private static long In(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * (0.8 + Random.Shared.NextDouble() * 0.4) * Stopwatch.Frequency);

    [LoggerMessage(6005, LogLevel.Warning, "The webhooks at the CRMs could not be looked at ({Kind}); the next round tries again")]
    private static partial void RoundFailed(ILogger logger, string kind);
}

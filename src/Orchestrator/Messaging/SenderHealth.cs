using System.Collections.Concurrent;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>How a tenant's texts of the last day were taken.</summary>
/// <param name="Texts">That the vendor accepted or refused.</param>
/// <param name="Failed">That it refused, or that did not arrive.</param>
/// <param name="OptOuts">People who said stop by text or to the carrier.</param>
public sealed record TextRates(long Texts, long Failed, long OptOuts);

/// <summary>What follows for what is planned for many.</summary>
/// <param name="Reason">Null, or why it waits.</param>
/// <param name="IsSlow">It goes at half the pace.</param>
public sealed record Throttle(string? Reason, bool IsSlow)
{
    /// <summary>Nothing follows.</summary>
    public static readonly Throttle None = new(null, false);

    // Fewer texts prove nothing.
    private const long Enough = 100;

    /// <summary>The carriers act at 1 % of opt-outs and at 5 % of errors; half of that is slow already.</summary>
    public static Throttle Of(TextRates rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return rates switch
        {
            { Texts: < Enough } => None,
            _ when rates.OptOuts * 100 >= rates.Texts => new("too_many_opt_outs", true),
            _ when rates.Failed * 20 >= rates.Texts => new("too_many_errors", true),
            _ when rates.OptOuts * 200 >= rates.Texts || rates.Failed * 40 >= rates.Texts => new(null, true),
            _ => None,
        };
    }
}

/// <summary>Looks each minute how each tenant's texts are taken, and slows or stops what is planned for many before the carriers do. First touches and staff go on.</summary>
public sealed partial class SenderHealth(
    AttemptStore attempts, TenantStore tenants, VendorAccounts accounts, TenantConditions conditions, ILogger<SenderHealth> logger) : BackgroundService
{
    /// <summary>The check that fails while a tenant's bulk is stopped.</summary>
    public const string Check = "text_reputation";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<Guid, Throttle> _throttles = new();

    /// <summary>What follows for a tenant.</summary>
    public Throttle Of(Guid tenantId) => _throttles.GetValueOrDefault(tenantId, Throttle.None);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException && !stoppingToken.IsCancellationRequested)
            {
                CouldNotLook(logger, exception.GetType().Name);
            }
        }
    }

    /// <summary>One look at all tenants that text.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var tenantId in await tenants.AllAsync(cancel))
        {
            if (await accounts.TwilioAsync(tenantId, cancel) is null)
            {
                continue;
            }

            var throttle = Throttle.Of(await attempts.RatesAsync(tenantId, Window, cancel));
            _throttles[tenantId] = throttle;
            if (throttle.Reason is { } reason)
            {
                conditions.Failed(Check, tenantId, reason, "What was planned for many waits; greetings and staff go on. Look at the words, at whom they reach, and at GET /api/touch-points/failures. It goes on by itself when the day's rate is below the limit.");
            }
            else
            {
                conditions.Succeeded(Check, tenantId);
            }
        }
    }

    [LoggerMessage(6013, LogLevel.Warning, "How the texts are taken could not be looked at ({Kind}); the next minute tries again")]
    private static partial void CouldNotLook(ILogger logger, string kind);
}

using System.Collections.Concurrent;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// The same as <see cref="Conditions"/> for what concerns one tenant alone, such as its key at a vendor. The default tenant's is the installation's own check;
/// those of the others are counted under the check's name and <c>_tenants</c>, so that one franchise's dead key does not look like everybody's.
/// </summary>
/// <remarks><c>/health</c> is open to the world: it tells how many they are. Who they are is in the log, and in each tenant's <c>/api/vendor-credentials</c>.</remarks>
public sealed partial class TenantConditions(Conditions conditions, DefaultTenant defaultTenant, ILogger<TenantConditions> logger) : IOwnChecks
{
    private const string Suffix = "_tenants";

    private readonly ConcurrentDictionary<(string Check, Guid TenantId), Known> _known = new();

    /// <inheritdoc />
    public IEnumerable<Condition> Failing() => _known
        .Select(entry => (entry.Key.Check, entry.Value.Failure)).Where(entry => entry.Failure is not null)
        .GroupBy(entry => (entry.Check, entry.Failure!.State))
        .Select(group => new Condition(
            group.Key.Check + Suffix, group.Key.State, group.Min(entry => entry.Failure!.Since),
            $"{Count(group.Count())} (the log names them, event 1032). {group.First().Failure!.Fix}"));

    /// <summary>What fails for this tenant, or null: nothing, or it was not asked yet.</summary>
    public Condition? Of(string check, Guid tenantId) => tenantId == defaultTenant.Id
        ? conditions.Failing.FirstOrDefault(failure => failure.Check == check)
        : _known.GetValueOrDefault((check, tenantId))?.Failure;

    /// <summary>It worked for this tenant.</summary>
    /// <param name="only">Ends this state alone; null = whatever it was.</param>
    public void Succeeded(string check, Guid tenantId, string? only = null)
    {
        if (tenantId == defaultTenant.Id)
        {
            conditions.Succeeded(check, only);
            return;
        }

        if (_known.TryGetValue((check, tenantId), out var known))
        {
            lock (known)
            {
                if (known.Failure is { } failure && (only is null || failure.State == only))
                {
                    known.Failure = null;
                    Recovered(logger, check, tenantId, failure.State);
                }

                known.InARow = 0;
            }
        }
    }

    /// <summary>It failed for this tenant.</summary>
    /// <param name="state">One word: denied, outage, …</param>
    /// <param name="fix">What a person does about it; one or two sentences.</param>
    /// <param name="most">As many failures in a row are weather. 0 = the first one counts.</param>
    public void Failed(string check, Guid tenantId, string state, string fix, int most = 0)
    {
        if (tenantId == defaultTenant.Id)
        {
            conditions.Failed(check, state, fix, most);
            return;
        }

        var known = _known.GetOrAdd((check, tenantId), _ => new Known());
        lock (known)
        {
            if (++known.InARow <= most || known.Failure?.State == state)
            {
                return;
            }

            known.Failure = new Condition(check, state, TimeProvider.System.GetUtcNow(), fix);
            Began(logger, check, tenantId, state, fix);
        }
    }

    private static string Count(int tenants) => tenants == 1 ? "1 tenant" : $"{tenants} tenants";

    private sealed class Known
    {
        public volatile Condition? Failure;

        public int InARow { get; set; }
    }

    [LoggerMessage(1032, LogLevel.Error, "{Check} of tenant {TenantId} is {State}: {Fix}")]
    private static partial void Began(ILogger logger, string check, Guid tenantId, string state, string fix);

    [LoggerMessage(1033, LogLevel.Information, "{Check} of tenant {TenantId} is well again; it was {State}")]
    private static partial void Recovered(ILogger logger, string check, Guid tenantId, string state);
}

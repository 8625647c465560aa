using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>After a change of <c>DATA_ENCRYPTION_KEY</c>: seals with the current key what the previous one has sealed, so that that one can be forgotten.</summary>
public sealed partial class CredentialResealing(VendorCredentialStore store, SecretBox box, ILogger<CredentialResealing> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => CouldNotLook(logger, exception.GetType().Name), stoppingToken);

    /// <summary>One look at all tenants.</summary>
    /// <returns>How many were sealed anew.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        if (box.CurrentKeyId is not { } current)
        {
            return 0;
        }

        var count = 0;
        foreach (var tenant in (await store.StaleAsync(current, cancel)).GroupBy(credential => credential.TenantId, credential => credential.Id))
        {
            foreach (var credential in (await store.OfTenantAsync(tenant.Key, cancel)).Where(credential => tenant.Contains(credential.Id)))
            {
                // What does not open is left as it is: the key that it needs may come back, and /health says that it is missing.
                var place = VendorCredentials.PlaceOf(credential.Vendor);
                if (box.Open(tenant.Key, place, credential.Secret) is { } text)
                {
                    count += await store.ResealAsync(tenant.Key, credential.Id, credential.Secret, box.Seal(tenant.Key, place, text), cancel);
                }
            }
        }

        if (count > 0)
        {
            Resealed(logger, count);
        }

        return count;
    }

    [LoggerMessage(2210, LogLevel.Information, "Sealed {Count} vendor credentials anew with the current DATA_ENCRYPTION_KEY")]
    private static partial void Resealed(ILogger logger, int count);

    [LoggerMessage(2211, LogLevel.Warning, "Could not look for credentials that an older key has sealed ({Kind}); the next round tries again")]
    private static partial void CouldNotLook(ILogger logger, string kind);
}

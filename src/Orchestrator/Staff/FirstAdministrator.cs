using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>Makes the administrator of <c>ADMIN_EMAIL</c> when the whole installation has none, before the first request.</summary>
internal sealed partial class FirstAdministrator(UserStore users, DefaultTenant tenant, AdminSettings settings, ILogger<FirstAdministrator> logger) : IWarmUp
{
    public async Task WarmUpAsync(CancellationToken cancel)
    {
        if (settings is { Email: { } email, Password: { } password } && await users.AddFirstAdministratorAsync(tenant.Id, email, password, cancel))
        {
            Made(logger);
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "Made the first platform administrator from ADMIN_EMAIL")]
    private static partial void Made(ILogger logger);
}

using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>Who may change how a shop works. Reading it is for all staff.</summary>
internal static class Rights
{
    /// <summary>Owners, managers and platform administrators alone; 403 for the others.</summary>
    public static RouteHandlerBuilder ForManagers(this RouteHandlerBuilder route) =>
        route.OnlyFor(Roles.PlatformAdmin, Roles.Owner, Roles.Manager).ProducesProblem(StatusCodes.Status403Forbidden);
}

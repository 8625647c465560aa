using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>Who may do what beyond reading, which all staff of a tenant may.</summary>
internal static class Rights
{
    private static readonly AuthorizationPolicy Managers =
        new AuthorizationPolicyBuilder(StaffSignIn.Scheme).RequireRole(Roles.Owner, Roles.Manager, Roles.PlatformAdmin).Build();

    /// <summary>Owners, managers and platform administrators alone; 403 for the others.</summary>
    public static RouteHandlerBuilder ForManagers(this RouteHandlerBuilder route) => route.RequireAuthorization(Managers).ProducesProblem(403);
}

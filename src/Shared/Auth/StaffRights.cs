using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>Which roles a route is for. Without a word it is for all staff.</summary>
public static class StaffRights
{
    /// <summary>Only people with one of these roles; anybody else who is signed in is answered 403.</summary>
    public static TRoute OnlyFor<TRoute>(this TRoute route, params string[] roles)
        where TRoute : IEndpointConventionBuilder =>
        route.RequireAuthorization(new AuthorizationPolicyBuilder(StaffSignIn.Scheme).RequireAuthenticatedUser().RequireRole(roles).Build());
}

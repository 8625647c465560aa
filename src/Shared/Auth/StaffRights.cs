using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>What a key may do.</summary>
public static class KeyScopes
{
    /// <summary>Hand in leads, one by one or as a file, and read what became of the file.</summary>
    public const string LeadsWrite = "leads:write";

    /// <summary>Read what an advisor may read.</summary>
    public const string Read = "read";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [LeadsWrite, Read];
}

/// <summary>Says of a route that a key with this scope may use it.</summary>
/// <param name="Scope">One of <see cref="KeyScopes"/>.</param>
public sealed record KeyScope(string Scope);

/// <summary>Which roles and which keys a route is for. Without a word it is for all staff, and its GET for keys that may read.</summary>
public static class StaffRights
{
    /// <summary>Only people with one of these roles. Keys are shut out unless <see cref="AlsoForKeys"/> lets them in.</summary>
    public static TRoute OnlyFor<TRoute>(this TRoute route, params string[] roles)
        where TRoute : IEndpointConventionBuilder =>
        route.RequireAuthorization(new AuthorizationPolicyBuilder(StaffSignIn.Scheme).RequireAuthenticatedUser().AddRequirements(new StaffRight(roles)).Build());

    /// <summary>Keys with this scope too.</summary>
    public static TRoute AlsoForKeys<TRoute>(this TRoute route, string scope)
        where TRoute : IEndpointConventionBuilder => route.WithMetadata(new KeyScope(scope));
}

/// <summary>The one question that is asked of every staff request: may this person, or this key, use this route?</summary>
/// <param name="Roles">Null = every role, and keys that may read may GET.</param>
internal sealed record StaffRight(IReadOnlyList<string>? Roles) : IAuthorizationRequirement;

internal sealed class StaffRightHandler : AuthorizationHandler<StaffRight>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, StaffRight requirement)
    {
        if (context.User.Identity?.IsAuthenticated == true && (context.User.IsKey() ? KeyMay(context, requirement) : PersonMay(context.User, requirement)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private static bool PersonMay(ClaimsPrincipal staff, StaffRight right) => right.Roles?.Contains(staff.FindFirstValue(Tokens.RoleClaim)) ?? true;

    private static bool KeyMay(AuthorizationHandlerContext context, StaffRight right)
    {
        var http = context.Resource as HttpContext;
        if (http?.GetEndpoint()?.Metadata.GetMetadata<KeyScope>() is { } wanted && context.User.HasClaim(StaffSignIn.ScopeClaim, wanted.Scope))
        {
            return true;
        }

        return right.Roles is null && http is not null && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            && context.User.HasClaim(StaffSignIn.ScopeClaim, KeyScopes.Read);
    }
}

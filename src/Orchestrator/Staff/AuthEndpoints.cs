using System.ComponentModel.DataAnnotations;
using System.Globalization;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>/api/auth: signing in.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/auth").WithTags("Sign-in").MapPost("/sessions", SignInAsync).AllowAnonymous()
            .WithSummary("Signs a member of staff in. Whose email and password are of several franchises names one with X-Tenant-Id, by slug or id.")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<StaffSession>, ProblemHttpResult>> SignInAsync(
        SignIn request, HttpContext http, SignInLimits limits, UserStore users, TenantStore tenants, DefaultTenant defaultTenant, Tokens tokens,
        [FromHeader(Name = "X-Tenant-Id"), StringLength(100)] string? tenant, CancellationToken cancel)
    {
        var address = SignInLimits.AddressOf(http);
        using var turn = await limits.EnterAsync(cancel);
        if (!turn.IsAcquired)
        {
            return TooMany(http, TimeSpan.FromSeconds(1));
        }

        if (limits.WaitOf(request.Email, address) is { } wait)
        {
            return TooMany(http, wait);
        }

        // A name that is no franchise's finds nobody.
        Guid? tenantId = string.IsNullOrWhiteSpace(tenant) ? null : await tenants.FindAsync(tenant.Trim(), cancel) ?? Guid.Empty;
        var found = await users.SignInAsync(request.Email.Trim(), request.Password, tenantId, cancel);
        if (found.Count == 0)
        {
            limits.Failed(request.Email, address);
            return TypedResults.Problem("The email or the password is wrong.", statusCode: StatusCodes.Status401Unauthorized);
        }

        // Administrators act in the default tenant, wherever they were made: one person's are one.
        var user = found[0].Role == Roles.PlatformAdmin ? found[0] with { TenantId = defaultTenant.Id } : found[0];
        if (found.Count > 1 && !found.All(one => one.Role == Roles.PlatformAdmin))
        {
            return TypedResults.Problem(
                "This email and password are of staff of several franchises. Name one with the header X-Tenant-Id, by its slug or id.", statusCode: StatusCodes.Status409Conflict);
        }

        var (token, expiresAt) = tokens.ForStaff(user);
        return TypedResults.Ok(new StaffSession(token, expiresAt, new StaffUser(user.Id, user.TenantId, user.Email, user.Name, user.Role)));
    }

    private static ProblemHttpResult TooMany(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem("Too many sign-ins have failed, or too many run at once. The password was not looked at: try again later.", statusCode: StatusCodes.Status429TooManyRequests);
    }
}

/// <summary>Who wants in.</summary>
public sealed record SignIn([Required, StringLength(320, MinimumLength = 3), PlainText] string Email, [Required, StringLength(1000, MinimumLength = 1)] string Password)
{
    /// <inheritdoc />
    public override string ToString() => nameof(SignIn);
}

/// <summary>A signed-in member of staff. Send the token as <c>Authorization: Bearer</c>.</summary>
public sealed record StaffSession(string AccessToken, DateTimeOffset ExpiresAt, StaffUser User)
{
    /// <inheritdoc />
    public override string ToString() => nameof(StaffSession);
}

/// <summary>A member of staff. <c>role</c>: platform_admin, owner, manager, advisor.</summary>
public sealed record StaffUser(Guid Id, Guid TenantId, string Email, string Name, string Role);

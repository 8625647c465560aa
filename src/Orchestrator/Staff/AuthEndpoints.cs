using System.ComponentModel.DataAnnotations;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>/api/auth: signing in.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/auth").WithTags("Sign-in").MapPost("/sessions", SignInAsync).AllowAnonymous();

    private static async Task<Results<Ok<StaffSession>, ProblemHttpResult>> SignInAsync(SignIn request, UserStore users, Tokens tokens, CancellationToken cancel)
    {
        if (await users.SignInAsync(request.Email.Trim(), request.Password, cancel) is not { } user)
        {
            return TypedResults.Problem("The email or the password is wrong.", statusCode: StatusCodes.Status401Unauthorized);
        }

        var (token, expiresAt) = tokens.ForStaff(user);
        return TypedResults.Ok(new StaffSession(token, expiresAt, new StaffUser(user.Id, user.TenantId, user.Email, user.Name, user.Role)));
    }
}

/// <summary>Who wants in.</summary>
public sealed record SignIn([Required, StringLength(320, MinimumLength = 3), PlainText] string Email, [Required, StringLength(1000, MinimumLength = 1)] string Password);

/// <summary>A signed-in member of staff. Send the token as <c>Authorization: Bearer</c>.</summary>
public sealed record StaffSession(string AccessToken, DateTimeOffset ExpiresAt, StaffUser User);

/// <summary>A member of staff. <c>role</c>: platform_admin, owner, manager, advisor.</summary>
public sealed record StaffUser(Guid Id, Guid TenantId, string Email, string Name, string Role);

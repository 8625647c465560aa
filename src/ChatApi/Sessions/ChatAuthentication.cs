using System.Security.Claims;
using System.Text.Encodings.Web;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>
/// Who speaks: a customer by the cookie of their session (or its token as Bearer), or staff by their token, or a system by its key. <c>Authorization</c> and <c>X-Api-Key</c> win over cookies.
/// </summary>
internal sealed class ChatAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ChatCookies cookies)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Chat";

    /// <summary>Claim: how a customer's session came in, <c>cookie</c> or <c>bearer</c>; staff have none.</summary>
    public const string ViaClaim = "via";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                   && await cookies.ReadAsync(header[7..].Trim(), Context.RequestAborted) is { } bearer
                ? Customer(bearer, "bearer")
                : await Context.AuthenticateAsync(StaffSignIn.Scheme);
        }

        if (Request.Headers["X-Api-Key"].Count > 0)
        {
            return await Context.AuthenticateAsync(StaffSignIn.Scheme);
        }

        // Of several open sessions the asked one counts, else the newest: a foreign id is then not found, and not "sign in".
        var sessions = await cookies.ReadAsync(Request);
        var asked = Guid.TryParse(Request.RouteValues["id"]?.ToString(), out var id) ? sessions.FirstOrDefault(session => session.Subject == id) : null;
        return (asked ?? sessions.FirstOrDefault()) is { } cookie ? Customer(cookie, "cookie") : AuthenticateResult.NoResult();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        await Results.Problem(statusCode: 401, title: "No chat is open here.", detail: "Open it with the link from the text message.").ExecuteAsync(Context);
    }

    private AuthenticateResult Customer(TokenIdentity identity, string via) => AuthenticateResult.Success(new AuthenticationTicket(
        new ClaimsPrincipal(new ClaimsIdentity(
            [new("sub", identity.Subject.ToString()), new(Tokens.TenantClaim, identity.TenantId.ToString()), new(ViaClaim, via)], Scheme.Name, "sub", null)),
        Scheme.Name));
}

using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>Lets a caller into the session of the route, or not. In front of every route under <c>/api/chat/sessions/{id}</c>.</summary>
/// <remarks>A foreign id and an absent one look the same. Staff may read their tenant's sessions here, and no more.</remarks>
internal sealed class SessionAccess(PlatformSettings settings, SessionStore sessions) : IEndpointFilter
{
    private static readonly object Key = new();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Refuse(http) is { } refusal)
        {
            return refusal;
        }

        var id = Guid.Parse(http.Request.RouteValues["id"]!.ToString()!);
        var session = new SessionKey(http.User.TenantId(), id);
        var mayEnter = IsCustomer(http.User)
            ? http.User.UserId() == id
            : await sessions.FindAsync(session.TenantId, id, http.RequestAborted) is not null;
        if (!mayEnter)
        {
            return NotFound();
        }

        http.Items[Key] = session;
        return await next(context);
    }

    public static ProblemHttpResult NotFound() => TypedResults.Problem("There is no such session for you.", statusCode: 404, title: "Not found.");

    /// <summary>The session that the caller was let into.</summary>
    public static SessionKey Of(HttpContext http) => (SessionKey)http.Items[Key]!;

    // A cookie comes along by itself, also when another site makes the browser ask: what changes something must come from our page.
    private ProblemHttpResult? Refuse(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            return null;
        }

        if (!IsCustomer(http.User))
        {
            return TypedResults.Problem("Staff read the chat here; they write through the staff API.", statusCode: 403, title: "Not allowed.");
        }

        if (http.User.FindFirstValue(ChatAuthentication.ViaClaim) != "cookie")
        {
            return null;
        }

        if (!http.Request.HasJsonContentType())
        {
            return TypedResults.Problem("Send Content-Type: application/json.", statusCode: 415, title: "Only JSON is taken.");
        }

        var origin = http.Request.Headers.Origin.ToString();
        return origin.Length == 0 || origin == settings.PublicUrl.GetLeftPart(UriPartial.Authority)
            ? null
            : TypedResults.Problem("This request comes from another site.", statusCode: 403, title: "Not allowed.");
    }

    private static bool IsCustomer(ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == ChatAuthentication.ViaClaim);
}

/// <summary>The session of a request.</summary>
internal static class SessionOfRequest
{
    public static SessionKey Session(this HttpContext http) => SessionAccess.Of(http);
}

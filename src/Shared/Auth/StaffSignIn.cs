using System.Security.Claims;
using System.Text.Encodings.Web;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>Every route demands a credential unless it says otherwise; the public doors of the contract are the ones that do.</summary>
public static class StaffSignIn
{
    /// <summary>The authentication scheme of staff: <c>Authorization: Bearer</c> for people, <c>X-Api-Key</c> for systems.</summary>
    public const string Scheme = "Staff";

    /// <summary>Claim: something that a key may do. People have none.</summary>
    public const string ScopeClaim = "scope";

    internal static void AddStaffSignIn(this IServiceCollection services)
    {
        services.AddSingleton<SigningKey>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<IAuthorizationHandler, StaffRightHandler>();
        // Authentication brings the framework's key ring along. Nothing here is protected with it, so it shall not write keys to a disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, StaffAuthentication>(Scheme, null);
        // Where a route asks for nothing, and where it asks for "signed in" alone.
        var everybody = new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().AddRequirements(new StaffRight(null)).Build();
        services.AddAuthorizationBuilder().SetFallbackPolicy(everybody).SetDefaultPolicy(everybody);
    }

    /// <summary>What fits no route (404), not by its method (405) or not by its content type (415) is told so: a sign-in would not mend it.</summary>
    internal static Task LetMissesPass(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint)
        {
            var miss = context.GetEndpoint();
            context.SetEndpoint(new Endpoint(miss?.RequestDelegate ?? NotFound, new EndpointMetadataCollection(new AllowAnonymousAttribute()), miss?.DisplayName));
        }

        return next(context);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>The tenant that this staff request acts in.</summary>
    public static Guid TenantId(this ClaimsPrincipal staff) => Guid.Parse(staff.FindFirstValue(Tokens.TenantClaim)!);

    /// <summary>The staff member's id, or the key's: who acts.</summary>
    public static Guid UserId(this ClaimsPrincipal staff) => Guid.Parse(staff.FindFirstValue("sub")!);

    /// <summary>May this member of staff change how the franchise works, and see what its customers sent?</summary>
    public static bool IsManaging(this ClaimsPrincipal staff) => staff.IsInRole(Roles.PlatformAdmin) || staff.IsInRole(Roles.Owner) || staff.IsInRole(Roles.Manager);

    /// <summary>Does a system act, by its key?</summary>
    public static bool IsKey(this ClaimsPrincipal staff) => staff.HasClaim(Tokens.RoleClaim, Roles.ApiKey);
}

/// <summary>Reads the bearer token or the key, and lets a platform administrator act in the tenant that <c>X-Tenant-Id</c> names (audited).</summary>
internal sealed class StaffAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Tokens tokens, ApiKeyStore keys, TenantStore tenants, AuditStore audit) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private bool _namesNoTenant;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return header.Length == 0 && Request.Headers["X-Api-Key"].ToString() is { Length: > 0 } key ? await ReadKeyAsync(key) : AuthenticateResult.NoResult();
        }

        if (await tokens.ReadAsync(header[7..].Trim(), Tokens.StaffAudience) is not { Role: { } role } identity)
        {
            return AuthenticateResult.Fail("The token is not valid.");
        }

        var tenantId = identity.TenantId;
        if (role == Roles.PlatformAdmin && Request.Headers["X-Tenant-Id"].ToString() is { Length: > 0 } named)
        {
            if (await tenants.FindAsync(named, Context.RequestAborted) is not { } other)
            {
                _namesNoTenant = true;
                return AuthenticateResult.Fail("X-Tenant-Id names no tenant.");
            }

            tenantId = other;
            await audit.AddAsync(tenantId, identity.Subject, "platform_admin_acts_in_tenant", $"{Request.Method} {Redaction.Path(Request.Path)}", Context.RequestAborted);
        }

        return Success(identity.Subject, tenantId, role, []);
    }

    // A key belongs to one tenant: X-Tenant-Id says nothing to it.
    private async Task<AuthenticateResult> ReadKeyAsync(string key) => await keys.ReadAsync(key, Context.RequestAborted) is { } identity
        ? Success(identity.Id, identity.TenantId, Roles.ApiKey, identity.Scopes)
        : AuthenticateResult.Fail("The key is not valid.");

    private AuthenticateResult Success(Guid subject, Guid tenantId, string role, IReadOnlyList<string> scopes)
    {
        var claims = new ClaimsIdentity(
            [
                new("sub", subject.ToString()), new(Tokens.TenantClaim, tenantId.ToString()), new(Tokens.RoleClaim, role),
                .. scopes.Select(scope => new Claim(StaffSignIn.ScopeClaim, scope)),
            ],
            Scheme.Name, "sub", Tokens.RoleClaim);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(claims), Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_namesNoTenant)
        {
            // Who asks is known; a sign-in would not mend it.
            await Results.Problem(statusCode: 404, title: "Not found.", detail: "X-Tenant-Id names no tenant: give the slug or the id of one, or leave it out.").ExecuteAsync(Context);
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        await Results.Problem(
            statusCode: 401, title: "A sign-in is needed.",
            detail: "Send Authorization: Bearer with a token from POST /api/auth/sessions, or X-Api-Key with a key from POST /api/api-keys.").ExecuteAsync(Context);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) => await Results.Problem(
        statusCode: 403, title: "This is not yours to do.",
        detail: Context.User.IsKey() ? "The key lacks the scope for this route, or the route is for people alone." : "Your role may not use this route. Ask an owner of the franchise.")
        .ExecuteAsync(Context);
}

/// <summary>The table <c>audit_events</c>: append-only.</summary>
public sealed class AuditStore(LeadDatabase database, TimeProvider clock)
{
    private const string Insert = """
        INSERT INTO audit_events (tenant_id, id, actor_id, action, target, occurred_at)
        VALUES (@tenantId, @id, @actorId, @action, @target, @now)
        """;

    /// <summary>Notes what somebody did in a tenant. <paramref name="target"/> holds ids and routes, no personal data.</summary>
    public Task AddAsync(Guid tenantId, Guid actorId, string action, string target, CancellationToken cancel) =>
        database.ExecuteAsync(tenantId, Insert, Args(actorId, action, target), cancel);

    /// <summary>Notes it in the transaction that does it.</summary>
    public Task AddAsync(TenantTransaction transaction, Guid actorId, string action, string target, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(Insert, Args(actorId, action, target), cancel);
    }

    private object Args(Guid actorId, string action, string target) => new { id = Guid.CreateVersion7(), actorId, action, target, now = clock.GetUtcNow() };
}

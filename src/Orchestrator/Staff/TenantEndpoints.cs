using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>/api/tenants: the franchises of this installation, for platform administrators.</summary>
internal static class TenantEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/tenants").WithTags("Tenants").OnlyFor(Roles.PlatformAdmin);
        group.MapGet("", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("", AddAsync);
        group.MapPatch("/{id:guid}", ChangeAsync);
    }

    private static async Task<Results<Ok<Page<TenantView>>, ProblemHttpResult>> ListAsync(
        TenantStore tenants, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await tenants.ListAsync(before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, tenant => tenant.Id.ToString()));
    }

    private static async Task<Results<Ok<TenantView>, NotFound>> GetAsync(Guid id, TenantStore tenants, CancellationToken cancel) =>
        await tenants.ViewAsync(id, cancel) is { } tenant ? TypedResults.Ok(tenant) : TypedResults.NotFound();

    private static async Task<Results<Created<TenantView>, ValidationProblem, ProblemHttpResult>> AddAsync(
        NewTenant request, ClaimsPrincipal staff, LeadDatabase database, TenantStore tenants, UserStore users, AuditStore audit, CancellationToken cancel)
    {
        // An id names a tenant too: a slug that looks like one could be another's.
        if (Guid.TryParse(request.Slug, out _))
        {
            return Invalid("slug", "A slug must not look like an id.");
        }

        if (!IsZone(request.Timezone))
        {
            return Invalid("timezone", UnknownZone);
        }

        var id = Guid.CreateVersion7();
        await using var transaction = await database.BeginAsync(id, cancel);
        if (!await tenants.AddAsync(transaction, request.Slug, request.Name, request.Timezone, request.ShopmonkeyCompanyId, cancel))
        {
            return await tenants.FindAsync(request.Slug, cancel) is not null ? Conflict("This slug is taken.") : CompanyIsTaken();
        }

        if (request.Owner is { } owner)
        {
            await users.AddAsync(transaction, owner.Email.Trim(), owner.Password, "Owner", Roles.Owner, cancel);
        }

        await audit.AddAsync(transaction, staff.UserId(), "tenant_created", request.Slug, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"/api/tenants/{id}", (await tenants.ViewAsync(id, cancel))!);
    }

    private static async Task<Results<Ok<TenantView>, NotFound, ValidationProblem, ProblemHttpResult>> ChangeAsync(
        Guid id, TenantChange request, ClaimsPrincipal staff, LeadDatabase database, TenantStore tenants, AuditStore audit, DefaultTenant defaultTenant,
        PlatformSettings platform, CancellationToken cancel)
    {
        if (request.Timezone is { } zone && !IsZone(zone))
        {
            return Invalid("timezone", UnknownZone);
        }

        if (await tenants.ViewAsync(id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        if (request.ShopmonkeyCompanyId is { } company && id == defaultTenant.Id && platform.ShopmonkeyCompanyId is { } fixedOne && fixedOne != company)
        {
            return Conflict("SHOPMONKEY_TENANT_ID names this tenant's company: change it there, or the next start changes it back.");
        }

        await using var transaction = await database.BeginAsync(id, cancel);
        if (!await tenants.ChangeAsync(transaction, request.Name, request.Timezone, request.ShopmonkeyCompanyId, cancel))
        {
            return CompanyIsTaken();
        }

        await audit.AddAsync(transaction, staff.UserId(), "tenant_changed", $"/api/tenants/{id}", cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok((await tenants.ViewAsync(id, cancel))!);
    }

    private const string UnknownZone = "It is no IANA time zone, such as America/Chicago.";

    private static bool IsZone(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    private static ProblemHttpResult CompanyIsTaken() => Conflict("This company of Shopmonkey belongs to another tenant: one company is one tenant.");

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    private static ValidationProblem Invalid(string field, string message) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });
}

/// <summary>A new franchise. It works at once, without a restart.</summary>
/// <param name="Slug">Its name in addresses and headers: 1–63 of a–z, 0–9 and -.</param>
/// <param name="Timezone">IANA name: the zone of its days, and of shops whose own is not known.</param>
/// <param name="ShopmonkeyCompanyId">Its company at the CRM; saving a key of the CRM sets it too.</param>
public sealed record NewTenant(
    [Required, RegularExpression("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", ErrorMessage = "The slug is 1 to 63 of a–z, 0–9 and -, and has no - at its ends.")] string Slug,
    [Required, StringLength(200, MinimumLength = 1), PlainText] string Name,
    [Required, StringLength(64)] string Timezone,
    [RegularExpression(@"^[A-Za-z0-9_\-]{1,64}$", ErrorMessage = "The company is 1 to 64 letters, digits, - or _.")] string? ShopmonkeyCompanyId,
    NewOwner? Owner);

/// <summary>Who signs in to the new franchise first.</summary>
/// <param name="Password">At least 8 characters.</param>
public sealed record NewOwner(
    [Required, StringLength(320, MinimumLength = 3), RegularExpression(@"^\s*[^\s@\p{C}]+@[^\s@\p{C}]+\s*$", ErrorMessage = "It is no email address.")] string Email,
    [Required, StringLength(1000, MinimumLength = UserStore.ShortestPassword, ErrorMessage = "The password has 8 to 1000 characters.")] string Password)
{
    /// <inheritdoc />
    public override string ToString() => nameof(NewOwner);
}

/// <summary>What changes of a franchise; what is left out stays.</summary>
public sealed record TenantChange(
    [StringLength(200, MinimumLength = 1), PlainText] string? Name,
    [StringLength(64)] string? Timezone,
    [RegularExpression(@"^[A-Za-z0-9_\-]{1,64}$", ErrorMessage = "The company is 1 to 64 letters, digits, - or _.")] string? ShopmonkeyCompanyId);

using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>/api/api-keys: keys for web forms, partners and reports.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/api-keys").WithTags("API keys").OnlyFor(Roles.PlatformAdmin, Roles.Owner);
        group.MapGet("", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("", AddAsync);
        group.MapDelete("/{id:guid}", RevokeAsync);
    }

    private static async Task<Results<Ok<Page<ApiKeyView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, ApiKeyStore keys, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        return TypedResults.Ok(Paging.Of(await keys.ListAsync(staff.TenantId(), before, Paging.RowsFor(limit), cancel), limit, key => key.Id.ToString()));
    }

    private static async Task<Results<Ok<ApiKeyView>, NotFound>> GetAsync(ClaimsPrincipal staff, ApiKeyStore keys, Guid id, CancellationToken cancel) =>
        await keys.FindAsync(staff.TenantId(), id, cancel) is { } key ? TypedResults.Ok(key) : TypedResults.NotFound();

    private static async Task<Results<Created<NewApiKey>, ValidationProblem, ProblemHttpResult>> AddAsync(
        ClaimsPrincipal staff, HttpContext context, LeadDatabase database, ApiKeyStore keys, AuditStore audit, TimeProvider clock, ApiKeyRequest request, CancellationToken cancel)
    {
        if (request.Scopes!.Except(KeyScopes.All).Any())
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["scopes"] = [$"scopes are {string.Join(" and ", KeyScopes.All)}."] });
        }

        if (request.ExpiresAt <= clock.GetUtcNow())
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["expiresAt"] = ["expiresAt is over already."] });
        }

        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await keys.AddAsync(transaction, request.Name!.Trim(), [.. request.Scopes!.Distinct()], request.ExpiresAt, staff.UserId(), cancel) is not { } made)
        {
            return TypedResults.Problem("Two keys of this name are in use. Revoke one with DELETE /api/api-keys/{id}, or choose another name.", statusCode: StatusCodes.Status409Conflict);
        }

        await audit.AddAsync(transaction, staff.UserId(), "api_key_made", $"api key {made.Row.Id} ({string.Join(' ', made.Row.Scopes)})", cancel);
        await transaction.CommitAsync(cancel);
        context.Response.Headers.CacheControl = "no-store";
        var row = made.Row;
        return TypedResults.Created($"/api/api-keys/{row.Id}", new NewApiKey(row.Id, row.Name, made.Key, row.Hint, row.Scopes, row.CreatedAt, row.ExpiresAt));
    }

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(
        ClaimsPrincipal staff, LeadDatabase database, ApiKeyStore keys, AuditStore audit, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await keys.RevokeAsync(transaction, id, cancel) is not { } isEndedNow)
        {
            return TypedResults.NotFound();
        }

        if (isEndedNow)
        {
            await audit.AddAsync(transaction, staff.UserId(), "api_key_revoked", $"api key {id}", cancel);
            await transaction.CommitAsync(cancel);
        }

        return TypedResults.NoContent();
    }
}

/// <summary>A key to be made. <c>scopes</c>: leads:write, read.</summary>
public sealed record ApiKeyRequest
{
    /// <summary>For people. Two keys of one name may be in use at once, so that one can be changed for the other.</summary>
    [Required, StringLength(100, MinimumLength = 1), PlainText, RegularExpression(@"[\s\S]*\S[\s\S]*", ErrorMessage = "name is empty.")]
    public string? Name { get; init; }

    [Required, MinLength(1), MaxLength(10)]
    public string[]? Scopes { get; init; }

    /// <summary>Null = it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key that was made. <c>key</c> is shown this once; send it as <c>X-Api-Key</c>.</summary>
public sealed record NewApiKey(Guid Id, string Name, string Key, string Hint, string[] Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <inheritdoc />
    public override string ToString() => nameof(NewApiKey);
}

using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>What models have cost, and what one conversation and one appointment cost of it.</summary>
/// <param name="Items">By the key that was asked for.</param>
/// <param name="TotalMicros">Of all days and keys, this page's or not.</param>
/// <param name="PerConversationMicros">The total through the conversations in which a model was called, rounded; null when there was none.</param>
/// <param name="PerAppointmentMicros">The total through the appointments that were made; null when there was none.</param>
/// <param name="CacheSavingMicros">How much more it would have been without the vendors' caches; below zero where more was put into them than was read.</param>
public sealed record CostReport(
    IReadOnlyList<CostRow> Items, string? NextCursor, DateOnly From, DateOnly To, long TotalMicros, long Calls, long Conversations, long? PerConversationMicros,
    long Appointments, long? PerAppointmentMicros, long CacheSavingMicros);

/// <summary>/api/chat/costs: the ledger, summed.</summary>
internal static class CostEndpoints
{
    private const int Most = 200;
    private const int UsualDays = 30;

    public static void MapCosts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/chat/costs", ReadAsync).OnlyFor(Roles.PlatformAdmin, Roles.Owner, Roles.Manager).WithTags("Costs").WithName("ReadChatCosts")
            .WithSummary("What models have cost, by provider, model, location, day or conversation.").ProducesProblem(401).ProducesProblem(403);

    private static async Task<Results<Ok<CostReport>, ValidationProblem>> ReadAsync(
        ClaimsPrincipal staff, CostStore costs, ChatApiSettings settings, TenantStore tenants, TimeProvider clock, DateOnly? from, DateOnly? to, string? groupBy,
        [Range(1, Most)] int limit = 50, string? cursor = null, CancellationToken cancel = default)
    {
        groupBy ??= "day";
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull((await tenants.GetAsync(staff.TenantId(), cancel)).Timezone) ?? DateTimeZone.Utc;
        var last = to ?? clock.GetUtcNow().ToInstant().InZone(zone).Date.ToDateOnly();
        var first = from ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber + 1 - UsualDays));
        if (!CostStore.Groups.Contains(groupBy))
        {
            return Wrong("groupBy", $"groupBy must be one of {string.Join(", ", CostStore.Groups)}.");
        }

        if (first > last)
        {
            return Wrong("from", "from must not be after to. Both are days of the franchise's zone, such as 2026-11-23.");
        }

        var total = await costs.TotalAsync(staff.TenantId(), first, last, cancel);
        var rows = await costs.ByAsync(staff.TenantId(), groupBy, first, last, cursor, limit + 1, cancel);
        var saving = SavingOf(settings.Table, await costs.CachedAsync(staff.TenantId(), first, last, cancel));
        var items = rows.Take(limit).ToList();
        return TypedResults.Ok(new CostReport(
            items, rows.Count > limit ? items[^1].Key : null, first, last, total.CostMicros, total.Calls, total.Conversations, Each(total.Conversations),
            total.Appointments, Each(total.Appointments), saving));

        long? Each(long count) => count == 0 ? null : (long)Math.Round((decimal)total.CostMicros / count, MidpointRounding.AwayFromZero);
    }

    // A model that is in no table any more says nothing of its prices.
    private static long SavingOf(IReadOnlyList<AiModel> table, IReadOnlyList<CachedTokens> cached) => cached.Sum(tokens =>
        table.FirstOrDefault(model => model.Provider == tokens.Provider && model.Id == tokens.Model)?.PriceOn(tokens.Day).SavedByCache(tokens.Read, tokens.Written) ?? 0);

    private static ValidationProblem Wrong(string field, string how) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [how] });
}

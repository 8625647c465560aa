using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
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
    private const string Limit = "A day of the franchise's zone, such as 2026-11-23, or an instant, such as 2026-11-23T16:00:00Z, which stands for its day there; that day is included.";

    public static void MapCosts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/chat/costs", ReadAsync).OnlyFor(Roles.PlatformAdmin, Roles.Owner, Roles.Manager).WithTags("Costs").WithName("ReadChatCosts")
            .WithSummary("What models have cost, by provider, model, location, day or conversation.").ProducesProblem(401).ProducesProblem(403);

    private static async Task<Results<Ok<CostReport>, ValidationProblem>> ReadAsync(
        ClaimsPrincipal staff, CostStore costs, ChatApiSettings settings, TenantStore tenants, TimeProvider clock,
        [Description(Limit)] string? from, [Description(Limit)] string? to, string? groupBy,
        [Range(1, Most)] int limit = 50, string? cursor = null, CancellationToken cancel = default)
    {
        groupBy ??= "day";
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull((await tenants.GetAsync(staff.TenantId(), cancel)).Timezone) ?? DateTimeZone.Utc;
        if (!TryDay(from, zone, out var firstGiven) || !TryDay(to, zone, out var lastGiven))
        {
            return Wrong(TryDay(from, zone, out _) ? "to" : "from", Limit);
        }

        var last = lastGiven ?? DayOf(clock.GetUtcNow(), zone);
        var first = firstGiven ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber + 1 - UsualDays));
        if (!CostStore.Groups.Contains(groupBy))
        {
            return Wrong("groupBy", $"groupBy must be one of {string.Join(", ", CostStore.Groups)}.");
        }

        if (first > last)
        {
            return Wrong("from", $"from must not be after to. {Limit}");
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

    // Null: not given.
    private static bool TryDay(string? text, DateTimeZone zone, out DateOnly? day)
    {
        day = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? DayOf(instant, zone)
            : null;
        return day is not null || string.IsNullOrEmpty(text);
    }

    private static DateOnly DayOf(DateTimeOffset instant, DateTimeZone zone) => instant.ToInstant().InZone(zone).Date.ToDateOnly();

    // A model that is in no table any more says nothing of its prices.
    private static long SavingOf(IReadOnlyList<AiModel> table, IReadOnlyList<CachedTokens> cached) => cached.Sum(tokens =>
        table.FirstOrDefault(model => model.Provider == tokens.Provider && model.Id == tokens.Model)?.PriceOn(tokens.Day).SavedByCache(tokens.Read, tokens.Written) ?? 0);

    private static ValidationProblem Wrong(string field, string how) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [how] });
}

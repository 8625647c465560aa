using System.Globalization;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>Writes the tables <c>location_hours</c> and <c>location_hours_exceptions</c>; <see cref="HoursStore"/> reads them.</summary>
public sealed class OpeningStore
{
    /// <summary>Puts these hours in the place of all that the shop had. The shop is locked.</summary>
    public async Task ReplaceAsync(
        TenantTransaction transaction, Guid locationId, IReadOnlyList<OpenSpan> days, IReadOnlyList<SpecialDay> exceptions, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync("DELETE FROM location_hours WHERE tenant_id = @tenantId AND location_id = @locationId", new { locationId }, cancel);
        await transaction.ExecuteAsync("DELETE FROM location_hours_exceptions WHERE tenant_id = @tenantId AND location_id = @locationId", new { locationId }, cancel);
        // As text: 24:00 is a time of PostgreSQL's and none of .NET's.
        await transaction.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            SELECT @tenantId, d.id, @locationId, d.weekday, d.opens::time, d.closes::time
            FROM unnest(@ids, @weekdays, @opens, @closes) AS d (id, weekday, opens, closes)
            """, new
            {
                locationId, ids = NewIds(days.Count), weekdays = Each(days, day => (short)day.Weekday), opens = Each(days, day => Text(day.Opens)),
                closes = Each(days, day => OpenSpan.TextOf(day.Closes)),
            }, cancel);
        await transaction.ExecuteAsync("""
            INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, opens, closes, note)
            SELECT @tenantId, d.id, @locationId, d.date, d.opens IS NULL, d.opens::time, d.closes::time, d.note
            FROM unnest(@ids, @dates, @opens, @closes, @notes) AS d (id, date, opens, closes, note)
            """, new
            {
                locationId, ids = NewIds(exceptions.Count), dates = Each(exceptions, date => date.Date), opens = Each(exceptions, date => date.Opens is { } opens ? Text(opens) : null),
                closes = Each(exceptions, date => date.Closes is { } closes ? OpenSpan.TextOf(closes) : null), notes = Each(exceptions, date => date.Note),
            }, cancel);
    }

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static Guid[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private static TValue[] Each<T, TValue>(IReadOnlyList<T> items, Func<T, TValue> field) => [.. items.Select(field)];
}

using System.Globalization;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>One thing that happened with a lead. <c>kind</c>: touch_point, message, consent, person, lead.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, Guid Id, string What, string? Detail)
{
    /// <summary>Where it stands among the others. One lead, and one match of persons, may have two entries of one moment.</summary>
    internal TimelinePlace Place => new(At, Id, What);
}

/// <summary>A place in a timeline, as a cursor carries it.</summary>
internal sealed record TimelinePlace(DateTimeOffset At, Guid Id, string What)
{
    /// <summary>As <see cref="Read"/> reads it.</summary>
    public override string ToString() => $"{At:O}|{Id}|{What}";

    /// <summary>The place, or null when it is none.</summary>
    public static TimelinePlace? Read(string? text) =>
        text?.Split('|') is [var at, var id, var what]
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) && Guid.TryParse(id, out var entry)
            ? new TimelinePlace(moment, entry, what) : null;
}

/// <content>What happened with a lead.</content>
public sealed partial class LeadStore
{
    /// <summary>What happened with a lead, oldest first, behind a place in it.</summary>
    /// <param name="after">Null = from the beginning: then there is none only where there is no such lead.</param>
    internal Task<IReadOnlyList<TimelineEntry>> TimelineAsync(Guid tenantId, Guid id, TimelinePlace? after, int limit, CancellationToken cancel) =>
        database.QueryAsync<TimelineEntry>(tenantId, """
            SELECT at, kind, id, what, detail
            FROM (
                SELECT created_at AS at, 'lead' AS kind, id, 'created' AS what, coalesce(partner, source) AS detail FROM leads WHERE tenant_id = @tenantId AND id = @id
                UNION ALL
                SELECT status_at, 'lead', id, status, status_reason FROM leads WHERE tenant_id = @tenantId AND id = @id AND status_at IS NOT NULL
                UNION ALL
                SELECT coalesce(delivered_at, sent_at, updated_at), 'touch_point', id, status, concat_ws(': ', step, reason, 'lead ' || other_lead_id)
                FROM touch_points WHERE tenant_id = @tenantId AND lead_id = @id
                UNION ALL
                SELECT c.occurred_at, 'consent', c.id, c.kind, concat_ws(': ', c.channel, c.source)
                FROM consent_events c JOIN leads l ON l.tenant_id = c.tenant_id AND l.contact_id = c.contact_id
                WHERE c.tenant_id = @tenantId AND l.id = @id AND (c.lead_id IS NULL OR c.lead_id = @id)
                UNION ALL
                SELECT c.occurred_at, 'consent', c.id, c.kind, concat_ws(': ', c.channel, c.source)
                FROM leads l
                JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
                JOIN consent_events c ON c.tenant_id = l.tenant_id AND c.email_address_id = e.id AND (c.lead_id IS NULL OR c.lead_id = @id)
                WHERE l.tenant_id = @tenantId AND l.id = @id
                UNION ALL
                SELECT m.created_at, 'person', m.id, 'joined', concat('same ', m.matched_by, ': lead ', m.other_lead_id)
                FROM person_matches m WHERE m.tenant_id = @tenantId AND m.lead_id = @id
                UNION ALL
                SELECT m.undone_at, 'person', m.id, 'separated', concat('same ', m.matched_by, ': lead ', m.other_lead_id)
                FROM person_matches m WHERE m.tenant_id = @tenantId AND m.lead_id = @id AND m.undone_at IS NOT NULL
                UNION ALL
                SELECT m.created_at, 'message', m.id, m.role, m.content
                FROM chat_messages m JOIN chat_sessions s ON s.tenant_id = m.tenant_id AND s.id = m.session_id
                WHERE m.tenant_id = @tenantId AND s.lead_id = @id
            ) AS entry
            WHERE @afterAt::timestamptz IS NULL OR (at, id, what) > (@afterAt, @afterId, @afterWhat)
            ORDER BY at, id, what
            LIMIT @limit
            """, new { id, afterAt = after?.At, afterId = after?.Id, afterWhat = after?.What, limit }, cancel);
}

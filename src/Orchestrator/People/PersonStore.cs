using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.People;

/// <summary>The tables <c>people</c>, <c>person_keys</c> and <c>person_matches</c>, and in <c>leads</c> the person.</summary>
/// <remarks>Whoever joins or separates holds the locks of the keys (<see cref="LeadStore.LockAsync"/>): two that ask for one phone at once come one after the other.</remarks>
public sealed class PersonStore(TimeProvider clock)
{
    /// <summary>After so long a second greeting is welcome again.</summary>
    private static readonly TimeSpan GreetedAgainAfter = TimeSpan.FromDays(1);

    /// <summary>What is known of these keys: with each the newest leads of its person.</summary>
    public async Task<IReadOnlyList<KnownLead>> KnownAsync(TenantTransaction transaction, IEnumerable<PersonKey> keys, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var distinct = keys.Distinct().ToArray();
        // A hundred leads of a person are enough to explain and to know who was greeted within a day; a fleet may have thousands.
        return distinct.Length == 0 ? [] : await transaction.QueryAsync<KnownLead>("""
            SELECT k.kind, k.value, k.person_id, l.id AS lead_id, l.location_id, l.source, l.has_key, l.is_greeted
            FROM unnest(@kinds, @values) AS n (kind, value)
            JOIN person_keys k ON k.tenant_id = @tenantId AND k.kind = n.kind AND k.value = n.value
            CROSS JOIN LATERAL (
                SELECT d.id, d.location_id, d.source, coalesce(CASE k.kind WHEN 'phone' THEN d.phone = k.value ELSE lower(trim(d.email)) = k.value END, false) AS has_key,
                    EXISTS (
                        SELECT 1 FROM touch_points t
                        WHERE t.tenant_id = @tenantId AND t.lead_id = d.id AND t.step = 'greeting' AND t.created_at > @since
                          AND t.status IN ('scheduled', 'sending', 'sent', 'delivered', 'unknown', 'needs_review')) AS is_greeted
                FROM leads d
                WHERE d.tenant_id = @tenantId AND d.person_id = k.person_id
                ORDER BY d.id DESC
                LIMIT 100
            ) l
            """,
            new { kinds = Each(distinct, key => key.Kind), values = Each(distinct, key => key.Value), since = clock.GetUtcNow() - GreetedAgainAfter }, cancel);
    }

    /// <summary>Writes the people that are new, and by which keys everybody is known from now on. Before their leads, which point at them.</summary>
    public Task MakeAsync(TenantTransaction transaction, IReadOnlyList<PersonJoin> joins, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(joins);
        var keys = joins.SelectMany(join => join.NewKeys.Select(key => (join.PersonId, key.Kind, key.Value))).ToList();
        return joins.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            WITH made AS (
                INSERT INTO people (tenant_id, id, created_at) SELECT @tenantId, p.id, @now FROM unnest(@people) AS p (id)
            )
            INSERT INTO person_keys (tenant_id, id, person_id, kind, value, created_at)
            SELECT @tenantId, k.id, k.person_id, k.kind, k.value, @now FROM unnest(@keyIds, @keyPeople, @kinds, @values) AS k (id, person_id, kind, value)
            ON CONFLICT (tenant_id, kind, value) DO NOTHING
            """,
            new
            {
                people = joins.Where(join => join.IsNew).Select(join => join.PersonId).ToArray(), keyIds = Each(keys, _ => Guid.CreateVersion7()),
                keyPeople = Each(keys, key => key.PersonId), kinds = Each(keys, key => key.Kind), values = Each(keys, key => key.Value), now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>Writes why leads were taken for somebody's who was known.</summary>
    public Task NoteMatchesAsync(TenantTransaction transaction, IReadOnlyList<PersonJoin> joins, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var matches = joins.SelectMany(join => join.Matches).ToList();
        return matches.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO person_matches (tenant_id, id, person_id, lead_id, other_lead_id, matched_by, created_at)
            SELECT @tenantId, m.id, m.person_id, m.lead_id, m.other_lead_id, m.matched_by, @now
            FROM unnest(@ids, @people, @leads, @otherLeads, @matchedBy) AS m (id, person_id, lead_id, other_lead_id, matched_by)
            """,
            new
            {
                ids = Each(matches, _ => Guid.CreateVersion7()), people = Each(matches, match => match.PersonId), leads = Each(matches, match => match.LeadId),
                otherLeads = Each(matches, match => match.OtherLeadId), matchedBy = Each(matches, match => match.MatchedBy), now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>The person with the leads and why they are theirs; null when the tenant has no such person.</summary>
    public async Task<PersonView?> ReadAsync(TenantTransaction transaction, Guid personId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var leads = await transaction.QueryAsync<PersonLead>($"""
            SELECT l.id, l.source, {LeadStore.ExternalIdShown} AS external_id, l.created_at, l.status
            FROM leads l
            WHERE l.tenant_id = @tenantId AND l.person_id = @personId
            ORDER BY l.id DESC
            LIMIT 200
            """, new { personId }, cancel);
        if (leads.Count == 0)
        {
            return null;
        }

        var matches = await transaction.QueryAsync<ExplainedMatch>("""
            SELECT m.lead_id, m.other_lead_id, m.matched_by, m.person_id = @personId AS is_theirs, o.phone, o.email,
                o.source AS other_source, o.external_created_at AS other_created_at, o.timezone AS other_timezone
            FROM leads l
            JOIN person_matches m ON m.tenant_id = l.tenant_id AND m.lead_id = l.id AND m.undone_at IS NULL
            JOIN leads o ON o.tenant_id = l.tenant_id AND o.id = m.other_lead_id
            WHERE l.tenant_id = @tenantId AND l.person_id = @personId
            ORDER BY m.id DESC
            LIMIT 200
            """, new { personId }, cancel);
        return new PersonView(personId, leads, [.. matches.Select(match => match.Show())]);
    }

    /// <summary>The keys of a lead, and whose it is; null when the tenant has no such lead.</summary>
    public Task<(Guid? PersonId, string? Phone, string? Email)?> OfLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<(Guid?, string?, string?)?>(
            "SELECT person_id, phone, email FROM leads WHERE tenant_id = @tenantId AND id = @leadId", new { leadId }, cancel);
    }

    /// <summary>
    /// Gives a lead a person of its own. It takes along the keys that no other lead of the old person has; the others stay, so that the next lead with them joins
    /// the old person. Nothing brings it back by itself: only leads that come in are joined.
    /// </summary>
    /// <returns>False when the lead is alone already, and nothing was changed.</returns>
    public async Task<bool> SeparateAsync(TenantTransaction transaction, Guid leadId, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        var moved = await transaction.QueryAsync<Guid>("""
            WITH alone AS (
                SELECT l.id, l.person_id, l.phone, l.email FROM leads l
                WHERE l.tenant_id = @tenantId AND l.id = @leadId AND (l.person_id IS NULL OR EXISTS (
                    SELECT 1 FROM leads o WHERE o.tenant_id = l.tenant_id AND o.person_id = l.person_id AND o.id <> l.id))
                FOR NO KEY UPDATE
            ), made AS (
                INSERT INTO people (tenant_id, id, created_at) SELECT @tenantId, @personId, @now FROM alone
            ), undone AS (
                UPDATE person_matches m SET undone_at = @now, undone_by = @actorId
                FROM alone
                WHERE m.tenant_id = @tenantId AND m.undone_at IS NULL AND (m.lead_id = alone.id OR m.other_lead_id = alone.id)
            ), taken_along AS (
                UPDATE person_keys k SET person_id = @personId
                FROM alone
                WHERE k.tenant_id = @tenantId AND k.person_id = alone.person_id
                  AND ((k.kind = 'phone' AND k.value = alone.phone) OR (k.kind = 'email' AND k.value = lower(trim(alone.email))))
                  AND NOT EXISTS (
                      SELECT 1 FROM leads o
                      WHERE o.tenant_id = @tenantId AND o.person_id = alone.person_id AND o.id <> alone.id
                        AND ((k.kind = 'phone' AND o.phone = k.value) OR (k.kind = 'email' AND lower(trim(o.email)) = k.value)))
            )
            UPDATE leads l SET person_id = @personId, updated_at = @now FROM alone WHERE l.tenant_id = @tenantId AND l.id = alone.id
            RETURNING l.id
            """, new { leadId, personId = Guid.CreateVersion7(), actorId, now }, cancel);
        return moved.Count == 1;
    }

    private static TValue[] Each<T, TValue>(IEnumerable<T> items, Func<T, TValue> field) => [.. items.Select(field)];
}

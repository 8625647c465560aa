using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>What ended or never began, and is planned after all: its reason is gone.</summary>
public sealed partial class TouchPointStore
{
    // One lead of a person is greeted at a shop: a greeting in one of these states is that one.
    private const string Greeted = "('scheduled', 'sending', 'sent', 'delivered', 'unknown', 'needs_review')";

    // As long as a request is fresh.
    private static readonly TimeSpan RevivedUntil = IntakeTransaction.GreetedUntil;

    /// <summary>Leads are back in their columns: what was cancelled because they had left goes on where it was. A greeting does while its request is fresh, and unless the person was greeted meanwhile.</summary>
    /// <param name="leads">With the hour from which on they may be texted.</param>
    /// <returns>Whether one is due at once.</returns>
    public async Task<bool> ResumeAsync(TenantTransaction transaction, IReadOnlyList<Retarget> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (leads.Count == 0)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await FollowLastAsync(transaction, [.. leads.Select(lead => lead.LeadId)], cancel);
        return (await transaction.QueryAsync<bool>($"""
            UPDATE touch_points t
            SET status = 'scheduled', reason = CASE WHEN t.step = 'greeting' THEN coalesce(n.waits, 'back_in_a_lead_column') ELSE 'back_in_a_lead_column' END,
                due_at = greatest(t.due_at, n.due_at), expires_at = greatest(t.due_at, n.due_at) + @goodFor, followed = false, updated_at = @now
            FROM unnest(@leadIds, @mayBegin, @dueAt, @waits) AS n (lead_id, may_begin, due_at, waits)
            JOIN leads l ON l.tenant_id = @tenantId AND l.id = n.lead_id AND l.status IN ('new', 'contacted', 'unreachable')
            WHERE (l.sequence_ended_as IS NULL OR (t.step = 'greeting' AND n.may_begin)) AND t.tenant_id = @tenantId AND t.lead_id = n.lead_id AND t.status = 'cancelled' AND t.reason IN {LeadStore.LeftReasons}
              AND t.handed_over_at IS NULL AND t.message_id IS NULL AND t.appointment_id IS NULL
              AND (t.step <> 'greeting' OR (n.may_begin AND l.first_contacted_at IS NULL AND NOT EXISTS (
                  SELECT FROM touch_points g
                  WHERE g.tenant_id = @tenantId AND g.other_lead_id = t.lead_id AND g.step = 'greeting' AND g.status IN {Greeted})))
            RETURNING t.due_at <= @now
            """,
            new
            {
                leadIds = leads.Select(lead => lead.LeadId).ToArray(), mayBegin = leads.Select(lead => lead.MayBegin).ToArray(),
                dueAt = leads.Select(lead => lead.DueAt.UtcDateTime).ToArray(), waits = leads.Select(lead => lead.Waits).ToArray(), goodFor = Cadence.GoodFor, now,
            }, cancel)).Any(isDue => isDue);
    }

    // What ended while they were away was noted as followed, and nothing was planned: the round looks at it once more. A step of which there is another one since is none of these.
    private static Task<int> FollowLastAsync(TenantTransaction transaction, Guid[] leadIds, CancellationToken cancel) => transaction.ExecuteAsync("""
        UPDATE touch_points t SET followed = false
        FROM (
            SELECT DISTINCT ON (p.lead_id) p.id FROM touch_points p
            WHERE p.tenant_id = @tenantId AND p.lead_id = ANY(@leadIds) AND p.message_id IS NULL AND p.appointment_id IS NULL
            ORDER BY p.lead_id, p.created_at DESC, p.id DESC) last
        WHERE t.tenant_id = @tenantId AND t.id = last.id AND t.followed AND t.status IN ('sent', 'delivered', 'failed', 'expired')
        """, new { leadIds }, cancel);

    /// <summary>
    /// The vendor says that the numbers of these leads take no texts: whose greeting ended so, and whose address may take mail, is greeted by email instead, while the request is fresh.
    /// </summary>
    /// <returns>The greetings.</returns>
    public async Task<IReadOnlyList<Guid>> GreetByEmailAsync(TenantTransaction transaction, Guid[] leadIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(leadIds);
        var now = clock.GetUtcNow();
        return leadIds.Length == 0 ? [] : await transaction.QueryAsync<Guid>($"""
            UPDATE touch_points t
            SET channel = 'email', status = 'scheduled', reason = l.phone_type || '_phone', due_at = @now, expires_at = @now + @goodFor, handed_over_at = NULL, provider_id = NULL, sent_at = NULL,
                updated_at = @now
            FROM leads l
            WHERE l.tenant_id = @tenantId AND l.id = ANY(@leadIds) AND t.tenant_id = @tenantId AND t.lead_id = l.id
              AND t.step = 'greeting' AND t.channel = 'sms' AND t.status = 'failed' AND t.reason = ANY(@ofTheNumber) AND l.phone_type IN ('landline', 'invalid')
              AND l.deleted_at IS NULL AND l.status IN ('new', 'contacted', 'unreachable') AND (l.status_reason IS NULL OR l.status_reason NOT IN {LeadStore.LeftReasons})
              AND l.sequence_ended_as IS NULL AND l.external_created_at > @since AND lower(trim(l.email)) ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'
              AND NOT EXISTS (
                  SELECT FROM email_addresses a
                  WHERE a.tenant_id = @tenantId AND a.email = lower(trim(l.email)) AND (a.unsubscribed_at IS NOT NULL OR a.suppression IS NOT NULL OR a.crm_opt_out_at IS NOT NULL))
            RETURNING t.id
            """, new { leadIds, ofTheNumber = TwilioErrors.OfTheNumber, since = now - RevivedUntil, goodFor = Cadence.GoodFor, now }, cancel);
    }

    /// <summary>
    /// These leads are not greeted after all, or are somebody else's: greetings that were needless for their sake are planned again while they are fresh,
    /// one for each person and shop, and none to a number that was greeted. The gate waits for a legal hour.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> ReviveAsync(TenantTransaction transaction, IReadOnlyList<Guid> leadIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        return leadIds.Count > 0 && (await transaction.QueryAsync<bool>($"""
            WITH needless AS (
                SELECT t.id, row_number() OVER same AS place, first_value(t.lead_id) OVER same AS first_lead_id
                FROM touch_points t
                JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id AND l.deleted_at IS NULL
                    AND l.status = 'new' AND (l.status_reason IS NULL OR l.status_reason NOT IN {LeadStore.LeftReasons})
                WHERE t.tenant_id = @tenantId AND t.other_lead_id IS NOT NULL AND (t.other_lead_id = ANY(@leadIds) OR t.lead_id = ANY(@leadIds))
                  AND t.step = 'greeting' AND t.status = 'suppressed' AND t.reason = 'same_person_already_greeted' AND t.created_at > @since
                  AND (t.channel <> 'sms' OR l.contact_id IS NOT NULL)
                  AND NOT EXISTS (
                      SELECT FROM leads o
                      JOIN touch_points g ON g.tenant_id = o.tenant_id AND g.lead_id = o.id AND g.step = 'greeting'
                      WHERE o.tenant_id = @tenantId AND (o.person_id = l.person_id OR o.contact_id = l.contact_id) AND o.location_id = l.location_id AND o.id <> l.id
                        AND g.created_at > @since AND g.status IN {Greeted})
                WINDOW same AS (PARTITION BY l.person_id, l.location_id ORDER BY t.id)
            )
            UPDATE touch_points t
            SET status = CASE WHEN n.place = 1 THEN 'scheduled' ELSE t.status END, reason = CASE WHEN n.place = 1 THEN 'other_lead_not_greeted' ELSE t.reason END,
                due_at = CASE WHEN n.place = 1 THEN @now ELSE t.due_at END, expires_at = CASE WHEN n.place = 1 THEN @now + @goodFor ELSE t.expires_at END,
                followed = t.followed AND n.place > 1, other_lead_id = CASE WHEN n.place = 1 THEN t.other_lead_id ELSE n.first_lead_id END, updated_at = @now
            FROM needless n
            WHERE t.tenant_id = @tenantId AND t.id = n.id
            RETURNING n.place = 1
            """, new { leadIds = leadIds.ToArray(), since = now - RevivedUntil, goodFor = Cadence.GoodFor, now }, cancel)).Any(isPlanned => isPlanned);
    }
}

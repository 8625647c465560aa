using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>What is needed to send a claimed email.</summary>
public sealed record DueEmail
{
    public required Guid LeadId { get; init; }
    public required int Attempts { get; init; }
    public required int MaxAttempts { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public string? TraceParent { get; init; }
    public string? Email { get; init; }
    public required string PhoneType { get; init; }
    public Guid? ContactId { get; init; }
    public Guid? PersonId { get; init; }
    public required string LeadStatus { get; init; }
    public required bool IsTest { get; init; }
    public required string FirstName { get; init; }
    public required string Vehicle { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public required string LocationName { get; init; }
    public string? LocationAddress { get; init; }
    public string Step { get; init; } = Cadence.Greeting;
    public string Timezone { get; init; } = "";
    public string ServiceInterest { get; init; } = "";
    public DateTimeOffset ArrivedAt { get; init; }
    public Guid? CadenceId { get; init; }
    public string? Variant { get; init; }

    /// <summary>Nothing comes after it, or what comes is planned already.</summary>
    public bool Followed { get; init; } = true;
    public string? GreetingStatus { get; init; }
    public bool IsTakenOver { get; init; }

    /// <summary>Null, or why the order is no lead at the moment.</summary>
    public string? LeftAs { get; init; }

    /// <summary>Null, or why nothing more of its sequence comes.</summary>
    public string? SequenceEndedAs { get; init; }

    /// <summary>The step in its cadence; null = it has none of this name.</summary>
    public Step? Planned { get; init; }

    internal FollowUpFacts FollowUp => new(Step, Planned, LeadStatus, GreetingStatus, IsTakenOver, Email is not null, PhoneType) { LeftAs = LeftAs, EndedAs = SequenceEndedAs };

    /// <summary>What a member of staff wrote, with its subject; null = the step's own words.</summary>
    public string? Content { get; init; }
    public string? Subject { get; init; }

    /// <summary>A hold keeps it back: it stays planned.</summary>
    public bool IsHeld { get; init; }
}

/// <summary>The part of it that sends emails: few, so one by one.</summary>
public sealed partial class TouchPointStore
{
    // As EndedEmail says it, for the event that comes before the end of its call.
    private const string WhyByEmail = """
        SELECT CASE WHEN l.phone_type = 'missing' THEN 'no_phone' WHEN l.phone_type IN ('landline', 'invalid', 'foreign') THEN l.phone_type || '_phone' END
        FROM leads l WHERE l.tenant_id = @tenantId AND l.id = touch_points.lead_id
        """;

    /// <summary>Claims up to <paramref name="limit"/> due emails, fairly over tenants. No two workers get the same one.</summary>
    public Task<IReadOnlyList<TouchPointClaim>> ClaimEmailsAsync(int limit, CancellationToken cancel) => database.DoorAsync<TouchPointClaim>(
        "SELECT tenant_id, id, fence FROM claim_emails(@worker, @now, @limit, @perTenant, @lease)",
        new { worker = instance.Id, now = clock.GetUtcNow(), limit, perTenant = Math.Max(1, limit / 2), lease = Lease }, cancel);

    /// <summary>The email of a claim; null when the claim is lost.</summary>
    public Task<DueEmail?> ReadEmailAsync(TouchPointClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return database.FirstOrDefaultAsync<DueEmail>(claim.TenantId, $"""
            SELECT t.lead_id, t.attempts, t.max_attempts, t.expires_at, t.trace_parent, l.email, l.phone_type, l.contact_id, l.person_id, {LeadStore.StatusToSend} AS lead_status, l.is_test,
                l.first_name, l.vehicle, l.deleted_at, o.name AS location_name, o.address AS location_address,
                t.step, o.timezone, l.service_interest, l.created_at AS arrived_at, t.cadence_id, t.variant, t.followed,
                (SELECT g.status FROM touch_points g WHERE g.tenant_id = @tenantId AND g.lead_id = t.lead_id AND g.step = 'greeting') AS greeting_status,
                EXISTS (SELECT 1 FROM chat_sessions s WHERE s.tenant_id = @tenantId AND s.lead_id = t.lead_id AND s.mode = 'human') AS is_taken_over, t.content, t.subject,
                CASE WHEN l.status_reason IN {LeadStore.LeftReasons} THEN l.status_reason END AS left_as, l.sequence_ended_as,
                ({HoldStore.HoldsLead}) AS is_held
            FROM touch_points t
            JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id
            JOIN locations o ON o.tenant_id = t.tenant_id AND o.id = l.location_id
            WHERE t.tenant_id = @tenantId AND t.id = @Id AND t.fence = @Fence AND t.status || '' = 'sending'
            """, new { claim.Id, claim.Fence }, cancel);
    }

    /// <summary>From here on it may be out. False when the claim is lost, or about to be.</summary>
    public async Task<bool> HandOverEmailAsync(TenantTransaction transaction, TouchPointClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(claim);
        return await transaction.ExecuteAsync("""
            UPDATE touch_points SET handed_over_at = clock_timestamp(), attempts = attempts + 1, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence AND status || '' = 'sending' AND lease_until > clock_timestamp() + @leaseOfACall
            """, new { claim.Id, claim.Fence, leaseOfACall = LeaseOfACall, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>Ends the emails that are planned for leads with this address. Only a person's own no ends what would come after them as well.</summary>
    /// <param name="email">In small letters.</param>
    public Task CancelEmailsAsync(TenantTransaction transaction, string email, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE touch_points t SET status = CASE WHEN @reason = 'unsubscribed' THEN 'cancelled' ELSE 'suppressed' END, reason = @reason, updated_at = @now
            FROM person_keys k
            JOIN leads l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id
            WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email AND lower(trim(l.email)) = @email
              AND t.tenant_id = @tenantId AND t.lead_id = l.id AND t.channel = 'email' AND t.status = 'scheduled'
            """, new { email, reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>What the vendor says became of an email that we sent or lost sight of. One that was delivered may still come back; what came back stays so.</summary>
    /// <param name="attemptId">Of which it is said: that an earlier one failed means nothing for the one that followed.</param>
    /// <param name="status">sent, delivered or failed.</param>
    /// <param name="reason">Of a failure; else it has the reason why it went by email.</param>
    public Task SettleEmailAsync(TenantTransaction transaction, Guid id, Guid attemptId, string status, string? reason, string? providerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync($"""
            UPDATE touch_points
            SET status = @status, reason = CASE WHEN @reason::text IS NOT NULL THEN @reason WHEN status = 'sent' THEN reason WHEN status = 'sending' AND (step = 'greeting' OR step LIKE '%-by-email') THEN ({WhyByEmail}) END,
                provider_id = coalesce(provider_id, @providerId), sent_at = coalesce(sent_at, @now),
                delivered_at = CASE WHEN @status = 'delivered' THEN @now WHEN @status = 'failed' THEN NULL ELSE delivered_at END,
                followed = {FollowedThen}, claimed_by = NULL, lease_until = NULL, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id AND channel = 'email'
              AND (status IN ('sending', 'unknown') OR (status = 'needs_review' AND reason = 'sendgrid_cannot_tell')
                OR (status = 'scheduled' AND attempts > 0 AND handed_over_at IS NULL)
                OR (status = 'sent' AND @status <> 'sent') OR (status = 'delivered' AND @status = 'failed') OR (status = 'failed' AND @status = 'delivered')
                OR ({IsCancelledWhileOut}))
              AND NOT ({IsOvertaken})
            """, new { id, attemptId, status, reason, providerId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Emails of which nobody could say for so long whether they went out: from here on a person decides.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ParkUnknownEmailsAsync(TimeSpan after, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM park_unknown_emails(@now, @after)", new { now = clock.GetUtcNow(), after }, cancel);
}

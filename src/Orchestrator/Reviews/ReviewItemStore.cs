using System.Text.Json;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Reviews;

/// <summary>The kinds of things that a person decides.</summary>
public static class ReviewKinds
{
    /// <summary>A text or email of which the machine must not decide: sent or not, or to be sent at all.</summary>
    public const string TouchPoint = "touch_point";

    /// <summary>Words that may have been an opt-out, and count as one until somebody has read them.</summary>
    public const string DoubtfulOptOut = "doubtful_opt_out";

    /// <summary>An email from the address of a lead which anybody could have written.</summary>
    public const string UnprovenReply = "unproven_reply";

    /// <summary>A customer has answered one of our emails, and nobody of the shop has the conversation.</summary>
    public const string EmailReply = "email_reply";

    /// <summary>A customer wants a person.</summary>
    public const string PersonWanted = "person_wanted";

    /// <summary>The CRM's calendar and ours say two things that cannot both be.</summary>
    public const string AppointmentConflict = "appointment_conflict";

    /// <summary>The CRM refuses an appointment or a change of one, or has not taken it for a while.</summary>
    public const string AppointmentNotInCrm = "appointment_not_in_crm";

    /// <summary>The database may have gone back in time: everything is held.</summary>
    public const string Restore = "restore";
}

/// <summary>Something for a person to decide.</summary>
public sealed record ReviewItem
{
    public required Guid Id { get; init; }
    public required string Kind { get; init; }
    public Guid? LeadId { get; init; }
    public Guid? TouchPointId { get; init; }
    public Guid? MessageId { get; init; }
    public required string Reason { get; init; }
    public required string Evidence { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public Guid? ResolvedBy { get; init; }
    public string? Action { get; init; }
    public string? Note { get; init; }

    /// <summary>As the API shows it.</summary>
    public ReviewItemView ToView() => new(
        Id, Kind, LeadId, TouchPointId, MessageId, Reason, SentenceOf(Kind, Reason), JsonSerializer.Deserialize<JsonElement>(Evidence), CreatedAt, ResolvedAt, ResolvedBy, Action, Note,
        ResolvedAt is null ? ReviewResolutions.ActionsOf(Kind) : []);

    /// <summary>Why it is a person's, as a sentence. What the chat leaves to staff has words of its own.</summary>
    public static string? SentenceOf(string kind, string reason) => (kind, reason) switch
    {
        ("answer_held_back", "price") => "The assistant was about to name an amount that is not in the price list. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "free") => "The assistant was about to call something free that the price list does not have for nothing. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "discount") => "The assistant was about to promise a discount. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "deed") => "The assistant was about to say that something is done that is not. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "hours") => "The assistant was about to name hours that are not the shop's. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "contact") => "The assistant was about to give a phone number or an address that is not the shop's. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("answer_held_back", "link") => "The assistant was about to send a link or markup. It was stopped, and the customer was told that the shop confirms it: answer them.",
        ("person_wanted", "asked") => "The customer asked for a person. The assistant is silent until somebody answers.",
        ("person_wanted", "asked_without_texts") => "The customer wants no more messages, and asked for a person: call them. Their words may not be answered by text or email.",
        ("contact_correction", "customer_said") => "The customer says that their name, number or address is another one. Read what they wrote, and change it in the CRM.",
        (ReviewKinds.TouchPoint, _) => TouchReasons.Explain(reason, "needs_review"),
        _ => TouchReasons.Explain(reason),
    };
}

/// <summary>Something for a person to decide, or decided.</summary>
/// <param name="Kind">touch_point, doubtful_opt_out, restore, or a kind of another part.</param>
/// <param name="Reason">One machine word; <paramref name="Sentence"/> says it in English.</param>
/// <param name="Evidence">What is known: ids, states, the vendor's own codes.</param>
/// <param name="Action">What was decided; <c>settled</c> when it was decided without a person after all.</param>
/// <param name="Actions">What may be decided.</param>
public sealed record ReviewItemView(
    Guid Id, string Kind, Guid? LeadId, Guid? TouchPointId, Guid? MessageId, string Reason, string? Sentence, JsonElement Evidence, DateTimeOffset CreatedAt,
    DateTimeOffset? ResolvedAt, Guid? ResolvedBy, string? Action, string? Note, IReadOnlyList<string> Actions);

/// <summary>Which items a list shows.</summary>
public sealed record ReviewFilter(bool? IsOpen, string? Kind, string? Reason, Guid? LeadId, Guid? TouchPointId);

/// <summary>The table <c>review_items</c>. A touch point that needs a person makes its own item, by a trigger of the database, in the transaction that says so.</summary>
public sealed class ReviewItemStore(LeadDatabase database, TimeProvider clock)
{
    private const string Columns = "id, kind, lead_id, touch_point_id, message_id, reason, evidence::text AS evidence, created_at, resolved_at, resolved_by, action, note";

    /// <summary>Gives something to a person.</summary>
    /// <param name="kind">One of <see cref="ReviewKinds"/>, or a word of another part.</param>
    /// <param name="reason">One machine word.</param>
    /// <param name="evidence">JSON: ids, states and codes, no secret.</param>
    public async Task<Guid> AddAsync(
        TenantTransaction transaction, string kind, Guid? leadId, Guid? touchPointId, Guid? messageId, string reason, string evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var id = Guid.CreateVersion7();
        await transaction.ExecuteAsync("""
            INSERT INTO review_items (tenant_id, id, kind, lead_id, touch_point_id, message_id, reason, evidence, created_at)
            VALUES (@tenantId, @id, @kind, @leadId, @touchPointId, @messageId, @reason, @evidence::jsonb, @now)
            """, new { id, kind, leadId, touchPointId, messageId, reason, evidence, now = clock.GetUtcNow() }, cancel);
        return id;
    }

    /// <summary>Gives something about a lead to a person, unless they have such an item of this lead already: who writes ten emails makes one.</summary>
    public async Task AddOfLeadAsync(TenantTransaction transaction, string kind, Guid leadId, string evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync("SELECT 1 FROM leads WHERE tenant_id = @tenantId AND id = @leadId FOR NO KEY UPDATE", new { leadId }, cancel);
        await transaction.ExecuteAsync("""
            INSERT INTO review_items (tenant_id, id, kind, lead_id, reason, evidence, created_at)
            SELECT @tenantId, @id, @kind, @leadId, @kind, @evidence::jsonb, @now
            WHERE NOT EXISTS (SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.lead_id = @leadId AND r.kind = @kind AND r.resolved_at IS NULL)
            """, new { id = Guid.CreateVersion7(), kind, leadId, evidence, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The CRM's calendar says something about an appointment of ours that cannot be: a person has the very same item once as long as it is open, however often it is told.</summary>
    public Task AddConflictAsync(TenantTransaction transaction, Guid leadId, string reason, string evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO review_items (tenant_id, id, kind, lead_id, reason, evidence, created_at)
            SELECT @tenantId, @id, @kind, @leadId, @reason, @evidence::jsonb, @now
            WHERE NOT EXISTS (SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.lead_id = @leadId AND r.kind = @kind AND r.reason = @reason AND r.resolved_at IS NULL
                AND r.evidence = @evidence::jsonb)
            """, new { id = Guid.CreateVersion7(), kind = ReviewKinds.AppointmentConflict, leadId, reason, evidence, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Gives a person an appointment that the CRM does not follow, once for each change of it: who has dismissed it is not asked again. It is claimed.</summary>
    /// <param name="code">What the CRM answers.</param>
    public Task AddNotFollowedAsync(TenantTransaction transaction, FollowedAppointment appointment, string code, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(appointment);
        return transaction.ExecuteAsync("""
            INSERT INTO review_items (tenant_id, id, kind, lead_id, reason, evidence, created_at)
            SELECT @tenantId, @id, @kind, @LeadId, @kind,
                jsonb_build_object('appointmentId', @appointmentId, 'revision', @Revision, 'code', @code::text, 'status', @Status::text, 'startsAt', @StartsAt, 'endsAt', @EndsAt), @now
            WHERE NOT EXISTS (SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.lead_id = @LeadId AND r.kind = @kind AND r.evidence ->> 'appointmentId' = @appointmentId::text
                AND (r.resolved_at IS NULL OR r.evidence ->> 'revision' = @Revision::text))
            """,
            new
            {
                id = Guid.CreateVersion7(), kind = ReviewKinds.AppointmentNotInCrm, appointment.LeadId, appointmentId = appointment.Id, appointment.Revision, code, appointment.Status, appointment.StartsAt,
                appointment.EndsAt, now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>The CRM has followed an appointment of this lead after all, or what it did not follow is no question any more.</summary>
    public Task SettleFollowedAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE review_items r SET resolved_at = @now, action = 'settled'
            WHERE r.tenant_id = @tenantId AND r.lead_id = @leadId AND r.kind = @kind AND r.resolved_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM appointments a
                WHERE a.tenant_id = @tenantId AND a.lead_id = @leadId AND a.id::text = r.evidence ->> 'appointmentId' AND a.crm_revision < a.revision)
            """, new { leadId, kind = ReviewKinds.AppointmentNotInCrm, now = clock.GetUtcNow() }, cancel);
    }

    // An entry <c>e</c> of the ledger beside @except and what the same words ended; of which nobody has said that it was none.
    private const string IsAnother = """
        coalesce(e.said_id, e.id) IS DISTINCT FROM @except::uuid
        AND NOT EXISTS (SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.kind = 'doubtful_opt_out' AND r.action = 'undo_opt_out'
            AND r.evidence ->> 'consentEventId' = coalesce(e.said_id, e.id)::text)
        """;

    /// <summary>The nos of a number that count still, beside one: the clear ones, and the doubtful ones of which nobody has said that they were none.</summary>
    /// <param name="except">The entry of the ledger that is judged, with what the same words ended besides; null = none.</param>
    /// <returns>One for each: whether it is doubtful.</returns>
    public static Task<IReadOnlyList<bool>> StandingAsync(TenantTransaction transaction, Guid contactId, Guid? except, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // The CRM's word has a place of its own, and staff do not undo it here.
        return transaction.QueryAsync<bool>($"""
            SELECT {ConsentEvidence.IsOfDoubt}
            FROM contacts c
            JOIN consent_events e ON e.tenant_id = c.tenant_id AND e.contact_id = c.id AND e.kind = 'opted_out' AND e.channel <> 'crm' AND e.occurred_at >= c.opted_out_at
            WHERE c.tenant_id = @tenantId AND c.id = @contactId AND {IsAnother}
            """, new { contactId, except }, cancel);
    }

    /// <summary>The same of an address.</summary>
    /// <param name="email">In small letters.</param>
    public static Task<IReadOnlyList<bool>> StandingAtAddressAsync(TenantTransaction transaction, string email, Guid? except, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<bool>($"""
            SELECT {ConsentEvidence.IsOfDoubt}
            FROM email_addresses a
            JOIN consent_events e ON e.tenant_id = a.tenant_id AND e.email_address_id = a.id AND e.kind = 'opted_out' AND e.channel <> 'crm' AND e.occurred_at >= a.unsubscribed_at
            WHERE a.tenant_id = @tenantId AND a.email = @email AND {IsAnother}
            """, new { email, except }, cancel);
    }

    /// <summary>A page of items, newest first.</summary>
    public Task<IReadOnlyList<ReviewItem>> ListAsync(Guid tenantId, ReviewFilter filter, Guid? before, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return database.QueryAsync<ReviewItem>(tenantId, $"""
            SELECT {Columns} FROM review_items
            WHERE tenant_id = @tenantId AND (@IsOpen::boolean IS NULL OR (resolved_at IS NULL) = @IsOpen) AND (@Kind::text IS NULL OR kind = @Kind)
              AND (@Reason::text IS NULL OR reason = @Reason) AND (@LeadId::uuid IS NULL OR lead_id = @LeadId)
              AND (@TouchPointId::uuid IS NULL OR touch_point_id = @TouchPointId) AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { filter.IsOpen, filter.Kind, filter.Reason, filter.LeadId, filter.TouchPointId, before, limit }, cancel);
    }

    /// <summary>One item, or null.</summary>
    public Task<ReviewItem?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<ReviewItem>(tenantId, $"SELECT {Columns} FROM review_items WHERE tenant_id = @tenantId AND id = @id", new { id }, cancel);

    /// <summary>One item, which nobody else changes until the transaction ends; null when there is none.</summary>
    /// <remarks>Its touch point is locked first, in the order in which the trigger comes: two never wait for each other in a ring.</remarks>
    public async Task<ReviewItem?> LockAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync("""
            SELECT t.id FROM touch_points t JOIN review_items r ON r.tenant_id = t.tenant_id AND r.touch_point_id = t.id
            WHERE r.tenant_id = @tenantId AND r.id = @id FOR NO KEY UPDATE OF t
            """, new { id }, cancel);
        return await transaction.FirstOrDefaultAsync<ReviewItem>(
            $"SELECT {Columns} FROM review_items WHERE tenant_id = @tenantId AND id = @id FOR NO KEY UPDATE", new { id }, cancel);
    }

    /// <summary>Notes what was decided.</summary>
    public Task ResolveAsync(TenantTransaction transaction, Guid id, string action, string? note, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE review_items SET resolved_at = @now, resolved_by = @actorId, action = @action, note = @note
            WHERE tenant_id = @tenantId AND id = @id AND resolved_at IS NULL
            """, new { id, action, note, actorId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The hold that was taken for this cause was released: nobody has to decide any more.</summary>
    public Task ResolveRestoresAsync(TenantTransaction transaction, string cause, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE review_items SET resolved_at = @now, resolved_by = @actorId, action = 'release'
            WHERE tenant_id = @tenantId AND kind = 'restore' AND reason = @cause AND resolved_at IS NULL
            """, new { cause, actorId, now = clock.GetUtcNow() }, cancel);
    }
}

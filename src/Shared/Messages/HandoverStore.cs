using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>A conversation that waits for a person, locked to tell staff of it.</summary>
/// <param name="Alerts">How often they were told.</param>
public sealed record DueHandover(
    Guid Id, Guid SessionId, Guid LeadId, Guid LocationId, string Wish, DateTimeOffset WantedAt, int Alerts, string FirstName, string Vehicle, bool IsTest,
    string LocationName, string LocationTimezone);

/// <summary>The table <c>handovers</c>: who wants a person or waits for the one they have, since when, and who has taken them. Whoever of the staff speaks takes it.</summary>
public sealed class HandoverStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>How long a member of staff who has a conversation may let a message of its customer wait before staff are told again.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The customer of a person's conversation has written the message <c>@id</c>: they wait until somebody answers or takes it, as who has asked for a person does.</summary>
    internal const string OpenForMessage = """
        INSERT INTO handovers (tenant_id, id, session_id, lead_id, wish, wanted_at, next_alert_at)
        SELECT @tenantId, @handoverId, s.id, s.lead_id, left(@Content, 200), @now, @alertAt
        FROM place, chat_sessions s
        WHERE @waits AND s.tenant_id = @tenantId AND s.id = @SessionId AND s.mode = 'human'
        ON CONFLICT (tenant_id, session_id) WHERE taken_at IS NULL DO NOTHING
        """;

    /// <summary>The customer wants a person. One who waits already waits on.</summary>
    public Task OpenAsync(TenantTransaction transaction, Guid sessionId, Guid leadId, Guid messageId, string wish, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO handovers (tenant_id, id, session_id, lead_id, message_id, wish, wanted_at, next_alert_at)
            VALUES (@tenantId, @id, @sessionId, @leadId, @messageId, @wish, @now, @now)
            ON CONFLICT (tenant_id, session_id) WHERE taken_at IS NULL DO NOTHING
            """, new { id = Guid.CreateVersion7(), sessionId, leadId, messageId, wish, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>A member of staff has the conversation, or gives it back: <see cref="TakeAsync"/>, and who has it is seen from now on.</summary>
    public async Task<bool> OwnAsync(TenantTransaction transaction, Guid leadId, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await SessionStore.OwnAsync(transaction, leadId, actorId, cancel);
        return await TakeAsync(transaction, leadId, actorId, cancel);
    }

    /// <summary>A member of staff has the conversation: nobody is told any more. The trigger <c>settle_person_wanted</c> settles the review item.</summary>
    /// <returns>Whether somebody waited.</returns>
    public async Task<bool> TakeAsync(TenantTransaction transaction, Guid leadId, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync(
            "UPDATE handovers SET taken_at = @now, taken_by = @actorId WHERE tenant_id = @tenantId AND lead_id = @leadId AND taken_at IS NULL",
            new { leadId, actorId, now = clock.GetUtcNow() }, cancel) > 0;
    }

    /// <summary>Those of all tenants of which staff are to be told (again).</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> DueAsync(int most, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM due_handovers(@now, @most)", new { now = clock.GetUtcNow(), most }, cancel);

    /// <summary>Locks one that is due. Null: another process has it, or it is taken.</summary>
    public Task<DueHandover?> LockDueAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<DueHandover>("""
            SELECT h.id, h.session_id, h.lead_id, l.location_id, h.wish, h.wanted_at, h.alerts, l.first_name, l.vehicle, l.is_test, o.name AS location_name, o.timezone AS location_timezone
            FROM handovers h
            JOIN leads l ON l.tenant_id = h.tenant_id AND l.id = h.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE h.tenant_id = @tenantId AND h.id = @id AND h.taken_at IS NULL AND h.next_alert_at <= @now
            FOR NO KEY UPDATE OF h SKIP LOCKED
            """, new { id, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>When staff are told next. The row is locked.</summary>
    /// <param name="told">They are told now.</param>
    public static Task PostponeAsync(TenantTransaction transaction, Guid id, DateTimeOffset until, bool told, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(
            "UPDATE handovers SET next_alert_at = @until, alerts = alerts + CASE WHEN @told THEN 1 ELSE 0 END WHERE tenant_id = @tenantId AND id = @id",
            new { id, until, told }, cancel);
    }
}

using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>An answer to a text, taken over to be sent.</summary>
/// <param name="Seq">Its place in the thread.</param>
/// <param name="Status">complete; anything else was not said to its end.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="AskedAt">When the newest text came that it answers (business time).</param>
/// <param name="IsTakenOver">A person of the shop answers by now, and it is not this answer that has fetched them; or one of them wrote while it was being said.</param>
/// <param name="IsAskedAgain">The question waits for another answer, or has one already.</param>
/// <param name="IsAboutCards">It has held a time or spoken of what is booked: the customer acts on that in the chat alone.</param>
public sealed record AnswerToSend(
    Guid Id, long Seq, string Status, string? FinishReason, string Content, Guid LeadId, DateTimeOffset AskedAt, bool IsTakenOver, bool IsAskedAgain, string? TraceParent, bool IsAboutCards);

/// <content>The way of an answer out of the thread: the Chat API says it, the Orchestrator sends it, and the row is all that they tell each other.</content>
public sealed partial class MessageStore
{
    /// <summary>Answers to texts, of all tenants, that have ended and that nobody has taken over. The oldest first.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> AnswersToSendAsync(int most, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM answers_to_dispatch(@most)", new { most }, cancel);

    /// <summary>Takes one over, in the transaction that plans its text: of any number of callers one gets it.</summary>
    /// <returns>Null: somebody else has.</returns>
    public async Task<AnswerToSend?> TakeAnswerAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Who takes the conversation over comes wholly before, and the answer is planned as cancelled, or wholly after, and cancels it.
        await transaction.ExecuteAsync("""
            SELECT 1 FROM chat_sessions s WHERE s.tenant_id = @tenantId AND s.id = (SELECT m.session_id FROM chat_messages m WHERE m.tenant_id = @tenantId AND m.id = @id) FOR SHARE
            """, new { id }, cancel);
        return await transaction.FirstOrDefaultAsync<AnswerToSend>("""
            UPDATE chat_messages m
            SET dispatched_at = @now
            FROM chat_sessions s
            WHERE m.tenant_id = @tenantId AND m.id = @id AND m.dispatched_at IS NULL AND m.status <> 'streaming' AND s.tenant_id = @tenantId AND s.id = m.session_id
            RETURNING m.id, m.seq, m.status, m.finish_reason, m.content, s.lead_id,
                coalesce((SELECT max(c.created_at) FROM chat_messages c
                    WHERE c.tenant_id = @tenantId AND c.session_id = m.session_id AND c.role = 'customer' AND c.channel = 'sms' AND c.seq <= m.covers_seq), m.created_at) AS asked_at,
                (s.mode <> 'ai' AND NOT EXISTS (
                    SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.message_id = m.id AND r.kind = 'person_wanted'))
                OR EXISTS (SELECT 1 FROM chat_messages c WHERE c.tenant_id = @tenantId AND c.session_id = m.session_id AND c.role = 'staff' AND c.seq > m.seq) AS is_taken_over,
                s.answered_seq < m.covers_seq
                OR EXISTS (SELECT 1 FROM chat_messages c WHERE c.tenant_id = @tenantId AND c.session_id = m.session_id AND c.seq > m.seq AND c.covers_seq >= m.covers_seq) AS is_asked_again,
                s.trace_parent,
                EXISTS (SELECT 1 FROM chat_events e
                    WHERE e.tenant_id = @tenantId AND e.session_id = m.session_id AND e.seq > m.seq AND e.message_id = m.id AND e.type = 'answer.tool'
                      AND e.data::json ->> 'name' IN ('book', 'reschedule', 'cancel') AND e.data::json ->> 'state' = 'done') AS is_about_cards
            """, new { id, now = clock.GetUtcNow() }, cancel);
    }
}

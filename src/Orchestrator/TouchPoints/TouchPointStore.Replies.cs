using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>The assistant's answers to texts.</summary>
public sealed partial class TouchPointStore
{
    /// <summary>Has the assistant answered this lead by text before, or is about to?</summary>
    public static Task<bool> HasRepliedAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<bool>("""
            SELECT EXISTS (
                SELECT 1 FROM touch_points
                WHERE tenant_id = @tenantId AND lead_id = @leadId AND step LIKE 'reply-%' AND status NOT IN ('cancelled', 'suppressed', 'expired', 'failed'))
            """, new { leadId }, cancel);
    }

    /// <summary>Plans an answer, due at once; once, however often it is asked for. When a person of the shop answers by now, it is planned as cancelled.</summary>
    /// <param name="content">The text as it goes out.</param>
    public Task AddReplyAsync(TenantTransaction transaction, AnswerToSend answer, string content, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(answer);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, trace_parent, content, message_id, replies_to_at, followed, created_at, updated_at)
            VALUES (@tenantId, @id, @LeadId, 'reply-' || @Seq, 'sms', CASE WHEN @IsTakenOver THEN 'cancelled' ELSE 'scheduled' END,
                CASE WHEN @IsTakenOver THEN 'human_takeover' END, @now, @expiresAt, @TraceParent, @content, @messageId, @AskedAt, true, @now, @now)
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """,
            new
            {
                id = Guid.CreateVersion7(), answer.LeadId, answer.Seq, answer.IsTakenOver, now, expiresAt = now + StaffMessageGoodFor, answer.TraceParent, content,
                messageId = answer.Id, answer.AskedAt,
            }, cancel);
    }
}

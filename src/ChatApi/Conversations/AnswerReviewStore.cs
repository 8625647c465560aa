using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What a person of the shop should look at in a conversation.</summary>
/// <param name="Kind"><see cref="AnswerReviewStore.HeldBack"/>, <see cref="AnswerReviewStore.PersonWanted"/>, <see cref="AnswerReviewStore.NoAnswer"/> or <see cref="AnswerReviewStore.ContactCorrection"/>.</param>
/// <param name="Reason">One machine word.</param>
/// <param name="Said">The words that it is about.</param>
public sealed record NewReview(string Kind, Guid LeadId, Guid MessageId, string Reason, string Said);

/// <summary>Adds to the table <c>review_items</c> what the chat leaves to staff.</summary>
public sealed class AnswerReviewStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The guard has stopped an answer twice: the customer was told that the shop confirms.</summary>
    public const string HeldBack = "answer_held_back";

    /// <summary>The customer wants a person.</summary>
    public const string PersonWanted = "person_wanted";

    /// <summary>No model could answer: the vendors are down, or the budget is used up.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>The customer says that their name, phone or email is another one.</summary>
    public const string ContactCorrection = "contact_correction";

    private const string Insert = """
        INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, evidence, created_at)
        VALUES (@tenantId, @id, @Kind, @LeadId, @MessageId, @Reason, jsonb_build_object('said', @Said), @now)
        ON CONFLICT (tenant_id, message_id, kind) WHERE message_id IS NOT NULL AND resolved_at IS NULL DO NOTHING
        """;

    /// <summary>Adds it; the same of the same answer again changes nothing.</summary>
    public Task AddAsync(Guid tenantId, NewReview review, CancellationToken cancel) => database.ExecuteAsync(tenantId, Insert, Args(review), cancel);

    /// <summary>Adds it in the transaction that makes it so.</summary>
    public Task AddAsync(TenantTransaction transaction, NewReview review, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(Insert, Args(review), cancel);
    }

    /// <summary>Adds it, unless one of its kind is open for the lead.</summary>
    /// <returns>Whether it was added.</returns>
    /// <remarks>A session has one answer at a time, so no other one of this lead's comes in between.</remarks>
    public async Task<bool> AddOnceAsync(Guid tenantId, NewReview review, CancellationToken cancel) => await database.ExecuteAsync(tenantId, """
        INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, evidence, created_at)
        SELECT @tenantId, @id, @Kind, @LeadId, @MessageId, @Reason, jsonb_build_object('said', @Said), @now
        WHERE NOT EXISTS (SELECT 1 FROM review_items r WHERE r.tenant_id = @tenantId AND r.lead_id = @LeadId AND r.kind = @Kind AND r.resolved_at IS NULL AND r.message_id <> @MessageId)
        ON CONFLICT (tenant_id, message_id, kind) WHERE message_id IS NOT NULL AND resolved_at IS NULL DO UPDATE SET reason = excluded.reason
        """, Args(review), cancel) == 1;

    private object Args(NewReview review) =>
        new { id = Guid.CreateVersion7(), review.Kind, review.LeadId, review.MessageId, review.Reason, review.Said, now = clock.GetUtcNow() };
}

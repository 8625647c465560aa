using LeadOrchestrator.ChatApi.Shops;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>An answer that has begun, and all that its prompt is made of, as it was at that moment.</summary>
/// <param name="History">Oldest first, the question last.</param>
public sealed record AnswerStart(
    BegunAnswer Begun, Conversation Conversation, LocationHours Hours, IReadOnlyList<CatalogItem> Catalog, IReadOnlyList<ChatMessage> History);

/// <summary>Begins answers: the place, the row and all reading in one round trip and one commit; a second one when the shop's hours or catalog have changed.</summary>
public sealed class AnswerStarts(LeadDatabase database, MessageStore messages, ShopFacts shops, ServiceInstance instance, TimeProvider clock) : IDisposable
{
    // A crowd of questions shall not take all connections from the answers that are running.
    private const int MostAtOnce = 6;
    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    /// <summary>Begins the answer to all questions that wait in the session.</summary>
    /// <param name="messageId">The answer's id to be. After a failure nobody knows whether it has begun: end it then.</param>
    /// <returns>Null: nothing to answer, somebody else answers at this moment, or the session is not the assistant's.</returns>
    public async Task<AnswerStart?> BeginAsync(SessionKey session, Guid messageId, CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        try
        {
            if (await BeginNowAsync(session, messageId, cancel) is not var (begun, conversation, history))
            {
                return null;
            }

            // The connection is back in its pool: this asks for another only when what it needs is not known here yet.
            var hours = await shops.HoursAsync(session.TenantId, conversation, cancel);
            var catalog = await shops.CatalogAsync(session.TenantId, conversation, clock.GetUtcNow(), cancel);
            return new AnswerStart(begun, conversation, hours, catalog, history);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<(BegunAnswer, Conversation, IReadOnlyList<ChatMessage>)?> BeginNowAsync(SessionKey session, Guid messageId, CancellationToken cancel)
    {
        var id = session.SessionId;
        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(session.TenantId);
        messages.AddBegin(batch, id, messageId, instance.Id);
        ConversationStore.AddFind(batch, id, clock.GetUtcNow());
        MessageStore.AddHistory(batch, id, messageId, Ai.Prompt.HistoryMessages);
        await using var reader = await batch.ReadAsync(cancel);
        if (await MessageStore.ReadBegunAsync(reader, id, messageId, cancel) is not { } begun)
        {
            return null;
        }

        var conversation = await ConversationStore.ReadFoundAsync(reader, id, cancel) ?? throw new InvalidOperationException($"Session {id} has no lead");
        var history = await MessageStore.ReadHistoryAsync(reader, cancel);
        await reader.NextResultAsync(cancel); // the commit, or its error
        return (begun, conversation, history);
    }
}

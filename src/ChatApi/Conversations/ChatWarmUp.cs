using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Shops;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Runs what the first customer asks for once for nobody: compiled, mapped and connected before the process says that it is ready.</summary>
internal sealed class ChatWarmUp(
    ConversationStore conversations, MessageStore messages, AnswerStarts starts, FrameStore frames, SessionStore sessions, ShopFacts shops, Budget budget,
    TimeProvider clock) : IWarmUp
{
    private const int Rounds = 3; // a statement is prepared when it is used again

    public async Task WarmUpAsync(CancellationToken cancel)
    {
        var nobody = new SessionKey(Guid.CreateVersion7(), Guid.CreateVersion7());
        for (var round = 0; round < Rounds; round++)
        {
            await conversations.FindAsync(nobody, cancel);
            await sessions.FindAsync(nobody.TenantId, nobody.SessionId, cancel);
            await messages.PageAsync(nobody.TenantId, nobody.SessionId, null, 50, cancel);
            await messages.AskAsync(nobody, "", Guid.CreateVersion7(), cancel);
            await starts.BeginAsync(nobody, Guid.CreateVersion7(), cancel);
            var elsewhere = new Conversation(nobody.SessionId, SessionModes.Ai, Guid.Empty, "", "", "", Guid.Empty, "", null, null, "", round, round);
            await shops.HoursAsync(nobody.TenantId, elsewhere, cancel);
            await shops.CatalogAsync(nobody.TenantId, elsewhere, clock.GetUtcNow(), cancel);
            await frames.ReadAfterAsync(nobody.TenantId, nobody.SessionId, 0, 1, cancel);
            await frames.WarmUpAsync(nobody.TenantId, cancel);
            await budget.SettleAsync(nobody.TenantId, Guid.CreateVersion7(), Settlement.OwnerLost, cancel);
        }
    }
}

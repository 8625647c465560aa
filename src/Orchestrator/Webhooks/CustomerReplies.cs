using System.Text.Json;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What a customer's words do, whichever way they came: they join the lead's thread, and who writes back is engaged and hears no more of what was planned.</summary>
public sealed class CustomerReplies(
    TouchPointStore touchPoints, SessionStore sessions, MessageStore messages, PictureStore pictures, HandoverStore handovers, ReviewItemStore reviews)
{
    private const int LongestWish = 200;

    /// <summary>They wrote back: what was planned ends, for this lead and as a sequence for their other ones.</summary>
    public async Task EngageAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        await messages.EngageAsync(transaction, leadId, cancel);
        await touchPoints.CancelAsync(transaction, leadId, "replied", cancel);
    }

    /// <summary>Puts what they were answered at once, by nobody, into the thread.</summary>
    /// <param name="channel">One of <see cref="MessageChannels"/>.</param>
    public async Task NoteAnswerAsync(TenantTransaction transaction, Guid leadId, string channel, string text, CancellationToken cancel)
    {
        var sessionId = await sessions.EnsureAsync(transaction, leadId, cancel);
        await messages.AppendAsync(transaction, new NewThreadMessage(sessionId, MessageRoles.System, channel, text), cancel);
    }

    /// <summary>Puts their words into the thread.</summary>
    /// <param name="channel">One of <see cref="MessageChannels"/>.</param>
    /// <param name="media">Addresses of pictures that came with them.</param>
    /// <param name="isQuestion">The assistant answers them, by the way they came.</param>
    /// <param name="sentAt">When they were written, when that was some time ago; null = now.</param>
    /// <returns>The message, and who answers in the conversation.</returns>
    public async Task<AppendedMessage> KeepAsync(
        TenantTransaction transaction, Guid leadId, string channel, string text, IReadOnlyList<string> media, bool isQuestion, DateTimeOffset? sentAt, CancellationToken cancel)
    {
        var sessionId = await sessions.EnsureAsync(transaction, leadId, cancel);
        var appended = await messages.AppendAsync(transaction, new NewThreadMessage(sessionId, MessageRoles.Customer, channel, PlainText.Clean(text)) { Media = media, IsQuestion = isQuestion, SentAt = sentAt }, cancel);
        await pictures.AddAsync(transaction, sessionId, appended.Message.Id, media, cancel);
        return appended;
    }

    /// <summary>Who says no to messages and asks for a person is not answered by a text, and waits for a person all the same. Who has one waits already.</summary>
    /// <param name="words">That say no; they may ask for nobody.</param>
    /// <param name="message">As which they were kept.</param>
    public async Task HeedWishForPersonAsync(TenantTransaction transaction, Guid leadId, string words, ChatMessage message, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (OptOutWords.IsWrongNumber(words) || !PersonWords.AskForOne(words))
        {
            return;
        }

        var sessionId = await sessions.EnsureAsync(transaction, leadId, cancel);
        if (await messages.ChangeModeAsync(transaction, sessionId, SessionModes.Ai, SessionModes.Human, cancel) is null)
        {
            return;
        }

        var wish = PlainText.Cut(message.Content, LongestWish);
        await reviews.AddAsync(
            transaction, ReviewKinds.PersonWanted, leadId, touchPointId: null, message.Id, "asked_without_texts", JsonSerializer.Serialize(new { said = wish }), cancel);
        await handovers.OpenAsync(transaction, sessionId, leadId, message.Id, wish, cancel);
    }
}

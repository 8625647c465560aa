using System.Text;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using Npgsql;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Says one answer, from the prompt to the transaction that ends it.</summary>
/// <remarks>
/// Until the first visible word the next model takes over in silence when one fails. After it, nobody goes on in another's words: the answer ends
/// as interrupted, with what was said.
/// </remarks>
public sealed partial class Answering(
    LeadDatabase database, ConversationStore conversations, HoursStore hours, CatalogStore catalog, MessageStore messages, Assistants assistants,
    Budget budget, FrameWriter writer, LiveSessions live, ServiceInstance instance, TimeProvider clock, AnswerLimits limits, ILogger<Answering> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(500);

    /// <summary>Says the answer. It has ended in the database when this returns, unless <paramref name="abandon"/> came first.</summary>
    /// <param name="stop">Ends the answer with what was said.</param>
    /// <param name="abandon">Gives up even the writing of its end; the other processes' sweep does it then.</param>
    public async Task RunAsync(SessionKey session, BegunAnswer begun, CancellationToken stop, CancellationToken abandon)
    {
        ArgumentNullException.ThrowIfNull(begun);
        using var stream = writer.Open(session, begun.MessageId);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, stream.Lost);
        ended.CancelAfter(limits.Total);
        var answer = new Answer(session, begun, stream);
        await TrySpeakAsync(answer, ended.Token);
        var reason = stop.IsCancellationRequested ? "shutdown" : ended.IsCancellationRequested ? "timeout" : answer.Last?.Outcome ?? "error";
        await UntilStoredAsync(answer, () => EndAsync(answer, reason, abandon), abandon);
    }

    // The database may be away for a moment before the first word: that is waited for. Whatever else fails, fails the answer.
    private async Task TrySpeakAsync(Answer answer, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await SpeakAsync(answer, cancel);
                return;
            }
            catch (Exception exception)
            {
                if (cancel.IsCancellationRequested)
                {
                    return;
                }

                answer.IsUncertain = true; // a reservation may have been stored although its answer did not come
                SpeakingFailed(logger, answer.Begun.MessageId, answer.Session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
                if (exception is not (NpgsqlException or TimeoutException) || answer.Said.Length > 0)
                {
                    return;
                }
            }

            await Task.WhenAny(Task.Delay(BeforeNextTry, cancel));
        }
    }

    private async Task SpeakAsync(Answer answer, CancellationToken cancel)
    {
        var (session, begun) = (answer.Session, answer.Begun);
        var conversation = await conversations.FindAsync(session, cancel) ?? throw new InvalidOperationException($"Session {session.SessionId} is gone");
        var prompt = await PromptAsync(session, begun, conversation, cancel);
        foreach (var assistant in assistants.InOrder)
        {
            if (await budget.ReserveAsync(session, begun.MessageId, conversation.LocationId, assistant.Model, Prompt.MostTokens(prompt), cancel) is not { } reservation)
            {
                answer.FailureCode = "budget_exhausted";
                continue; // the other one may be cheaper
            }

            answer.Reservation = reservation;
            answer.Last = await new ModelCall(assistant, reservation, limits).RunAsync(prompt, answer.Said, answer.Stream, cancel);
            Called(logger, assistant.Model.Id, answer.Last.Outcome, begun.MessageId, session.SessionId, session.TenantId);
            answer.FailureCode = answer.Last.Outcome == "content_filter" ? "provider_refused" : "provider_unavailable";
            if (answer.Said.Length > 0 || answer.Last.IsComplete || cancel.IsCancellationRequested)
            {
                return; // settled together with the answer
            }

            await SettleAsync(answer, cancel);
            answer.Reservation = null;
        }
    }

    private async Task<IReadOnlyList<AiMessage>> PromptAsync(SessionKey session, BegunAnswer begun, Conversation conversation, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var open = await hours.ReadAsync(session.TenantId, conversation.LocationId, conversation.LocationTimezone, cancel);
        var items = await catalog.ReadActiveAsync(session.TenantId, conversation.LocationId, now, cancel);
        var history = await messages.HistoryAsync(session, begun.CoversSeq, Prompt.HistoryMessages, cancel);
        return Prompt.Build(conversation, open, items, history, now);
    }

    private async Task EndAsync(Answer answer, string reason, CancellationToken cancel)
    {
        var (session, begun) = (answer.Session, answer.Begun);
        var lastPiece = await answer.Stream.CloseAsync();
        if (answer.Stream.Lost.IsCancellationRequested)
        {
            // Taken away, or refused by the database: what is stored stays, the rest was never seen.
            if (await messages.InterruptAnswerAsync(session, begun.MessageId, "error", cancel) is { } terminal)
            {
                live.Publish(session, terminal);
            }

            await SettleAsync(answer, cancel);
            return;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var frames = await messages.EndAnswerAsync(transaction, instance.Id, answer.End(reason, lastPiece), cancel);
        if (frames.Count == 0)
        {
            await transaction.DisposeAsync();
            await SettleAsync(answer, cancel); // ended by a stop, or by our own first try
            return;
        }

        if (answer.Reservation is { } reservation)
        {
            await budget.SettleAsync(transaction, reservation.CallId, answer.Settlement(reservation), cancel);
        }

        if (answer.IsUncertain)
        {
            await budget.SettleOpenAsync(transaction, begun.MessageId, cancel);
        }

        await transaction.CommitAsync(cancel);
        live.Publish(session, frames);
    }

    private async Task SettleAsync(Answer answer, CancellationToken cancel)
    {
        if (answer.Reservation is { } reservation)
        {
            await budget.SettleAsync(answer.Session.TenantId, reservation.CallId, answer.Settlement(reservation), cancel);
        }
    }

    // The end of an answer must be written: it is tried until the database takes it.
    private async Task UntilStoredAsync(Answer answer, Func<Task> store, CancellationToken abandon)
    {
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await store();
                return;
            }
            catch (Exception exception) when (!abandon.IsCancellationRequested)
            {
                EndFailed(logger, answer.Begun.MessageId, answer.Session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }

            await Task.Delay(pause, abandon);
        }
    }

    /// <summary>An answer on its way.</summary>
    private sealed record Answer(SessionKey Session, BegunAnswer Begun, AnswerFeed Stream)
    {
        public StringBuilder Said { get; } = new();

        /// <summary>Money that is not settled yet.</summary>
        public Reservation? Reservation { get; set; }

        public CallEnd? Last { get; set; }

        /// <summary>Something failed in a way that may have left money reserved.</summary>
        public bool IsUncertain { get; set; }

        /// <summary>Why nothing was said, if nothing was.</summary>
        public string FailureCode { get; set; } = "provider_unavailable";

        public Settlement Settlement(Reservation reservation) => Last?.Settlement ?? reservation.Estimated(null, "cancelled");

        public AnswerEnd End(string reason, string lastPiece)
        {
            var content = Said.ToString();
            var (status, finish) = (content.Length, Last) switch
            {
                (> 0, { IsComplete: true } last) => (MessageStatuses.Complete, last.Outcome),
                (0, _) when reason != "shutdown" => (MessageStatuses.Failed, FailureCode),
                _ => (MessageStatuses.Interrupted, reason),
            };
            return new AnswerEnd(Session.SessionId, Begun.MessageId, status, content, lastPiece, finish, Usage());
        }

        private AnswerUsage? Usage() => Reservation is { } reservation && Settlement(reservation) is var settlement
            ? new AnswerUsage(reservation.Model.Provider, reservation.Model.Id, settlement.Tokens.Input, settlement.Tokens.Output,
                settlement.Tokens.CacheRead, settlement.CostMicros ?? reservation.Micros)
            : null;
    }

    [LoggerMessage(5030, LogLevel.Information, "{Model} ended with {Outcome} for answer {MessageId} of session {SessionId} (tenant {TenantId})")]
    private static partial void Called(ILogger logger, string model, string outcome, Guid messageId, Guid sessionId, Guid tenantId);

    [LoggerMessage(5031, LogLevel.Error, "Answer {MessageId} (tenant {TenantId}) could not be said ({Kind} {SqlState})")]
    private static partial void SpeakingFailed(ILogger logger, Guid messageId, Guid tenantId, string kind, string? sqlState);

    [LoggerMessage(5032, LogLevel.Warning, "The end of answer {MessageId} (tenant {TenantId}) could not be stored ({Kind} {SqlState}); trying again")]
    private static partial void EndFailed(ILogger logger, Guid messageId, Guid tenantId, string kind, string? sqlState);
}

using System.Text;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Says one answer, from the prompt to the transaction that ends it.</summary>
/// <remarks>
/// Until the first visible word the next model takes over in silence when one fails. After it, nobody goes on in another's words: the answer ends
/// as interrupted, with what was said.
/// </remarks>
public sealed partial class Answering(
    MessageStore messages, Assistants assistants, Budget budget, FrameWriter writer, AnswerEnds ends, LiveSessions live, TimeProvider clock, AnswerLimits limits,
    ILogger<Answering> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(500);

    /// <summary>Says the answer. It has ended in the database when this returns, unless <paramref name="abandon"/> came first.</summary>
    /// <param name="stop">Ends the answer with what was said.</param>
    /// <param name="abandon">Gives up even the writing of its end; the other processes' sweep does it then.</param>
    /// <returns>Whether another question waits, as far as this process knows.</returns>
    public async Task<bool> RunAsync(SessionKey session, AnswerStart start, CancellationToken stop, CancellationToken abandon)
    {
        ArgumentNullException.ThrowIfNull(start);
        using var stream = writer.Open(session, start.Begun);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, stream.Lost);
        ended.CancelAfter(limits.Total);
        var answer = new Answer(session, start.Begun, stream);
        await TrySpeakAsync(answer, start, ended.Token);
        var reason = stop.IsCancellationRequested ? "shutdown" : ended.IsCancellationRequested ? "timeout" : answer.Last?.Outcome ?? "error";
        await UntilStoredAsync(answer, () => EndAsync(answer, reason, abandon), abandon);
        return answer.IsAskedAgain;
    }

    // The database may be away for a moment before the first word: that is waited for. Whatever else fails, fails the answer.
    private async Task TrySpeakAsync(Answer answer, AnswerStart start, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await SpeakAsync(answer, start, cancel);
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

    private async Task SpeakAsync(Answer answer, AnswerStart start, CancellationToken cancel)
    {
        var (session, begun) = (answer.Session, answer.Begun);
        var prompt = Prompt.Build(start.Conversation, start.Hours, start.Catalog, start.History, clock.GetUtcNow());
        foreach (var assistant in assistants.InOrder)
        {
            if (await budget.ReserveAsync(session, begun.MessageId, start.Conversation.LocationId, assistant.Model, Prompt.MostTokens(prompt), cancel) is not { } reservation)
            {
                answer.FailureCode = "budget_exhausted";
                continue; // the other one may be cheaper
            }

            answer.Reservation = reservation;
            Failpoint.Reach(Failpoint.AnswerBegun);
            answer.Last = await new ModelCall(assistant, reservation, limits).RunAsync(prompt, answer.Said, answer.Stream, cancel);
            Called(logger, assistant.Model.Id, answer.Last.Outcome, begun.MessageId, session.SessionId, session.TenantId);
            Measures.ModelCalled(assistant.Model.Provider, assistant.Model.Id, answer.Last.Outcome, answer.Last.Settlement.CostMicros ?? reservation.Micros);
            answer.FailureCode = answer.Last.Outcome == "content_filter" ? "provider_refused" : "provider_unavailable";
            if (answer.Said.Length > 0 || answer.Last.IsComplete || cancel.IsCancellationRequested)
            {
                return; // settled together with the answer
            }

            await SettleAsync(answer, cancel);
            answer.Reservation = null;
        }
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

        // Not ours any more, by a stop or by our own first try: then nothing of the answer changes, and its money is settled all the same.
        List<SettledCall> settled = answer.Reservation is { } reservation ? [new SettledCall(reservation.CallId, answer.Settlement(reservation))] : [];
        if (answer.IsUncertain)
        {
            settled.AddRange((await budget.OpenOfAsync(session.TenantId, begun.MessageId, cancel)).Where(open => open.Id != answer.Reservation?.CallId));
        }

        var end = answer.End(reason, lastPiece);
        var written = await ends.WriteAsync(session.TenantId, end, settled);
        if (written.Frames.Count > 0)
        {
            Measures.Answered(end.Status, end.FinishReason);
        }

        live.Publish(session, written.Frames);
        answer.IsAskedAgain = written.IsAskedAgain;
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

        /// <summary>Did another question come meanwhile? Yes, unless the end says otherwise.</summary>
        public bool IsAskedAgain { get; set; } = true;

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

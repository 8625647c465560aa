using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Says one answer, from the prompt to the transaction that ends it.</summary>
/// <remarks>
/// Until the first visible word the next model takes over in silence when one fails. After it, nobody goes on in another's words: the next model says the
/// answer anew, and what was seen is void with its first word. When there is none, the answer ends as interrupted, with what was said.
/// </remarks>
public sealed partial class Answering(
    MessageStore messages, PersonCalls persons, Speaking speaking, Budget budget, FrameWriter writer, AnswerEnds ends, LiveSessions live, AnswerLimits limits, ILogger<Answering> logger)
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
        var answer = new AnswerInProgress(session, start.Begun, stream);
        await TrySpeakAsync(answer, start, ended.Token);
        await UntilStoredAsync(
            answer, () => stop.IsCancellationRequested || stream.Lost.IsCancellationRequested ? Task.CompletedTask : LeaveRestToShopAsync(answer, start, abandon), abandon);
        var reason = stop.IsCancellationRequested ? "shutdown" : ended.IsCancellationRequested ? "timeout" : answer.BrokenOffBy ?? answer.Last?.Outcome ?? "error";
        await UntilStoredAsync(answer, () => EndAsync(answer, reason, abandon), abandon);
        return answer.IsAskedAgain;
    }

    // The database may be away for a moment before the first word: that is waited for. Whatever else fails, fails the answer.
    private async Task TrySpeakAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (!await persons.HeedAsync(answer, start, cancel))
                {
                    await speaking.RunAsync(answer, start, cancel);
                }

                return;
            }
            catch (Exception exception)
            {
                answer.IsUncertain = true; // a reservation may have been stored although its answer did not come
                if (cancel.IsCancellationRequested)
                {
                    return;
                }

                SpeakingFailed(logger, answer.Begun.MessageId, answer.Session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
                if (exception is not (NpgsqlException or TimeoutException) || answer.Speech.Said.Length > 0)
                {
                    return;
                }
            }

            await Task.WhenAny(Task.Delay(BeforeNextTry, cancel));
        }
    }

    // Who stopped the answer at another process waits for nothing any more; this one may not have heard of it, as it has said nothing.
    private async Task LeaveRestToShopAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        if (!answer.IsComplete && await messages.IsRunningAsync(answer.Session, answer.Begun.MessageId, cancel))
        {
            await speaking.LeaveRestToShopAsync(answer, start, cancel);
        }
    }

    private async Task EndAsync(AnswerInProgress answer, string reason, CancellationToken cancel)
    {
        var (session, begun) = (answer.Session, answer.Begun);
        var lastPieces = await answer.Stream.CloseAsync();
        var unsettled = await answer.UnsettledAsync(budget, cancel);
        // Taken away, or refused by the database: what is stored stays, the rest was never seen. Or this process stops before anybody has read a word: then another one is asked.
        var isLost = answer.Stream.Lost.IsCancellationRequested;
        if (isLost || (reason == "shutdown" && !answer.IsComplete && (answer.Speech.Said.Length == 0 || begun.Channel == MessageChannels.Sms)))
        {
            if (await messages.InterruptAnswerAsync(session, begun.MessageId, isLost ? "error" : MessageStore.OwnerLost, cancel) is { } terminal)
            {
                live.Publish(session, terminal);
            }

            foreach (var call in unsettled)
            {
                await budget.SettleAsync(session.TenantId, call.Id, call.Settlement, cancel);
            }

            return;
        }

        // Not ours any more, by a stop or by our own first try: then nothing of the answer changes, and its money is settled all the same.
        var end = answer.End(reason, lastPieces);
        var written = await ends.WriteAsync(session.TenantId, end, unsettled);
        Failpoint.Reach(Failpoint.AnswerStored);
        if (written.Frames.Count > 0)
        {
            Measures.Answered(answer.IsLeftToShop ? MessageStatuses.Failed : end.Status, answer.IsLeftToShop ? answer.FailureCode : end.FinishReason);
        }

        live.Publish(session, written.Frames);
        answer.IsAskedAgain = written.IsAskedAgain;
    }

    // The end of an answer must be written: it is tried until the database takes it.
    private async Task UntilStoredAsync(AnswerInProgress answer, Func<Task> store, CancellationToken abandon)
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

    [LoggerMessage(5031, LogLevel.Error, "Answer {MessageId} (tenant {TenantId}) could not be said ({Kind} {SqlState})")]
    private static partial void SpeakingFailed(ILogger logger, Guid messageId, Guid tenantId, string kind, string? sqlState);

    [LoggerMessage(5032, LogLevel.Warning, "The end of answer {MessageId} (tenant {TenantId}) could not be stored ({Kind} {SqlState}); trying again")]
    private static partial void EndFailed(ILogger logger, Guid messageId, Guid tenantId, string kind, string? sqlState);
}

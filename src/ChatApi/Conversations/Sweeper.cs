using System.Diagnostics;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Ends what dead processes left behind, and answers what nobody answers. Every process sweeps for all.</summary>
public sealed partial class Sweeper(
    MessageStore messages, SessionStore sessions, CallStore calls, Budget budget, Turns turns, LiveSessions live, ILogger<Sweeper> logger) : BackgroundService
{
    // More than wait in a flood of texts: the pause that texts are given begins when a question is seen.
    private const int MostSessions = 2000;

    // The last one of a dead process's answers is told within seconds, too.
    private const int AtOnce = 8;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // People text in several pieces. An answer waits until nothing has come for a moment, but not for somebody who never stops.
    private static readonly TimeSpan TextsArePausedFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private Dictionary<SessionKey, Waiting> _waiting = [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // When the database was away, nobody could give a sign of life: the living get time for one before anybody is called dead.
        var unreachableSince = 0L;
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (unreachableSince != 0 && Stopwatch.GetElapsedTime(unreachableSince) < Heartbeat.Silence)
            {
                continue;
            }

            try
            {
                await RunOnceAsync(stoppingToken);
                unreachableSince = 0;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                unreachableSince = Stopwatch.GetTimestamp();
                RoundFailed(logger, exception.GetType().Name);
            }
        }
    }

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await ForEachAsync(await messages.OrphanedAnswersAsync(Heartbeat.Silence, cancel), InterruptAsync, cancel);
        await ForEachAsync(
            await calls.OrphansAsync(Heartbeat.Silence, cancel), (call, token) => budget.SettleAsync(call.TenantId, call.Id, Settlement.OwnerLost, token), cancel);
        await AnswerUnansweredAsync(cancel);
    }

    // One that fails shall not keep the others waiting: it is found again by the next round.
    private Task ForEachAsync<T>(IReadOnlyList<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancel) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (item, token) =>
        {
            try
            {
                await act(item, token);
            }
            catch (Exception exception) when (!token.IsCancellationRequested)
            {
                OneFailed(logger, typeof(T).Name, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }
        });

    private async Task InterruptAsync(OrphanedAnswer orphan, CancellationToken cancel)
    {
        var session = new SessionKey(orphan.TenantId, orphan.SessionId);
        if (await messages.InterruptAnswerAsync(session, orphan.Id, MessageStore.OwnerLost, cancel, Heartbeat.Silence) is { } terminal)
        {
            live.Publish(session, terminal);
            Interrupted(logger, orphan.Id, orphan.SessionId, orphan.TenantId);
        }
    }

    // A question that is a moment old is on its way where it was asked; one that was there a round ago is nobody's.
    private async Task AnswerUnansweredAsync(CancellationToken cancel)
    {
        var waiting = new Dictionary<SessionKey, Waiting>();
        foreach (var question in await sessions.WaitingQuestionsAsync(MostSessions, cancel))
        {
            var seen = waiting[question.Session] = Waiting.Since(question, _waiting.GetValueOrDefault(question.Session));
            if (question.IsText ? seen.IsOverForTexts : seen.Rounds > 0)
            {
                turns.Wake(question.Session);
            }
        }

        _waiting = waiting;
    }

    /// <summary>A question that waits, as this process has seen it. Real time.</summary>
    private sealed record Waiting(long AskedSeq, long FirstSeen, long LastSeen, int Rounds)
    {
        public bool IsOverForTexts => Stopwatch.GetElapsedTime(LastSeen) >= TextsArePausedFor || Stopwatch.GetElapsedTime(FirstSeen) >= LongestPause;

        public static Waiting Since(WaitingQuestion question, Waiting? before)
        {
            var now = Stopwatch.GetTimestamp();
            return before is null ? new Waiting(question.AskedSeq, now, now, 0)
                : new Waiting(question.AskedSeq, before.FirstSeen, before.AskedSeq == question.AskedSeq ? before.LastSeen : now, before.Rounds + 1);
        }
    }

    [LoggerMessage(5050, LogLevel.Warning, "Answer {MessageId} of session {SessionId} (tenant {TenantId}) lost its process and ends as interrupted")]
    private static partial void Interrupted(ILogger logger, Guid messageId, Guid sessionId, Guid tenantId);

    [LoggerMessage(5052, LogLevel.Warning, "The sweep of one {What} failed ({Kind} {SqlState}); the next round tries again")]
    private static partial void OneFailed(ILogger logger, string what, string kind, string? sqlState);

    [LoggerMessage(5051, LogLevel.Warning, "A sweep failed ({Kind}); the next one tries again")]
    private static partial void RoundFailed(ILogger logger, string kind);
}

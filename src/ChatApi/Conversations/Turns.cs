using System.Collections.Concurrent;
using System.Diagnostics;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Runs the answers of this process: at most one per session, each in the background, whoever listens or leaves.</summary>
/// <remarks>Between processes the database decides who answers: <see cref="AnswerStarts.BeginAsync"/> lets one begin.</remarks>
public sealed partial class Turns(
    AnswerStarts starts, MessageStore messages, Answering answering, LiveSessions live, IHostApplicationLifetime lifetime, AnswerLimits limits,
    ILogger<Turns> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    // Who writes on so soon has not read the first words yet.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<SessionKey, Turn> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>A question may wait in this session: answers it, now or after the answer that is running.</summary>
    public void Wake(SessionKey session)
    {
        lock (_lock)
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return; // another process, or this one's next life, finds the question by its sweep
            }

            if (_running.TryGetValue(session, out var running))
            {
                running.IsAskedAgain = true;
                if (running.Answer is { } answer)
                {
                    _ = SupersedeAsync(session, running, answer);
                }

                return;
            }

            var turn = new Turn();
            _running[session] = turn;
            // The request that asks may leave; the answer is in the trace of the session, not of the request.
            using (ExecutionContext.SuppressFlow())
            {
                turn.Task = Task.Run(() => RunAsync(session, turn), CancellationToken.None);
            }
        }
    }

    /// <summary>Does this process answer in the session at this moment? Then its frames come without polling.</summary>
    public bool IsRunning(SessionKey session) => _running.ContainsKey(session);

    /// <summary>Ends an answer of this process, if it is the one that runs, after somebody ended it in the database.</summary>
    public void Cancel(SessionKey session, Guid? messageId)
    {
        if (_running.TryGetValue(session, out var turn))
        {
            turn.Cancel(messageId);
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Running answers may finish, for a while; then they end as interrupted.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var all = Task.WhenAll(_running.Values.Select(turn => turn.Task));
        await Task.WhenAny(all, Task.Delay(limits.Drain, cancellationToken));
        await _stop.CancelAsync();
        await Task.WhenAny(all, Task.Delay(LastWords, CancellationToken.None));
        await _abandon.CancelAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task RunAsync(SessionKey session, Turn turn)
    {
        while (true)
        {
            try
            {
                var start = await BeginAsync(session);
                if (start is null ? await SupersedeAsync(session, turn, null) : await AnswerAsync(session, turn, start))
                {
                    turn.IsAskedAgain = true; // what was asked meanwhile is the next answer's
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The sweep finds the question again.
                TurnFailed(logger, session.SessionId, session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }
            catch (OperationCanceledException)
            {
                turn.IsAskedAgain = false;
            }

            lock (_lock)
            {
                if (!turn.IsAskedAgain || lifetime.ApplicationStopping.IsCancellationRequested)
                {
                    _running.TryRemove(session, out _);
                    turn.Dispose();
                    return;
                }

                turn.IsAskedAgain = false;
            }
        }
    }

    // The commit may have come through although its answer did not, or what is read after it failed, whatever it was: such an answer would be ours for ever, and said by nobody.
    private async Task<AnswerStart?> BeginAsync(SessionKey session)
    {
        var messageId = Guid.CreateVersion7();
        try
        {
            return await starts.BeginAsync(session, messageId, _stop.Token);
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            TurnFailed(logger, session.SessionId, session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
        }

        while (true)
        {
            await Task.Delay(AfterFailure, _stop.Token);
            try
            {
                // Its question waits again after it, for the sweep of any process.
                if (await messages.InterruptAnswerAsync(session, messageId, MessageStore.OwnerLost, _stop.Token) is { } terminal)
                {
                    live.Publish(session, terminal);
                }

                return null;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException && !_stop.IsCancellationRequested)
            {
                TurnFailed(logger, session.SessionId, session.TenantId, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }
        }
    }

    private async Task<bool> AnswerAsync(SessionKey session, Turn turn, AnswerStart start)
    {
        var begun = start.Begun;
        using var activity = Telemetry.Continue("answer", begun.TraceParent);
        activity?.SetTag("session.id", session.SessionId).SetTag("message.id", begun.MessageId);
        live.Publish(session, begun.Frame);
        using var stop = turn.BeginAnswer(begun.MessageId, _stop.Token);
        if (WasAskedMeanwhile(turn))
        {
            _ = SupersedeAsync(session, turn, turn.Answer); // who asked found no answer to void
        }

        try
        {
            return await answering.RunAsync(session, start, stop.Token, _abandon.Token);
        }
        finally
        {
            turn.EndAnswer();
        }
    }

    private bool WasAskedMeanwhile(Turn turn)
    {
        lock (_lock)
        {
            var wasAsked = turn.IsAskedAgain;
            turn.IsAskedAgain = false;
            return wasAsked;
        }
    }

    // Several messages in a row get one answer: the one that runs, here or in another process, gives way to the one that covers all. Nothing waits for it.
    private async Task<bool> SupersedeAsync(SessionKey session, Turn turn, RunningAnswer? answer)
    {
        try
        {
            var last = await messages.SupersedeAnswerAsync(session, evenIfSaid: answer is not null && Stopwatch.GetElapsedTime(answer.Since) < Burst, _stop.Token);
            if (last.Count == 0)
            {
                return false;
            }

            live.Publish(session, last);
            turn.Cancel(last[^1].MessageId);
            Superseded(logger, last[^1].MessageId, session.SessionId, session.TenantId);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return false; // then it is said to its end, and the next one answers the rest
        }
    }

    /// <summary>The answers of one session, one after the other.</summary>
    private sealed class Turn : IDisposable
    {
        private readonly Lock _lock = new();
        private CancellationTokenSource? _stop;

        public bool IsAskedAgain { get; set; }

        public Task Task { get; set; } = Task.CompletedTask;

        public RunningAnswer? Answer { get; private set; }

        public CancellationTokenSource BeginAnswer(Guid messageId, CancellationToken stop)
        {
            lock (_lock)
            {
                Answer = new RunningAnswer(messageId, Stopwatch.GetTimestamp());
                return _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
            }
        }

        public void EndAnswer()
        {
            lock (_lock)
            {
                (Answer, _stop) = (null, null);
            }
        }

        /// <summary>Ends this answer, if it is the one that runs.</summary>
        public void Cancel(Guid? messageId)
        {
            lock (_lock)
            {
                if (Answer?.MessageId == messageId)
                {
                    _stop?.Cancel();
                }
            }
        }

        public void Dispose() => _stop = null;
    }

    /// <summary>The answer that runs.</summary>
    /// <param name="Since">Real time.</param>
    private sealed record RunningAnswer(Guid MessageId, long Since);

    [LoggerMessage(5041, LogLevel.Information, "Answer {MessageId} of session {SessionId} (tenant {TenantId}) gives way to one that covers what was written since")]
    private static partial void Superseded(ILogger logger, Guid? messageId, Guid sessionId, Guid tenantId);

    [LoggerMessage(5040, LogLevel.Warning, "No answer could be begun in session {SessionId} (tenant {TenantId}, {Kind} {SqlState})")]
    private static partial void TurnFailed(ILogger logger, Guid sessionId, Guid tenantId, string kind, string? sqlState);
}

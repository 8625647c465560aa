using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Where a viewer begins, and when it has seen enough.</summary>
/// <param name="After">Frames after this seq.</param>
/// <param name="Question">Ends after the answer that covers the message with this seq; null = stays until the line or the process ends.</param>
/// <param name="IsAnswerExpected">False: nobody answers in this session at the moment; ends when there is no more to tell.</param>
public sealed record View(long After, long? Question = null, bool IsAnswerExpected = true);

/// <summary>Shows a session's frames to one browser as server-sent events: first what is stored, then what comes, in the order of their seq.</summary>
/// <remarks>
/// Frames of this process come right after their commit. Those of other processes are polled, quickly while something goes on. Either way the seq
/// says what is missing, so nothing is shown twice or left out.
/// </remarks>
public sealed partial class SessionViewer(
    FrameStore frames, LiveSessions live, Turns turns, IHostApplicationLifetime lifetime, ILogger<SessionViewer> logger)
{
    private const int Page = 500;
    private const string Comment = ":\n\n";
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StaysQuick = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterAStop = TimeSpan.FromMilliseconds(500);

    // Who is one too many and is there shall not push out the next one at once.
    private static readonly TimeSpan AfterGivingWay = TimeSpan.FromSeconds(30);

    // A comment comes every 15 s at the latest: this is asked each second, when the bell rings.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(13.5);

    /// <summary>Answers the request with the session's events until the view is done, the browser leaves, or the process stops.</summary>
    /// <param name="first">The frame after <see cref="View.After"/>, when the caller has just stored it; else what is stored is read.</param>
    /// <param name="shown">Is called once: when the first frames have left, or nobody is there to get them any more.</param>
    public async Task RunAsync(HttpContext http, SessionKey session, View view, Frame? first = null, Action? shown = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(view);
        using var ear = live.Watch(session, stays: view.Question is null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var line = new Line(http.Response.BodyWriter, view, http.RequestAborted);
        // Completing the ear ends the wait: a token would be registered anew for each frame.
        await using var end = stop.Token.Register(() => ear.Frames.Writer.TryComplete());
        try
        {
            var isFull = false;
            try
            {
                IReadOnlyList<Frame> stored = first is not null
                    ? [first] : await frames.ReadAfterAsync(session.TenantId, session.SessionId, view.After, Page, http.RequestAborted);
                Begin(http);
                await line.ShowAsync(stored);
                isFull = stored.Count == Page;
            }
            finally
            {
                shown?.Invoke();
            }

            await FollowAsync(session, line, ear, isFull, stop.Token);
            if (ear.HasToLeave && !line.IsDone)
            {
                await line.LeaveAsync(session.SessionId, AfterGivingWay);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!http.RequestAborted.IsCancellationRequested)
            {
                await line.LeaveAsync(session.SessionId, AfterAStop);
            }
        }
    }

    private async Task FollowAsync(SessionKey session, Line line, LiveSessions.Viewer ear, bool isBehind, CancellationToken stop)
    {
        while (!line.IsDone && !ear.HasToLeave && (isBehind || !line.HasNothingToWaitFor))
        {
            if (!isBehind)
            {
                ear.LookAgainIn(line.IsBusy && !turns.IsRunning(session) ? Quick : Idle);
                await ear.Frames.Reader.WaitToReadAsync(CancellationToken.None);
                stop.ThrowIfCancellationRequested();
                if (await line.ShowComingAsync(ear.Frames.Reader))
                {
                    continue;
                }
            }

            await line.KeepAliveAsync();
            var stored = await ReadAsync(session, line.Last, stop);
            await line.ShowAsync(stored);
            isBehind = stored.Count == Page;
        }
    }

    // A database that is away for a moment does not cut the line.
    private async Task<IReadOnlyList<Frame>> ReadAsync(SessionKey session, long after, CancellationToken stop)
    {
        try
        {
            return await frames.ReadAfterAsync(session.TenantId, session.SessionId, after, Page, stop);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException && !stop.IsCancellationRequested)
        {
            ReadFailed(logger, session.SessionId, session.TenantId, exception.GetType().Name);
            return [];
        }
    }

    private static void Begin(HttpContext http)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>One browser's line, and what went over it.</summary>
    private sealed class Line(PipeWriter body, View view, CancellationToken aborted)
    {
        private Guid? _answer;
        private bool _isExpected = view.IsAnswerExpected;
        private bool _isAnsweredByStaff;
        private bool _hasBegun;
        private bool _hasUnsent;
        private long _wroteAt = Stopwatch.GetTimestamp();
        private long _newsAt = Stopwatch.GetTimestamp();

        /// <summary>The seq of the last frame that was shown.</summary>
        public long Last { get; private set; } = view.After;

        public bool IsDone { get; private set; }

        /// <summary>Is something going on, or did it a moment ago?</summary>
        public bool IsBusy => view.Question is not null || _answer is not null || Stopwatch.GetElapsedTime(_newsAt) < StaysQuick;

        /// <summary>The message is shown, and nobody is to answer it.</summary>
        public bool HasNothingToWaitFor => view.Question is not null && (!_isExpected || _isAnsweredByStaff) && _answer is null;

        public async Task ShowAsync(IReadOnlyList<Frame> stored)
        {
            if (!_hasBegun)
            {
                // A proxy passes the headers on with the first byte of the body: there is one at once, also when nothing happens in the session.
                _hasBegun = true;
                Write(Comment);
            }

            foreach (var frame in stored)
            {
                if (Add(frame))
                {
                    break;
                }
            }

            await SendAsync();
        }

        /// <summary>Shows what came, as far as it follows what was shown.</summary>
        /// <returns>False when it is time to read what is stored: frames in between are missing, or the bell rang.</returns>
        public async Task<bool> ShowComingAsync(ChannelReader<Frame?> coming)
        {
            var isComplete = true;
            while (isComplete && !IsDone && coming.TryRead(out var frame))
            {
                if (frame is not null && frame.Seq == Last + 1)
                {
                    Add(frame);
                }
                else
                {
                    isComplete = frame?.Seq <= Last;
                }
            }

            await SendAsync();
            return isComplete;
        }

        public Task KeepAliveAsync() => Stopwatch.GetElapsedTime(_wroteAt) >= KeepAlive ? WriteAsync(Comment) : Task.CompletedTask;

        public Task WriteAsync(string text)
        {
            Write(text);
            return SendAsync();
        }

        /// <summary>Tells it to come back. The place of the last frame, not a new one: who does resumes there.</summary>
        public Task LeaveAsync(Guid sessionId, TimeSpan after) =>
            WriteAsync(string.Create(CultureInfo.InvariantCulture, $"retry: {after.TotalMilliseconds:0}\nid: {sessionId}:{Last}\nevent: reconnect\ndata: {{}}\n\n"));

        private bool Add(Frame frame)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"id: {frame.MessageId ?? frame.SessionId}:{frame.Seq}\nevent: {frame.Type}\ndata: {frame.Data}\n\n"));
            Last = frame.Seq;
            _newsAt = Stopwatch.GetTimestamp();
            Note(frame);
            return IsDone;
        }

        private void Note(Frame frame)
        {
            if (frame.Type == FrameTypes.AnswerStarted && (view.Question is not { } question || FrameJson.Read<AnswerStarted>(frame.Data).CoversSeq >= question))
            {
                _answer = frame.MessageId;
            }
            else if (frame.IsTerminal && frame.MessageId == _answer)
            {
                _answer = null;
                IsDone = view.Question is not null && !frame.IsSuperseded; // another answer covers it
            }
            else if (frame.Type == FrameTypes.ModeChanged)
            {
                _isExpected = view.IsAnswerExpected && FrameJson.Read<ModeChanged>(frame.Data).Mode == SessionModes.Ai;
            }
            else if (frame.Type == FrameTypes.MessageCreated && frame.Seq > view.Question && _answer is null)
            {
                _isAnsweredByStaff |= FrameJson.Read<ChatMessage>(frame.Data).Role == MessageRoles.Staff; // no answer to the question begins after that
            }
        }

        private void Write(string text)
        {
            Encoding.UTF8.GetBytes(text, body);
            _hasUnsent = true;
        }

        // Waits for a slow browser, alone: nobody else writes on its line, and what comes meanwhile is dropped and read from the database.
        private async Task SendAsync()
        {
            if (_hasUnsent)
            {
                _hasUnsent = false;
                await body.FlushAsync(aborted);
                _wroteAt = Stopwatch.GetTimestamp();
            }
        }
    }

    [LoggerMessage(5060, LogLevel.Warning, "Frames of session {SessionId} (tenant {TenantId}) could not be read ({Kind}); trying again")]
    private static partial void ReadFailed(ILogger logger, Guid sessionId, Guid tenantId, string kind);
}

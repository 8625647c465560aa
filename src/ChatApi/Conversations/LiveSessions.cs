using System.Threading.Channels;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Who of this process's viewers looks at which session. Frames come here right after their commit.</summary>
/// <remarks>
/// Only a shortcut: viewers know by the seq what they miss and read it from the database. So a full channel may drop, and frames of other
/// processes need no message between them.
/// </remarks>
public sealed class LiveSessions
{
    private const int Capacity = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, Viewer[]> _sessions = [];

    /// <summary>Hands stored frames to the session's viewers.</summary>
    public void Publish(SessionKey session, params IReadOnlyList<Frame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        Viewer[]? viewers;
        lock (_lock)
        {
            _sessions.TryGetValue(session, out viewers);
        }

        foreach (var viewer in viewers ?? [])
        {
            foreach (var frame in frames)
            {
                viewer.Frames.Writer.TryWrite(frame);
            }
        }
    }

    /// <summary>Gets the session's frames from now on, until it is disposed.</summary>
    internal Viewer Watch(SessionKey session)
    {
        var viewer = new Viewer(this, session);
        lock (_lock)
        {
            _sessions[session] = [.. _sessions.GetValueOrDefault(session) ?? [], viewer];
        }

        return viewer;
    }

    private void Forget(SessionKey session, Viewer viewer)
    {
        lock (_lock)
        {
            if (_sessions.GetValueOrDefault(session)?.Where(other => other != viewer).ToArray() is { Length: > 0 } others)
            {
                _sessions[session] = others;
            }
            else
            {
                _sessions.Remove(session);
            }
        }
    }

    /// <summary>One viewer's ear.</summary>
    internal sealed class Viewer(LiveSessions sessions, SessionKey session) : IDisposable
    {
        public Channel<Frame> Frames { get; } = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public void Dispose() => sessions.Forget(session, this);
    }
}

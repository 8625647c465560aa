using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<SessionKey, ConcurrentDictionary<Viewer, byte>> _sessions = new();

    /// <summary>Hands stored frames to the session's viewers.</summary>
    public void Publish(SessionKey session, params IReadOnlyList<Frame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (!_sessions.TryGetValue(session, out var viewers))
        {
            return;
        }

        foreach (var (viewer, _) in viewers)
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
        _sessions.AddOrUpdate(session,
            _ => new ConcurrentDictionary<Viewer, byte>([KeyValuePair.Create(viewer, (byte)0)]),
            (_, viewers) =>
            {
                viewers.TryAdd(viewer, 0);
                return viewers;
            });
        return viewer;
    }

    /// <summary>One viewer's ear.</summary>
    internal sealed class Viewer(LiveSessions sessions, SessionKey session) : IDisposable
    {
        public Channel<Frame> Frames { get; } = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public void Dispose()
        {
            if (sessions._sessions.TryGetValue(session, out var viewers) && viewers.TryRemove(this, out _) && viewers.IsEmpty)
            {
                // A viewer that comes at this very moment is lost to the shortcut alone: it polls.
                sessions._sessions.TryRemove(session, out _);
            }
        }
    }
}

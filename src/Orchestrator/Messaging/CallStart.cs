using System.Diagnostics;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The instant at which a text begins to leave: once, and not too long after it was allowed to. Until then not a byte of it is out.</summary>
/// <param name="allowedAt">A timestamp of <see cref="Stopwatch"/> from before the locks were taken under which it was allowed.</param>
public sealed class CallStart(long allowedAt)
{
    /// <summary>From the permission to the first byte. A process that froze in between for longer leaves the text alone: the locks may be gone.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    /// <summary>Something of it may be out.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) == 1;

    /// <summary>Ends when the text has been written out, or never will be.</summary>
    public Task Decided => _decided.Task;

    /// <summary>Asked right before the first byte; false = leave it alone. A second time is never allowed, whoever in between would repeat the request.</summary>
    public bool TryBegin() => Stopwatch.GetElapsedTime(allowedAt) < LongestPause && Interlocked.Exchange(ref _begun, 1) == 0;

    /// <summary>It is written out, or never will be.</summary>
    public void Decide() => _decided.TrySetResult();
}

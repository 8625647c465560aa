using System.Diagnostics;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>When something was allowed to leave: from before the locks were taken under which it was.</summary>
/// <param name="At">A timestamp of <see cref="Stopwatch"/>. It stands still while the machine sleeps.</param>
/// <param name="WallAt">By this machine's clock, which does not.</param>
public readonly record struct Clearance(long At, DateTimeOffset WallAt)
{
    /// <summary>One that is given now.</summary>
    public static Clearance Now => new(Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());

    /// <summary>How long ago that was, by whichever of the two says more.</summary>
    public TimeSpan Age
    {
        get
        {
            var (awake, wall) = (Stopwatch.GetElapsedTime(At), TimeProvider.System.GetUtcNow() - WallAt);
            return awake > wall ? awake : wall;
        }
    }
}

/// <summary>The instant at which a text begins to leave: once, and not too long after it was allowed to. Until then not a byte of it is out.</summary>
/// <param name="areLocksHeld">Whether the locks under which it was allowed still are; null = it needs none.</param>
public sealed class CallStart(Clearance allowed, Func<Task<bool>>? areLocksHeld = null)
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
    public async Task<bool> TryBeginAsync() =>
        !HasBegun && allowed.Age < LongestPause && (areLocksHeld is null || (await areLocksHeld() && allowed.Age < LongestPause)) && Interlocked.Exchange(ref _begun, 1) == 0;

    /// <summary>It is written out, or never will be.</summary>
    public void Decide() => _decided.TrySetResult();
}

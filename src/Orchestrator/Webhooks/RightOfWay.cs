using System.Diagnostics;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>
/// In a flood, taking deliveries in goes before working on them: a sender that is not answered gives up, while the inbox keeps what it has.
/// </summary>
/// <remarks>
/// The work is slowed, never stopped: it rests for <see cref="Share"/> of the time that its last transaction took, so that a flood without an end is worked on too.
/// </remarks>
public sealed class RightOfWay
{
    /// <summary>The rest after a transaction, as a share of the time that it took.</summary>
    public const double Share = 0.8;

    // Deliveries that share a commit came while the one before was under way: so many of them come faster than the disk.
    private const int Crowd = 4;
    private static readonly TimeSpan Remembered = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);

    private long _crowdedUntil;
    private long _behindUntil;

    /// <summary>Deliveries come faster than they can be stored one by one, or did a moment ago.</summary>
    public bool IsCrowded => Stopwatch.GetTimestamp() < Volatile.Read(ref _crowdedUntil);

    /// <summary>The door has stored so many deliveries in one commit.</summary>
    public void Stored(int deliveries)
    {
        if (deliveries >= Crowd)
        {
            Remember(ref _crowdedUntil);
        }
    }

    /// <summary>The inbox has more than one batch waiting, or had a moment ago.</summary>
    public bool IsBehind => Stopwatch.GetTimestamp() < Volatile.Read(ref _behindUntil);

    /// <summary>The inbox has taken a full batch: more of it is waiting.</summary>
    public void Behind() => Remember(ref _behindUntil);

    /// <summary>Texts give way to the door and to the inbox: a claim of them waits this once while either has more than it can do at once.</summary>
    public Task GiveAsync(CancellationToken cancel) => IsCrowded || IsBehind ? Task.Delay(LongestRest, cancel) : Task.CompletedTask;

    /// <summary>How long the work rests after a transaction that took <paramref name="took"/>: not at all when nobody is waiting at the door.</summary>
    public TimeSpan RestAfter(TimeSpan took)
    {
        var rest = took * Share;
        return !IsCrowded ? TimeSpan.Zero : rest < LongestRest ? rest : LongestRest;
    }

    private static void Remember(ref long until) => Volatile.Write(ref until, Stopwatch.GetTimestamp() + (long)(Remembered.TotalSeconds * Stopwatch.Frequency));
}

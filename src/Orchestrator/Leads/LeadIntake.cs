using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>Where events end: those of one tenant that are ready at the same time share one transaction.</summary>
public sealed class LeadIntake
{
    // A tenant has few transactions at a time, each of which takes all that has gathered meanwhile; some tenants have theirs at once. A database silent for so long is away.
    private static readonly GroupCommitLimits Limits = new(Most: 128, Writers: 4, Deadline: TimeSpan.FromSeconds(20));

    private const int LanesOfATenant = 2;

    private readonly IntakeTransaction _transaction;
    private readonly RightOfWay _rightOfWay;
    private readonly GroupCommit<Intake, bool> _commits;

    /// <summary>Gives way to the door, as <paramref name="rightOfWay"/> says.</summary>
    public LeadIntake(IntakeTransaction transaction, RightOfWay rightOfWay)
    {
        _transaction = transaction;
        _rightOfWay = rightOfWay;
        _commits = new GroupCommit<Intake, bool>(WriteAsync, Limits, LaneOf, IsOtherOrder);
    }

    /// <summary>Does all of what an event comes to, and ends the event; or nothing of it.</summary>
    /// <returns>False when somebody else has the event by now: then nothing was changed.</returns>
    public Task<bool> TakeInAsync(Intake intake) => _commits.AddAsync(intake);

    // One after the other, an order is taken in before what comes of its customer a moment later. Only a backlog is worked off by two, and not in a flood, when the door needs the second processor more.
    private object LaneOf(Intake intake) =>
        (intake.Event.TenantId, _rightOfWay is { IsBehind: true, IsCrowded: false } ? (int)((uint)string.GetHashCode(intake.Event.ExternalId, StringComparison.Ordinal) % LanesOfATenant) : 0);

    // The rest belongs to the write: while it lasts, the lane gathers for the next one.
    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Intake> intakes, CancellationToken cancel)
    {
        var begun = Stopwatch.GetTimestamp();
        var written = await _transaction.WriteAsync(intakes, cancel);
        if (_rightOfWay.RestAfter(Stopwatch.GetElapsedTime(begun)) is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, cancel);
        }

        return written;
    }

    // An order or another row comes once in a transaction: its next event waits for the next one.
    private static bool IsOtherOrder(IReadOnlyList<Intake> chosen, Intake next) => chosen.All(intake => intake.Event.ExternalId != next.Event.ExternalId);
}

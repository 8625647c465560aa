using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>Where events end: those of one tenant that are ready at the same time share one transaction.</summary>
public sealed class LeadIntake(IntakeTransaction transaction)
{
    // A tenant has one transaction at a time, which takes all that has gathered meanwhile; some tenants have theirs at once. A database silent for so long is away.
    private static readonly GroupCommitLimits Limits = new(Most: 128, Writers: 4, Deadline: TimeSpan.FromSeconds(20));

    private readonly GroupCommit<Intake, bool> _commits = new(transaction.WriteAsync, Limits, intake => intake.Event.TenantId, IsOtherOrder);

    /// <summary>Does all of what an event comes to, and ends the event; or nothing of it.</summary>
    /// <returns>False when somebody else has the event by now: then nothing was changed.</returns>
    public Task<bool> TakeInAsync(Intake intake) => _commits.AddAsync(intake);

    // An order or another row comes once in a transaction: its next event waits for the next one.
    private static bool IsOtherOrder(IReadOnlyList<Intake> chosen, Intake next) => chosen.All(intake => intake.Event.ExternalId != next.Event.ExternalId);
}

using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>Where events end: those of one tenant that are ready at the same time share one transaction.</summary>
public sealed class LeadIntake(IntakeTransaction transaction)
{
    // Several at once, because several tenants may have work; a database that is silent for so long is away.
    private static readonly GroupCommitLimits Limits = new(Most: 128, Writers: 4, Deadline: TimeSpan.FromSeconds(20));

    private readonly GroupCommit<Intake, bool> _commits = new(transaction.WriteAsync, Limits, MayShare);

    /// <summary>Does all of what an event comes to, and ends the event; or nothing of it.</summary>
    /// <returns>False when somebody else has the event by now: then nothing was changed.</returns>
    public Task<bool> TakeInAsync(Intake intake) => _commits.AddAsync(intake);

    // A transaction has one tenant, and an order comes once in it: its next event waits for the next one.
    private static bool MayShare(IReadOnlyList<Intake> chosen, Intake next) =>
        chosen[0].Event.TenantId == next.Event.TenantId && chosen.All(intake => intake.Event.ExternalId != next.Event.ExternalId);
}

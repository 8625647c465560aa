using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>An event to be kept.</summary>
/// <param name="Fault">Null, or why it is dead on arrival.</param>
public sealed record NewInboxEvent(
    Guid TenantId, string Provider, string DedupeKey, string? DeliveryId, string Topic, string Operation, string? ExternalId, string Payload, string? Fault)
{
    /// <summary>The trace of the delivery: many are written together, so it is taken down with the event.</summary>
    public string? TraceParent { get; init; } = Telemetry.CurrentTraceParent;

    /// <summary>webhook, or poll.</summary>
    public string Origin { get; init; } = "webhook";

    internal Guid Id { get; } = Guid.CreateVersion7();
}

/// <summary>How events come in: the webhook's hot path. Deliveries that come at the same time become durable in one commit.</summary>
public sealed class InboxArrivals(InboxStore inbox)
{
    // A sender is told within its patience when the database is silent.
    private static readonly GroupCommitLimits Limits = new(Most: 128, Writers: 1, Deadline: TimeSpan.FromSeconds(5));

    private readonly GroupCommit<NewInboxEvent, bool> _commits = new(inbox.AddAsync, Limits);

    /// <summary>Keeps an event durably, once.</summary>
    /// <returns>False when it was there already.</returns>
    public Task<bool> AddAsync(NewInboxEvent inboxEvent, CancellationToken cancel) => _commits.AddAsync(inboxEvent).WaitAsync(cancel);

    /// <summary>Does all of <see cref="AddAsync"/> and takes it back.</summary>
    internal Task RehearseAsync(NewInboxEvent inboxEvent, CancellationToken cancel) => inbox.RehearseAsync([inboxEvent], cancel);
}

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
public sealed class InboxArrivals
{
    // A sender is told within its patience when the database is silent.
    private static readonly GroupCommitLimits Limits = new(Most: 128, Writers: 1, Deadline: TimeSpan.FromSeconds(5)) { Gather = TimeSpan.FromMilliseconds(3), Enough = 16 };

    private readonly InboxStore _inbox;
    private readonly InboxHand _hand;
    private readonly RightOfWay _rightOfWay;
    private readonly GroupCommit<NewInboxEvent, bool> _commits;

    /// <summary>What is stored goes to <paramref name="hand"/> while that has room; <paramref name="rightOfWay"/> hears of every commit, so that other work gives way in a flood.</summary>
    public InboxArrivals(InboxStore inbox, InboxHand hand, RightOfWay rightOfWay)
    {
        (_inbox, _hand, _rightOfWay) = (inbox, hand, rightOfWay);
        _commits = new GroupCommit<NewInboxEvent, bool>(WriteAsync, Limits);
    }

    /// <summary>Keeps an event durably, once.</summary>
    /// <returns>False when it was there already.</returns>
    public Task<bool> AddAsync(NewInboxEvent inboxEvent, CancellationToken cancel) => _commits.AddAsync(inboxEvent).WaitAsync(cancel);

    /// <summary>Does all of <see cref="AddAsync"/> and takes it back.</summary>
    internal Task RehearseAsync(NewInboxEvent inboxEvent, CancellationToken cancel) => _inbox.RehearseAsync([inboxEvent], cancel);

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<NewInboxEvent> events, CancellationToken cancel)
    {
        _rightOfWay.Stored(events.Count);
        if (!_hand.HasRoom)
        {
            return await _inbox.AddAsync(events, isOurs: false, cancel);
        }

        IReadOnlyList<InboxEvent> ours = [.. events.Where(inboxEvent => inboxEvent.Fault is null).Select(_inbox.Claimed)];
        try
        {
            var isNew = await _inbox.AddAsync(events, isOurs: true, cancel);
            ours = [.. events.Where((inboxEvent, index) => isNew[index] && inboxEvent.Fault is null).Select(_inbox.Claimed)];
            if (!_hand.Add(ours))
            {
                await _inbox.PutBackAsync(ours, cancel);
            }

            return isNew;
        }
        catch
        {
            _hand.Doubt(ours);
            throw;
        }
    }
}

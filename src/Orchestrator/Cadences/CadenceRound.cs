using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>Every five seconds: plans what follows touch points that ended otherwise than by being sent, and what a process that died had not planned.</summary>
/// <remarks>Done by every process: a step is planned once in the life of its lead, whoever comes first.</remarks>
public sealed partial class CadenceRound(LeadDatabase database, TouchPointStore touchPoints, CadenceBook cadences, ILogger<CadenceRound> logger) : BackgroundService
{
    private const int PageSize = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => RoundFailed(logger, exception), stoppingToken);

    /// <summary>One look at everything that ended and is not followed.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var after = (TenantId: Guid.Empty, Id: Guid.Empty);
        IReadOnlyList<(Guid TenantId, Guid Id)> page;
        do
        {
            page = await touchPoints.ToFollowAsync(after, PageSize, cancel);
            after = page is [.., var last] ? last : after;
            foreach (var tenant in page.GroupBy(touch => touch.TenantId, touch => touch.Id))
            {
                try
                {
                    await FollowAsync(tenant.Key, [.. tenant], cancel);
                }
                catch (Exception exception) when (!cancel.IsCancellationRequested)
                {
                    Failed(logger, exception, tenant.Key);
                }
            }
        }
        while (page.Count == PageSize);
    }

    private async Task FollowAsync(Guid tenantId, Guid[] ids, CancellationToken cancel)
    {
        var ended = await GreetByEmailAsync(tenantId, await touchPoints.ReadEndedAsync(tenantId, ids, cancel), cancel);
        List<(Guid After, NewTouchPoint Next)> plans = [];
        foreach (var touch in ended.Where(touch => FollowUps.GoesOn(touch.Status, touch.Reason)))
        {
            if (await cadences.AfterAsync(tenantId, touch.CadenceId, new EndedStep(touch.LeadId, touch.Step, touch.ArrivedAt, touch.EndedAt, touch.Timezone, touch.TraceParent)) is { } next)
            {
                plans.Add((touch.Id, next));
            }
        }

        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(tenantId);
        TouchPointStore.AddFollowed(batch, [.. ended.Select(touch => (touch.Id, touch.Status))]);
        TouchPointStore.AddLeadLocks(batch, [.. plans.Select(plan => plan.Next.LeadId)]);
        touchPoints.AddPlans(batch, plans);
        await batch.ExecuteAsync(cancel);
    }

    // A greeting that no text could be is followed when it has been an email.
    private async Task<IReadOnlyList<EndedTouch>> GreetByEmailAsync(Guid tenantId, IReadOnlyList<EndedTouch> ended, CancellationToken cancel)
    {
        var mute = ended.Where(touch => touch is { Step: Cadence.Greeting, Status: "failed" } && TwilioErrors.OfTheNumber.Contains(touch.Reason)).Select(touch => touch.LeadId).ToArray();
        if (mute.Length == 0)
        {
            return ended;
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var greeted = await touchPoints.GreetByEmailAsync(transaction, mute, cancel);
        await transaction.CommitAsync(cancel);
        return [.. ended.Where(touch => !greeted.Contains(touch.Id))];
    }

    [LoggerMessage(3020, LogLevel.Error, "What follows ended touch points could not be looked for; the next round tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3021, LogLevel.Error, "The next steps of leads of tenant {TenantId} could not be planned; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception, Guid tenantId);
}

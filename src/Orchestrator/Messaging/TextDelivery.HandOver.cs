using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>From here on a text may be out: the hand-over, and its way back when no call has begun.</summary>
public sealed partial class TextDelivery
{
    // One round trip and one commit for all of them: hand-overs, attempts, the codes of their links, and what does not go out.
    private async Task<HashSet<Guid>> HandOverAsync(List<Allowed> allowed, List<TouchPointChange> held, List<(TouchPointClaim Claim, DateTimeOffset At)> slots)
    {
        var handedOver = new HashSet<Guid>();
        if (allowed.Count + held.Count == 0)
        {
            return handedOver;
        }

        await using (var batch = await TenantBatch.OpenAsync(database, CancellationToken.None))
        {
            var sends = allowed.ToLookup(text => text.HandedOver.Claim.TenantId);
            var others = held.ToLookup(change => change.Claim.TenantId);
            var tenants = sends.Select(group => group.Key).Union(others.Select(group => group.Key)).Order().ToList();
            foreach (var tenant in tenants)
            {
                batch.Enter(tenant);
                if (sends.Contains(tenant))
                {
                    touchPoints.AddHandOver(batch, [.. sends[tenant].Select(text => text.HandedOver.Claim)]);
                    attempts.AddBegin(batch, [.. sends[tenant].Select(text => text.Attempt)]);
                }

                if (others.Contains(tenant))
                {
                    TouchPointStore.AddChanges(batch, [.. others[tenant]]);
                    TouchPointStore.AddSlots(batch, [.. slots.Where(slot => slot.Claim.TenantId == tenant)]);
                }
            }

            await using var reader = await batch.ReadAsync(CancellationToken.None);
            do
            {
                // The tenants' own results are texts; the ids are those that were handed over.
                while (await reader.ReadAsync() && reader.GetFieldType(0) == typeof(Guid))
                {
                    handedOver.Add(reader.GetGuid(0));
                }
            }
            while (await reader.NextResultAsync());
        }

        if (handedOver.Count > 0)
        {
            Failpoint.Reach(Failpoint.AttemptCommitted);
        }

        return handedOver;
    }

    // An attempt that nobody heard of would count for ever as a text that may have gone out.
    private async Task TakeBackAsync(IReadOnlyList<TouchPointClaim> claims)
    {
        await using var batch = await TenantBatch.OpenAsync(database, CancellationToken.None);
        foreach (var tenant in claims.GroupBy(claim => claim.TenantId).OrderBy(group => group.Key))
        {
            batch.Enter(tenant.Key);
            TouchPointStore.AddLock(batch, [.. tenant]);
            attempts.AddTakeBack(batch, [.. tenant]);
            TouchPointStore.AddTakeBack(batch, [.. tenant]);
        }

        await batch.ExecuteAsync(CancellationToken.None);
    }
}

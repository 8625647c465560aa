using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>How fast a sender goes: what has no place now waits, before it is handed over.</summary>
public sealed partial class TextDelivery
{
    private async Task<List<Allowed>> PaceAsync(List<Allowed> allowed, List<TouchPointChange> held, List<(TouchPointClaim Claim, DateTimeOffset At)> slots)
    {
        var may = new List<Allowed>(allowed.Count);
        foreach (var tenant in allowed.GroupBy(text => text.HandedOver.Claim.TenantId))
        {
            var throttle = health.Of(tenant.Key);
            var wanted = new List<Allowed>();
            foreach (var text in tenant)
            {
                if (throttle.Reason is { } reason && (throttle.HoldsAll ? wanted.Count > 0 || !health.MayProbe(tenant.Key) : !text.HandedOver.Touch.IsFirst))
                {
                    Hold(text, reason, SenderHealth.WhileThrottled, held);
                }
                else
                {
                    wanted.Add(text);
                }
            }

            var paced = tenant.First().Account is { Pace: null, DailySegments: null } || wanted.Count == 0
                ? wanted
                : await PaceAsync(tenant.Key, tenant.First().Account, wanted, throttle.IsSlow, held, slots);
            // The probe is taken by the text that goes out now: one that waits for its place would leave the quarter of an hour without any.
            if (throttle is { HoldsAll: true, Reason: { } all } && paced.Count > 0 && !health.TakesProbe(tenant.Key))
            {
                paced.ForEach(text => Hold(text, all, SenderHealth.WhileThrottled, held));
                paced = [];
            }

            may.AddRange(paced);
        }

        return may;
    }

    private async Task<List<Allowed>> PaceAsync(
        Guid tenantId, TwilioAccount account, List<Allowed> texts, bool isSlow, List<TouchPointChange> held, List<(TouchPointClaim Claim, DateTimeOffset At)> slots)
    {
        var (decisions, now) = await paces.TakeAsync(tenantId, account, [.. texts.Select(text => Paced(text, isSlow))], CancellationToken.None);
        var may = new List<Allowed>(texts.Count);
        foreach (var (text, decision) in texts.Zip(decisions))
        {
            if (decision.WaitUntil is not { } until)
            {
                may.Add(text);
                continue;
            }

            Hold(text, decision.Reason!, until - now, held);
            if (decision.IsSlot)
            {
                slots.Add((text.HandedOver.Claim, until));
            }
        }

        return may;
    }

    private static PacedText Paced(Allowed text, bool isSlow)
    {
        var touch = text.HandedOver.Touch;
        return new PacedText(TextSize.Of(text.Text.Body).Segments, touch.IsFirst, touch.SlotAt) { IsTalk = touch.IsTalk, IsSlow = isSlow && !touch.IsFirst };
    }

    private void Hold(Allowed text, string reason, TimeSpan time, List<TouchPointChange> held)
    {
        var now = clock.GetUtcNow();
        if (text.HandedOver.Touch is { IsOnlyForNow: true, RepliesToAt: { } asked } && asked + Gate.ReplyWindow < now + time)
        {
            // Its place comes when it answers nothing any more: staff see it now and not then.
            held.Add(new TouchPointChange(text.HandedOver.Claim, "needs_review", reason, null, null, now));
            Measures.Text("needs_review", reason);
            return;
        }

        held.Add(new TouchPointChange(text.HandedOver.Claim, "scheduled", reason, null, now + time, now));
        Measures.Text("waiting", reason);
    }
}

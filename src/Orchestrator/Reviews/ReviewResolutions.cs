using System.Text.Json;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Reviews;

/// <summary>What came of a decision.</summary>
public abstract record ResolutionResult
{
    /// <summary>It counts; also when the same was decided before.</summary>
    public sealed record Done(ReviewItem Item) : ResolutionResult;

    /// <summary>Something else was decided before, or it was settled without a person.</summary>
    public sealed record DecidedOtherwise(ReviewItem Item) : ResolutionResult;

    /// <summary>What it is about is of no use any more: the appointment is cancelled, moved or has begun, the lead has no number any more, or the vendor has told meanwhile.</summary>
    public sealed record NoUse : ResolutionResult;

    /// <summary>Such an item is not decided in that way.</summary>
    public sealed record NoSuchAction(IReadOnlyList<string> Actions) : ResolutionResult;

    /// <summary>The person has said no in other, clear words: those are not staff's to undo.</summary>
    public sealed record StillStands : ResolutionResult;

    /// <summary>It is for a platform administrator.</summary>
    public sealed record NotTheirs : ResolutionResult;

    /// <summary>There is none.</summary>
    public sealed record NotFound : ResolutionResult;
}

/// <summary>Who decides.</summary>
public sealed record Decider(Guid TenantId, Guid UserId, bool IsPlatformAdmin);

/// <summary>Carries out what a person decided: the decision, its effect and its audit are one transaction.</summary>
public sealed class ReviewResolutions(
    LeadDatabase database, ReviewItemStore reviews, TouchPointStore touchPoints, ContactStore contacts, LeadStore leads, EmailOptOut optOut, EmailAddressStore addresses, HoldStore holds, HoldReleases releases, AuditStore audit,
    TouchPointSignal texts, EmailSignal emails)
{
    private const string SendAgain = "send_again";
    private const string MarkSent = "mark_sent";
    private const string Cancel = "cancel";
    private const string ConfirmOptOut = "confirm_opt_out";
    private const string UndoOptOut = "undo_opt_out";
    private const string Release = "release";
    private const string Dismiss = "dismiss";

    /// <summary>What may be decided about such an item.</summary>
    public static IReadOnlyList<string> ActionsOf(string kind) => kind switch
    {
        ReviewKinds.TouchPoint => [SendAgain, MarkSent, Cancel],
        ReviewKinds.DoubtfulOptOut => [ConfirmOptOut, UndoOptOut],
        ReviewKinds.Restore => [Release],
        _ => [Dismiss],
    };

    /// <summary>Decides. The same decision twice changes nothing.</summary>
    public async Task<ResolutionResult> ResolveAsync(Decider who, Guid id, string action, string? note, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(who);
        await using var transaction = await database.BeginAsync(who.TenantId, cancel);
        if (await reviews.LockAsync(transaction, id, cancel) is not { } item)
        {
            return new ResolutionResult.NotFound();
        }

        if (!ActionsOf(item.Kind).Contains(action))
        {
            return new ResolutionResult.NoSuchAction(ActionsOf(item.Kind));
        }

        if (item.ResolvedAt is not null)
        {
            return item.Action == action ? new ResolutionResult.Done(item) : new ResolutionResult.DecidedOtherwise(item);
        }

        if (item.Kind == ReviewKinds.Restore)
        {
            return who.IsPlatformAdmin ? await ReleaseAsync(transaction, who, item, note, cancel) : new ResolutionResult.NotTheirs();
        }

        // First the item: what its touch point's trigger finds open would count as settled without a person.
        await reviews.ResolveAsync(transaction, id, action, note, who.UserId, cancel);
        if (!await ActAsync(transaction, item, action, who.UserId, cancel))
        {
            return action == UndoOptOut ? new ResolutionResult.StillStands() : new ResolutionResult.NoUse();
        }

        await audit.AddAsync(transaction, who.UserId, $"review_{action}", $"review item {id}", cancel);
        await transaction.CommitAsync(cancel);
        texts.Wake();
        emails.Wake();
        return await DoneAsync(who.TenantId, id, cancel);
    }

    /// <returns>False: it cannot be done.</returns>
    private async Task<bool> ActAsync(TenantTransaction transaction, ReviewItem item, string action, Guid actorId, CancellationToken cancel)
    {
        switch (action, item)
        {
            case (SendAgain, { TouchPointId: { } touch }):
                return await touchPoints.SendAgainAsync(transaction, touch, cancel);
            case (MarkSent, { TouchPointId: { } touch }):
                if (await touchPoints.MarkSentAsync(transaction, touch, cancel) is { } leadId)
                {
                    await leads.MarkContactedAsync(transaction, leadId, cancel);
                }

                return true;
            case (Cancel, { TouchPointId: { } touch }):
                await touchPoints.CancelOneAsync(transaction, touch, cancel);
                return true;
            case (ConfirmOptOut, _):
                await ConfirmAsync(transaction, item, Evidence(item, actorId, "A member of staff read the words and took them for an opt-out"), cancel);
                return true;
            case (UndoOptOut, _):
                return await UndoAsync(transaction, item, Evidence(item, actorId, "A member of staff read the words: they were no opt-out"), cancel);
            default:
                return true;
        }
    }

    private async Task ConfirmAsync(TenantTransaction transaction, ReviewItem item, ConsentEvidence evidence, CancellationToken cancel)
    {
        foreach (var contactId in await ContactsAsync(transaction, item, cancel))
        {
            await contacts.OptOutAsync(transaction, contactId, evidence, cancel);
        }
    }

    // A clear no that was said as well stays. Another doubtful one keeps the number silent until somebody has read it, too.
    private async Task<bool> UndoAsync(TenantTransaction transaction, ReviewItem item, ConsentEvidence evidence, CancellationToken cancel)
    {
        var said = ConsentEventOf(item);
        foreach (var contactId in await ContactsAsync(transaction, item, cancel))
        {
            await ContactStore.LockAsync(transaction, contactId, cancel);
            var others = await ReviewItemStore.StandingAsync(transaction, contactId, said, cancel);
            if (others.Contains(false))
            {
                return false;
            }

            if (others.Count == 0)
            {
                await contacts.TakeBackAsync(transaction, contactId, item.LeadId, evidence, cancel);
            }
        }

        // Words of an email have ended its addresses as well.
        foreach (var email in said is { } entry ? await addresses.EndedWithAsync(transaction, entry, cancel) : [])
        {
            await addresses.LockAsync(transaction, email, cancel);
            var others = await ReviewItemStore.StandingAtAddressAsync(transaction, email, said, cancel);
            if (others.Contains(false))
            {
                return false;
            }

            if (others.Count == 0)
            {
                await optOut.UndoAsync(transaction, email, item.LeadId, evidence, cancel);
            }
        }

        return true;
    }

    // Those that the words ended: the lead may have another number by now, and a stranger has no lead.
    private async Task<IReadOnlyList<Guid>> ContactsAsync(TenantTransaction transaction, ReviewItem item, CancellationToken cancel) =>
        ConsentEventOf(item) is { } said ? await ContactStore.EndedWithAsync(transaction, said, cancel)
        : item.LeadId is { } leadId && await leads.ContactOfAsync(transaction, leadId, cancel) is { } contactId ? [contactId] : [];

    private static ConsentEvidence Evidence(ReviewItem item, Guid actorId, string wording) => new("console", $"review item {item.Id} by {actorId}", wording);

    private static Guid? ConsentEventOf(ReviewItem item) =>
        JsonSerializer.Deserialize<JsonElement>(item.Evidence).TryGetProperty("consentEventId", out var id) && id.TryGetGuid(out var said) ? said : null;

    // Of two causes this ends its own: the other one has evidence of its own, which somebody reads as well.
    private async Task<ResolutionResult> ReleaseAsync(TenantTransaction transaction, Decider who, ReviewItem item, string? note, CancellationToken cancel)
    {
        await reviews.ResolveAsync(transaction, item.Id, Release, note, who.UserId, cancel);
        var scope = item.Reason == RestoreHolds.UnknownText ? "tenant" : "all";
        var held = (await holds.ListAsync(who.TenantId, true, scope, null, null, Staff.Paging.Most, cancel)).FirstOrDefault(hold => hold.Cause == item.Reason);
        await (held is null ? transaction.CommitAsync(cancel) : releases.ReleaseAsync(transaction, held, who.UserId, cancel));
        return await DoneAsync(who.TenantId, item.Id, cancel);
    }

    private async Task<ResolutionResult> DoneAsync(Guid tenantId, Guid id, CancellationToken cancel) => new ResolutionResult.Done((await reviews.FindAsync(tenantId, id, cancel))!);
}

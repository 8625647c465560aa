using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Coverage;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>Leads, contacts, evidence of consent, first touch points and the ends of their events, in one transaction; a round trip for each table, not for each lead.</summary>
public sealed partial class IntakeTransaction(
    LeadDatabase database, LeadStore leads, ContactStore contacts, EmailAddressStore addresses, PersonStore people, TouchPointStore touchPoints, InboxStore inbox,
    CrmChanges changes, CadenceBook cadences, TouchPointSignal signal, EmailSignal emailSignal, ActivityStore activity, TimeProvider clock, ILogger<IntakeTransaction> logger)
{
    private const string Source = "shopmonkey";

    /// <summary>An order older than this is taken in and never greeted: a first sync must not text last year's customers.</summary>
    public static readonly TimeSpan GreetedUntil = TimeSpan.FromDays(1);

    /// <summary>Writes all of it, or nothing. The intakes are of one tenant, and no two of one order.</summary>
    /// <returns>For each: true; one alone whose event somebody else has by now: false.</returns>
    /// <exception cref="LostLeaseException">Somebody else has one of the events by now: each is to be written by itself.</exception>
    public async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Intake> intakes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intakes);
        await using var transaction = await database.BeginAsync(intakes[0].Event.TenantId, cancel);
        List<InboxEnding> endings = [.. intakes.OfType<Intake.Nothing>().Select(nothing => new InboxEnding(nothing.Event, "ignored", nothing.Reason))];
        if (endings.Count < intakes.Count)
        {
            await leads.LockAsync(
                transaction, Source, intakes.SelectMany(CrmChanges.LocksOf), intakes.OfType<Intake.Lead>().SelectMany(intake => PersonKey.Of(intake.New)), cancel);
        }

        var known = await changes.KnownAsync(transaction, intakes, cancel);
        var customers = await changes.CustomersAsync(transaction, intakes, known, cancel);
        var alive = await AliveAsync(transaction, [.. intakes.OfType<Intake.Lead>()], endings, cancel);
        // All contacts before any lead: that is the order in which an opt-out locks them.
        var numbers = await contacts.EnsureAsync(
            transaction, alive.Select(intake => intake.New.Phone.E164).Concat(customers.Select(customer => customer.Facts!.Phone.E164)).OfType<string>(), cancel);
        numbers = await contacts.HeedCrmAsync(transaction, numbers, CrmChanges.WordsOf(alive, customers), cancel);
        await HeedEmailWordsAsync(transaction, CrmChanges.EmailWordsOf(alive, customers), cancel);
        var (taken, isDue) = await TakeInAsync(transaction, alive, numbers, known, cancel);
        isDue |= await LetGoAsync(transaction, [.. intakes.OfType<Intake.NoLead>()], endings, cancel);
        isDue |= await changes.ApplyAsync(transaction, [.. intakes.OfType<Intake.Row>()], known, customers, numbers, endings, cancel);
        if (await inbox.FinishAsync(transaction, endings, cancel) < intakes.Count)
        {
            return intakes.Count == 1 ? [false] : throw new LostLeaseException();
        }

        // Last: all transactions of a shop write this one row, and wait for each other from here on.
        await activity.NoteAsync(transaction, [.. intakes.Select(Heard).OfType<ShopHeard>()], cancel);
        await transaction.CommitAsync(cancel);
        Failpoint.Reach(Failpoint.LeadCommitted);
        Tell(transaction.TenantId, endings, taken, isDue);
        return [.. intakes.Select(_ => true)];
    }

    // Each change is a line of the ledger, as it is with numbers.
    private async Task HeedEmailWordsAsync(TenantTransaction transaction, IEnumerable<EmailWord> words, CancellationToken cancel) =>
        await contacts.AddEventsAsync(transaction, [.. (await addresses.HeedCrmAsync(transaction, words, cancel)).Select(changed => new ConsentEntry(
            null, changed.AddressId, null, changed.SaysNo ? "opted_out" : "opted_in",
            new ConsentEvidence("crm", $"shopmonkey customer {changed.CustomerId}", changed.SaysNo ? "The CRM has a no to emails for this address" : "The CRM has no such no any more")))], cancel);

    private async Task<List<Intake.Lead>> AliveAsync(
        TenantTransaction transaction, IReadOnlyList<Intake.Lead> all, List<InboxEnding> endings, CancellationToken cancel)
    {
        if (all.Count == 0)
        {
            return [];
        }

        var buried = await leads.BuriedAsync(transaction, Source, [.. all.Select(intake => intake.New)], cancel);
        endings.AddRange(all.Select(intake => buried.Contains(intake.New.ExternalId)
            ? new InboxEnding(intake.Event, "ignored", "overtaken_by_a_newer_event")
            : new InboxEnding(intake.Event, "done", null)));
        return [.. all.Where(intake => !buried.Contains(intake.New.ExternalId))];
    }

    private async Task<(IReadOnlyList<TakenIn> Taken, bool IsDue)> TakeInAsync(
        TenantTransaction transaction, List<Intake.Lead> alive, IReadOnlyDictionary<string, Contact> numbers, KnownRows known, CancellationToken cancel)
    {
        if (alive.Count == 0)
        {
            return ([], false);
        }

        var (taken, told) = await ArriveAsync(transaction, [.. alive.Select(intake => new Arrival(intake.New, intake.Event.TraceParent)
        {
            Evidence = [("inquiry", new ConsentEvidence("crm", $"shopmonkey order {intake.New.ExternalId}", "Quote request in the shop's CRM"), null)],
            Silence = known.IsBooked(intake.New.ExternalId) ? CrmChanges.Booked : null,
        })], numbers, cancel);
        var booked = taken.Select(one => one.New.ExternalId).Where(known.IsBooked).ToArray();
        if (booked.Length > 0)
        {
            await changes.EndOthersAsync(transaction, [.. (await leads.BookAsync(transaction, booked, cancel)).Values.Where(lead => lead.IsNews).Select(lead => lead.Id)], cancel);
        }

        return (taken, await changes.FollowAsync(transaction, told, numbers, cancel));
    }

    private async Task<bool> LetGoAsync(TenantTransaction transaction, IReadOnlyList<Intake.NoLead> all, List<InboxEnding> endings, CancellationToken cancel)
    {
        if (all.Count == 0)
        {
            return false;
        }

        List<LostOrder> orders = [.. all.Select(intake => intake.Order)];
        var lost = await leads.LetGoAsync(transaction, Source, orders, cancel);
        await leads.BuryAsync(transaction, Source, orders, cancel);
        await touchPoints.CancelAsync(
            transaction, [.. all.Where(intake => lost.ContainsKey(intake.Order.ExternalId)).Select(intake => (lost[intake.Order.ExternalId], intake.Reason))], cancel);
        endings.AddRange(all.Select(intake => new InboxEnding(intake.Event, lost.ContainsKey(intake.Order.ExternalId) ? "done" : "ignored", intake.Reason)));
        // Who bought needs no greeting, as whichever lead.
        return await touchPoints.ReviveAsync(transaction, [.. orders.Where(order => order.End != "won" && lost.ContainsKey(order.ExternalId)).Select(order => lost[order.ExternalId])], cancel);
    }

    private static ShopHeard? Heard(Intake intake) => intake switch
    {
        Intake.Lead lead => new ShopHeard(lead.New.LocationId, lead.Event.Origin == "poll", lead.Event.ReceivedAt),
        Intake.NoLead { LocationId: { } location } => new ShopHeard(location, intake.Event.Origin == "poll", intake.Event.ReceivedAt),
        _ => null,
    };

    // A touch that will never be is planned all the same, as suppressed: there is a reason for every silence.
    private NewTouchPoint Greeting(Guid leadId, Arrival arrival, Contact? contact, Guid? greetedBefore, Cadence cadence)
    {
        var lead = arrival.New;
        var now = clock.GetUtcNow();
        var due = now;
        var step = cadence.Steps[0];
        // Whom no text can reach is written to by email, when there is one.
        var unreachable = EndedEmail.WhyByEmail(lead.Phone.Type) ?? (contact?.WrongNumberAt is null ? null : Silence.WrongNumber);
        var isByEmail = unreachable is not null && EmailAddress.Read(lead.Email) is not null;
        var silence = lead switch
        {
            _ when now - (arrival.AskedAt ?? lead.ExternalCreatedAt) > GreetedUntil => lead.Source == Source ? "order_too_old" : "lead_too_old",
            _ when arrival.Silence is not null => arrival.Silence,
            _ when unreachable is not null && !isByEmail => unreachable,
            _ when (contact is null ? lead.SaidNoAtTheShop : contact.CrmOptOutAt is not null) => "crm_opt_out",
            _ when lead.HasSaidNoElsewhere || contact is { IsCustomersNo: true } => "opted_out",
            _ when greetedBefore is not null => "same_person_already_greeted",
            _ => null,
        };
        var legal = silence is null && !isByEmail ? FirstLegalHour(lead, due) : due;
        return new NewTouchPoint(
            leadId, isByEmail ? step with { Channel = "email" } : step, legal, silence,
            isByEmail ? unreachable : legal > due ? Gate.OutsideLegalHours : null, arrival.TraceParent, silence == "same_person_already_greeted" ? greetedBefore : null)
        {
            CadenceId = cadence.Id, Variant = step.VariantFor(leadId).Name, IsLast = cadence.Steps.Count == 1,
        };
    }

    // At night it is planned for the morning at once; the gate would only put it off, and asks again when the hour has come. Where no hour is legal, the gate parks it.
    private static DateTimeOffset FirstLegalHour(NewLead lead, DateTimeOffset due)
    {
        var places = LegalHours.PlacesOf(lead.Timezone, lead.Phone.E164!, lead.AddressState);
        return places is null ? due : LegalHours.WindowAtOrAfter(Instant.FromDateTimeOffset(due), places)?.Start.ToDateTimeOffset() ?? due;
    }

    private void Tell(Guid tenantId, IReadOnlyList<InboxEnding> endings, IReadOnlyList<TakenIn> taken, bool isDue)
    {
        if (isDue)
        {
            signal.Wake();
        }

        Tell(tenantId, taken);
        foreach (var ending in endings)
        {
            Measures.InboxProcessed(ending.Status);
        }
    }

    [LoggerMessage(2020, LogLevel.Information, "Took in lead {LeadId} of tenant {TenantId}")]
    private static partial void TookIn(ILogger logger, Guid leadId, Guid tenantId);
}

/// <summary>Another process has one of the events by now; which one, nobody asked.</summary>
public sealed class LostLeaseException() : Exception("A lease on an event was lost");

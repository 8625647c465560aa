using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead that comes in by any door, with what that door knows beside it.</summary>
public sealed record Arrival(NewLead New, string? TraceParent)
{
    /// <summary>For the ledger: kind, evidence, and when it was given (null = now).</summary>
    public IReadOnlyList<(string Kind, ConsentEvidence Evidence, DateTimeOffset? At)> Evidence { get; init; } = [];

    /// <summary>The door's own reason not to greet; null = it has none.</summary>
    public string? Silence { get; init; }

    /// <summary>When the person last asked to be written to, when that is not when the lead was made.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}

/// <summary>A new lead, whose it is, and what is planned for it.</summary>
public sealed record TakenIn(Guid LeadId, NewLead New, PersonJoin Person, NewTouchPoint Greeting);

/// <summary>A lead that was there, and whose order was told again.</summary>
public sealed record ToldAgain(NewLead New, LeadBefore Before, WrittenLead After);

/// <summary>What came of arrivals.</summary>
/// <param name="Known">Those that were there, and that a newer version of their order was written to.</param>
internal sealed record Arrived(IReadOnlyList<TakenIn> New, IReadOnlyList<ToldAgain> Known);

/// <summary>What all doors have in common: leads, contacts, people, evidence and greetings, a round trip for each table and not for each lead.</summary>
public sealed partial class IntakeTransaction
{
    /// <summary>Takes leads in. Their ids and their keys are locked (<see cref="LeadStore.LockAsync"/>), and no two are of one id.</summary>
    /// <returns>Those that are new; a lead that was there keeps what was planned for it.</returns>
    public async Task<IReadOnlyList<TakenIn>> ArriveAsync(TenantTransaction transaction, IReadOnlyList<Arrival> arrivals, CancellationToken cancel) =>
        (await ArriveAsync(transaction, arrivals, await NumbersAsync(transaction, arrivals, cancel), cancel)).New;

    // Their numbers are ensured, and locked, already.
    private Task<Arrived> ArriveAsync(
        TenantTransaction transaction, IReadOnlyList<Arrival> arrivals, IReadOnlyDictionary<string, Contact> numbers, CancellationToken cancel) =>
        ArriveAsync(transaction, arrivals, numbers, new KnownPeople(), isRehearsal: false, cancel);

    /// <summary>The same, or what would come of it.</summary>
    /// <param name="known">Who is known already; it learns of these.</param>
    /// <param name="isRehearsal">The transaction will be rolled back: nothing is written that points at what an earlier rehearsal has rolled back.</param>
    internal async Task<IReadOnlyList<TakenIn>> ArriveAsync(
        TenantTransaction transaction, IReadOnlyList<Arrival> arrivals, KnownPeople known, bool isRehearsal, CancellationToken cancel) =>
        (await ArriveAsync(transaction, arrivals, await NumbersAsync(transaction, arrivals, cancel), known, isRehearsal, cancel)).New;

    private Task<IReadOnlyDictionary<string, Contact>> NumbersAsync(TenantTransaction transaction, IReadOnlyList<Arrival> arrivals, CancellationToken cancel) =>
        contacts.EnsureAsync(transaction, arrivals.Select(arrival => arrival.New.Phone.E164).OfType<string>(), cancel);

    private async Task<Arrived> ArriveAsync(
        TenantTransaction transaction, IReadOnlyList<Arrival> arrivals, IReadOnlyDictionary<string, Contact> numbers, KnownPeople known, bool isRehearsal, CancellationToken cancel)
    {
        var there = await leads.ThereAsync(transaction, [.. arrivals.Select(arrival => arrival.New)], cancel);
        var (old, young) = (arrivals.Where(IsThere).ToList(), await WithTheirNosAsync(transaction, [.. arrivals.Where(arrival => !IsThere(arrival))], cancel));
        known.Add(await people.KnownAsync(transaction, young.SelectMany(arrival => PersonKey.Of(arrival.New)), cancel));
        var active = await cadences.ActiveAsync(transaction, cancel);
        List<TakenIn> taken = [.. young.Select(arrival => Decide(Guid.CreateVersion7(), arrival, numbers, known, active))];
        List<PersonJoin> joins = isRehearsal ? [] : [.. taken.Select(one => one.Person)];
        await people.MakeAsync(transaction, joins, cancel);
        var written = await leads.UpsertAsync(
            transaction,
            [
                .. old.Select(arrival => (arrival.New, Guid.CreateVersion7(), (Guid?)null)),
                .. taken.Select(one => (one.New, one.LeadId, isRehearsal ? (Guid?)null : one.Person.PersonId)),
            ], numbers, cancel);
        if (!isRehearsal)
        {
            await people.NoteMatchesAsync(transaction, joins, cancel);
            await touchPoints.PlanAsync(transaction, [.. taken.Select(one => one.Greeting)], cancel);
            await AddEvidenceAsync(transaction, young, taken, numbers, cancel);
        }

        return new Arrived(taken, old.Count == 0 ? [] : [.. old.Join(written, arrival => KeyOf(arrival.New), lead => (lead.Source, lead.ExternalId),
            (arrival, lead) => new ToldAgain(arrival.New, there[KeyOf(arrival.New)], lead))]);

        bool IsThere(Arrival arrival) => there.ContainsKey(KeyOf(arrival.New));

        static (string Source, string ExternalId) KeyOf(NewLead lead) => (lead.Source, lead.ExternalId);
    }

    // A no is the person's and not the number's: who asks anew with another number has said it all the same, unless the request brings a younger consent.
    private async Task<List<Arrival>> WithTheirNosAsync(TenantTransaction transaction, List<Arrival> young, CancellationToken cancel)
    {
        var said = young.Count == 0 ? [] : (await ContactStore.SaidNoElsewhereAsync(
            transaction, [.. young.Select(arrival => (arrival.New.Phone.E164, EmailAddress.Read(arrival.New.Email), arrival.New.ExternalCustomerId))], cancel)).ToDictionary(no => no.Place, no => no.At);
        var now = clock.GetUtcNow();
        return [.. young.Select((arrival, place) => said.TryGetValue(place, out var at) && !arrival.Evidence.Any(evidence => evidence.Kind == "opted_in" && (evidence.At ?? now) > at)
            ? arrival with { New = arrival.New with { HasSaidNoElsewhere = true } } : arrival)];
    }

    /// <summary>Adds to the ledger that a lead that is there agreed, once however often it is told. It belongs to the number that both tell, else to the address.</summary>
    /// <param name="told">What came with the consent; its phone or its email is the lead's.</param>
    /// <param name="at">When it was given; null = now.</param>
    public async Task AgreeAsync(
        TenantTransaction transaction, EarlierLead lead, NewLead told, ConsentEvidence evidence, DateTimeOffset? at, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(lead);
        ArgumentNullException.ThrowIfNull(told);
        Guid? contact = told.Phone.E164 is { } phone && phone == lead.Phone ? (await contacts.EnsureAsync(transaction, phone, cancel)).Id : null;
        Guid? address = contact is null && EmailAddress.Read(lead.Email) is { } email ? (await addresses.EnsureAsync(transaction, [email], cancel))[email] : null;
        var entry = new ConsentEntry(contact, address, lead.Id, "opted_in", evidence, at);
        if (!await leads.HasAgreedAsync(transaction, entry, cancel))
        {
            await contacts.AddEventsAsync(transaction, [entry], cancel);
        }
    }

    /// <summary>After the commit: wakes who sends, counts, logs.</summary>
    internal void Tell(Guid tenantId, IReadOnlyList<TakenIn> taken)
    {
        var now = clock.GetUtcNow();
        var due = taken.Select(one => one.Greeting).Where(greeting => greeting.Silence is null && greeting.DueAt <= now).ToLookup(greeting => greeting.Step.Channel);
        if (due.Contains("sms"))
        {
            signal.Wake();
        }

        if (due.Contains("email"))
        {
            emailSignal.Wake();
        }

        foreach (var one in taken)
        {
            Measures.LeadCreated(one.New.Source);
            TookIn(logger, one.LeadId, tenantId);
        }
    }

    private TakenIn Decide(Guid leadId, Arrival arrival, IReadOnlyDictionary<string, Contact> numbers, KnownPeople known, ActiveCadences active)
    {
        var lead = arrival.New;
        var person = known.Join(new Newcomer(leadId, lead.LocationId, lead.Source, [.. PersonKey.Of(lead)]));
        var greetedBefore = known.GreetedBefore(person.PersonId, lead.LocationId, lead.Source);
        var greeting = Greeting(leadId, arrival, lead.Phone.E164 is { } phone ? numbers[phone] : null, greetedBefore, active.For(lead.LocationId));
        if (greeting.Silence is null)
        {
            known.NoteGreeting(person.PersonId, lead.LocationId, leadId, lead.Source);
        }

        return new TakenIn(leadId, lead, person, greeting);
    }

    private async Task AddEvidenceAsync(
        TenantTransaction transaction, IReadOnlyList<Arrival> young, IReadOnlyList<TakenIn> taken, IReadOnlyDictionary<string, Contact> numbers, CancellationToken cancel)
    {
        // Evidence belongs to the number; without one, to the address.
        var emails = await addresses.EnsureAsync(
            transaction, young.Where(arrival => arrival.New.Phone.E164 is null && arrival.Evidence.Count > 0).Select(arrival => EmailAddress.Read(arrival.New.Email)).OfType<string>(), cancel);
        await contacts.AddEventsAsync(
            transaction,
            [.. young.Zip(taken).SelectMany(pair => pair.First.Evidence.Select(evidence => Entry(pair.Second, evidence))).OfType<ConsentEntry>()],
            cancel);

        ConsentEntry? Entry(TakenIn one, (string Kind, ConsentEvidence Evidence, DateTimeOffset? At) evidence) => one.New.Phone.E164 is { } phone
            ? new ConsentEntry(numbers[phone].Id, null, one.LeadId, evidence.Kind, evidence.Evidence, evidence.At)
            : EmailAddress.Read(one.New.Email) is { } email ? new ConsentEntry(null, emails[email], one.LeadId, evidence.Kind, evidence.Evidence, evidence.At) : null;
    }
}

using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What the CRM tells of customers, cars, appointments and services, inside the transaction of an intake.</summary>
public sealed class CrmChanges(
    LeadStore leads, ContactStore contacts, TouchPointStore touchPoints, CrmVersionStore versions, CatalogSync catalog, CalendarChanges calendar, TimeProvider clock)
{
    /// <summary>Why a lead is booked, in the CRM's own calendar.</summary>
    public const string Booked = "appointment_booked";

    /// <summary>Why nothing more is sent to a lead whose customer is gone from the CRM.</summary>
    public const string CustomerDeleted = "customer_deleted";

    // A row that is read again and again in an older version than one that was told: then what is read is the truth.
    private const int PatientFor = 3;

    /// <summary>The locks that an intake needs: its order or row, and the rows that it was made of.</summary>
    public static IEnumerable<string> LocksOf(Intake intake) => intake switch
    {
        Intake.Lead { New: var lead } => new[] { lead.ExternalId, KeyOf("customer", lead.ExternalCustomerId), KeyOf("vehicle", lead.ExternalVehicleId) }.OfType<string>(),
        Intake.NoLead { Event.ExternalId: var order } => [order],
        Intake.Appointment { Seen: var seen } booking => new[] { KeyOf(seen.Kind, seen.ExternalId), booking.OrderId, KeyOf("customer", booking.CustomerId) }.OfType<string>(),
        Intake.Row { Seen: var seen } => [KeyOf(seen.Kind, seen.ExternalId)!],
        _ => [],
    };

    /// <summary>What was known of the rows behind these intakes, under their locks.</summary>
    /// <exception cref="NotYetThereException">A lead was read from an older row than one that was told meanwhile; or a row says two things in one version.</exception>
    public async Task<KnownRows> KnownAsync(TenantTransaction transaction, IReadOnlyList<Intake> intakes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intakes);
        List<(string, string)> rows = [.. intakes.OfType<Intake.Row>().Select(row => (row.Seen.Kind, row.Seen.ExternalId))];
        List<Intake.Lead> orders = [.. intakes.OfType<Intake.Lead>()];
        rows.AddRange(orders.Where(order => order.New.ExternalCustomerId is not null).Select(order => ("customer", order.New.ExternalCustomerId!)));
        rows.AddRange(orders.Where(order => order.New.ExternalVehicleId is not null).Select(order => ("vehicle", order.New.ExternalVehicleId!)));
        var known = await versions.KnownAsync(transaction, [.. rows.Distinct()], [.. orders.Select(order => order.New.ExternalId)], cancel);
        if (orders.Exists(order => order.Event.Attempts < PatientFor && IsStale(order.New, known)))
        {
            throw new NotYetThereException("customer_changed_meanwhile");
        }

        return known;
    }

    /// <summary>The customers among these intakes that bring something new to a lead.</summary>
    public async Task<IReadOnlyList<Intake.Customer>> CustomersAsync(TenantTransaction transaction, IReadOnlyList<Intake> intakes, KnownRows known, CancellationToken cancel)
    {
        List<Intake.Customer> news = [.. intakes.OfType<Intake.Customer>().Where(customer => !customer.Seen.IsGone && IsNews(customer.Seen, known))];
        if (news.Count == 0)
        {
            return [];
        }

        var read = (await leads.CustomersWithLeadsAsync(transaction, [.. news.Select(customer => customer.Seen.ExternalId)], cancel)).ToLookup(lead => lead.CustomerId, lead => lead.Version);
        if (news.Exists(customer => !customer.Seen.IsConfirmed && read[customer.Seen.ExternalId].Any(version => CrmVersionStore.AreOfTwoKinds(version, customer.Seen.Version))))
        {
            throw new NotYetThereException("version_of_another_kind");
        }

        var withLeads = read.Select(customer => customer.Key).ToHashSet();
        withLeads.UnionWith(intakes.OfType<Intake.Lead>().Select(order => order.New.ExternalCustomerId).OfType<string>());
        List<Intake.Customer> wanted = [.. news.Where(customer => withLeads.Contains(customer.Seen.ExternalId))];
        // Its first lead came between the question and now.
        return wanted.TrueForAll(customer => customer.Facts is not null) ? wanted : throw new NotYetThereException("customer_not_read_yet");
    }

    /// <summary>What the CRM says of texts to the numbers behind these intakes.</summary>
    public static IEnumerable<CrmWord> WordsOf(IReadOnlyList<Intake.Lead> orders, IReadOnlyList<Intake.Customer> customers)
    {
        foreach (var order in orders.Select(intake => intake.New).Where(order => order is { Phone.E164: not null, ExternalCustomerId: not null, IsCustomerUnread: false }))
        {
            yield return new CrmWord(order.Phone.E164!, order.ExternalCustomerId!, order.ExternalCustomerVersion, order.SaidNoAtTheShop);
        }

        foreach (var customer in customers.Where(customer => customer.Facts!.Phone.E164 is not null))
        {
            yield return new CrmWord(customer.Facts!.Phone.E164!, customer.Seen.ExternalId, customer.Seen.Version, customer.Facts.SaidNoAtTheShop);
        }
    }

    /// <summary>What the CRM says of emails to the addresses behind these intakes.</summary>
    public static IEnumerable<EmailWord> EmailWordsOf(IReadOnlyList<Intake.Lead> orders, IReadOnlyList<Intake.Customer> customers)
    {
        foreach (var order in orders.Select(intake => intake.New))
        {
            if (order is { ExternalCustomerId: { } customer, IsCustomerUnread: false } && EmailAddress.Read(order.Email) is { } email)
            {
                yield return new EmailWord(email, customer, order.ExternalCustomerVersion, order.SaidNoToEmails);
            }
        }

        foreach (var customer in customers)
        {
            if (EmailAddress.Read(customer.Facts!.Email) is { } email)
            {
                yield return new EmailWord(email, customer.Seen.ExternalId, customer.Seen.Version, customer.Facts.SaidNoToEmails);
            }
        }
    }

    /// <summary>Brings the rows' news to leads and catalog, and notes how new they are.</summary>
    /// <param name="customers">From <see cref="CustomersAsync"/>; the contacts of their numbers are among <paramref name="people"/>.</param>
    /// <returns>Whether a text is due now that was not before.</returns>
    public async Task<bool> ApplyAsync(
        TenantTransaction transaction, IReadOnlyList<Intake.Row> rows, KnownRows known, IReadOnlyList<Intake.Customer> customers,
        IReadOnlyDictionary<string, Contact> people, List<InboxEnding> endings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(endings);
        if (rows.Count == 0)
        {
            return false;
        }

        List<Intake.Row> news = [.. rows.Where(row => IsNews(row.Seen, known))];
        HashSet<string> concerned = [];
        var isDue = await ChangeCustomersAsync(transaction, customers, people, concerned, cancel);
        isDue |= await EndCustomersAsync(transaction, [.. news.OfType<Intake.Customer>().Where(customer => customer.Seen.IsGone)], concerned, cancel);
        concerned.UnionWith(await leads.ChangeVehiclesAsync(
            transaction, [.. news.OfType<Intake.Vehicle>().Where(vehicle => vehicle.Text is { Length: > 0 })], cancel));
        var books = await BookAsync(transaction, [.. news.OfType<Intake.Appointment>()], cancel);
        foreach (var service in news.OfType<Intake.Service>())
        {
            await catalog.ApplyAsync(transaction.TenantId, service.Content, service.Seen.IsGone, cancel);
        }

        await versions.WriteAsync(transaction, [.. news.Select(row => (row.Seen, books.GetValueOrDefault(row.Seen.ExternalId)))], cancel);
        var (booked, released) = await MarkAsync(transaction, [.. news.OfType<Intake.Appointment>()], books, known, cancel);
        // After the leads: an appointment is locked after its lead, everywhere.
        await calendar.ApplyAsync(transaction, [.. news.OfType<Intake.Appointment>()], cancel);
        endings.AddRange(rows.Select(row => new InboxEnding(row.Event, EndOf(row), ReasonOf(row))));
        return isDue;

        string EndOf(Intake.Row row) => ReasonOf(row) is null ? "done" : "ignored";

        string? ReasonOf(Intake.Row row) => row switch
        {
            _ when !news.Contains(row) => "overtaken_by_a_newer_event",
            Intake.Service => null,
            Intake.Appointment => books.GetValueOrDefault(row.Seen.ExternalId) is { } order && booked.Contains(order)
                || known.Of(row.Seen.Kind, row.Seen.ExternalId)?.BooksOrder is { } was && released.Contains(was) ? null : "concerns_no_lead",
            _ => concerned.Contains(row.Seen.ExternalId) ? null : "concerns_no_lead",
        };
    }

    private async Task<bool> ChangeCustomersAsync(
        TenantTransaction transaction, IReadOnlyList<Intake.Customer> customers, IReadOnlyDictionary<string, Contact> people, HashSet<string> concerned, CancellationToken cancel)
    {
        if (customers.Count == 0)
        {
            return false;
        }

        var changed = await leads.ChangeCustomersAsync(transaction, customers, people, cancel);
        concerned.UnionWith(changed.Select(lead => lead.ExternalCustomerId));
        var byId = customers.ToDictionary(customer => customer.Seen.ExternalId);
        List<ConsentEntry> inquiries = [];
        List<Retarget> retargets = [];
        foreach (var lead in changed)
        {
            var facts = byId[lead.ExternalCustomerId].Facts!;
            retargets.Add(RetargetOf(lead, facts, facts.Phone.E164 is { } phone ? people[phone] : null));
            if (lead.ContactId is { } contact && lead.IsMoved)
            {
                inquiries.Add(new ConsentEntry(contact, null, lead.Id, "inquiry",
                    new ConsentEvidence("crm", $"shopmonkey customer {lead.ExternalCustomerId}", "Quote request in the shop's CRM, with another number since")));
            }
        }

        await contacts.AddEventsAsync(transaction, inquiries, cancel);
        return await RetargetAsync(transaction, retargets, cancel);
    }

    // Their leads stay; nobody writes to them any more. Who is also somebody's lead by another way is greeted there.
    private async Task<bool> EndCustomersAsync(TenantTransaction transaction, IReadOnlyList<Intake.Customer> gone, HashSet<string> concerned, CancellationToken cancel)
    {
        var theirs = await leads.OfCustomersAsync(transaction, [.. gone.Select(customer => customer.Seen.ExternalId)], cancel);
        concerned.UnionWith(theirs.Select(lead => lead.CustomerId));
        await leads.EndSequencesAsync(transaction, [.. theirs.Select(lead => lead.Id)], CustomerDeleted, cancel);
        await touchPoints.CancelAsync(transaction, [.. theirs.Select(lead => (lead.Id, CustomerDeleted))], cancel);
        return await touchPoints.ReviveAsync(transaction, [.. theirs.Select(lead => lead.Id)], cancel);
    }

    /// <summary>Leads whose orders were told again: what is planned for them follows their number, and goes on where it was when they are back in their columns.</summary>
    /// <returns>Whether a text is due now that was not before.</returns>
    public async Task<bool> FollowAsync(TenantTransaction transaction, IReadOnlyList<ToldAgain> told, IReadOnlyDictionary<string, Contact> people, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(people);
        if (told.Count == 0)
        {
            return false;
        }

        List<ConsentEntry> inquiries = [];
        List<Retarget> retargets = [];
        HashSet<Guid> back = [];
        foreach (var (lead, before, after) in told)
        {
            var isMoved = before.ContactId != after.ContactId;
            retargets.Add(RetargetOf(
                new ChangedLead(after.Id, lead.ExternalCustomerId ?? "", after.ContactId, lead.Timezone, after.ExternalCreatedAt, isMoved, after.IsOptedOut, after.IsOpen, before.HadWrongNumber),
                new CustomerFacts(lead.FirstName, lead.LastName, lead.Phone, lead.SaidNoAtTheShop, lead.Email, lead.AddressState),
                lead.Phone.E164 is { } phone ? people[phone] : null));
            if (isMoved && after.ContactId is { } contact)
            {
                inquiries.Add(new ConsentEntry(contact, null, after.Id, "inquiry",
                    new ConsentEvidence("crm", $"shopmonkey order {lead.ExternalId}", "Quote request in the shop's CRM, with another number since")));
            }

            if (before.HasLeft)
            {
                back.Add(after.Id);
            }
        }

        await contacts.AddEventsAsync(transaction, inquiries, cancel);
        var isDue = await touchPoints.ResumeAsync(transaction, [.. retargets.Where(lead => back.Contains(lead.LeadId))], cancel);
        return await RetargetAsync(transaction, retargets, cancel) || isDue;
    }

    private async Task<bool> RetargetAsync(TenantTransaction transaction, List<Retarget> retargets, CancellationToken cancel)
    {
        var isDue = await touchPoints.RetargetAsync(transaction, retargets, cancel);
        if (retargets.Where(lead => Silence.OfThePhone.Contains(lead.Silence)).Select(lead => lead.LeadId).ToArray() is { Length: > 0 } mute)
        {
            await contacts.RemindByEmailAsync(transaction, null, mute, null, cancel);
        }

        return isDue;
    }

    private Retarget RetargetOf(ChangedLead lead, CustomerFacts facts, Contact? contact)
    {
        var now = clock.GetUtcNow();
        var silence = Silence.Of(facts.Phone, contact is null ? facts.SaidNoAtTheShop : contact.CrmOptOutAt is not null, lead.IsOptedOut, contact?.WrongNumberAt is not null);
        var places = silence is null ? LegalHours.PlacesOf(lead.Timezone, facts.Phone.E164!, facts.State) : null;
        var due = places is null ? now : LegalHours.WindowAtOrAfter(Instant.FromDateTimeOffset(now), places)?.Start.ToDateTimeOffset() ?? now;
        var mayBegin = lead.IsOpen && now - lead.ExternalCreatedAt <= IntakeTransaction.GreetedUntil;
        return new Retarget(lead.Id, silence, lead.IsMoved, mayBegin, due > now ? due : now, due > now ? Gate.OutsideLegalHours : null)
        {
            HadWrongNumber = lead.HadWrongNumber,
        };
    }

    // By appointment: the order that it books. An order of which we know nothing yet is remembered until its lead comes.
    private async Task<Dictionary<string, string>> BookAsync(TenantTransaction transaction, List<Intake.Appointment> appointments, CancellationToken cancel)
    {
        List<Intake.Appointment> standing = [.. appointments.Where(appointment => appointment.Stands)];
        return standing.Count == 0 ? [] : (await leads.OrdersOfAppointmentsAsync(transaction, standing, cancel)).ToDictionary(found => found.Appointment, found => found.Order);
    }

    private async Task<(IReadOnlySet<string> Booked, IReadOnlySet<string> Released)> MarkAsync(
        TenantTransaction transaction, List<Intake.Appointment> news, Dictionary<string, string> books, KnownRows known, CancellationToken cancel)
    {
        var booked = await leads.BookAsync(transaction, [.. books.Values], cancel);
        await touchPoints.CancelAsync(transaction, [.. booked.Values.Select(lead => (lead.Id, Booked))], cancel);
        // A change of an appointment that stands says nothing of a request that came after it; nor does one of long ago that is told only now, unless its lead waited for it.
        var now = clock.GetUtcNow();
        var bookedNow = news.Where(appointment => books.TryGetValue(appointment.Seen.ExternalId, out var order) && booked.TryGetValue(order, out var lead)
                && (lead.IsNews || (!(appointment.StartsAt < now) && known.Of(appointment.Seen.Kind, appointment.Seen.ExternalId)?.BooksOrder != order)))
            .Select(appointment => booked[books[appointment.Seen.ExternalId]].Id).Distinct().ToArray();
        await EndOthersAsync(transaction, bookedNow, cancel);
        var before = news.Select(appointment => known.Of(appointment.Seen.Kind, appointment.Seen.ExternalId)?.BooksOrder).OfType<string>().Except(books.Values).ToArray();
        var released = before.Length == 0 ? [] : await leads.ReleaseAsync(transaction, before, cancel);
        return (booked.Keys.ToHashSet(), released.ToHashSet());
    }

    /// <summary>Who has an appointment to come is not chased for another request of theirs.</summary>
    public async Task EndOthersAsync(TenantTransaction transaction, Guid[] booked, CancellationToken cancel) =>
        await touchPoints.CancelStepsAsync(transaction, await leads.EndOthersAsync(transaction, booked, Booked, cancel), Booked, cancel);

    private static bool IsStale(NewLead lead, KnownRows known) =>
        known.Of("customer", lead.ExternalCustomerId) is { IsGone: false } customer && IsNewer(customer.Version, lead.ExternalCustomerVersion)
        || lead.ExternalVehicleVersion > 0 && known.Of("vehicle", lead.ExternalVehicleId) is { IsGone: false } vehicle && IsNewer(vehicle.Version, lead.ExternalVehicleVersion);

    // What an order was read with was read just now: a number beside a date says nothing against it.
    private static bool IsNewer(long version, long read) => version > read && !CrmVersionStore.AreOfTwoKinds(version, read);

    private static bool IsNews(RowVersion row, KnownRows rows) => rows.Of(row.Kind, row.ExternalId) switch
    {
        null => true,
        { IsGone: true } => false,
        _ when row.IsGone => true,
        var known when CrmVersionStore.AreOfTwoKinds(row.Version, known.Version) => row.IsConfirmed ? true : throw new NotYetThereException("version_of_another_kind"),
        var known when row.Version != known.Version => row.Version > known.Version,
        var known when row.Hash is null || known.ContentHash is null || row.Hash.AsSpan().SequenceEqual(known.ContentHash) => false,
        // Two things in one version: what the CRM has now decides.
        _ => row.IsConfirmed ? true : throw new NotYetThereException("same_version_other_content"),
    };

    private static string? KeyOf(string kind, string? externalId) => externalId is null ? null : $"{kind}/{externalId}";
}

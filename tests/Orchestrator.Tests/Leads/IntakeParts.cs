using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Coverage;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>An intake put together by hand, as each process has its own.</summary>
internal static class IntakeParts
{
    public static IntakeTransaction Transaction(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
    {
        var (leads, contacts, touchPoints) = (new LeadStore(database, clock), new ContactStore(clock), new TouchPointStore(database, clock, instance));
        var catalog = new CatalogSync(null!, new CatalogItemStore(database, clock), new LocationStore(database, clock), database);
        var news = new BookingNews(new MessageStore(database, new SessionStore(database, clock), new FrameStore(database, clock), clock));
        return new IntakeTransaction(
            database, leads, contacts, new EmailAddressStore(database, clock), new PersonStore(clock), touchPoints, new InboxStore(database, clock, instance),
            new CrmChanges(leads, contacts, touchPoints, new CrmVersionStore(clock), catalog,
                new CalendarChanges(new AppointmentStore(database, clock), new CrmAppointmentStore(clock), news, new ReviewItemStore(database, clock), new AppointmentSignal(), clock), clock),
            new CadenceBook(new CadenceStore(database, clock)), new TouchPointSignal(), new EmailSignal(), new ActivityStore(), clock,
            NullLogger<IntakeTransaction>.Instance);
    }
}

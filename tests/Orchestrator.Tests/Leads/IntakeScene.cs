using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A tenant with one shop, and the intake of events that a worker holds: what the CRM told, without asking it.</summary>
public abstract class IntakeScene : IAsyncLifetime
{
    private readonly ServiceInstance _instance = new(Guid.CreateVersion7(), "orchestrator");
    private int _number;

    protected Guid Tenant { get; } = Guid.CreateVersion7();

    protected Guid Location { get; } = Guid.CreateVersion7();

    protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.Parse(Shop.Monday10, null));

    protected TestDatabase Database { get; private set; } = null!;

    protected TouchPointStore TouchPoints => new(Database.Lead, Clock, _instance);

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        await Database.ExecuteAsync($"""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{Tenant}', 'acme', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
            VALUES ('{Tenant}', '{Location}', 'shop', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An intake as each process has its own.</summary>
    protected LeadIntake Intake() => new(IntakeParts.Transaction(Database.Lead, Clock, _instance), new RightOfWay());

    protected async Task<Intake> LeadAsync(string order, long version, string? customer = null, long customerVersion = 0, string? phone = "+15125550100", int attempts = 1, bool saidNo = false, string? email = null, bool saidNoToEmails = false) =>
        new Intake.Lead(await EventAsync("order", order, attempts), new NewLead
        {
            Source = "shopmonkey", ExternalId = order, ExternalVersion = version, ExternalCreatedAt = Clock.GetUtcNow(), LocationId = Location, Timezone = "America/Chicago",
            FirstName = "Ann", LastName = "Example", Phone = PhoneNumberReader.Read(phone, "Mobile"), SaidNoAtTheShop = saidNo, Email = email, SaidNoToEmails = saidNoToEmails, Vehicle = "", ServiceInterest = "", IsTest = false,
            ExternalCustomerId = customer, ExternalCustomerVersion = customerVersion,
        });

    protected async Task<Intake> NoLeadAsync(string order, long version, string reason, string? end) =>
        new Intake.NoLead(await EventAsync("order", order), new LostOrder(order, version, IsGone: reason == "order_deleted", end, reason), reason);

    protected async Task<Intake> CustomerAsync(string id, long version, string? phone, string firstName = "Ann", bool isConfirmed = false, bool saidNo = false, string type = "Mobile", string? email = null, bool saidNoToEmails = false)
    {
        var facts = new CustomerFacts(firstName, "Example", PhoneNumberReader.Read(phone, type), saidNo, email) { SaidNoToEmails = saidNoToEmails };
        return new Intake.Customer(await EventAsync("customer", id), Seen("customer", id, version, false, isConfirmed, facts.ToString()), facts);
    }

    protected async Task<Intake> GoneCustomerAsync(string id, long version) =>
        new Intake.Customer(await EventAsync("customer", id), Seen("customer", id, version, true, false, ""), null);

    protected async Task<Intake> AppointmentAsync(string id, long version, string? order, string? customer = null, bool stands = true, bool isGone = false, DateTimeOffset? startsAt = null) =>
        new Intake.Appointment(
            await EventAsync("appointment", id), Seen("appointment", id, version, isGone, false, $"{order}{customer}{stands}{startsAt}"), order, customer, startsAt, stands && !isGone);

    protected async Task<IReadOnlyDictionary<string, object?>> LeadOfAsync(string order) =>
        (await Database.RowsAsync("SELECT * FROM leads WHERE external_id = $1", order)).ShouldHaveSingleItem();

    protected async Task<IReadOnlyDictionary<string, object?>> GreetingOfAsync(string order) => (await Database.RowsAsync(
        "SELECT t.* FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = $1", order)).ShouldHaveSingleItem();

    protected Task<long> CountAsync(string rows) => Database.ScalarAsync<long>($"SELECT count(*) FROM {rows}");

    private static RowVersion Seen(string kind, string id, long version, bool isGone, bool isConfirmed, string content) =>
        new(kind, id, version, isGone, isConfirmed, System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)));

    // An event as its worker holds it.
    private async Task<InboxEvent> EventAsync(string topic, string externalId, int attempts = 1)
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, external_id, payload, status, attempts, claimed_by, lease_until, received_at)
            VALUES ($1, $2, 'shopmonkey', $3, $4, 'UPDATE', $5, '{}', 'processing', $6, $7, clock_timestamp() + interval '60 s', '2026-11-23Z')
            """, Tenant, id, $"key-{Interlocked.Increment(ref _number)}", topic, externalId, attempts, _instance.Id);
        return new InboxEvent(Tenant, id, topic, "UPDATE", externalId, "{}", attempts, null, Clock.GetUtcNow());
    }
}

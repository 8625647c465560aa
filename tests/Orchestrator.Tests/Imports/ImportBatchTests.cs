using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Imports;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using LeadOrchestrator.Orchestrator.Tests.Leads;

namespace LeadOrchestrator.Orchestrator.Tests.Imports;

/// <summary>Two processes and one import: whoever lost it changes nothing.</summary>
public sealed class ImportBatchTests : IAsyncLifetime
{
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly Guid _location = Guid.CreateVersion7();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse(Shop.Monday10, null));
    private readonly ServiceInstance _one = new(Guid.CreateVersion7(), "orchestrator");
    private readonly ServiceInstance _other = new(Guid.CreateVersion7(), "orchestrator");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync($"""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{_tenant}', 'acme', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ('{_tenant}', '{_location}', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            """);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Only_one_of_two_gets_an_import_until_its_lease_is_over()
    {
        await AddAsync();

        (await Store(_one).ClaimAsync(CancellationToken.None)).ShouldNotBeNull();
        (await Store(_other).ClaimAsync(CancellationToken.None)).ShouldBeNull();
        await ExpireAsync();
        (await Store(_other).ClaimAsync(CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_was_given_up_and_wakes_writes_neither_a_lead_nor_a_report()
    {
        await AddAsync();
        var import = (await Store(_one).ClaimAsync(CancellationToken.None))!;
        var rows = await Store(_one).WaitingAsync(import, 0, 10, CancellationToken.None);
        await ExpireAsync();
        await Store(_other).ClaimAsync(CancellationToken.None);

        await Should.ThrowAsync<LostImportException>(() => Batch(_one).RunAsync(import, rows, new ImportMemory(), CancellationToken.None));

        (await _database.ScalarAsync<long>("SELECT count(*) FROM leads")).ShouldBe(0);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM lead_import_rows WHERE status = 'waiting'")).ShouldBe(3);
    }

    [Fact]
    public async Task Rows_that_are_worked_on_again_after_a_crash_are_leads_once()
    {
        await AddAsync();
        var import = (await Store(_one).ClaimAsync(CancellationToken.None))!;
        var rows = await Store(_one).WaitingAsync(import, 0, 10, CancellationToken.None);
        await Batch(_one).RunAsync(import, rows, new ImportMemory(), CancellationToken.None);
        await ExpireAsync();
        var again = (await Store(_other).ClaimAsync(CancellationToken.None))!;

        (await Store(_other).WaitingAsync(again, 0, 10, CancellationToken.None)).ShouldBeEmpty();
        await Batch(_other).RunAsync(again, rows, new ImportMemory(), CancellationToken.None);

        (await _database.ScalarAsync<long>("SELECT count(*) FROM leads")).ShouldBe(3);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM lead_import_rows WHERE status = 'created'")).ShouldBe(3, "the first report stands");
    }

    [Fact]
    public async Task A_dry_run_that_is_taken_over_begins_anew()
    {
        await AddAsync(dryRun: true);
        var import = (await Store(_one).ClaimAsync(CancellationToken.None))!;
        await Batch(_one).RunAsync(import, await Store(_one).WaitingAsync(import, 0, 2, CancellationToken.None), new ImportMemory(), CancellationToken.None);
        await ExpireAsync();

        using var worker = new LeadImportWorker(Store(_other), Batch(_other), new ImportSignal(), new ClockWatch(TimeProvider.System, null!, null!), null!, NullLogger<LeadImportWorker>.Instance);
        (await worker.RunOnceAsync(CancellationToken.None)).ShouldBeTrue();

        (await _database.ScalarAsync<string>("SELECT status FROM lead_imports")).ShouldBe("done");
        (await _database.ScalarAsync<long>("SELECT count(*) FROM lead_import_rows WHERE status = 'created'")).ShouldBe(3);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM leads")).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_the_database_does_not_take_is_refused_alone()
    {
        await AddAsync();
        await _database.ExecuteAsync("ALTER TABLE leads ADD CONSTRAINT leads_test CHECK (first_name <> 'Bob')");

        using var worker = new LeadImportWorker(Store(_one), Batch(_one), new ImportSignal(), new ClockWatch(TimeProvider.System, null!, null!), null!, NullLogger<LeadImportWorker>.Instance);
        await worker.RunOnceAsync(CancellationToken.None);

        (await _database.ColumnAsync<string>("SELECT status || coalesce(' ' || reason, '') FROM lead_import_rows ORDER BY line"))
            .ShouldBe(["created import_does_not_greet", "rejected could_not_be_stored", "created import_does_not_greet"]);
    }

    private Task<Guid?> AddAsync(bool dryRun = false) => Store(_one).AddAsync(
        _tenant, _location, CsvFile.Read("Phone,First Name\n5125550100,Ann\n5125550101,Bob\n5125550102,Cat\n"u8.ToArray()), "leads.csv", dryRun, greet: false, Guid.CreateVersion7(), CancellationToken.None);

    private Task<int> ExpireAsync() => _database.ExecuteAsync("UPDATE lead_imports SET lease_until = clock_timestamp() - interval '1 s' WHERE status = 'running'");

    private LeadImportStore Store(ServiceInstance instance) => new(_database.Lead, _clock, instance);

    private ImportBatch Batch(ServiceInstance instance)
    {
        var database = _database.Lead;
        var (leads, contacts, addresses) = (new LeadStore(database, _clock), new ContactStore(_clock), new EmailAddressStore(database, _clock));
        var touchPoints = new TouchPointStore(database, _clock, instance);
        var intake = IntakeParts.Transaction(database, _clock, instance);
        return new ImportBatch(database, intake, leads, contacts, new EmailOptOut(addresses, contacts, touchPoints, leads), Store(instance), _clock);
    }
}

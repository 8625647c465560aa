using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>How deliveries become rows: this process's own while its worker has room, anybody's else.</summary>
public sealed class InboxArrivalsTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly ServiceInstance _instance = new(Guid.CreateVersion7(), "orchestrator");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-23T16:00:00Z", null));
    private readonly InboxHand _hand = new();
    private TestDatabase _database = null!;
    private InboxStore _inbox = null!;
    private InboxArrivals _arrivals = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync(
            "INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'acme', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')", _tenant);
        _inbox = new InboxStore(_database.Lead, _clock, _instance);
        _arrivals = new InboxArrivals(_inbox, _hand, new RightOfWay());
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Without_a_worker_a_delivery_waits_for_anybodys_claim()
    {
        (await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken)).ShouldBeTrue();

        (await RowAsync("a"))["status"].ShouldBe("received");
        (await Others().ClaimAsync(10, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task With_a_worker_a_delivery_is_stored_as_if_it_had_been_claimed_and_nobody_else_gets_it()
    {
        _hand.Open();

        (await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken)).ShouldBeTrue();

        var row = await RowAsync("a");
        row["status"].ShouldBe("processing");
        row["attempts"].ShouldBe(1);
        row["claimed_by"].ShouldBe(_instance.Id);
        var held = _hand.Take(10, 10).ShouldHaveSingleItem();
        held.Id.ShouldBe(row["id"]);
        (held.Topic, held.Operation, held.ExternalId, held.Payload, held.Attempts).ShouldBe(("order", "INSERT", "a", "{}", 1));
        (await Others().ClaimAsync(10, TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_in_hand_is_what_a_claim_and_a_read_would_have_given()
    {
        _hand.Open();
        await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken);
        var held = _hand.Take(10, 10).ShouldHaveSingleItem();

        var read = (await _inbox.ReadAsync(_tenant, [held.Id], TestContext.Current.CancellationToken)).ShouldHaveSingleItem();

        held.ShouldBe(read);
    }

    [Fact]
    public async Task A_duplicate_is_put_in_hand_once()
    {
        _hand.Open();

        (await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken)).ShouldBeFalse();

        _hand.Take(10, 10).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task One_that_is_dead_on_arrival_is_nobodys()
    {
        _hand.Open();

        await _arrivals.AddAsync(Event("a") with { Fault = "not_an_order" }, TestContext.Current.CancellationToken);

        var row = await RowAsync("a");
        (row["status"], row["reason"], row["claimed_by"]).ShouldBe(("dead", "not_an_order", null));
        _hand.Take(10, 10).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_stopping_process_puts_back_is_claimed_by_another_at_once_and_its_tries_begin_anew()
    {
        _hand.Open();
        await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken);

        await _inbox.PutBackAsync(_hand.Close(), TestContext.Current.CancellationToken);

        (await RowAsync("a"))["attempts"].ShouldBe(0);
        (await Others().ClaimAsync(10, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_another_process_has_by_now_is_not_put_back()
    {
        _hand.Open();
        await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken);
        var other = Guid.CreateVersion7();
        await _database.ExecuteAsync("UPDATE webhook_events SET claimed_by = $1", other);

        await _inbox.PutBackAsync(_hand.Close(), TestContext.Current.CancellationToken);

        (await RowAsync("a"))["claimed_by"].ShouldBe(other);
    }

    [Fact]
    public async Task What_a_process_held_that_died_is_claimed_when_its_lease_has_ended()
    {
        _hand.Open();
        await _arrivals.AddAsync(Event("a"), TestContext.Current.CancellationToken);
        await _database.ExecuteAsync("UPDATE webhook_events SET lease_until = lease_until - $1", Lease);

        (await Others().ClaimAsync(10, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        (await RowAsync("a"))["attempts"].ShouldBe(2);
    }

    [Fact]
    public async Task A_commit_that_failed_is_doubted_since_it_may_have_happened()
    {
        _hand.Open();

        await Should.ThrowAsync<Exception>(_arrivals.AddAsync(Event("a") with { TenantId = Guid.CreateVersion7() }, TestContext.Current.CancellationToken));

        _hand.TakeDoubtful().ShouldHaveSingleItem();
        _hand.Take(10, 10).ShouldBeEmpty();
    }

    private InboxStore Others() => new(_database.Lead, _clock, new ServiceInstance(Guid.CreateVersion7(), "orchestrator"));

    private NewInboxEvent Event(string order) => new(_tenant, "shopmonkey", $"key-{order}", "delivery", "order", "INSERT", order, "{}", null);

    private async Task<IReadOnlyDictionary<string, object?>> RowAsync(string order) =>
        (await _database.RowsAsync("SELECT * FROM webhook_events WHERE external_id = $1", order)).ShouldHaveSingleItem();
}

using LeadOrchestrator.Orchestrator.Coverage;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Many events of a tenant in one transaction: what one of them is must not change what becomes of the others.</summary>
public sealed class IntakeTransactionTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Monday10 = DateTimeOffset.Parse(Shop.Monday10, null);
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly Guid _location = Guid.CreateVersion7();
    private readonly ServiceInstance _instance = new(Guid.CreateVersion7(), "orchestrator");
    private readonly FakeTimeProvider _clock = new(Monday10);
    private TestDatabase _database = null!;
    private int _number;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync($"""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{_tenant}', 'acme', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
            VALUES ('{_tenant}', '{_location}', 'shop', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            """);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Many_leads_share_a_commit_and_each_has_its_greeting_and_its_evidence()
    {
        var intake = Intake();
        var all = await LeadsAsync(40);

        (await Task.WhenAll(all.Select(intake.TakeInAsync))).ShouldAllBe(isOurs => isOurs);

        (await CountAsync("leads")).ShouldBe(40);
        (await CountAsync("touch_points WHERE status = 'scheduled' AND reason IS NULL")).ShouldBe(40);
        (await CountAsync("consent_events WHERE kind = 'inquiry'")).ShouldBe(40);
        (await CountAsync("webhook_events WHERE status = 'done' AND lease_until IS NULL")).ShouldBe(40);
        (await _database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM leads")).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task A_row_that_the_database_does_not_take_fails_alone()
    {
        var intake = Intake();
        var all = await LeadsAsync(12);
        var poison = (Intake.Lead)all[5];
        all[5] = poison with { New = poison.New with { LocationId = Guid.CreateVersion7() } };

        var tasks = all.Select(intake.TakeInAsync).ToList();

        await Should.ThrowAsync<PostgresException>(tasks[5]);
        (await Task.WhenAll(tasks.Where((_, number) => number != 5))).ShouldAllBe(isOurs => isOurs);
        (await CountAsync("leads")).ShouldBe(11);
        (await CountAsync("webhook_events WHERE status = 'processing'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_order_that_comes_twice_at_once_is_one_lead_with_its_newest_version_and_one_greeting()
    {
        var intake = Intake();
        List<Intake> all = [.. await LeadsAsync(3), await LeadAsync("twice", 2, "New"), await LeadAsync("twice", 1, "Old"), await LeadAsync("twice", 3, "Newest")];

        await Task.WhenAll(all.Select(intake.TakeInAsync));

        (await _database.ScalarAsync<string>("SELECT first_name FROM leads WHERE external_id = 'twice'")).ShouldBe("Newest");
        (await CountAsync("touch_points")).ShouldBe(4);
        (await CountAsync("webhook_events WHERE status = 'done'")).ShouldBe(6);
    }

    [Fact]
    public async Task A_lead_and_its_end_at_once_leave_no_greeting_whichever_comes_first()
    {
        var intake = Intake();
        List<Intake> all = [await LeadAsync("a", 1), await GoneAsync("a", 5), await GoneAsync("b", 5), await LeadAsync("b", 1), .. await LeadsAsync(4)];

        await Task.WhenAll(all.Select(intake.TakeInAsync));

        (await CountAsync("touch_points WHERE status = 'scheduled'")).ShouldBe(4);
        (await _database.ScalarAsync<string>("SELECT status FROM leads WHERE external_id = 'a'")).ShouldBe("lost");
        (await CountAsync("leads WHERE external_id = 'b'")).ShouldBe(0);
        (await _database.ScalarAsync<string>("SELECT reason FROM touch_points WHERE status = 'cancelled'")).ShouldBe("order_deleted");
        (await CountAsync("webhook_events WHERE reason = 'overtaken_by_a_newer_event'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_commits_nothing_and_the_others_of_its_batch_do()
    {
        var intake = Intake();
        var all = await LeadsAsync(8);
        await _database.ExecuteAsync("UPDATE webhook_events SET claimed_by = $1, attempts = 2 WHERE id = $2", Guid.CreateVersion7(), all[3].Event.Id);

        var results = await Task.WhenAll(all.Select(intake.TakeInAsync));

        results.Count(isOurs => isOurs).ShouldBe(7);
        results[3].ShouldBeFalse();
        (await CountAsync($"leads WHERE external_id = '{all[3].Event.ExternalId}'")).ShouldBe(0);
        (await CountAsync($"webhook_events WHERE id = '{all[3].Event.Id}' AND status = 'processing'")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_processes_with_events_of_the_same_orders_greet_each_lead_once()
    {
        var orders = Enumerable.Range(0, 20).Select(number => $"shared-{number}").ToList();
        var (one, other) = (Intake(), Intake());
        List<Task<bool>> tasks = [];
        foreach (var order in orders)
        {
            tasks.Add(one.TakeInAsync(await LeadAsync(order, 1)));
        }

        foreach (var order in orders.AsEnumerable().Reverse())
        {
            tasks.Add(other.TakeInAsync(await LeadAsync(order, 2)));
        }

        (await Task.WhenAll(tasks)).ShouldAllBe(isOurs => isOurs);

        (await CountAsync("leads WHERE external_version = 2")).ShouldBe(20);
        (await CountAsync("touch_points")).ShouldBe(20);
    }

    [Fact]
    public async Task Who_said_stop_before_is_taken_in_and_not_greeted_and_who_shares_the_number_neither()
    {
        var intake = Intake();
        var first = (Intake.Lead)await LeadAsync("known", 1);
        await intake.TakeInAsync(first);
        await _database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z'");
        var phone = first.New.Phone;
        var (again, sibling, stranger) = ((Intake.Lead)await LeadAsync("again", 1), (Intake.Lead)await LeadAsync("sibling", 1), await LeadAsync("stranger", 1));

        await Task.WhenAll(new Intake[] { again with { New = again.New with { Phone = phone } }, sibling with { New = sibling.New with { Phone = phone } }, stranger }.Select(intake.TakeInAsync));

        (await _database.ColumnAsync<string>("SELECT l.external_id FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE t.reason = 'opted_out' ORDER BY 1")).ShouldBe(["again", "sibling"]);
        (await CountAsync("leads WHERE status = 'opted_out' AND consent = 'opted_out'")).ShouldBe(2);
        (await CountAsync("contacts")).ShouldBe(2);
    }

    [Fact]
    public async Task A_lead_that_comes_at_night_is_planned_for_the_morning_at_once()
    {
        _clock.SetUtcNow(DateTimeOffset.Parse("2026-11-24T04:00:00Z", null)); // 22:00 at the shop

        await Intake().TakeInAsync(await LeadAsync("night", 1));

        var touch = (await _database.RowsAsync("SELECT due_at, reason, status FROM touch_points"))[0];
        touch["status"].ShouldBe("scheduled");
        touch["reason"].ShouldBe("outside_legal_hours");
        touch["due_at"].ShouldBe(DateTime.Parse("2026-11-24T15:00:00Z", null, System.Globalization.DateTimeStyles.AdjustToUniversal));
    }

    [Fact]
    public async Task A_number_that_is_never_awake_together_with_the_shop_is_taken_in_and_left_to_the_gate()
    {
        var guam = (Intake.Lead)await LeadAsync("guam", 1);

        (await Intake().TakeInAsync(guam with { New = guam.New with { Phone = new Phone("+16715550123", PhoneTypes.Mobile) } })).ShouldBeTrue();

        (await CountAsync("touch_points WHERE status = 'scheduled'")).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_asks_twice_is_one_person_with_two_leads_also_within_one_commit()
    {
        var intake = Intake();
        var (first, again, other) = ((Intake.Lead)await LeadAsync("first", 1), (Intake.Lead)await LeadAsync("again", 1), await LeadAsync("other", 1));

        await Task.WhenAll(new[] { first, again with { New = again.New with { Phone = first.New.Phone } }, other }.Select(intake.TakeInAsync));

        (await CountAsync("people")).ShouldBe(2);
        (await CountAsync("leads WHERE person_id IS NULL")).ShouldBe(0);
        (await CountAsync("person_matches WHERE matched_by = 'phone'")).ShouldBe(1);
        // Order after order of the CRM is greeted each time.
        (await CountAsync("touch_points WHERE status = 'scheduled'")).ShouldBe(3);
    }

    [Fact]
    public async Task A_newer_version_of_a_known_order_asks_for_nobody()
    {
        var intake = Intake();
        await intake.TakeInAsync(await LeadAsync("known", 1));
        var before = await _database.ScalarAsync<Guid>("SELECT person_id FROM leads");

        await intake.TakeInAsync(await LeadAsync("known", 2, "Newer"));

        (await CountAsync("people")).ShouldBe(1);
        (await _database.ScalarAsync<Guid>("SELECT person_id FROM leads WHERE first_name = 'Newer'")).ShouldBe(before);
    }

    [Fact]
    public async Task Two_processes_with_leads_of_the_same_people_crosswise_make_each_person_once()
    {
        var phones = Enumerable.Range(0, 20).Select(number => new Phone($"+1512556{2000 + number}", PhoneTypes.Mobile)).ToList();
        var (one, other) = (Intake(), Intake());
        List<Task<bool>> tasks = [];
        foreach (var phone in phones)
        {
            tasks.Add(one.TakeInAsync(await OfAsync($"one-{phone.E164}", phone)));
        }

        foreach (var phone in phones.AsEnumerable().Reverse())
        {
            tasks.Add(other.TakeInAsync(await OfAsync($"other-{phone.E164}", phone)));
        }

        (await Task.WhenAll(tasks)).ShouldAllBe(isOurs => isOurs);

        (await CountAsync("people")).ShouldBe(20);
        (await CountAsync("person_matches")).ShouldBe(20);
    }

    private async Task<Intake> OfAsync(string order, Phone phone)
    {
        var lead = (Intake.Lead)await LeadAsync(order, 1);
        return lead with { New = lead.New with { Phone = phone } };
    }

    private LeadIntake Intake() => new(IntakeParts.Transaction(_database.Lead, _clock, _instance), new RightOfWay());

    private async Task<List<Intake>> LeadsAsync(int count)
    {
        List<Intake> all = [];
        while (all.Count < count)
        {
            all.Add(await LeadAsync($"order-{all.Count}", 1));
        }

        return all;
    }

    private async Task<Intake> LeadAsync(string order, long version, string firstName = "Ann") => new Intake.Lead(await EventAsync(order), new NewLead
    {
        Source = "shopmonkey", ExternalId = order, ExternalVersion = version, ExternalCreatedAt = _clock.GetUtcNow(), LocationId = _location, Timezone = "America/Chicago",
        FirstName = firstName, LastName = "Example", Phone = new Phone($"+1512555{1000 + _number}", PhoneTypes.Mobile), SaidNoAtTheShop = false,
        Email = null, Vehicle = "", ServiceInterest = "", IsTest = false,
    });

    private async Task<Intake> GoneAsync(string order, long version) =>
        new Intake.NoLead(await EventAsync(order), new LostOrder(order, version, IsGone: true, "lost", "order_deleted"), "order_deleted");

    // An event as its worker holds it.
    private async Task<InboxEvent> EventAsync(string order)
    {
        var id = Guid.CreateVersion7();
        await _database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, external_id, payload, status, attempts, claimed_by, lease_until, received_at)
            VALUES ($1, $2, 'shopmonkey', $3, 'order', 'UPDATE', $4, '{}', 'processing', 1, $5, clock_timestamp() + interval '60 s', '2026-11-23Z')
            """, _tenant, id, $"key-{_number++}", order, _instance.Id);
        return new InboxEvent(_tenant, id, "order", "UPDATE", order, "{}", 1, null, _clock.GetUtcNow());
    }

    private Task<long> CountAsync(string rows) => _database.ScalarAsync<long>($"SELECT count(*) FROM {rows}");
}

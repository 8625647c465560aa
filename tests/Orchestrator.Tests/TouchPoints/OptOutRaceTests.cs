using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>Sends that meet each other, or a STOP, at the same person: the row of the contact decides.</summary>
public sealed class OptOutRaceTests : IAsyncLifetime
{
    private const int Pairs = 300;
    private const int AtOnce = 20;

    private readonly QuietShop _shop = new();
    private WebApplication _app = null!;
    private Guid _tenant;

    public async ValueTask InitializeAsync()
    {
        await _shop.InitializeAsync();
        _app = await _shop.StartIdleAsync<TouchPointWorker>();
        _tenant = await _shop.TenantAsync();
        await _shop.Database.ExecuteAsync($"INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ('{_tenant}', '{_tenant}', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')");
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task No_text_starts_after_its_STOP_is_acknowledged()
    {
        using var wire = new Wire();
        using var http = new HttpClient(wire);
        var delivery = ActivatorUtilities.CreateInstance<TextDelivery>(_app.Services, new TwilioClient(http));
        var store = _app.Services.GetRequiredService<TouchPointStore>();
        var acknowledged = new ConcurrentDictionary<string, long>();
        await SeedAsync(people: Pairs, touches: Pairs);

        for (var round = 0; round < Pairs / AtOnce; round++)
        {
            var claims = await store.ClaimAsync(AtOnce, [], CancellationToken.None);
            var phones = await _shop.Database.ColumnAsync<string>(
                "SELECT c.phone FROM touch_points t JOIN leads l ON l.id = t.lead_id JOIN contacts c ON c.id = l.contact_id WHERE t.id = ANY($1)", claims.Select(claim => claim.Id).ToArray());
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var stops = phones.Select(phone => Task.Run(async () =>
            {
                var answer = await _shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");
                acknowledged[phone] = Stopwatch.GetTimestamp();
                answer.Delivery.Status.ShouldBe(200);
                first.TrySetResult();
            })).ToList();
            // In every other round the sends begin in the midst of the STOPs, else together with them.
            await (round % 2 == 0 ? Task.CompletedTask : first.Task);
            await delivery.StartAsync(claims, () => { });
            await Task.WhenAll(stops);
        }

        await Eventually.TrueAsync(async () => await CountAsync("sending") == 0, "every text to have ended");
        wire.Started.Where(send => send.Value > acknowledged[send.Key]).ShouldBeEmpty("these began after their STOP was acknowledged");
        acknowledged.Count.ShouldBe(Pairs);
        (await CountAsync("sent")).ShouldBe(wire.Started.Count);
        (await CountAsync("suppressed") + await CountAsync("sent")).ShouldBe(Pairs);
        wire.Started.Count.ShouldBeInRange(1, Pairs - 1, "both must have come first somewhere");
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE opted_out_at IS NOT NULL")).ShouldBe(Pairs);
    }

    [Theory]
    [InlineData(0.6, true)]
    [InlineData(20, false)]
    public async Task A_STOP_is_acknowledged_when_what_has_left_is_with_Twilio_and_waits_for_no_Twilio_that_hangs(double seconds, bool arrives)
    {
        await SeedAsync(people: 1, touches: 1);
        _shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = seconds });
        var delivery = _app.Services.GetRequiredService<TextDelivery>();
        await delivery.StartAsync(await _app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None), () => { });
        (await StatusAsync()).ShouldBe("handed_over");
        var phone = await _shop.Database.ScalarAsync<string>("SELECT address FROM message_attempts");

        var stopped = await _shop.Sandbox.Twilio.ReceiveAsync(phone!, "STOP").WaitAsync(TimeSpan.FromSeconds(10));

        stopped.Delivery.Status.ShouldBe(200);
        (await StatusAsync() != "handed_over").ShouldBe(arrives);
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE opted_out_at IS NOT NULL")).ShouldBe(1);

        Task<string?> StatusAsync() => _shop.Database.ScalarAsync<string>("SELECT status FROM message_attempts")!;
    }

    [Fact]
    public async Task Eight_senders_at_once_pass_no_cap()
    {
        using var wire = new Wire();
        using var http = new HttpClient(wire);
        var delivery = ActivatorUtilities.CreateInstance<TextDelivery>(_app.Services, new TwilioClient(http));
        await SeedAsync(people: 10, touches: 80);

        // A tenant gives at most half of what is asked for.
        var store = _app.Services.GetRequiredService<TouchPointStore>();
        TouchPointClaim[] claims = [.. await store.ClaimAsync(80, [], CancellationToken.None), .. await store.ClaimAsync(80, [], CancellationToken.None)];
        claims.Length.ShouldBe(80);
        await Task.WhenAll(claims.Chunk(10).Select(group => Task.Run(() => delivery.StartAsync(group, () => { }))));
        await Eventually.TrueAsync(async () => await CountAsync("sending") == 0, "every text to have ended");

        (await CountAsync("sent")).ShouldBe(30);
        (await _shop.Database.ColumnAsync<long>("SELECT count(*) FROM message_attempts GROUP BY address")).ShouldAllBe(texts => texts == 3);
        var waiting = await _shop.Database.RowsAsync("SELECT DISTINCT reason, date_trunc('hour', due_at) AS due_at, status FROM touch_points WHERE status <> 'sent'");
        var only = waiting.ShouldHaveSingleItem();
        (only["status"], only["reason"]).ShouldBe(("scheduled", "frequency_cap"));
        // A day and the carrier's hour later it is eleven, and legal.
        ((DateTime)only["due_at"]!).ShouldBe(new DateTime(2026, 11, 24, 17, 0, 0, DateTimeKind.Utc));
        (await _shop.Database.ColumnAsync<string>("SELECT DISTINCT rules_version FROM message_attempts")).ShouldBe([Orchestrator.Messaging.Rules.TextingRules.Current.Version]);
    }

    [Fact]
    public async Task What_is_planned_words_of_staff_and_an_answer_that_leave_at_once_pass_no_cap_of_a_state()
    {
        const string phone = "+13055551001";
        using var wire = new Wire();
        using var http = new HttpClient(wire);
        var delivery = ActivatorUtilities.CreateInstance<TextDelivery>(_app.Services, new TwilioClient(http));
        await SeedAsync(people: 1, touches: 3);
        await _shop.Database.ExecuteAsync("UPDATE contacts SET phone = $1", phone);
        await _shop.Database.ExecuteAsync("UPDATE leads SET phone = $1, timezone = 'America/New_York'", phone);
        await _shop.Database.ExecuteAsync("""
            UPDATE touch_points t SET step = n.step, content = 'It is ready.', replies_to_at = CASE WHEN n.step = 'reply-2' THEN '2026-11-23T15:59:00Z'::timestamptz END
            FROM leads l, (VALUES ('order-2', 'staff-1'), ('order-3', 'reply-2')) n (order_id, step) WHERE l.id = t.lead_id AND l.external_id = n.order_id
            """);
        await _shop.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT t.tenant_id, gen_random_uuid(), t.id, n + 10, 'sms', $1, '', 'accepted', '2026-11-23T15:00:00Z' FROM touch_points t, generate_series(1, 2) n WHERE t.step = 'greeting'
            """, phone);

        var claims = await _app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(20, [], CancellationToken.None);
        claims.Count.ShouldBe(3);
        await Task.WhenAll(claims.Select(claim => Task.Run(() => delivery.StartAsync([claim], () => { }))));
        await Eventually.TrueAsync(async () => await CountAsync("sending") == 0, "every text to have ended");

        (await CountAsync("sent")).ShouldBe(1, "Florida allows three a day, answers too");
        (await _shop.Database.ColumnAsync<string>("SELECT DISTINCT step || ' ' || status || ' ' || reason FROM touch_points WHERE status <> 'sent'"))
            .ShouldBeSubsetOf(["greeting scheduled frequency_cap", "staff-1 scheduled frequency_cap", "reply-2 needs_review frequency_cap"]);
    }

    [Fact]
    public async Task A_text_that_was_surely_not_sent_is_not_counted()
    {
        await SeedAsync(people: 1, touches: 1);
        await _shop.Database.ExecuteAsync($"""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT '{_tenant}', gen_random_uuid(), t.id, n + 10, 'sms', '+15125551001', '', CASE WHEN n % 2 = 0 THEN 'refused' ELSE 'not_sent' END, '2026-11-23T15:59:00Z'
            FROM touch_points t, generate_series(1, 6) n
            """);
        using var wire = new Wire();
        using var http = new HttpClient(wire);

        await ActivatorUtilities.CreateInstance<TextDelivery>(_app.Services, new TwilioClient(http))
            .StartAsync(await _app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None), () => { });

        await Eventually.TrueAsync(async () => await CountAsync("sent") == 1, "the text to go out");
    }

    [Fact]
    public async Task A_hand_over_whose_commit_was_not_heard_of_counts_as_no_text()
    {
        await SeedAsync(people: 1, touches: 1);
        var claims = await _app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None);
        // What the first try has committed, as far as the database knows; and once more it goes away.
        await _shop.Database.ExecuteAsync("UPDATE touch_points SET attempts = 1, handed_over_at = now()");
        await _shop.Database.ExecuteAsync($"""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT '{_tenant}', gen_random_uuid(), id, 1, 'sms', '+15125551001', 'x', 'handed_over', '2026-11-23T15:59:00Z' FROM touch_points
            """);
        await _shop.Database.ExecuteAsync("CREATE SEQUENCE tries");
        await _shop.Database.ExecuteAsync("GRANT ALL ON SEQUENCE tries TO PUBLIC");
        await _shop.Database.ExecuteAsync("""
            CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF nextval('tries') = 1 THEN RAISE 'away' USING ERRCODE = '57P01'; END IF; RETURN NEW; END $$
            """);
        await _shop.Database.ExecuteAsync("CREATE TRIGGER go_away BEFORE INSERT ON message_attempts FOR EACH ROW EXECUTE FUNCTION go_away()");
        using var wire = new Wire();
        using var http = new HttpClient(wire);

        await ActivatorUtilities.CreateInstance<TextDelivery>(_app.Services, new TwilioClient(http)).StartAsync(claims, () => { });

        await Eventually.TrueAsync(async () => await CountAsync("sent") == 1, "the text to go out");
        (await _shop.Database.ColumnAsync<string>("SELECT concat_ws(' ', number, status, error_code) FROM message_attempts ORDER BY number"))
            .ShouldBe(["1 not_sent hand_over_not_heard_of", "2 accepted"]);
    }

    [Fact]
    public async Task What_a_number_was_sent_is_found_by_its_index_also_while_the_table_is_young() =>
        string.Join('\n', await _shop.Database.ColumnAsync<string>("""
            EXPLAIN SELECT ARRAY(SELECT a.started_at FROM message_attempts a
                WHERE a.tenant_id = $1 AND a.address = c.phone AND a.channel = 'sms' AND a.started_at > $2 AND a.status NOT IN ('refused', 'not_sent'))
            FROM contacts c WHERE c.tenant_id = $1
            """, _tenant, DateTime.UnixEpoch)).ShouldContain("message_attempts_by_address");

    private async Task<long> CountAsync(string status) => await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status = $1", status);

    // Each touch is of a lead of its own; the leads are shared out among the people.
    private Task<int> SeedAsync(int people, int touches) => _shop.Database.ExecuteAsync($"""
        WITH people AS (
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
            SELECT '{_tenant}', md5('contact' || n)::uuid, '+1512555' || (1000 + n), '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {people}) n
        ), asked AS (
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, phone, phone_type, timezone, external_created_at, created_at, updated_at)
            SELECT '{_tenant}', md5('lead' || n)::uuid, '{_tenant}', md5('contact' || (n % {people} + 1))::uuid, 'api', 'order-' || n, 'new', '+1512555' || (1000 + n % {people} + 1), 'mobile',
                'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {touches}) n
        )
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        SELECT '{_tenant}', gen_random_uuid(), md5('lead' || n)::uuid, 'greeting', 'sms', 'scheduled', '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
        FROM generate_series(1, {touches}) n
        """);

    // Stands where the socket would be: notes when each text begins, and accepts it.
    private sealed class Wire : HttpMessageHandler
    {
        public ConcurrentDictionary<string, long> Started { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = new MemoryStream();
            await request.Content!.CopyToAsync(body, cancellationToken);
            var at = Stopwatch.GetTimestamp();
            var to = System.Web.HttpUtility.ParseQueryString(System.Text.Encoding.UTF8.GetString(body.ToArray()))["To"]!;
            Started[to] = at;
            return new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent($$"""{"sid":"SM{{Guid.CreateVersion7():N}}","status":"queued"}""") };
        }
    }
}

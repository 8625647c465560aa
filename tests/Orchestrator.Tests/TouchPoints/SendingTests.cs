using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>Many at once: a hundred with the vendor, each in a slot of its own, and whatever goes wrong with one goes wrong with that one.</summary>
public sealed class SendingTests : IAsyncLifetime
{
    private readonly QuietShop _shop = new();
    private GatedTwilio _twilio = null!;

    public async ValueTask InitializeAsync()
    {
        _twilio = await GatedTwilio.StartAsync();
        await _shop.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _twilio.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_hundred_are_with_Twilio_at_once_and_never_more()
    {
        _twilio.Shut();
        var app = await StartAsync();
        await SeedAsync(app, 230);

        await Eventually.TrueAsync(() => _twilio.InFlight == 100, "a hundred texts to be with Twilio");
        (await CountAsync("sending")).ShouldBe(100, "no more is claimed than has a slot");
        _twilio.Release();

        await EndedAsync("sent", 230);
        _twilio.Most.ShouldBe(100);
        _twilio.Texts.Distinct().Count().ShouldBe(230);
        _twilio.Texts.Count.ShouldBe(230);
    }

    [Fact]
    public async Task A_slow_text_holds_up_no_other()
    {
        _twilio.Shut();
        _twilio.Slow = Phone(7);
        var app = await StartAsync();
        await SeedAsync(app, 150);

        await EndedAsync("sent", 149);
        (await CountAsync("sending")).ShouldBe(1);
        _twilio.Release();

        await EndedAsync("sent", 150);
        _twilio.Texts.Count.ShouldBe(150);
    }

    [Fact]
    public async Task Two_processes_send_three_hundred_once_each()
    {
        var app = await StartAsync();
        await StartAsync();
        await SeedAsync(app, 300);

        await EndedAsync("sent", 300);
        _twilio.Texts.Count.ShouldBe(300);
        _twilio.Texts.Distinct().Count().ShouldBe(300);
    }

    [Fact]
    public async Task A_stop_takes_no_new_ones_and_waits_for_those_that_are_with_Twilio()
    {
        _twilio.Shut();
        var app = await StartAsync();
        await SeedAsync(app, 120);
        await Eventually.TrueAsync(() => _twilio.InFlight == 100, "a hundred texts to be with Twilio");

        var stop = _shop.StopAsync(app);
        await Eventually.TrueAsync(() => app.Lifetime.ApplicationStopping.IsCancellationRequested, "the stop to be asked for");
        stop.IsCompleted.ShouldBeFalse();
        _twilio.Release();
        await stop;

        (await CountAsync("sent")).ShouldBe(100);
        (await CountAsync("scheduled")).ShouldBe(20);
    }

    [Fact]
    public async Task What_Twilio_said_survives_a_database_that_is_away_for_a_while()
    {
        await using var wire = TcpSwitch.Before(_shop.Database);
        _twilio.Shut();
        var app = await StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(wire.Port)));
        await SeedAsync(app, 60);
        await Eventually.TrueAsync(() => _twilio.InFlight == 60, "all texts to be with Twilio");

        wire.Refuse();
        wire.Cut();
        _twilio.Release();
        await Eventually.TrueAsync(() => _twilio.InFlight == 0, "Twilio to have answered");
        wire.Restore();

        await EndedAsync("sent", 60);
        _twilio.Texts.Count.ShouldBe(60);
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE status = 'contacted' AND first_contacted_at IS NOT NULL")).ShouldBe(60);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_stored_keeps_back_none_of_the_others()
    {
        _twilio.Sid = to => to == Phone(3) ? "SM\0" : $"SM{to}"; // PostgreSQL takes no NUL
        var app = await StartAsync();
        await SeedAsync(app, 40);

        await EndedAsync("sent", 39);
        (await CountAsync("sending")).ShouldBe(1);
        _twilio.Texts.Count.ShouldBe(40);
    }

    [Fact]
    public async Task An_opt_out_between_claim_and_hand_over_suppresses_that_one_alone()
    {
        var app = await StartIdleAsync();
        var tenant = await SeedAsync(app, 20);
        var claims = await app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(20, [], CancellationToken.None);
        await _shop.Database.ExecuteAsync("UPDATE contacts SET opted_out_at = now() WHERE tenant_id = $1 AND phone = $2", tenant, Phone(5));

        await DeliverAsync(app, claims);

        await EndedAsync("sent", 19);
        (await _shop.Database.ColumnAsync<string>("SELECT reason FROM touch_points WHERE status = 'suppressed'")).ShouldBe(["opted_out"]);
        _twilio.Texts.ShouldNotContain(Phone(5));
    }

    [Fact]
    public async Task A_contact_that_somebody_holds_keeps_back_none_of_the_others()
    {
        var app = await StartIdleAsync();
        var tenant = await SeedAsync(app, 10);
        var claims = await app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(10, [], CancellationToken.None);
        await using (var connection = new NpgsqlConnection(_shop.Database.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"SELECT FROM contacts WHERE tenant_id = '{tenant}' AND phone = '{Phone(2)}' FOR UPDATE", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            await DeliverAsync(app, claims);
        }

        await EndedAsync("sent", 9);
        (await CountAsync("sending")).ShouldBe(1, "the lease gives it back");
        await _shop.Database.ExecuteAsync("UPDATE touch_points SET lease_until = clock_timestamp() WHERE status = 'sending'");
        var worker = app.Services.GetServices<IHostedService>().OfType<TouchPointWorker>().Single();
        await Eventually.TrueAsync(
            async () =>
            {
                await worker.RunOnceAsync(CancellationToken.None);
                return await CountAsync("sent") == 10;
            },
            "the rescued one to be sent");
        _twilio.Texts.Count.ShouldBe(10);
    }

    [Fact]
    public async Task The_contact_is_locked_until_the_text_has_left()
    {
        var app = await StartIdleAsync();
        var tenant = await SeedAsync(app, 1);
        var services = app.Services;
        var claims = await services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None);
        using var wire = new LockProbe(_shop.Database, tenant);
        using var http = new HttpClient(wire);
        var delivery = ActivatorUtilities.CreateInstance<TextDelivery>(services, new TwilioClient(http));

        await delivery.StartAsync(claims, () => { });

        await EndedAsync("sent", 1);
        wire.WasLockedBefore.ShouldBe(true, "an opt-out would have had to wait");
        await Eventually.TrueAsync(async () => !await wire.IsLockedAsync(), "the lock to be gone");
    }

    [Theory]
    [InlineData(429, "{}", "scheduled", "twilio_429")]
    [InlineData(400, """{"code":21211}""", "failed", "twilio_21211")]
    [InlineData(403, """{"code":20403}""", "needs_review", "twilio_20403")]
    [InlineData(401, "<html>", "needs_review", "twilio_401")]
    public async Task What_its_own_worker_knows_of_a_text_counts_although_the_rescue_was_quicker(int status, string answer, string state, string reason)
    {
        var app = await StartIdleAsync();
        await SeedAsync(app, 1);
        var claims = await app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None);
        using var http = new HttpClient(new RescuedMeanwhile(_shop.Database, (System.Net.HttpStatusCode)status, answer));

        await ActivatorUtilities.CreateInstance<TextDelivery>(app.Services, new TwilioClient(http)).StartAsync(claims, () => { });

        await EndedAsync(state, 1);
        (await _shop.Database.ColumnAsync<string>("SELECT reason FROM touch_points")).ShouldBe([reason]);
    }

    [Fact]
    public async Task A_text_does_not_leave_when_its_lock_was_lost_while_Twilio_was_being_reached()
    {
        var app = await StartIdleAsync();
        await SeedAsync(app, 1);
        var claims = await app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(1, [], CancellationToken.None);
        using var wire = new LockLost(_shop.Database);
        using var http = new HttpClient(wire);

        await ActivatorUtilities.CreateInstance<TextDelivery>(app.Services, new TwilioClient(http)).StartAsync(claims, () => { });

        await EndedAsync("scheduled", 1);
        (await _shop.Database.ColumnAsync<string>("SELECT status || ' ' || error_code FROM message_attempts")).ShouldBe(["not_sent process_was_frozen"]);
        wire.HasLeft.ShouldBeFalse();
    }

    private static string Phone(int number) => $"+1512555{1000 + number}";

    private Task<WebApplication> StartAsync(params (string Name, string? Value)[] changes) => _shop.StartAsync([("TWILIO_BASE_URL", _twilio.Url), .. changes]);

    private Task<WebApplication> StartIdleAsync() => _shop.StartIdleAsync<TouchPointWorker>(("TWILIO_BASE_URL", _twilio.Url));

    private async Task DeliverAsync(WebApplication app, IReadOnlyList<TouchPointClaim> claims)
    {
        var ended = 0;
        await app.Services.GetRequiredService<TextDelivery>().StartAsync(claims, () => Interlocked.Increment(ref ended));
        await Eventually.TrueAsync(() => ended == claims.Count, "every slot to be given back");
    }

    private Task<long> EndedAsync(string status, int count) => Eventually.ValueAsync(() => CountAsync(status), found => found == count, $"{count} touch points to be {status}");

    private async Task<long> CountAsync(string status) => await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status = $1", status);

    // In one statement, so that a worker finds none of them or all.
    private async Task<Guid> SeedAsync(WebApplication app, int count)
    {
        _ = app;
        var tenant = await _shop.Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug);
        await _shop.Database.ExecuteAsync($"""
            WITH shop AS (
                INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
                VALUES ('{tenant}', '{tenant}', 'Acme', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            ), people AS (
                INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
                SELECT '{tenant}', md5('contact' || n)::uuid, '+1512555' || (1000 + n), '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {count}) n
            ), asked AS (
                INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, phone, phone_type, timezone, external_created_at, created_at, updated_at)
                SELECT '{tenant}', md5('lead' || n)::uuid, '{tenant}', md5('contact' || n)::uuid, 'api', 'order-' || n, 'new', '+1512555' || (1000 + n), 'mobile',
                    'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {count}) n
            )
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT '{tenant}', gen_random_uuid(), md5('lead' || n)::uuid, 'greeting', 'sms', 'scheduled', '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
            FROM generate_series(1, {count}) n
            """);
        return tenant;
    }

    // Its process was silent for so long that the others took it for dead.
    private sealed class RescuedMeanwhile(TestDatabase database, System.Net.HttpStatusCode status, string answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            await database.ExecuteAsync("""
                UPDATE touch_points SET status = 'unknown', reason = 'worker_died_after_hand_over', claimed_by = NULL, lease_until = NULL WHERE status = 'sending'
                """);
            return new HttpResponseMessage(status) { Content = new StringContent(answer) };
        }
    }

    // The vendor's connection takes its time, and PostgreSQL forgets everybody meanwhile.
    private sealed class LockLost(TestDatabase database) : HttpMessageHandler
    {
        public bool HasLeft { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
            var since = System.Diagnostics.Stopwatch.StartNew();
            await Eventually.TrueAsync(() => since.Elapsed > TimeSpan.FromSeconds(0.5), "the connection to be there");
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            HasLeft = true;
            return new HttpResponseMessage(System.Net.HttpStatusCode.Created) { Content = new StringContent("""{"sid":"SM1","status":"queued"}""") };
        }
    }

    // Stands where the socket would be: looks at the contact's lock before it lets the body be written, and accepts.
    private sealed class LockProbe(TestDatabase database, Guid tenant) : HttpMessageHandler
    {
        public bool? WasLockedBefore { get; private set; }

        public async Task<bool> IsLockedAsync()
        {
            try
            {
                await database.ExecuteAsync("SELECT id FROM contacts WHERE tenant_id = $1 FOR UPDATE NOWAIT", tenant);
                return false;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                return true;
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            WasLockedBefore = await IsLockedAsync();
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            return new HttpResponseMessage(System.Net.HttpStatusCode.Created) { Content = new StringContent("""{"sid":"SM1","status":"queued"}""") };
        }
    }
}

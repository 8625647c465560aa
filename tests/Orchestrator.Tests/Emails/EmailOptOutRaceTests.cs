using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>Emails that meet a no of their reader, whichever way it comes: the rows of the address and of the contact decide.</summary>
public sealed class EmailOptOutRaceTests : IAsyncLifetime
{
    private const int Pairs = 120;

    // As many as the worker has: who says no waits for its email with a connection, and the hand-over takes another one.
    private const int AtOnce = 8;

    private readonly QuietShop _shop = new();
    private WebApplication _app = null!;
    private Guid _tenant;

    public async ValueTask InitializeAsync()
    {
        await _shop.InitializeAsync();
        _app = await _shop.StartIdleAsync<EmailWorker>();
        _tenant = await _shop.TenantAsync();
        await _shop.Database.ExecuteAsync($"""
            INSERT INTO locations (tenant_id, id, name, address, timezone, created_at, updated_at)
            VALUES ('{_tenant}', '{_tenant}', 'Acme', '100 Congress Ave, Austin, TX 78701', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            """);
        await SeedAsync();
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Theory]
    [InlineData("unsubscribe")]
    [InlineData("STOP")]
    [InlineData("spamreport")]
    public async Task No_email_starts_after_the_no_of_its_reader_is_acknowledged(string way)
    {
        using var wire = new Wire();
        using var guarded = new GuardedCall { InnerHandler = wire };
        using var http = new HttpClient(guarded);
        var delivery = ActivatorUtilities.CreateInstance<EmailDelivery>(_app.Services, new SendGridMailer(http, _app.Services.GetRequiredService<TimeProvider>()));
        var store = _app.Services.GetRequiredService<TouchPointStore>();
        var acknowledged = new ConcurrentDictionary<string, long>();

        for (var round = 0; round < Pairs / AtOnce; round++)
        {
            // A tenant gives at most half of what is asked for.
            var claims = await store.ClaimEmailsAsync(2 * AtOnce, CancellationToken.None);
            var numbers = await _shop.Database.ColumnAsync<string>(
                "SELECT l.external_id FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE t.id = ANY($1)", claims.Select(claim => claim.Id).ToArray());
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var nos = numbers.Select(number => Task.Run(async () =>
            {
                (await SayAsync(way, int.Parse(number!, null))).ShouldBeInRange(200, 299);
                acknowledged[$"a{number}@example.com"] = Stopwatch.GetTimestamp();
                first.TrySetResult();
            })).ToList();
            // In every other round the sends begin in the midst of the nos, else together with them.
            await (round % 2 == 0 ? Task.CompletedTask : first.Task);
            await Task.WhenAll(claims.Select(claim => Task.Run(() => delivery.DeliverAsync(claim))));
            await Task.WhenAll(nos);
        }

        acknowledged.Count.ShouldBe(Pairs);
        wire.Started.Where(send => send.Value > acknowledged[send.Key]).ShouldBeEmpty("these began after the no was acknowledged");
        wire.Started.Count.ShouldBeInRange(1, Pairs - 1, "both must have come first somewhere");
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'staff-1' AND status = 'sent'")).ShouldBe(wire.Started.Count);
        (await _shop.Database.ScalarAsync<long>(way == "STOP"
            ? "SELECT count(*) FROM contacts WHERE opted_out_at IS NOT NULL" : "SELECT count(*) FROM email_addresses WHERE unsubscribed_at IS NOT NULL")).ShouldBe(Pairs);
    }

    private async Task<int> SayAsync(string way, int number)
    {
        switch (way)
        {
            case "unsubscribe":
                using (var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))
                using (var answer = await _shop.Http.PostAsync($"/unsubscribe/token-{number}", form))
                {
                    return (int)answer.StatusCode;
                }

            case "STOP":
                return (await _shop.Sandbox.Twilio.ReceiveAsync($"+1512555{1000 + number}", "STOP")).Delivery.Status ?? 0;
            default:
                var request = new JsonObject
                {
                    ["personalizations"] = new JsonArray(new JsonObject { ["custom_args"] = new JsonObject { ["attempt_id"] = $"00000000-0000-4000-8000-{number:D12}" } }),
                };
                return (await _shop.Sandbox.SendGrid.TellAsync(new Mail($"mail{number}", _shop.Sandbox.Clock.Now, "hello@acme-tint.example", [$"a{number}@example.com"], "Hi", "Hi", request), ["spamreport"])).Status ?? 0;
        }
    }

    // Everybody has had one email, with a link to unsubscribe, and a member of staff has just written another one.
    private Task<int> SeedAsync() => _shop.Database.ExecuteAsync($"""
        WITH n AS MATERIALIZED (SELECT n FROM generate_series(1, {Pairs}) n),
        numbers AS (
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) SELECT '{_tenant}', md5('contact' || n)::uuid, '+1512555' || (1000 + n), '2026-11-23Z', '2026-11-23Z' FROM n
        ), people AS (
            INSERT INTO people (tenant_id, id, created_at) SELECT '{_tenant}', md5('person' || n)::uuid, '2026-11-23Z' FROM n
        ), keys AS (
            INSERT INTO person_keys (tenant_id, id, person_id, kind, value, created_at)
            SELECT '{_tenant}', gen_random_uuid(), md5('person' || n)::uuid, kind, CASE kind WHEN 'phone' THEN '+1512555' || (1000 + n) ELSE 'a' || n || '@example.com' END, '2026-11-23Z'
            FROM n, unnest(ARRAY['phone', 'email']) kind
        ), asked AS (
            INSERT INTO leads (tenant_id, id, location_id, contact_id, person_id, source, external_id, status, phone, phone_type, email, timezone, external_created_at, created_at, updated_at)
            SELECT '{_tenant}', md5('lead' || n)::uuid, '{_tenant}', md5('contact' || n)::uuid, md5('person' || n)::uuid, 'api', n, 'contacted', '+1512555' || (1000 + n), 'mobile', 'a' || n || '@example.com',
                'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM n
        ), touches AS (
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, content, due_at, expires_at, created_at, updated_at)
            SELECT '{_tenant}', md5(step || n)::uuid, md5('lead' || n)::uuid, step, 'email', CASE step WHEN 'greeting' THEN 'sent' ELSE 'scheduled' END, CASE step WHEN 'staff-1' THEN 'Your car is ready.' END,
                '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
            FROM n, unnest(ARRAY['greeting', 'staff-1']) step
        ), attempts AS (
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT '{_tenant}', ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, md5('greeting' || n)::uuid, 1, 'email', 'a' || n || '@example.com', '', 'accepted', '2026-11-23T15:00:00Z' FROM n
        ), addresses AS (
            INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at) SELECT '{_tenant}', md5('address' || n)::uuid, 'a' || n || '@example.com', '2026-11-23Z', '2026-11-23Z' FROM n
        )
        INSERT INTO unsubscribe_tokens (tenant_id, id, email_address_id, attempt_id, token_hash, created_at)
        SELECT '{_tenant}', gen_random_uuid(), md5('address' || n)::uuid, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, sha256(convert_to('token-' || n, 'UTF8')), '2026-11-23Z' FROM n
        """);

    // Stands where the socket would be: notes when the last byte of each email is out, and accepts it.
    private sealed class Wire : HttpMessageHandler
    {
        public ConcurrentDictionary<string, long> Started { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = new Socket();
            await request.Content!.CopyToAsync(body, cancellationToken);
            Started[(string)JsonNode.Parse(body.ToArray())!["personalizations"]![0]!["to"]![0]!["email"]!] = body.FlushedAt;
            return new HttpResponseMessage(HttpStatusCode.Accepted) { Headers = { { "X-Message-Id", $"{Guid.CreateVersion7():N}" } } };
        }
    }

    private sealed class Socket : MemoryStream
    {
        public long FlushedAt { get; private set; }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            FlushedAt = Stopwatch.GetTimestamp();
            return Task.CompletedTask;
        }
    }
}

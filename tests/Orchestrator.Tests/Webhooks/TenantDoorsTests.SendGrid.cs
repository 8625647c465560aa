using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <content>What SendGrid tells of each one's emails.</content>
public sealed partial class TenantDoorsTests
{
    [Fact]
    public async Task What_became_of_a_franchises_email_is_told_by_its_own_account_of_SendGrid_alone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new
        {
            apiKey = "SG.second", fromEmail = "hello@bright.example", webhookPublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
        }));
        var (attempt, touch) = await MailedAsync();
        string Event(string name, Guid id) => $$"""[{"email":"bob@example.com","event":"{{name}}","sg_event_id":"{{Guid.CreateVersion7()}}","attempt_id":"{{id}}"}]""";

        // The first franchise's account says that it bounced: it is not its email.
        (await TellAsync(Event("bounce", attempt), shop.Sandbox.SendGrid.Signature.Sign)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(touch)).ShouldBe("sent");
        // Its own says that it arrived, found by the email, or by the path when there is none.
        (await TellAsync(Event("delivered", attempt), Sign)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(touch)).ShouldBe("delivered");
        (await TellAsync(Event("delivered", Guid.CreateVersion7()), Sign)).ShouldBe(HttpStatusCode.Unauthorized);
        (await TellAsync(Event("delivered", Guid.CreateVersion7()), Sign, "/bright-detail")).ShouldBe(HttpStatusCode.OK);
        (await TellAsync(Event("delivered", attempt), shop.Sandbox.SendGrid.Signature.Sign, "/bright-detail")).ShouldBe(HttpStatusCode.Unauthorized);
        // Without our argument it is the same, by SendGrid's id and the address.
        var (other, otherTouch) = await MailedAsync("x-1");
        const string bare = """[{"email":"bob@example.com","event":"delivered","sg_event_id":"bare-1","sg_message_id":"x-1.recvd-1"}]""";
        (await TellAsync(bare, shop.Sandbox.SendGrid.Signature.Sign)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(otherTouch)).ShouldBe("sent");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = $1", other.ToString())).ShouldBe(0, "whose it is is not told");
        (await TellAsync(bare, Sign)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(otherTouch)).ShouldBe("delivered");

        string Sign(string timestamp, ReadOnlySpan<byte> body) =>
            Convert.ToBase64String(key.SignData([.. Encoding.UTF8.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private delegate string Signer(string timestamp, ReadOnlySpan<byte> body);

    private async Task<HttpStatusCode> TellAsync(string body, Signer sign, string tenant = "")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var timestamp = shop.Sandbox.Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sendgrid/events{tenant}") { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Timestamp", timestamp);
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Signature", sign(timestamp, bytes));
        using var answer = await shop.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<string> StatusAsync(Guid touch) => shop.Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE id = $1", touch)!;

    // An email of the second franchise that was taken by its account.
    private async Task<(Guid Attempt, Guid Touch)> MailedAsync(string? vendorId = null)
    {
        var (location, lead, touch, attempt) = (await shop.LocationAsync(tenantId: shop.SecondId), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, email, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'api', $2::text, 'new', 'bob@example.com', 'America/New_York', now(), now(), now())
            """, shop.SecondId, lead, location);
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'greeting', 'email', 'sent', now(), now() + interval '1 day', now(), now())
            """, shop.SecondId, touch, lead);
        await shop.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, provider_id, started_at)
            VALUES ($1, $2, $3, 1, 'email', 'bob@example.com', '', 'accepted', $4, now())
            """, shop.SecondId, attempt, touch, (object?)vendorId ?? DBNull.Value);
        var address = await shop.Database.ScalarAsync<Guid>("""
            INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at) VALUES ($1, $2, 'bob@example.com', now(), now())
            ON CONFLICT (tenant_id, email) DO UPDATE SET updated_at = now() RETURNING id
            """, shop.SecondId, attempt);
        await shop.Database.ExecuteAsync("""
            INSERT INTO unsubscribe_tokens (tenant_id, id, email_address_id, attempt_id, token_hash, reply_hash, created_at)
            VALUES ($1, $2, $3, $2, sha256($4::text::bytea), sha256(('r' || $4)::bytea), now())
            """, shop.SecondId, attempt, address, attempt.ToString());
        return (attempt, touch);
    }
}

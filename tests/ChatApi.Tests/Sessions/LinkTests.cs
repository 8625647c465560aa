using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Sessions;

/// <summary>A link that somebody else has opens nothing, and what it had opened ends.</summary>
public sealed class LinkTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task A_link_that_went_to_a_number_which_was_corrected_opens_nothing_and_the_next_ones_link_does()
    {
        var (leadId, stranger) = await scene.LeadAsync();
        var (_, customer) = await scene.LeadAsync(leadId: leadId);
        var (_, byEmail) = await scene.LeadAsync(leadId: leadId);
        await SentToAsync(leadId, stranger, "sms", "+15125550170");
        await SentToAsync(leadId, customer, "sms", "+15125550171");
        await SentToAsync(leadId, byEmail, "email", "ann@example.com");
        await scene.Database.ExecuteAsync("UPDATE leads SET phone = '+15125550170', email = ' Ann@example.com' WHERE id = $1", leadId);
        (await OpenAsync(stranger)).StatusCode.ShouldBe(HttpStatusCode.Created);

        await scene.Database.ExecuteAsync("UPDATE leads SET phone = '+15125550171' WHERE id = $1", leadId);

        (await OpenAsync(stranger)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await OpenAsync(customer)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await OpenAsync(byEmail)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_link_that_is_taken_back_ends_what_it_has_opened_and_no_other()
    {
        await using var clock = await HttpClock.StartAsync(scene.Sandbox.Clock.Now);
        await using var server = await scene.StartAsync(("TEST_CLOCK_URL", clock.Url.ToString()));
        var (leadId, code) = await scene.LeadAsync();
        var (_, other) = await scene.LeadAsync(leadId: leadId);
        var (stranger, customer) = (await Customer.OpenAsync(server, code), await Customer.OpenAsync(server, other));
        await scene.Database.ExecuteAsync("UPDATE chat_codes SET revoked_at = now() WHERE code_hash = sha256(convert_to($1, 'UTF8'))", code);

        clock.Now += TimeSpan.FromSeconds(31);
        await Eventually.TrueAsync(() => server.Get<TimeProvider>().GetUtcNow() >= clock.Now - TimeSpan.FromSeconds(1), "the clock has moved");

        (await stranger.SendAsync(HttpMethod.Get, "")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await customer.SendAsync(HttpMethod.Get, "")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var bearer = new HttpRequestMessage(HttpMethod.Get, stranger.Path);
        bearer.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stranger.Cookie.Split('=')[1]);
        (await server.Http.SendAsync(bearer)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private Task<HttpResponseMessage> OpenAsync(string code) => scene.Chat.Http.PostAsJsonAsync("/api/chat/sessions", new { code });

    private async Task SentToAsync(Guid leadId, string code, string channel, string address)
    {
        var (touchPoint, attempt) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await scene.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, 'scheduled', now(), now() + interval '1 day', now(), now())
            """, scene.TenantId, touchPoint, leadId, $"step-{touchPoint:N}", channel);
        await scene.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at) VALUES ($1, $2, $3, 1, $4, $5, 'Hi', 'accepted', now())
            """, scene.TenantId, attempt, touchPoint, channel, address);
        await scene.Database.ExecuteAsync("UPDATE chat_codes SET attempt_id = $1 WHERE code_hash = sha256(convert_to($2, 'UTF8'))", attempt, code);
    }
}

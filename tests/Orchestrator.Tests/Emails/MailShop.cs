using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>A lead that got an email.</summary>
public sealed record Mailed(Guid LeadId, Guid TouchPointId, Guid AttemptId, Mail Mail, string Address);

/// <summary>A shop that writes emails.</summary>
public sealed class MailShop : Shop
{
    private static int _leads;

    public HttpClient Staff { get; private set; } = null!;

    private Guid Location { get; set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Staff = await SignedInAsync();
        Location = await LocationAsync();
    }

    /// <summary>Somebody without a phone asks for a quote, and is written to.</summary>
    public async Task<Mailed> MailedAsync()
    {
        var address = $"ann{Interlocked.Increment(ref _leads)}@example.com";
        var (lead, touch) = await AskAsync(address);
        await StatusAsync(touch, "sent");
        var attempt = await Database.ScalarAsync<Guid>("SELECT id FROM message_attempts WHERE touch_point_id = $1", touch);
        return new Mailed(lead, touch, attempt, Sandbox.SendGrid.Sent.Single(mail => mail.To[0] == address), address);
    }

    /// <summary>One more request from an address.</summary>
    public async Task<(Guid LeadId, Guid TouchPointId)> AskAsync(string email, string? phone = null)
    {
        using var answer = await Staff.PostAsJsonAsync("/api/leads", new { locationId = Location, firstName = "Ann", email, phone });
        var lead = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        return (lead, await Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1", lead));
    }

    public Task<IReadOnlyDictionary<string, object?>> StatusAsync(Guid touch, string status) => Eventually.ValueAsync(
        async () => (await Database.RowsAsync("SELECT * FROM touch_points WHERE id = $1", touch))[0], row => (string?)row["status"] == status, $"the email to be {status}");

    public async Task<IReadOnlyDictionary<string, object?>> RowAsync(string table, Guid id) => (await Database.RowsAsync($"SELECT * FROM {table} WHERE id = $1", id))[0];

    /// <summary>Posts a batch as SendGrid does, signed by the Sandbox's key or otherwise.</summary>
    public async Task<HttpResponseMessage> PostAsync(string body, string? signature = null, string? timestamp = null, string path = "/webhooks/sendgrid/events")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        timestamp ??= Sandbox.Clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Timestamp", timestamp);
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Signature", signature ?? Sandbox.SendGrid.Signature.Sign(timestamp, bytes));
        return await Http.SendAsync(request);
    }

    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ThreadAsync(Guid leadId) => Database.RowsAsync("""
        SELECT m.role, m.channel, m.content FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1 ORDER BY m.seq
        """, leadId);
}

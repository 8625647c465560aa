using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>Arms faults as the page and other processes do: over HTTP.</summary>
public abstract class FaultTest : SandboxTest
{
    protected override SandboxSettings Settings => SandboxSettings.ForTests with { ShopmonkeyRequestsPerMinute = 10_000 };

    protected async Task<JsonNode> ArmAsync(object fault)
    {
        using var response = await Http.PostAsJsonAsync("/_sandbox/faults", fault);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    protected async Task<JsonArray> ArmedAsync() => (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/faults"))!["items"]!.AsArray();

    /// <summary>A write at one of the vendors; the status, 0 for a line that closed.</summary>
    protected async Task<int> WriteAsync(string vendor) => (await TryWriteAsync(vendor))?.Status ?? 0;

    /// <inheritdoc cref="WriteAsync"/>
    protected async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)?> TryWriteAsync(string vendor)
    {
        try
        {
            return vendor switch
            {
                Vendor.Twilio => await TextAsync(),
                Vendor.SendGrid => await MailAsync(),
                _ => await CrmAsync(HttpMethod.Put, "order/" + LeadOrchestrator.Sandbox.Shopmonkey.Crm.SampleOrderId, new { complaint = "None" }),
            };
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    protected async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> MailAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/mail/send") { Headers = { { "Authorization", "Bearer SG.sandbox" } } };
        request.Content = JsonContent.Create(new
        {
            personalizations = new[] { new { to = new[] { new { email = "b@example.com" } }, custom_args = new { attempt = "a1" } } },
            from = new { email = "a@example.com" },
            subject = "Your quote",
            content = new[] { new { type = "text/plain", value = "Hello" } },
            categories = new[] { "first-contact" },
        });
        return await SendAsync(request);
    }

    /// <summary>How many writes of a vendor took effect.</summary>
    protected int Taken(string vendor) => Sandbox.Ledger.Of(vendor).Count(entry => entry.Accepted);
}

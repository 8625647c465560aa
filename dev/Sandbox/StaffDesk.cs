using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>What the product says of a customer, asked through its API as its administrator would ask: for the page's timeline.</summary>
internal sealed class StaffDesk(SandboxSettings settings, Outbound outbound) : IDisposable
{
    // How the product's API names its own cadence.
    private const string UsualCadence = "00000000-0000-7000-8000-000000000001";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { Timeout = TimeSpan.FromSeconds(10) };
    private string? _token;

    public void Dispose() => _http.Dispose();

    /// <summary>The touches of the newest lead with this number, and what is to come, and the zone of its clock: <c>{touches, ahead, timezone?, note?}</c>.</summary>
    public async Task<JsonObject> MonthAsync(string number, CancellationToken cancel)
    {
        if (settings.StaffEmail.Length == 0)
        {
            return Nothing("The Sandbox has no sign-in at the product: set ADMIN_EMAIL and ADMIN_PASSWORD.");
        }

        try
        {
            foreach (var tenant in await TenantsAsync(cancel))
            {
                var found = await GetAsync($"/api/leads?q={Uri.EscapeDataString(number)}&limit=5", tenant, cancel);
                if (Items(found).FirstOrDefault(lead => lead["phone"].Text() == number) is { } lead)
                {
                    return await MonthAsync(lead, tenant, cancel);
                }
            }

            return Nothing(null);
        }
        catch (Exception away) when (away is HttpRequestException or JsonException || (away is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Nothing("The product cannot be asked now.");
        }
    }

    private async Task<JsonObject> MonthAsync(JsonObject lead, string? tenant, CancellationToken cancel)
    {
        var id = lead["id"].Text();
        List<JsonObject> touches = [.. Items(await GetAsync($"/api/touch-points?leadId={id}&limit=100", tenant, cancel))];
        touches.Reverse();
        List<JsonObject> ahead = [];
        // After the last step that was planned comes what a simulation says; nothing comes when the sequence has ended.
        if (touches is [.., var last] && last["status"].Text() is "scheduled" or "sending" or "sent" or "delivered" && lead["status"].Text() is "new" or "contacted")
        {
            var cadence = last["cadenceId"].Text() ?? UsualCadence;
            var simulated = await SendAsync(HttpMethod.Post, $"/api/cadences/{cadence}/simulations", tenant, new JsonObject { ["leadId"] = id, ["startsAt"] = lead["createdAt"].Text() }, cancel);
            ahead = [.. (simulated?["touches"] as JsonArray ?? []).OfType<JsonObject>()
                .SkipWhile(touch => touch["step"].Text() != last["step"].Text()).Skip(1)];
        }

        return new JsonObject
        {
            ["touches"] = new JsonArray([.. touches.Select(touch => touch.DeepClone())]),
            ["ahead"] = new JsonArray([.. ahead.Select(touch => touch.DeepClone())]),
            ["timezone"] = lead["timezone"].Text(),
        };
    }

    // The default tenant needs no name; the others are asked by theirs.
    private async Task<IReadOnlyList<string?>> TenantsAsync(CancellationToken cancel) =>
        [null, .. Items(await GetAsync("/api/tenants?limit=50", null, cancel)).Select(tenant => tenant["slug"].Text()).OfType<string>()];

    private Task<JsonNode?> GetAsync(string path, string? tenant, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, tenant, null, cancel);

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? tenant, JsonObject? body, CancellationToken cancel)
    {
        for (var isLast = false; ; isLast = true)
        {
            _token ??= await SignInAsync(cancel);
            using var request = new HttpRequestMessage(method, new Uri(Product, path)) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            if (tenant is not null)
            {
                request.Headers.Add("X-Tenant-Id", tenant);
            }

            using var answer = await _http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && !isLast)
            {
                // Its time has come, or the clock was moved past it.
                _token = null;
                continue;
            }

            answer.EnsureSuccessStatusCode();
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel));
        }
    }

    private async Task<string?> SignInAsync(CancellationToken cancel)
    {
        using var answer = await _http.PostAsJsonAsync(
            new Uri(Product, "/api/auth/sessions"), new { email = settings.StaffEmail, password = settings.StaffPassword }, cancel);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel))?["accessToken"].Text();
    }

    private Uri Product => outbound.DeliverTo ?? outbound.PublicUrl;

    private static IEnumerable<JsonObject> Items(JsonNode? page) => (page?["items"] as JsonArray ?? []).OfType<JsonObject>();

    private static JsonObject Nothing(string? note) => new() { ["touches"] = new JsonArray(), ["ahead"] = new JsonArray(), ["note"] = note };
}

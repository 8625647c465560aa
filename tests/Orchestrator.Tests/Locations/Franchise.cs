using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>A franchise whose two shops have come over from the CRM, and its staff.</summary>
public sealed class Franchise : Shop
{
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public Guid TenantId { get; private set; }

    /// <summary>In America/Chicago.</summary>
    public Guid Austin { get; private set; }

    /// <summary>In America/Phoenix.</summary>
    public Guid Phoenix { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
        TenantId = Get<DefaultTenant>().Id;
        Austin = (await Get<LocationSync>().EnsureAsync(TenantId, Crm.AustinId, isPatient: false, CancellationToken.None)).Id;
        Phoenix = (await Get<LocationSync>().EnsureAsync(TenantId, Crm.PhoenixId, isPatient: false, CancellationToken.None)).Id;
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A member of staff of this franchise, or of another tenant.</summary>
    public HttpClient As(string role, Guid? tenantId = null)
    {
        var user = new User(tenantId ?? TenantId, Guid.CreateVersion7(), $"{role}@example.com", "", role, role, null);
        var client = new HttpClient { BaseAddress = Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Get<Tokens>().ForStaff(user).Token);
        return client;
    }

    /// <summary>Another tenant, with nothing of its own.</summary>
    public async Task<Guid> AddTenantAsync()
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Other', 'America/New_York', now(), now())", id, $"t-{id:N}");
        return id;
    }

    /// <summary>A service in the CRM, and what it is called there; no webhook goes out.</summary>
    public string PutService(string id, string? locationId, string name = "Service", long? cents = 10000, Action<JsonObject>? change = null)
    {
        var row = new JsonObject
        {
            ["id"] = id, ["locationId"] = locationId, ["name"] = name, ["note"] = "A note", ["fixedPriceCents"] = cents, ["totalCents"] = cents, ["bookable"] = true,
            ["deleted"] = false, ["labors"] = new JsonArray(new JsonObject { ["hours"] = 1.5 }), ["createdDate"] = "2026-01-05T15:00:00.000Z", ["updatedDate"] = null,
        };
        change?.Invoke(row);
        Sandbox.Crm.Put("canned_service", row);
        return id;
    }

    /// <summary>Reads a shop from the CRM now.</summary>
    public Task<CatalogCounts> SyncAsync(Guid locationId, string externalId) => Get<CatalogSync>().SyncAsync(TenantId, locationId, externalId, CancellationToken.None);

    /// <summary>A service's row, or null.</summary>
    public async Task<IReadOnlyDictionary<string, object?>?> ItemAsync(Guid locationId, string externalId) =>
        (await Database.RowsAsync("SELECT * FROM service_catalog WHERE location_id = $1 AND external_id = $2", locationId, externalId)).SingleOrDefault();
}

/// <summary>JSON over HTTP, read as it came.</summary>
internal static class JsonRequests
{
    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> asked, int status = 200)
    {
        using var answer = await asked;
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    public static Task<HttpResponseMessage> PatchJsonAsync(this HttpClient client, string path, string body) => client.SendJsonAsync(HttpMethod.Patch, path, body);

    public static Task<HttpResponseMessage> PutJsonAsync(this HttpClient client, string path, string body) => client.SendJsonAsync(HttpMethod.Put, path, body);

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string body) => client.SendJsonAsync(HttpMethod.Post, path, body);

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).ToString();

    private static Task<HttpResponseMessage> SendJsonAsync(this HttpClient client, HttpMethod method, string path, string body) =>
        client.SendAsync(new HttpRequestMessage(method, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>A database, the vendors, and one or more Orchestrators: real HTTP between all of them. It is Monday, 10:00 at the shop.</summary>
public class Shop : IAsyncLifetime
{
    public const string Monday10 = "2026-11-23T16:00:00Z";
    private readonly List<WebApplication> _orchestrators = [];

    public TestDatabase Database { get; private set; } = null!;

    public SandboxServer Sandbox { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Whether one Orchestrator runs from the beginning.</summary>
    protected virtual bool StartsOne => true;

    public virtual async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests with { StartAt = DateTimeOffset.Parse(Monday10, null) });
        Sandbox.PublicUrl = new Uri(TestVariables.PublicUrl);
        if (StartsOne)
        {
            await StartAsync();
        }
    }

    /// <summary>Starts an Orchestrator; the vendors deliver to the newest.</summary>
    public async Task<WebApplication> StartAsync(params (string Name, string? Value)[] changes)
    {
        var app = OrchestratorApp.Create([], TestVariables.ForOrchestrator(
            Database, Sandbox.Url, null, [("TOUCH_POINT_INTERVAL_MS", "300"), .. changes]));
        await app.StartAsync();
        _orchestrators.Add(app);
        var url = new Uri($"http://127.0.0.1:{new Uri(app.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port}");
        Sandbox.DeliverTo = url;
        Http = new HttpClient { BaseAddress = url };
        return app;
    }

    /// <summary>A part of the newest Orchestrator.</summary>
    public T Part<T>() where T : notnull => _orchestrators[^1].Services.GetRequiredService<T>();

    /// <summary>The vendors deliver to an Orchestrator from before again.</summary>
    public void ReturnTo(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Http, Sandbox.DeliverTo) = (http, http.BaseAddress);
    }

    public async Task StopAsync(WebApplication app)
    {
        _orchestrators.Remove(app);
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var app in _orchestrators)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves business time, and waits until every Orchestrator has noticed: until then it would refuse fresh signatures as stale.</summary>
    public async Task SetClockAsync(string now)
    {
        Sandbox.Clock.Set(now);
        foreach (var app in _orchestrators)
        {
            var clock = app.Services.GetRequiredService<TimeProvider>();
            await Eventually.TrueAsync(() => (clock.GetUtcNow() - Sandbox.Clock.Now).Duration() < TimeSpan.FromSeconds(5), $"the clock to be {now}");
        }
    }

    /// <summary>A quote request that is one second old.</summary>
    public Task<Quote> QuoteAsync(string phone, string firstName = "Ann", Func<NewQuote, NewQuote>? change = null)
    {
        var quote = new NewQuote { FirstName = firstName, LastName = "Example", Phone = phone, Vehicle = "2021 Honda Civic", Service = "Window Tint" };
        return Sandbox.Crm.AddQuoteAsync(change?.Invoke(quote) ?? quote);
    }

    /// <summary>The greeting's touch point of an order, once it is in one of these states.</summary>
    public Task<IReadOnlyDictionary<string, object?>> TouchAsync(string orderId, params string[] statuses) => Eventually.ValueAsync(
        async () => await FindTouchAsync(orderId), touch => statuses.Contains((string?)touch?["status"]), $"the touch point of {orderId} to be {string.Join(" or ", statuses)}")!;

    /// <summary>The greeting's touch point, once it waits for a later hour.</summary>
    public Task<IReadOnlyDictionary<string, object?>> WaitingTouchAsync(string orderId) => Eventually.ValueAsync(
        async () => await FindTouchAsync(orderId), touch => (string?)touch?["status"] == "scheduled" && touch["reason"] is not null, $"the touch point of {orderId} to wait")!;

    /// <summary>The lead of an order, when it is there.</summary>
    public Task<IReadOnlyDictionary<string, object?>> LeadAsync(string orderId, string? status = null) => Eventually.ValueAsync(
        async () => (await Database.RowsAsync("SELECT * FROM leads WHERE external_id = $1", orderId)).SingleOrDefault(),
        lead => lead is not null && (status is null || (string?)lead["status"] == status), $"the lead of {orderId} to be {status ?? "there"}")!;

    /// <summary>The event of an order, once the inbox is done with it.</summary>
    public Task<IReadOnlyDictionary<string, object?>> EventAsync(string externalId, string status) => Eventually.ValueAsync(
        async () => (await Database.RowsAsync("SELECT * FROM webhook_events WHERE external_id = $1 ORDER BY id DESC LIMIT 1", externalId)).SingleOrDefault(),
        row => (string?)row?["status"] == status, $"the event of {externalId} to be {status}")!;

    /// <summary>A client signed in as the administrator.</summary>
    public async Task<HttpClient> SignedInAsync()
    {
        using var answer = await Http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var client = new HttpClient { BaseAddress = Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client signed in with a role, in the default tenant or in another.</summary>
    public async Task<HttpClient> SignedInAsync(string role, Guid? tenantId = null)
    {
        var email = $"{role}-{Guid.CreateVersion7():N}@example.com";
        await new UserStore(Database.Lead, TimeProvider.System).AddAsync(
            tenantId ?? await TenantAsync(), email, TestVariables.AdminPassword, role, role, CancellationToken.None);
        using var answer = await Http.PostAsJsonAsync("/api/auth/sessions", new { email, password = TestVariables.AdminPassword });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var client = new HttpClient { BaseAddress = Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The default tenant.</summary>
    public Task<Guid> TenantAsync() => Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug);

    /// <summary>Another franchise on the same database.</summary>
    public async Task<Guid> OtherTenantAsync()
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync(
            "INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Other', 'America/New_York', now(), now())", id, $"other-{id:N}");
        return id;
    }

    /// <summary>A shop of the default tenant, or of another.</summary>
    public async Task<Guid> LocationAsync(string? address = "100 Congress Ave, Austin, TX 78701", Guid? tenantId = null)
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, name, address, timezone, created_at, updated_at) VALUES ($1, $2, 'Acme Tint North', nullif($3, ''), 'America/Chicago', now(), now())
            """, tenantId ?? await TenantAsync(), id, address ?? "");
        return id;
    }

    private async Task<IReadOnlyDictionary<string, object?>?> FindTouchAsync(string orderId) => (await Database.RowsAsync(
        "SELECT t.* FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = $1 AND t.step = 'greeting'", orderId)).SingleOrDefault();
}

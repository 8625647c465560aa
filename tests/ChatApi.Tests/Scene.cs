using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>A shop with a database of its own, vendors that obey, and any number of Chat APIs. One per test class; tests share nothing but the shop.</summary>
public sealed class Scene : IAsyncLifetime
{
    // A Monday, 10:00 in Chicago: a test says the same on every day of the calendar.
    private static readonly DateTimeOffset Monday10 = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    private readonly List<ChatServer> _servers = [];

    public TestDatabase Database { get; private set; } = null!;

    public SandboxServer Sandbox { get; private set; } = null!;

    /// <summary>The first Chat API.</summary>
    public ChatServer Chat { get; private set; } = null!;

    public Guid TenantId { get; private set; }

    public Guid LocationId { get; } = Guid.CreateVersion7();

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests with { StartAt = Monday10 });
        Chat = await StartAsync();
        TenantId = await Database.ScalarAsync<Guid>("SELECT id FROM tenants");
        await AddShopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>One more Chat API on the same database.</summary>
    public Task<ChatServer> StartAsync(params (string Name, string? Value)[] changes) => StartAsync(new AnswerLimits { Drain = TimeSpan.FromSeconds(2) }, changes);

    /// <inheritdoc cref="StartAsync(ValueTuple{string, string}[])"/>
    public async Task<ChatServer> StartAsync(AnswerLimits limits, params (string Name, string? Value)[] changes)
    {
        var app = ChatApiApp.Create([], TestVariables.ForChatApi(Database, new Uri(Sandbox.BareUrl), [("LOG_LEVEL", "error"), .. changes]), services => services.AddSingleton(limits));
        var server = await ChatServer.StartAsync(app);
        _servers.Add(server);
        return server;
    }

    /// <summary>A new lead with a code, as the text message brought it.</summary>
    public async Task<(Guid LeadId, string Code)> LeadAsync(string status = "contacted", TimeSpan? codeLives = null, Guid? leadId = null)
    {
        var now = Sandbox.Clock.Now;
        var id = leadId ?? Guid.CreateVersion7();
        if (leadId is null)
        {
            await Database.ExecuteAsync("""
                INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, vehicle, service_interest, timezone,
                    external_created_at, created_at, updated_at)
                VALUES ($1, $2, $3, 'shopmonkey', $4, $5, 'Ann', '2021 Honda Civic', 'Ceramic tint', 'America/Chicago', $6, $6, $6)
                """, TenantId, id, LocationId, id.ToString(), status, now.UtcDateTime);
        }

        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await Database.ExecuteAsync("""
            INSERT INTO chat_codes (tenant_id, id, lead_id, code_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
            """, TenantId, Guid.CreateVersion7(), id, SHA256.HashData(Encoding.UTF8.GetBytes(code)), now.UtcDateTime, (now + (codeLives ?? TimeSpan.FromDays(14))).UtcDateTime);
        return (id, code);
    }

    /// <summary>A member of staff, signed in at a Chat API.</summary>
    public HttpClient Staff(string role, ChatServer? server = null)
    {
        var at = server ?? Chat;
        var token = at.Get<Tokens>().ForStaff(new User(TenantId, Guid.CreateVersion7(), "bob@shop.example", "", "Bob", role, null)).Token;
        return new HttpClient { BaseAddress = at.Url, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }

    /// <summary>A new customer who has opened their link.</summary>
    public async Task<Customer> CustomerAsync(ChatServer? server = null) => await Customer.OpenAsync(server ?? Chat, (await LeadAsync()).Code);

    private async Task AddShopAsync()
    {
        var now = Sandbox.Clock.Now.UtcDateTime;
        await Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, phone, address, timezone, created_at, updated_at)
            VALUES ($1, $2, 'austin', 'Acme Tint Austin', '+15125550100', '1 Main St, Austin, TX', 'America/Chicago', $3, $3)
            """, TenantId, LocationId, now);
        for (short weekday = 1; weekday <= 5; weekday++)
        {
            await Database.ExecuteAsync("INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) VALUES ($1, $2, $3, $4, '08:00', '17:00')",
                TenantId, Guid.CreateVersion7(), LocationId, weekday);
        }

        await Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, name, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
            VALUES ($1, $2, $3, 'Full Car Ceramic Tint', 39900, 240, true, 'crm', '2020-01-01', $4)
            """, TenantId, Guid.CreateVersion7(), LocationId, now);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadOrchestrator.ChatApi;
using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>The whole system on free ports: a database of its own, the vendors, both services; and browsers that know only the Orchestrator's address.</summary>
/// <remarks>It is Monday, 10:00 at the shop. Each test brings a customer of its own.</remarks>
public sealed partial class Shop(SharedBrowser browser) : IAsyncLifetime
{
    private const string Monday10 = "2026-11-23T16:00:00Z";
    private const int PortTries = 5;
    private int _orchestratorPort;
    private int _chatApiPort;
    private int _customers;
    private WebApplication? _orchestrator;
    private WebApplication? _chatApi;

    public TestDatabase Database { get; private set; } = null!;

    public SandboxServer Sandbox { get; private set; } = null!;

    /// <summary>The Orchestrator's address, the only one that customers have.</summary>
    public Uri Url => new($"http://127.0.0.1:{_orchestratorPort}");

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests with
        {
            StartAt = DateTimeOffset.Parse(Monday10, null), StaffEmail = TestVariables.AdminEmail, StaffPassword = TestVariables.AdminPassword,
        });
        for (var tries = 1; ; tries++)
        {
            (_orchestratorPort, _chatApiPort) = FreePorts();
            Sandbox.PublicUrl = Url;
            try
            {
                await StartChatApiAsync();
                await StartOrchestratorAsync();
                return;
            }
            catch (IOException) when (tries < PortTries)
            {
                // Somebody took a port between our look and our start.
                await StopOrchestratorAsync();
                await StopChatApiAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopOrchestratorAsync();
        await StopChatApiAsync();
        await Sandbox.DisposeAsync();
        await Database.DisposeAsync();
    }

    public async Task StartOrchestratorAsync()
    {
        _orchestrator = OrchestratorApp.Create([], TestVariables.ForOrchestrator(Database, Sandbox.Url, new Uri($"http://127.0.0.1:{_chatApiPort}"),
            ("WEBHOOK_PORT", $"{_orchestratorPort}"), ("PUBLIC_URL", Url.ToString()), ("TOUCH_POINT_INTERVAL_MS", "500"), ("LOG_LEVEL", "error")));
        await _orchestrator.StartAsync();
    }

    public async Task StartChatApiAsync()
    {
        _chatApi = ChatApiApp.Create([], TestVariables.ForChatApi(Database, Sandbox.Url,
            ("PORT", $"{_chatApiPort}"), ("PUBLIC_URL", Url.ToString()), ("LOG_LEVEL", "error")));
        await _chatApi.StartAsync();
    }

    public async Task StopOrchestratorAsync()
    {
        await StopAsync(_orchestrator);
        _orchestrator = null;
    }

    public async Task StopChatApiAsync()
    {
        await StopAsync(_chatApi);
        _chatApi = null;
    }

    /// <summary>Moves business time, and waits until both services have noticed.</summary>
    public async Task SetClockAsync(DateTimeOffset now)
    {
        Sandbox.Clock.Set(now);
        foreach (var app in new[] { _orchestrator!, _chatApi! })
        {
            var clock = app.Services.GetRequiredService<TimeProvider>();
            await Eventually.TrueAsync(() => (clock.GetUtcNow() - Sandbox.Clock.Now).Duration() < TimeSpan.FromSeconds(5), $"the clock to be {now}");
        }
    }

    /// <summary>A phone number that no other test of this shop has.</summary>
    public string NewPhone() => $"+15125550{100 + Interlocked.Increment(ref _customers)}";

    /// <summary>A new quote request; ends when the customer's phone has the text. The link in it is returned.</summary>
    public async Task<string> TextedLinkAsync(string phone, string firstName = "Maya")
    {
        await Sandbox.Crm.AddQuoteAsync(new NewQuote { FirstName = firstName, LastName = "Lopez", Phone = phone, Vehicle = "2022 Toyota RAV4", Service = "Ceramic Tint" });
        var text = await Eventually.ValueAsync(() => Task.FromResult(Sandbox.Twilio.SentTo(phone).LastOrDefault()), $"a text to {phone}");
        return Link().Match(text.Body).Value;
    }

    /// <summary>A device with an empty browser.</summary>
    public async Task<Visitor> NewVisitorAsync(int width = 390, int height = 844, ColorScheme scheme = ColorScheme.Light, ReducedMotion motion = ReducedMotion.NoPreference)
    {
        if (!File.Exists(Repository.Path("web", "chat", "dist", "index.html")))
        {
            throw new InvalidOperationException("The chat page is not built: run npm ci and npm run build in the repository's root, or ./run test, which does both.");
        }

        return new Visitor(await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = motion }));
    }

    /// <summary>A new customer on the page behind the link of their text.</summary>
    public async Task<(Visitor Visitor, ChatPage Chat, string Phone)> NewCustomerAsync()
    {
        var phone = NewPhone();
        var visitor = await NewVisitorAsync();
        return (visitor, await ChatPage.OpenAsync(visitor, await TextedLinkAsync(phone)), phone);
    }

    /// <summary>The conversation as it is stored, oldest first.</summary>
    public async Task<IReadOnlyList<StoredMessage>> StoredAsync(string phone) =>
        [.. (await Database.RowsAsync("""
            SELECT m.role, m.status, m.content FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id JOIN leads l ON l.id = s.lead_id
            WHERE l.phone = $1 AND m.channel = 'chat' ORDER BY m.seq
            """, phone)).Select(row => new StoredMessage((string)row["role"]!, (string)row["status"]!, (string)row["content"]!))];

    /// <summary>What the staff's API tells about a customer's lead.</summary>
    public async Task<JsonElement> LeadAsync(string phone)
    {
        using var http = new HttpClient { BaseAddress = Url };
        using var answer = await http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var page = await http.GetFromJsonAsync<JsonElement>($"/api/leads?q={WebUtility.UrlEncode(phone)}");
        return page.GetProperty("items").EnumerateArray().First();
    }

    private static async Task StopAsync(WebApplication? app)
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private static (int First, int Second) FreePorts()
    {
        using var first = TcpListener.Create(0);
        using var second = TcpListener.Create(0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}

/// <summary>A message of the chat as the database has it.</summary>
public sealed record StoredMessage(string Role, string Status, string Content);

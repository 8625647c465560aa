using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Sandbox;

/// <summary>
/// Shopmonkey, Twilio, SendGrid, Anthropic and OpenAI on one loopback address: for the demo, and for tests in their own process.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Outbound _outbound;
    private readonly VendorDesk _desk;

    private SandboxServer(WebApplication app, SandboxSettings settings, LiveEvents live)
    {
        _app = app;
        Settings = settings;
        Clock = new SandboxClock(settings.DataFolder, settings.StartAt, TimeProvider.System);
        Ledger = new Ledger(settings.DataFolder, Clock, live);
        Faults = new Faults(live);
        _outbound = new Outbound(settings, Clock, live);
        Staff = new StaffDesk(settings, _outbound);
        _desk = new VendorDesk(Ledger, Faults, Clock, live, _outbound);
        Companies = [.. settings.Companies.Select((account, index) => Open(account, isFirst: index == 0, live))];
        Phones = new Phones(settings.DataFolder, live);
        Twilio = new TwilioVendor(settings, Clock, Phones, _outbound);
        SendGrid = new SendGridVendor(settings, Clock, _desk, Faults, _outbound);
        Model = new ScriptedModel(settings);

        var models = new ModelDesk(_desk, Ledger, Faults, Model);
        var anthropic = new AnthropicApi(settings, Clock, _desk, models);
        var openAi = new OpenAiApi(settings, Clock, _desk, models);
        var callbacks = new TwilioCallbacks(settings, Clock, Faults, _outbound, Phones, Twilio, Companies);
        new ShopmonkeyApi(Clock, _desk, Faults, Companies).Map(app);
        new TwilioApi(settings, Clock, _desk, Faults, Phones, callbacks).Map(app);
        SendGrid.Map(app);
        anthropic.Map(app);
        openAi.Map(app);

        // Both vendors have this path; only one of them sends this header.
        app.MapGet("/v1/models", (HttpContext http) =>
            http.Request.Headers.ContainsKey("anthropic-version") ? anthropic.ListModelsAsync(http) : openAi.ListModelsAsync(http));
        app.MapGet("/v3/scopes", SendGrid.ListScopesAsync);
        new ControlSurface(this, live, _outbound).Map(app);
        PageFiles.Map(app);
    }

    public SandboxSettings Settings { get; }

    internal StaffDesk Staff { get; }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:34567/</c>.</summary>
    public Uri Url { get; private set; } = new("http://localhost");

    /// <summary>Shopmonkey's base address: <see cref="Url"/> and <c>/v3</c>.</summary>
    public string ShopmonkeyUrl => new Uri(Url, "/v3").ToString();

    /// <summary>Base address of the vendors that want a bare host; no slash at the end.</summary>
    public string BareUrl => Url.ToString().TrimEnd('/');

    /// <summary>OpenAI's base address: <see cref="Url"/> and <c>/v1</c>.</summary>
    public string OpenAiUrl => new Uri(Url, "/v1").ToString();

    /// <summary>Address of the clock, for <c>TEST_CLOCK_URL</c>.</summary>
    public string ClockUrl => new Uri(Url, "/_sandbox/clock").ToString();

    /// <summary>Base address of the product; may be set once the product is up.</summary>
    public Uri PublicUrl
    {
        get => _outbound.PublicUrl;
        set => _outbound.PublicUrl = value;
    }

    /// <summary>Where webhooks for <see cref="PublicUrl"/> are really posted; null: there.</summary>
    public Uri? DeliverTo
    {
        get => _outbound.DeliverTo;
        set => _outbound.DeliverTo = value;
    }

    public SandboxClock Clock { get; }

    public Ledger Ledger { get; }

    public Faults Faults { get; }

    /// <summary>The first company's CRM.</summary>
    public Crm Crm => Companies[0];

    /// <summary>Every company's CRM.</summary>
    public IReadOnlyList<Crm> Companies { get; }

    public TwilioVendor Twilio { get; }

    /// <summary>The customers' phones: all texts, both ways.</summary>
    public Phones Phones { get; }

    public SendGridVendor SendGrid { get; }

    public ScriptedModel Model { get; }

    /// <summary>Every request to a vendor, reads and refusals included; the last 5,000.</summary>
    public IReadOnlyList<VendorCall> Calls => _desk.Calls;

    /// <summary>Every try to hand a webhook or callback to the product; the last 5,000.</summary>
    public IReadOnlyList<Delivery> Deliveries => _outbound.Deliveries;

    /// <summary>Starts a Sandbox; it serves when the task ends.</summary>
    /// <exception cref="IOException">The port is taken, or another Sandbox has the data folder.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        // The empty builder reads no file and no variable: a test's Sandbox is what its settings say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Sandbox" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings.Port));
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        if (settings.Log)
        {
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        }

        var app = builder.Build();
        var sandbox = new SandboxServer(app, settings, new LiveEvents());
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }

        sandbox.Url = new Uri(app.Urls.First());
        sandbox.Twilio.Url = sandbox.Url;
        return sandbox;
    }

    /// <summary>The CRM of a company.</summary>
    /// <exception cref="KeyNotFoundException">There is no such company.</exception>
    public Crm CrmOf(string companyId) => Companies.FirstOrDefault(crm => crm.CompanyId == companyId) ?? throw new KeyNotFoundException($"No company {companyId}.");

    /// <summary>Ends when no webhook or callback is under way.</summary>
    public Task SettledAsync() => _outbound.SettledAsync();

    /// <summary>Waits for the end of the process (SIGTERM, Ctrl-C).</summary>
    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _outbound.StopAsync();
        await _app.DisposeAsync();
        _outbound.Dispose();
        Clock.Dispose();
        Ledger.Dispose();
        foreach (var crm in Companies)
        {
            crm.Dispose();
        }

        Phones.Dispose();
        SendGrid.Dispose();
        Staff.Dispose();
    }

    // What is wrong with one company's folder, key or webhooks is nothing to another.
    private Crm Open(CrmAccount account, bool isFirst, LiveEvents live)
    {
        var tables = new CrmTables(
            Settings.DataFolder, isFirst ? "crm.jsonl" : $"crm-{account.CompanyId}.jsonl", isFirst ? CrmSeed.Rows(account.CompanyId) : BrightSeed.Rows(account.CompanyId));
        var registrations = new CrmRegistrations(account.CompanyId, hasOwn: isFirst, Clock, Faults, _outbound, tables);
        return new Crm(
            account, new RequestBudget(Settings.ShopmonkeyRequestsPerMinute), Clock, live, registrations,
            new CrmWebhooks(account, Clock, Faults, _outbound, registrations), tables);
    }

    internal CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    // Loopback only: the Sandbox hands out texts and takes orders from anyone who reaches it.
    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        if (port == 0)
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        }
        else
        {
            kestrel.ListenLocalhost(port);
        }
    }
}

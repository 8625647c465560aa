using System.Globalization;
using System.Security.Cryptography;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Vendors;
using LeadOrchestrator.Launcher.Postgres;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Everything that runs during a benchmark: the databases, the vendors, the product's two services, the peer in both of its modes.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    /// <summary>What signs the CRM's webhooks.</summary>
    public const string WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>The default tenant's account at Twilio.</summary>
    public const string TwilioAccountSid = "AC00000000000000000000000000000000";

    /// <summary>What signs its texts that come in.</summary>
    public const string TwilioToken = "bench-twilio-token";

    /// <summary>Its number.</summary>
    public const string TwilioNumber = "+15005550006";

    private const string Company = "6287a4154d1a72cc5ce091bb";
    private const string ApiKey = "bench-shopmonkey-key";
    private readonly List<IAsyncDisposable> _running = [];

    private TestBed()
    {
    }

    /// <summary>The databases.</summary>
    public required Databases Databases { get; init; }

    /// <summary>Webhooks about new orders; never the same twice.</summary>
    public OrderDeliveries Deliveries { get; } = new(WebhookSecret, TimeProvider.System);

    /// <summary>Signs the product's tokens.</summary>
    public byte[] JwtSigningKey { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The product's public door.</summary>
    public Server Orchestrator { get; private set; } = null!;

    /// <summary>The product's chat.</summary>
    public Server ChatApi { get; private set; } = null!;

    /// <summary>The peer as its authors would write it.</summary>
    public Server Peer { get; private set; } = null!;

    /// <summary>The peer with one hand-written statement per webhook.</summary>
    public Server OneStatementPeer { get; private set; } = null!;

    /// <summary>The product's default tenant.</summary>
    public Guid TenantId { get; private set; }

    /// <summary>Starts all of it.</summary>
    /// <exception cref="BenchException">Something does not come up.</exception>
    public static async Task<TestBed> StartAsync(BenchOptions options, CancellationToken cancel)
    {
        EmbeddedPostgres? own = null;
        var address = Environment.GetEnvironmentVariable("BENCH_DATABASE_URL");
        if (string.IsNullOrEmpty(address))
        {
            own = await EmbeddedPostgres.StartAsync(
                new() { RepositoryRoot = Repository.Root, DataFolder = Repository.At(".data/bench/postgres"), Durable = true, Settings = EmbeddedPostgresOptions.LikeOneThatRan }, cancel);
            address = own.ConnectionString;
        }

        await WriteAheadLog.MakeSegmentsAsync(address, cancel);
        var bed = new TestBed { Databases = await Databases.CreateAsync(address, Repository.At("bench/peer/schema.sql"), cancel), PortBase = options.PortBase };
        if (own is not null)
        {
            bed._running.Add(own);
        }

        try
        {
            await bed.StartServersAsync(options.Names.Any(name => !Benchmarks.WithOwnServers.Contains(name)), cancel);
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _running.Where(running => running is Server))
        {
            await server.DisposeAsync();
        }

        await Databases.DropAsync();
        foreach (var rest in _running.Where(running => running is not Server))
        {
            await rest.DisposeAsync();
        }
    }

    /// <summary>The first port of the bed; a benchmark that starts processes of its own uses those from the tenth on.</summary>
    public int PortBase { get; private init; }

    /// <summary>Where the fake vendors are.</summary>
    public Uri Vendors => new($"http://127.0.0.1:{PortBase + 2}");

    /// <summary>Asks the fake vendors, or sets how they are.</summary>
    /// <returns>The body of the answer.</returns>
    public async Task<byte[]> AskVendorsAsync(byte[] request)
    {
        using var connection = await Connection.OpenAsync(Vendors);
        await connection.SendAsync(request);
        await connection.ReadAsync(keep: true);
        return connection.Body;
    }

    /// <summary>What the product's services get. Every setting is one that a production has; none exists for the benchmark.</summary>
    public Dictionary<string, string> ProductEnvironment(int orchestrator, int chatApi, string database) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["DATABASE_URL"] = database,
        ["WEBHOOK_PORT"] = Text(orchestrator),
        ["PORT"] = Text(chatApi),
        ["PUBLIC_URL"] = $"http://localhost:{orchestrator}",
        ["CHAT_API_URL"] = $"http://127.0.0.1:{chatApi}",
        ["LOG_LEVEL"] = "info",
        ["TENANT_ID"] = "acme-tint",
        ["JWT_SIGNING_KEY"] = Convert.ToBase64String(JwtSigningKey),
        ["SHOPMONKEY_TENANT_ID"] = Company,
        ["SHOPMONKEY_API_KEY"] = ApiKey,
        ["SHOPMONKEY_WEBHOOK_SECRET"] = WebhookSecret,
        ["SHOPMONKEY_BASE_URL"] = $"{Vendors}v3",
        ["TWILIO_ACCOUNT_SID"] = TwilioAccountSid,
        ["TWILIO_AUTH_TOKEN"] = TwilioToken,
        ["TWILIO_PHONE_NUMBER"] = TwilioNumber,
        ["TWILIO_BASE_URL"] = Vendors.AbsoluteUri.TrimEnd('/'),
        ["ANTHROPIC_API_KEY"] = "sk-ant-bench",
        ["ANTHROPIC_BASE_URL"] = Vendors.AbsoluteUri.TrimEnd('/'),
        ["AI_PROVIDER"] = "claude",
    };

    /// <summary>What a process of the peer gets.</summary>
    /// <param name="role">api, processor or both with a comma.</param>
    /// <param name="mode">knex or cte.</param>
    public Dictionary<string, string> PeerEnvironment(int port, string role, string mode, string database) => new()
    {
        ["NODE_ENV"] = "production",
        ["ROLE"] = role,
        ["PORT"] = Text(port),
        ["DATABASE_URL"] = database,
        ["DB_POOL"] = Text(Databases.PoolSize),
        ["WEBHOOK_MODE"] = mode,
        ["LOG_LEVEL"] = "info",
        ["SHOPMONKEY_BASE_URL"] = $"{Vendors}v3",
        ["SHOPMONKEY_API_KEY"] = ApiKey,
        ["LLM_URL"] = Vendors.AbsoluteUri.TrimEnd('/'),
        ["TWILIO_URL"] = Vendors.AbsoluteUri.TrimEnd('/'),
    };

    private async Task StartServersAsync(bool withServers, CancellationToken cancel)
    {
        var (orchestrator, chatApi, vendors) = (PortBase, PortBase + 1, PortBase + 2);
        await StartAsync(new ServerCommand(
            "vendors", vendors, "/health", "dotnet", [Repository.At("bench/Runner/bin/Release/net10.0/Runner.dll"), "vendors", Text(vendors)], Repository.Root), cancel);
        if (!withServers)
        {
            return;
        }

        Peer = await StartPeerAsync("peer", PortBase + 3, "knex", cancel);
        OneStatementPeer = await StartPeerAsync("one-statement peer", PortBase + 4, "cte", cancel);
        var product = ProductEnvironment(orchestrator, chatApi, Databases.ProductUrl);
        ChatApi = await StartAsync(new ServerCommand(
            "chat api", chatApi, "/health/ready", "dotnet", [Repository.At("src/ChatApi/bin/Release/net10.0/ChatApi.dll")], Repository.Root) { Environment = product }, cancel);
        Orchestrator = await StartAsync(new ServerCommand(
            "orchestrator", orchestrator, "/health/ready", "dotnet", [Repository.At("src/Orchestrator/bin/Release/net10.0/Orchestrator.dll")], Repository.Root)
        { Environment = product }, cancel);
        TenantId = await Databases.ValueAsync<Guid>(Databases.Product, "SELECT id FROM tenants WHERE slug = 'acme-tint'", cancel);
        // The day's cap is there to stop strangers from spending; 20 people of ours would reach it.
        await Databases.ExecuteAsync(Databases.Product, "UPDATE tenants SET ai_daily_limit_micros = 1000000000000", cancel);
    }

    private Task<Server> StartPeerAsync(string name, int port, string mode, CancellationToken cancel) => StartAsync(
        new ServerCommand(name, port, "/health", "node", ["server.js"], Repository.At("bench/peer"))
        {
            Environment = PeerEnvironment(port, "api", mode, Databases.PeerUrl),
        }, cancel);

    private async Task<Server> StartAsync(ServerCommand command, CancellationToken cancel)
    {
        var server = await Server.StartAsync(command, Repository.At(".data/bench/logs"), cancel);
        _running.Add(server);
        return server;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

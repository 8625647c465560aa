using System.Globalization;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Starts the product's services and the peer again and again, on databases that nobody else uses.</summary>
internal sealed class FreshProcesses
{
    private const int FirstPort = 10;
    private readonly TestBed _bed;

    private FreshProcesses(TestBed bed, string productDatabase, string peerDatabase) =>
        (_bed, ProductDatabase, PeerDatabase) = (bed, productDatabase, peerDatabase);

    /// <summary>The product's, as superuser.</summary>
    public string ProductDatabase { get; }

    /// <summary>The peer's.</summary>
    public string PeerDatabase { get; }

    /// <summary>The tenant that the product made at its first start.</summary>
    public Guid TenantId { get; private set; }

    private int OrchestratorPort => _bed.PortBase + FirstPort;

    private int ChatApiPort => OrchestratorPort + 1;

    private int PeerPort => OrchestratorPort + 2;

    private int OtherChatApiPort => OrchestratorPort + 3;

    /// <summary>Makes the databases, and lets both start once, so that nobody's first round has to read everything from disk.</summary>
    /// <param name="name">Of the benchmark.</param>
    public static async Task<FreshProcesses> CreateAsync(TestBed bed, string name, CancellationToken cancel)
    {
        var fresh = new FreshProcesses(bed, await bed.Databases.AddProductAsync($"bench_{name}", cancel), await bed.Databases.AddPeerAsync($"bench_{name}_peer", cancel));
        await using (await fresh.StartOrchestratorAsync(cancel))
        {
            fresh.TenantId = await Databases.ValueAsync<Guid>(fresh.ProductDatabase, "SELECT id FROM tenants WHERE slug = 'acme-tint'", cancel);
        }

        await using (await fresh.StartChatApiAsync(cancel))
        {
            // The day's cap is there to stop strangers from spending; a benchmark would reach it.
            await Databases.ExecuteAsync(fresh.ProductDatabase, "UPDATE tenants SET ai_daily_limit_micros = 1000000000000", cancel);
        }

        await using (await fresh.StartPeerAsync(cancel))
        {
            return fresh;
        }
    }

    /// <summary>The product's public door.</summary>
    /// <param name="more">Settings on top of those that every process of the product gets.</param>
    public Task<Server> StartOrchestratorAsync(CancellationToken cancel, params (string Name, string Value)[] more) =>
        StartAsync(Product("fresh orchestrator", OrchestratorPort, "src/Orchestrator/bin/Release/net10.0/Orchestrator.dll", more), cancel);

    /// <summary>The product's chat.</summary>
    /// <inheritdoc cref="StartOrchestratorAsync"/>
    public Task<Server> StartChatApiAsync(CancellationToken cancel, params (string Name, string Value)[] more) =>
        StartAsync(Product("fresh chat api", ChatApiPort, "src/ChatApi/bin/Release/net10.0/ChatApi.dll", more), cancel);

    /// <summary>One more of it, on the same database.</summary>
    public Task<Server> StartOtherChatApiAsync(CancellationToken cancel) =>
        StartAsync(Product("other chat api", OtherChatApiPort, "src/ChatApi/bin/Release/net10.0/ChatApi.dll", ("PORT", OtherChatApiPort.ToString(CultureInfo.InvariantCulture))), cancel);

    /// <summary>The peer.</summary>
    public Task<Server> StartPeerAsync(CancellationToken cancel) => StartAsync(
        new ServerCommand("fresh peer", PeerPort, "/health", "node", ["server.js"], Repository.At("bench/peer"))
        {
            Environment = _bed.PeerEnvironment(PeerPort, "api", "knex", Databases.PeerUrlOf(PeerDatabase)),
        }, cancel);

    private ServerCommand Product(string name, int port, string program, params (string Name, string Value)[] more)
    {
        var environment = _bed.ProductEnvironment(OrchestratorPort, ChatApiPort, Databases.ProductUrlOf(ProductDatabase));
        foreach (var (variable, value) in more)
        {
            environment[variable] = value;
        }

        return new ServerCommand(name, port, "/health/ready", "dotnet", [Repository.At(program)], Repository.Root) { Environment = environment };
    }

    private static Task<Server> StartAsync(ServerCommand command, CancellationToken cancel) => Server.StartAsync(command, Repository.At(".data/bench/logs"), cancel);
}

using System.Globalization;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Processes that do nothing but send touch points, one or two of the product and as many of the peer, each kind on a database of its own.</summary>
internal sealed class TouchProcesses : IAsyncDisposable
{
    /// <summary>How often a process looks for what is due: the product's and the peer's alike.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private const int FirstPort = 10;
    private static readonly string LookEveryMs = LookEvery.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);

    private readonly TestBed _bed;
    private readonly List<Server> _product = [];
    private readonly List<Server> _peer = [];

    private TouchProcesses(TestBed bed, string productDatabase, string peerDatabase) =>
        (_bed, ProductDatabase, PeerDatabase) = (bed, productDatabase, peerDatabase);

    /// <summary>The product's, as superuser.</summary>
    public string ProductDatabase { get; }

    /// <summary>The peer's.</summary>
    public string PeerDatabase { get; }

    /// <summary>Orchestrators that run.</summary>
    public IReadOnlyList<Server> Product => _product;

    /// <summary>Processors of the peer that run.</summary>
    public IReadOnlyList<Server> Peer => _peer;

    /// <summary>Makes the databases and starts one process of each.</summary>
    public static async Task<TouchProcesses> StartAsync(TestBed bed, CancellationToken cancel)
    {
        var processes = new TouchProcesses(
            bed, await bed.Databases.AddProductAsync("bench_touches", cancel), await bed.Databases.AddPeerAsync("bench_touches_peer", cancel));
        try
        {
            await processes.StartOneMoreAsync(cancel);
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more of each. They look as often for what is due; the product's setting for it is one of its production settings.</summary>
    public async Task StartOneMoreAsync(CancellationToken cancel)
    {
        var number = _product.Count + 1;
        var port = _bed.PortBase + FirstPort + (2 * _product.Count);
        _peer.Add(await StartAsync(new ServerCommand($"peer's processor {number}", port, "/health", "node", ["server.js"], Repository.At("bench/peer"))
        {
            Environment = new Dictionary<string, string>(_bed.PeerEnvironment(port, "processor", "knex", Databases.PeerUrlOf(PeerDatabase))) { ["TICK_MS"] = LookEveryMs },
        }, cancel));
        _product.Add(await StartAsync(new ServerCommand(
            $"sending orchestrator {number}", port + 1, "/health/live", "dotnet", [Repository.At("src/Orchestrator/bin/Release/net10.0/Orchestrator.dll")], Repository.Root)
        {
            Environment = new Dictionary<string, string>(_bed.ProductEnvironment(port + 1, _bed.PortBase + 1, Databases.ProductUrlOf(ProductDatabase)))
            {
                ["TOUCH_POINT_INTERVAL_MS"] = LookEveryMs,
                ["TEST_CLOCK_URL"] = new Uri(_bed.Vendors, FakeClock.Path).AbsoluteUri,
            },
        }, cancel));
    }

    /// <summary>The tenant that the product made at its start.</summary>
    public Task<Guid> TenantAsync(CancellationToken cancel) => Databases.ValueAsync<Guid>(ProductDatabase, "SELECT id FROM tenants WHERE slug = 'acme-tint'", cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _product.Concat(_peer))
        {
            await server.DisposeAsync();
        }
    }

    private static Task<Server> StartAsync(ServerCommand command, CancellationToken cancel) => Server.StartAsync(command, Repository.At(".data/bench/logs"), cancel);
}

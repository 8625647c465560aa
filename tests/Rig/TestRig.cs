using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>How a rig is built.</summary>
public sealed record RigOptions
{
    /// <summary>How many Orchestrators.</summary>
    public int Orchestrators { get; init; } = 2;

    /// <summary>Does the test start its Orchestrators itself?</summary>
    public bool AreStopped { get; init; }

    /// <summary>How many Chat APIs.</summary>
    public int ChatApis { get; init; } = 2;

    /// <summary>Do the services reach PostgreSQL through <see cref="RigPostgres.Wire"/>, which can fall silent?</summary>
    public bool HasWire { get; init; }

    /// <summary>Size of the disk that holds the tables; null = this machine's own.</summary>
    public int? DiskMegabytes { get; init; }

    /// <summary>How the vendors are.</summary>
    public SandboxSettings Sandbox { get; init; } = SandboxSettings.ForTests with
    {
        ShopmonkeyRequestsPerMinute = 1_000_000, StartAt = new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), // a Monday, 10:00 at the shop
    };

    /// <summary>Variables of all services, on top of the rig's own; null unsets one.</summary>
    public IReadOnlyList<(string Name, string? Value)> Variables { get; init; } = [];
}

/// <summary>
/// The whole system as processes of its own: PostgreSQL, Orchestrators, Chat APIs, a load balancer before each kind, and the vendors,
/// which live in the judging process so that their ledger is at hand. It is Monday, 10:00 at the shop, and time runs.
/// </summary>
public sealed class TestRig : IAsyncDisposable
{
    private static readonly DateTimeOffset Monday10 = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);
    private readonly string _folder;
    private int _customers;

    private TestRig(string folder, RigPostgres postgres, SandboxServer sandbox)
    {
        (_folder, Postgres, Sandbox) = (folder, postgres, sandbox);
    }

    /// <summary>The database: what the product has kept.</summary>
    public RigPostgres Postgres { get; }

    /// <summary>The vendors: what has really happened outside.</summary>
    public SandboxServer Sandbox { get; }

    /// <summary>The Orchestrators.</summary>
    public IReadOnlyList<RigService> Orchestrators { get; private set; } = [];

    /// <summary>The Chat APIs.</summary>
    public IReadOnlyList<RigService> ChatApis { get; private set; } = [];

    /// <summary>The public door: <c>PUBLIC_URL</c>, before the Orchestrators.</summary>
    public FrontDoor Door { get; private set; } = null!;

    /// <summary>The door before the Chat APIs: <c>CHAT_API_URL</c>.</summary>
    public FrontDoor ChatDoor { get; private set; } = null!;

    /// <summary>Starts all of it; ends when every process is ready.</summary>
    public static async Task<TestRig> StartAsync(RigOptions? wanted = null)
    {
        var options = wanted ?? new RigOptions();
        // Beside the other servers of test runs: what a killed run leaves there is swept by the next.
        var folder = Repository.Path(".data", "test-postgres", $"{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}");
        Directory.CreateDirectory(folder);
        if (PostgresAccounts.Current is PostgresAccount.Nobody)
        {
            PostgresAccount.Nobody.TakeOver(folder);
        }

        var postgres = await RigPostgres.StartAsync(folder, options.DiskMegabytes);
        var sandbox = await SandboxServer.StartAsync(options.Sandbox with { StartAt = options.Sandbox.StartAt ?? Monday10 });
        var rig = new TestRig(folder, postgres, sandbox);
        try
        {
            await rig.StartServicesAsync(options);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>A mobile number in Austin that nobody else of this rig has.</summary>
    public string NewPhone() => $"+1512{Interlocked.Increment(ref _customers) + 2_200_000}";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var door in new[] { Door, ChatDoor })
        {
            if (door is not null)
            {
                await door.DisposeAsync();
            }
        }

        foreach (var service in Orchestrators.Concat(ChatApis))
        {
            await service.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        await Postgres.DisposeAsync();
        // The logs stay for who looks for a cause; the next run sweeps them away.
        Directory.Delete(Path.Combine(_folder, "data"), recursive: true);
    }

    private async Task StartServicesAsync(RigOptions options)
    {
        var database = RigPostgres.ServiceUrl(options.HasWire ? Postgres.Wire.Port : Postgres.Port);
        ChatApis = [.. Enumerable.Range(1, options.ChatApis).Select(number => new RigService(
            $"chat-api-{number}", "src/ChatApi/bin/Release/net10.0/ChatApi.dll", _folder, "PORT", TestVariables.ForChatApi(database, Sandbox.Url)))];
        ChatDoor = new FrontDoor(ChatApis);
        Orchestrators = [.. Enumerable.Range(1, options.Orchestrators).Select(number => new RigService(
            $"orchestrator-{number}", "src/Orchestrator/bin/Release/net10.0/Orchestrator.dll", _folder, "WEBHOOK_PORT",
            TestVariables.ForOrchestrator(database, Sandbox.Url, ChatDoor.Url, ("TOUCH_POINT_INTERVAL_MS", "500"))))];
        Door = new FrontDoor(Orchestrators);
        Sandbox.PublicUrl = Door.Url;
        foreach (var service in Orchestrators.Concat(ChatApis))
        {
            service.Always([("PUBLIC_URL", Door.Url.ToString()), .. options.Variables]);
        }

        await Task.WhenAll((options.AreStopped ? ChatApis : Orchestrators.Concat(ChatApis)).Select(service => service.StartAsync()));
    }
}

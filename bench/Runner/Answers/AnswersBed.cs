using LeadOrchestrator.Answers;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Answers;

/// <summary>The product's Chat API as in production, with the corpus's shop in its database, a clock that can be moved, and a model.</summary>
internal sealed class AnswersBed : IAsyncDisposable
{
    // The product's clock is at most 100 ms old.
    private static readonly TimeSpan ClockAge = TimeSpan.FromMilliseconds(500);
    private readonly Server _server;
    private readonly ModelRelay? _relay;
    private readonly HostileModel _watch = new();

    private AnswersBed(Server server, SandboxServer sandbox, ModelRelay? relay, SeenDatabase database, AnswerShop shop)
    {
        (_server, Sandbox, _relay, Database, Shop) = (server, sandbox, relay, database, shop);
        Chat = Visitor.Client(server.Url);
        sandbox.Model.Watch = _watch.Watch;
    }

    /// <summary>The Chat API's door.</summary>
    public HttpClient Chat { get; }

    /// <summary>The clock, and the scripted model.</summary>
    public SandboxServer Sandbox { get; }

    /// <summary>What the product has kept.</summary>
    public SeenDatabase Database { get; }

    /// <summary>The shop of the corpus.</summary>
    public AnswerShop Shop { get; }

    /// <summary>What of others the product has given to the model so far.</summary>
    public IReadOnlyList<string> Read() => _relay?.Read ?? _watch.Read;

    /// <summary>Starts it; the database is the bench's own, with a shop for each part.</summary>
    public static async Task<AnswersBed> StartAsync(FreshProcesses fresh, ChosenModel model, CancellationToken cancel)
    {
        var sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests with { StartAt = new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero) });
        var relay = model.Upstream is { } upstream ? await ModelRelay.StartAsync(upstream) : null;
        var isClaude = model.Provider == "claude";
        var address = relay?.Url ?? sandbox.BareUrl;
        // The other vendor is switched off, whatever this machine's environment says.
        var server = await fresh.StartChatApiAsync(cancel,
            ("TEST_CLOCK_URL", sandbox.ClockUrl), ("AI_PROVIDER", model.Provider), ("FAILPOINT", ""),
            ("ANTHROPIC_API_KEY", isClaude ? model.ApiKey : ""), ("ANTHROPIC_BASE_URL", isClaude ? address : sandbox.BareUrl),
            ("OPENAI_API_KEY", isClaude ? "" : model.ApiKey), ("OPENAI_BASE_URL", isClaude ? sandbox.OpenAiUrl : address));
        var database = new SeenDatabase(fresh.ProductDatabase);
        return new AnswersBed(server, sandbox, relay, database, await AnswerShop.OpenAsync(database));
    }

    /// <summary>Moves the clock, and waits until the product has heard of it.</summary>
    public async Task MoveToAsync(DateTimeOffset moment)
    {
        Sandbox.Clock.Set(moment);
        await Task.Delay(ClockAge);
    }

    public async ValueTask DisposeAsync()
    {
        Chat.Dispose();
        await _server.DisposeAsync();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>The product's database as a stranger with all rights reads it.</summary>
internal sealed class SeenDatabase(string connectionString) : OwnerSql(connectionString), IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>A database with 500 franchises, Orchestrators on it that begin and end with each part, and what Twilio saw of them. It is a Monday morning in Chicago there.</summary>
internal sealed class FollowUpBed
{
    /// <summary>How many franchises there are beside the default tenant, each with a number of its own.</summary>
    public const int FranchiseCount = 500;

    private const int FirstPort = 10;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly TestBed _bed;
    private bool _hasFranchises;

    private FollowUpBed(TestBed bed, string database, BenchClock clock) => (_bed, Database, Clock) = (bed, database, clock);

    /// <summary>As superuser.</summary>
    public string Database { get; }

    /// <summary>Business time, as the Orchestrators have it.</summary>
    public BenchClock Clock { get; }

    /// <summary>Makes the database.</summary>
    public static async Task<FollowUpBed> CreateAsync(TestBed bed, CancellationToken cancel)
    {
        var begun = long.Parse(Encoding.ASCII.GetString(await bed.AskVendorsAsync(HttpRequestBytes.Get(FakeClock.BegunPath))), CultureInfo.InvariantCulture);
        return new FollowUpBed(bed, await bed.Databases.AddProductAsync("bench_followups", cancel), new BenchClock(begun));
    }

    /// <summary>An Orchestrator with nothing to do yet.</summary>
    /// <param name="lookEvery">How often it looks for what is due, unless it is woken.</param>
    public async Task<Server> StartAsync(TimeSpan lookEvery, CancellationToken cancel)
    {
        await Databases.ExecuteAsync(Database, FollowUpSeed.Nothing, cancel);
        var port = _bed.PortBase + FirstPort;
        var environment = _bed.ProductEnvironment(port, _bed.PortBase + 1, Databases.ProductUrlOf(Database));
        environment["TOUCH_POINT_INTERVAL_MS"] = lookEvery.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        environment["TEST_CLOCK_URL"] = new Uri(_bed.Vendors, FakeClock.Path).AbsoluteUri;
        foreach (var (name, value) in Franchises.Settings)
        {
            environment[name] = value;
        }

        return await Server.StartAsync(
            new ServerCommand("following orchestrator", port, "/health/live", "dotnet", [Repository.At("src/Orchestrator/bin/Release/net10.0/Orchestrator.dll")], Repository.Root)
            { Environment = environment }, Repository.At(".data/bench/logs"), cancel);
    }

    /// <summary>The tenant that an Orchestrator makes at its first start.</summary>
    public Task<Guid> DefaultTenantAsync(CancellationToken cancel) => Databases.ValueAsync<Guid>(Database, "SELECT id FROM tenants WHERE slug = 'acme-tint'", cancel);

    /// <summary>Gives every franchise a number and an account of its own at Twilio; makes the franchises the first time.</summary>
    /// <param name="segmentsPerSecond">The pace of each number; 0 = none.</param>
    public async Task GiveNumbersAsync(Server orchestrator, int segmentsPerSecond, CancellationToken cancel)
    {
        Benchmarks.Say($"  {FranchiseCount} franchises, each with a number of its own");
        using var franchises = await Franchises.SignInAsync(orchestrator.Url, cancel);
        if (!_hasFranchises)
        {
            await franchises.AddAsync(FranchiseCount, cancel);
            _hasFranchises = true;
        }

        for (var number = 0; number < FranchiseCount; number++)
        {
            await franchises.PutAccountAsync(number, "twilio", new
            {
                accountSid = string.Create(CultureInfo.InvariantCulture, $"AC{number:00000000000000000000000000000000}"), authToken = TestBed.TwilioToken,
                phoneNumber = string.Create(CultureInfo.InvariantCulture, $"+1512555{number:0000}"), segmentsPerSecond,
            }, cancel);
        }
    }

    /// <summary>Says how fast Twilio answers, and begins a new ledger, which keeps every text.</summary>
    public Task<byte[]> BeginLedgerAsync(int latencyMs) =>
        _bed.AskVendorsAsync(HttpRequestBytes.Post($"{FakeTwilio.ControlPath}?least={latencyMs}&most={latencyMs}&keep=1", "", []));

    /// <summary>Waits until Twilio has answered so many texts.</summary>
    /// <exception cref="BenchException">It has not in this time.</exception>
    public async Task AnsweredAsync(int texts, TimeSpan atMost, CancellationToken cancel)
    {
        long answered;
        for (var start = MonotonicClock.Now; (answered = (await LedgerAsync()).Answered) < texts; await Task.Delay(LookEvery, cancel))
        {
            if (MonotonicClock.Now - start > atMost.TotalMicroseconds)
            {
                throw new BenchException($"Of {texts} texts {answered} went out within {atMost.TotalSeconds:0} s; the touch points are: {await StatesAsync(cancel)}");
            }
        }
    }

    /// <summary>Waits until nothing that is due waits or is under way.</summary>
    public async Task SettledAsync(TimeSpan atMost, CancellationToken cancel)
    {
        for (var start = MonotonicClock.Now; !await Databases.ValueAsync<bool>(Database, "SELECT NOT EXISTS (SELECT FROM touch_points WHERE status IN ('scheduled', 'sending', 'unknown') AND step = 'greeting')", cancel); await Task.Delay(LookEvery, cancel))
        {
            if (MonotonicClock.Now - start > atMost.TotalMicroseconds)
            {
                throw new BenchException($"After {atMost.TotalSeconds:0} s the touch points are: {await StatesAsync(cancel)}");
            }
        }
    }

    /// <summary>All texts that Twilio was asked to send, in their order.</summary>
    public async Task<IReadOnlyList<TextAtTwilio>> TextsAsync()
    {
        var texts = new List<TextAtTwilio>();
        while (JsonSerializer.Deserialize<List<TextAtTwilio>>(await _bed.AskVendorsAsync(HttpRequestBytes.Get($"{FakeTwilio.TextsPath}?after={texts.Count}"))) is [_, ..] page)
        {
            texts.AddRange(page);
        }

        return texts;
    }

    /// <summary>How the touch points stand, for an error message.</summary>
    public Task<string> StatesAsync(CancellationToken cancel) => Databases.ValueAsync<string>(Database, """
        SELECT coalesce(string_agg(count || ' ' || word, ', '), 'none') FROM (SELECT status || coalesce(' (' || reason || ')', '') AS word, count(*) FROM touch_points GROUP BY 1) states
        """, cancel);

    private async Task<TwilioLedger> LedgerAsync() => JsonSerializer.Deserialize<TwilioLedger>(await _bed.AskVendorsAsync(HttpRequestBytes.Get(FakeTwilio.LedgerPath)))!;
}

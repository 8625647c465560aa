using System.Diagnostics;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>The rig of all chat tests: two Orchestrators, two Chat APIs. Each test leaves both of each running.</summary>
public class ChatSystem : WholeSystem
{
    /// <summary>What the models say, unless a test lets them say something else.</summary>
    public static string Script { get; } = string.Concat(Enumerable.Range(1, 60).Select(number => $"Word {number} is said. "));

    public RigService First => Rig.ChatApis[0];

    public RigService Second => Rig.ChatApis[1];

    /// <summary>An answer whose model stays silent for longer than anybody waits. It begins with the rig, so that its time passes beside the other tests.</summary>
    public Task<(ChatCustomer Customer, TimeSpan ToFirstWord, ChatFrame End)> Silent { get; private set; } = null!;

    /// <summary>Tests that kill both Chat APIs have nowhere to wait for it.</summary>
    protected virtual bool AsksASilentModel => true;

    protected override RigOptions Options => new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Speak();
        if (!AsksASilentModel)
        {
            return;
        }

        var customer = await ChatCustomer.OpenAsync(Rig);
        Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Anthropic, Kind = FaultKind.HangBeforeFirstToken, Seconds = 300 });
        var begun = Stopwatch.GetTimestamp();
        // At the Chat API that no test kills.
        var line = await customer.AskAsync(Second.Url);
        await Eventually.TrueAsync(() => Rig.Sandbox.Faults.Waiting.Count == 0, "the silent model is asked");
        Silent = WaitAsync();

        async Task<(ChatCustomer, TimeSpan, ChatFrame)> WaitAsync()
        {
            using (line)
            {
                (await line.UntilAsync(frame => frame.Type == "answer.delta")).ShouldNotBeNull();
                var toFirstWord = Stopwatch.GetElapsedTime(begun);
                return (customer, toFirstWord, (await line.UntilAsync(frame => frame.IsTerminal)).ShouldNotBeNull());
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (AsksASilentModel)
        {
            await Silent;
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The models say the script, word by word.</summary>
    public void Speak(double millisecondsPerWord = 0)
    {
        Rig.Sandbox.Faults.Clear();
        Rig.Sandbox.Model.Script = Script;
        Rig.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(millisecondsPerWord);
    }

    /// <summary>Both Chat APIs and both Orchestrators are ready: the test before may have left one on its way, or, where it failed, killed.</summary>
    public Task ReadyAsync() => Task.WhenAll(Rig.ChatApis.Concat(Rig.Orchestrators).Select(service => service.IsRunning ? service.ReadyAsync() : service.StartAsync()));

    /// <summary>All money is settled: nothing is reserved for these customers, and what a vendor counted has its price.</summary>
    public Task CostsAreBookedAsync(params ChatCustomer[] customers) => Eventually.ValueAsync(
        () => Rig.Postgres.ScalarAsync<long>(
            "SELECT count(*) FROM ai_calls WHERE session_id = ANY($1) AND (status = 'reserved' OR (status <> 'not_billed' AND coalesce(cost_micros, 0) = 0))",
            customers.Select(customer => customer.SessionId).ToArray()),
        open => open == 0, "every call of a model is booked", TimeSpan.FromSeconds(20));

    /// <summary>What is wrong with what these customers saw.</summary>
    public static async Task NothingIsTornAsync(params ChatCustomer[] customers)
    {
        var problems = await Task.WhenAll(customers.Select(customer => customer.ProblemsAsync()));
        problems.SelectMany(list => list).ShouldBeEmpty();
    }
}

/// <summary>Chat tests run one after the other: they kill and stop the same processes, and faults strike whichever call comes next.</summary>
[CollectionDefinition(Name)]
public sealed class ChatCollection : ICollectionFixture<ChatSystem>
{
    public const string Name = "Chat system";
}

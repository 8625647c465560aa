using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>What becomes of events in hand when the round that took them cannot go on.</summary>
public sealed class InboxWorkerTests
{
    [Fact]
    public async Task What_was_taken_from_the_hand_when_the_database_went_away_is_not_forgotten()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        var hand = new InboxHand();
        var signal = new InboxSignal();
        var inbox = new InboxStore(new LeadDatabase(away), TimeProvider.System, new ServiceInstance(Guid.CreateVersion7(), "orchestrator"));
        using var lifetime = new Lifetime();
        using var worker = new InboxWorker(inbox, hand, new RightOfWay(), signal, null!, null!, null!, new ClockWatch(TimeProvider.System, null!, null!), lifetime.Value, NullLogger<InboxWorker>.Instance);
        await worker.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => hand.HasRoom, "the worker to take what comes");
        var taken = new InboxEvent(Guid.CreateVersion7(), Guid.CreateVersion7(), "order", "INSERT", "a", "{}", 1, null, DateTimeOffset.UnixEpoch);
        hand.Add([taken]).ShouldBeTrue();

        signal.Wake();

        await Eventually.TrueAsync(() => hand.TakeDoubtful().Contains(taken), "the event to be doubted");
        hand.Take(10, 10).ShouldBeEmpty();
        await worker.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Lifetime : IDisposable
    {
        public ApplicationLifetime Value { get; } = new(NullLogger<ApplicationLifetime>.Instance);

        public void Dispose() => Value.StopApplication();
    }
}

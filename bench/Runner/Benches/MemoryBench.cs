using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// Resident memory: idle, and at most during a load, each load on a process that has just started. The product is two processes, the peer one; a load is
/// counted at the one that carries it, and idle both are also added up.
/// </summary>
internal sealed class MemoryBench(TestBed bed, BenchOptions options)
{
    private const int Connections = 32;
    private const int Streams = 1000;
    private static readonly ModelPace Pace = new(60, 50);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private static readonly Metric IdleDoor = Metric.MiB("idle, the service that takes webhooks");
    private static readonly Metric IdleChat = Metric.MiB("idle, the service that answers");
    private static readonly Metric IdleAll = Metric.MiB("idle, all services together");
    private static readonly Metric Webhooks = Metric.MiB("at most under webhooks, 32 at once");
    private static readonly Metric History = Metric.MiB("at most under reads of the history, 32 at once");
    private static readonly Metric Answers = Metric.MiB("at most with 1,000 answers at once");

    private readonly Samples _samples = new("memory");
    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        if (!ProcessTimes.IsAvailable)
        {
            throw new BenchException("The memory of another process is read from /proc, which only Linux has.");
        }

        var fresh = await FreshProcesses.CreateAsync(bed, "memory", cancel);
        await ChatSeed.WriteAsync(fresh.ProductDatabase, fresh.TenantId, fresh.PeerDatabase, Streams, cancel);
        await Pace.SetAsync(bed.Vendors);
        try
        {
            await Rounds.InterleaveAsync(options.Rounds, [Targets.Peer, Targets.Product], "memory", target => target == Targets.Peer
                ? MeasurePeerAsync(fresh, cancel)
                : MeasureProductAsync(fresh, cancel));
        }
        finally
        {
            await ModelPace.OfAModel.SetAsync(bed.Vendors);
        }

        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task MeasurePeerAsync(FreshProcesses fresh, CancellationToken cancel)
    {
        await using (var server = await fresh.StartPeerAsync(cancel))
        {
            await Task.Delay(Idle, cancel);
            foreach (var metric in new[] { IdleDoor, IdleChat, IdleAll })
            {
                _samples.Add(metric, Targets.Peer, ProcessTimes.MemoryMiB(server.ProcessId));
            }

            _samples.Add(Webhooks, Targets.Peer, await AtMostAsync(server, TakeWebhooksAsync(server), cancel));
        }

        await using (var server = await fresh.StartPeerAsync(cancel))
        {
            _samples.Add(History, Targets.Peer, await AtMostAsync(server, ReadAsync(server, _ => ""), cancel));
        }

        await using (var server = await fresh.StartPeerAsync(cancel))
        {
            _samples.Add(Answers, Targets.Peer, await AtMostAsync(server, AnswerAsync(AnswerTarget.Peer(server, Streams), cancel), cancel));
        }
    }

    private async Task MeasureProductAsync(FreshProcesses fresh, CancellationToken cancel)
    {
        // Without the other's load in between, both can be idle at the same time.
        await using (var server = await fresh.StartChatApiAsync(cancel))
        {
            await using (var door = await fresh.StartOrchestratorAsync(cancel))
            {
                await Task.Delay(Idle, cancel);
                _samples.Add(IdleDoor, Targets.Product, ProcessTimes.MemoryMiB(door.ProcessId));
                _samples.Add(IdleChat, Targets.Product, ProcessTimes.MemoryMiB(server.ProcessId));
                _samples.Add(IdleAll, Targets.Product, ProcessTimes.MemoryMiB(door.ProcessId) + ProcessTimes.MemoryMiB(server.ProcessId));
                _samples.Add(Webhooks, Targets.Product, await AtMostAsync(door, TakeWebhooksAsync(door), cancel));
            }

            // What is left in the inbox would be the next round's load.
            await Databases.ExecuteAsync(fresh.ProductDatabase, "DELETE FROM webhook_events WHERE status IN ('received', 'processing')", cancel);
            _samples.Add(History, Targets.Product, await AtMostAsync(
                server, ReadAsync(server, id => ChatCookie.HeaderFor(bed.JwtSigningKey, fresh.TenantId, id)), cancel));
        }

        await using (var server = await fresh.StartChatApiAsync(cancel))
        {
            var target = AnswerTarget.Product(server, server.Url, bed.JwtSigningKey, fresh.TenantId, Streams);
            _samples.Add(Answers, Targets.Product, await AtMostAsync(server, AnswerAsync(target, cancel), cancel));
        }
    }

    private async Task TakeWebhooksAsync(Server server) =>
        (await ClosedLoop.RunAsync(server.Url, bed.Deliveries.Next, Connections, _window)).OrThrow(server.Name);

    private async Task ReadAsync(Server server, Func<Guid, string> cookie)
    {
        var requests = Enumerable.Range(1, Streams).Select(ChatSeed.SessionId)
            .Select(id => HttpRequestBytes.Get($"/api/chat/sessions/{id}/messages", cookie(id))).ToArray();
        (await ClosedLoop.RunAsync(server.Url, () => requests[Random.Shared.Next(requests.Length)], Connections, _window)).OrThrow(server.Name);
    }

    private Task<StreamLoad> AnswerAsync(AnswerTarget target, CancellationToken cancel) =>
        StreamLoad.RunAsync(target, Streams, Pace.Tokens, _window, 0, cancel);

    private static async Task<double> AtMostAsync(Server server, Task load, CancellationToken cancel)
    {
        var most = 0.0;
        do
        {
            most = Math.Max(most, ProcessTimes.MemoryMiB(server.ProcessId));
        }
        while (await Task.WhenAny(load, Task.Delay(BetweenLooks, cancel)) != load);
        await load;
        return Math.Max(most, ProcessTimes.MemoryMiB(server.ProcessId));
    }
}

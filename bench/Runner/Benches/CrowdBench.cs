using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// Two thousand people read answers at once, at two Chat APIs; a hundred more read ten bytes a second. Every answer must be whole. What a stream takes in memory, and how soon a
/// line that was cut goes on at the other Chat API.
/// </summary>
internal sealed class CrowdBench(TestBed bed)
{
    /// <summary>What it is called.</summary>
    public const string Name = "crowd";

    private const int Readers = 2000;
    private const int SlowReaders = 100;
    private const int Kept = 20;
    private const int Resumes = 300;
    private const double MostResumeMilliseconds = 300;
    // Two thousand within a gibibyte.
    private const double MostKiBPerStream = 512;
    private const double MostGrowth = 1.2;

    // A pace that two cores can carry for two thousand: this is about how many, and not about how fast. Nobody's answer ends before all of them listen.
    private const double AskedPerSecond = 60;
    private static readonly ModelPace Pace = new(60, 900);
    private static readonly ModelPace PaceOfWarmUp = new(60, 5);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(Readers / AskedPerSecond);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Histogram _resumed = new();

    /// <summary>Measures, and gives one line for each figure.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var fresh = await FreshProcesses.CreateAsync(bed, Name, cancel);
        await ChatSeed.WriteAsync(fresh.ProductDatabase, fresh.TenantId, fresh.PeerDatabase, Readers + SlowReaders, cancel);
        await using var one = await fresh.StartChatApiAsync(cancel);
        await using var other = await fresh.StartOtherChatApiAsync(cancel);
        var target = AnswerTarget.Product(one, one.Url, bed.JwtSigningKey, fresh.TenantId, Readers + SlowReaders) with { Doors = [one.Url, other.Url] };
        try
        {
            await PaceOfWarmUp.SetAsync(bed.Vendors);
            await StreamLoad.RunAsync(target, 200, PaceOfWarmUp.Tokens, TimeSpan.FromSeconds(2), 0, cancel);
            await Pace.SetAsync(bed.Vendors);
            return await MeasureAsync(fresh, target, [one, other], cancel);
        }
        finally
        {
            await ModelPace.OfAModel.SetAsync(bed.Vendors);
        }
    }

    private async Task<IReadOnlyList<ReportLine>> MeasureAsync(FreshProcesses fresh, AnswerTarget target, Server[] servers, CancellationToken cancel)
    {
        Benchmarks.Say($"crowd: {Readers} readers and {SlowReaders} slow ones at two Chat APIs");
        var before = MemoryOf(servers);
        var storedBefore = await StoredAnswers.CountProductAsync(fresh.ProductDatabase, cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var slow = Enumerable.Range(Readers, SlowReaders).Select(session => SlowReader.ReadAsync(target.DoorOf(session), target.Ask(session), over.Token)).ToArray();
        var memory = WatchAsync(servers, over.Token);
        var resumes = ResumeAsync(fresh, target, cancel);
        var load = await StreamLoad.RunAsync(target, Readers, Pace.Tokens, Hold, Kept, cancel, AskedPerSecond);
        await resumes;
        var unfinished = await UnfinishedAsync(fresh, cancel);
        await over.CancelAsync();
        await Task.WhenAll(slow);
        var seen = await memory;

        var stored = await StoredAnswers.CountProductAsync(fresh.ProductDatabase, cancel) - storedBefore;
        foreach (var shown in load.Kept)
        {
            await StoredAnswers.RequireAsync(fresh.ProductDatabase, shown, cancel);
        }

        var most = seen.Max(look => look.MiB);
        var (first, second) = (MostBetween(seen, Ramp, Ramp + (Hold / 2)), MostBetween(seen, Ramp + (Hold / 2), Ramp + Hold));
        return
        [
            Line("answers at once at two Chat APIs", "count", load.MostAtOnce + SlowReaders, null),
            Line("answers to the end", "count", load.Tally.Answers, null),
            Line("of them not stored, or stored otherwise than shown", "count", Math.Abs(stored - SlowReaders - load.Tally.Answers), 0),
            Line("answers to people who read ten bytes a second that were not stored whole", "count", unfinished, 0),
            Line("memory for each stream, at most", "KiB", Samples.Rounded((most - before) * 1024 / (Readers + SlowReaders)), MostKiBPerStream),
            Line("memory of both while all read, first half", "MiB", Samples.Rounded(first), null),
            Line("memory of both while all read, second half, at most a fifth more", "MiB", Samples.Rounded(second), Samples.Rounded(first * MostGrowth)),
            Line("a cut line goes on at the other Chat API, p50", "ms", Samples.Rounded(_resumed.Milliseconds(0.5)), null),
            Line("a cut line goes on at the other Chat API, p95", "ms", Samples.Rounded(_resumed.Milliseconds(0.95)), MostResumeMilliseconds),
        ];
    }

    // What one browser has seen was shown by its own Chat API; a fresh line asks the other one for all that came since the question before.
    private async Task ResumeAsync(FreshProcesses fresh, AnswerTarget target, CancellationToken cancel)
    {
        await Task.Delay(Ramp, cancel);
        var pause = Hold / Resumes;
        for (var resume = 0; resume < Resumes; resume++)
        {
            var session = Random.Shared.Next(Readers);
            var id = ChatSeed.SessionId(session + 1);
            var request = HttpRequestBytes.Get(
                string.Create(CultureInfo.InvariantCulture, $"/api/chat/sessions/{id}/stream?after={ChatSeed.PerSession + 1}"), ChatCookie.HeaderFor(bed.JwtSigningKey, fresh.TenantId, id));
            var asked = MonotonicClock.Now;
            await CutLine.ResumeAsync(target.DoorOf(session + 1), request, "event: answer.delta"u8.ToArray(), cancel);
            _resumed.Add(MonotonicClock.Now - asked);
            await Task.Delay(pause, cancel);
        }
    }

    private static double MostBetween(List<(TimeSpan At, double MiB)> seen, TimeSpan from, TimeSpan until) => seen.Where(look => look.At >= from && look.At <= until).Max(look => look.MiB);

    private static async Task<List<(TimeSpan At, double MiB)>> WatchAsync(Server[] servers, CancellationToken over)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = new List<(TimeSpan At, double MiB)>();
        while (!over.IsCancellationRequested)
        {
            seen.Add((Stopwatch.GetElapsedTime(began), MemoryOf(servers)));
            await Task.WhenAny(Task.Delay(BetweenLooks, over));
        }

        return seen;
    }

    private static double MemoryOf(Server[] servers) => servers.Sum(server => ProcessTimes.MemoryMiB(server.ProcessId));

    // The answers go on whoever reads: they are stored although nobody has read them to their end.
    private static async Task<long> UnfinishedAsync(FreshProcesses fresh, CancellationToken cancel)
    {
        var until = MonotonicClock.Now + (long)Patience.TotalMicroseconds;
        while (true)
        {
            var whole = await Databases.ValueAsync<long>(fresh.ProductDatabase, $"""
                SELECT count(DISTINCT m.session_id) FROM chat_messages m
                WHERE m.seq > {ChatSeed.PerSession} AND m.role = 'assistant' AND m.status = 'complete' AND m.session_id > '{ChatSeed.SessionId(Readers)}'
                """, cancel);
            if (whole == SlowReaders || MonotonicClock.Now > until)
            {
                return SlowReaders - whole;
            }

            await Task.Delay(BetweenLooks, cancel);
        }
    }

    private static ReportLine Line(string metric, string unit, double value, double? most) => ReportLine.Promise(Name, metric, unit, value, most);
}

/// <summary>Somebody whose line carries ten bytes a second.</summary>
internal static class SlowReader
{
    private const int Bytes = 10;

    /// <summary>Asks, and reads until it is over; never to the end.</summary>
    public static async Task ReadAsync(Uri door, byte[] request, CancellationToken over)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 2048 };
        try
        {
            await socket.ConnectAsync(door.Host, door.Port, over);
            await socket.SendAsync(request, over);
            var buffer = new byte[Bytes];
            while (await socket.ReceiveAsync(buffer, over) > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
        }
    }
}

/// <summary>A line that is taken up again.</summary>
internal static class CutLine
{
    /// <summary>Connects, asks, and waits until the answer holds the mark.</summary>
    /// <exception cref="IOException">It was refused, or ended before.</exception>
    public static async Task ResumeAsync(Uri door, byte[] request, byte[] mark, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(door.Host, door.Port, cancel);
        await socket.SendAsync(request, cancel);
        var buffer = new byte[64 * 1024];
        var have = 0;
        while (buffer.AsSpan(0, have).IndexOf(mark) < 0)
        {
            if (have == buffer.Length || await socket.ReceiveAsync(buffer.AsMemory(have), cancel) is not (> 0 and var received))
            {
                throw new IOException($"{door} did not go on with an answer.");
            }

            have += received;
        }
    }
}

using System.Net.Sockets;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// Many answers at once. The first questions are spread evenly over a ramp, and whoever has an answer asks again until the end: so after the ramp
/// all of them listen at the same time. What was begun is read to its end.
/// </summary>
internal sealed class StreamLoad
{
    private const double AskedPerSecond = 500;
    private readonly double _perSecond;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly AnswerTarget _target;
    private readonly int _tokens;
    private readonly List<AnswerConnection> _connections = [];
    private int _listening;

    private StreamLoad(AnswerTarget target, int tokens, double perSecond, AnswerTally tally) => (_target, _tokens, _perSecond, Tally) = (target, tokens, perSecond, tally);

    /// <summary>What was read.</summary>
    public AnswerTally Tally { get; }

    /// <summary>How many listened at the same time, at most.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Tokens per second while all of them listened: from the ramp's end to the last question.</summary>
    public double TokensPerSecond => Tally.TokensInWindow / ((Tally.WindowTo - Tally.WindowFrom) / 1e6);

    /// <summary>The last answer of each of the sessions that are kept, byte for byte.</summary>
    public IEnumerable<byte[]> Kept => _connections.Select(connection => connection.Kept.ToArray()).Where(bytes => bytes.Length > 0);

    /// <summary>Asks in so many sessions, and reads all answers to their end.</summary>
    /// <param name="tokens">Of a whole answer.</param>
    /// <param name="hold">How long all of them listen, after the ramp.</param>
    /// <param name="kept">How many sessions' answers to keep.</param>
    /// <param name="perSecond">First questions a second.</param>
    /// <exception cref="BenchException">An answer is not whole.</exception>
    public static async Task<StreamLoad> RunAsync(AnswerTarget target, int sessions, int tokens, TimeSpan hold, int kept, CancellationToken cancel, double perSecond = AskedPerSecond)
    {
        const long SettleMicros = 200_000; // while the connections are made
        var start = MonotonicClock.Now + SettleMicros + (sessions * 100L);
        var rampEnd = start + (long)(sessions * 1e6 / perSecond);
        var load = new StreamLoad(target, tokens, perSecond, new AnswerTally { WindowFrom = rampEnd, WindowTo = rampEnd + (long)hold.TotalMicroseconds });
        try
        {
            for (var session = 0; session < sessions; session++)
            {
                var connection = new AnswerConnection(target.DoorOf(session), target.EndMark, keeps: session < kept);
                load._connections.Add(connection);
                await connection.OpenAsync();
            }

            var answers = await Task.Factory.StartNew(() => load.Begin(start), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.WhenAll(answers).WaitAsync(Patience, cancel);
            load.Tally.ThrowIfFailed(target.Name);
            return load;
        }
        catch (TimeoutException exception)
        {
            throw new BenchException($"{target.Name} had not answered all of {sessions} questions {Patience.TotalSeconds} s after the last one.", exception);
        }
        finally
        {
            foreach (var connection in load._connections)
            {
                connection.Dispose();
            }
        }
    }

    private List<Task> Begin(long start)
    {
        var answers = new List<Task>(_connections.Count);
        for (var session = 0; session < _connections.Count; session++)
        {
            MonotonicClock.WaitUntil(start + (long)(session * 1e6 / _perSecond));
            answers.Add(ListenAsync(session));
        }

        return answers;
    }

    private async Task ListenAsync(int session)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _listening));
        try
        {
            do
            {
                await _connections[session].AskAsync(_target.Ask(session), _tokens, Tally);
            }
            while (MonotonicClock.Now < Tally.WindowTo);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            Tally.Failed(exception.Message);
        }

        Interlocked.Decrement(ref _listening);
    }
}

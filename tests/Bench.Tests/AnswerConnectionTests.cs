using System.Net;
using System.Net.Sockets;
using System.Text;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>What the load generator sees of a streamed answer, however it comes over the wire.</summary>
public sealed class AnswerConnectionTests
{
    private const string Mark = "event: done";
    private static readonly long Base = MonotonicClock.Now;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Every_token_is_counted_once_wherever_the_wire_cuts_it(int bytesAtOnce)
    {
        var body = $"data: {First} {Later}\n\ndata: word {Later}\n\n{Mark}\ndata: {First} {Later}\n\n";

        var (tally, kept) = await AskAsync(body, 3, bytesAtOnce);

        (tally.Tokens, tally.Answers, tally.FirstToken.Count, tally.Gap.Count).ShouldBe((3, 1, 1, 2));
        kept.ShouldBe(body);
        Should.NotThrow(() => tally.ThrowIfFailed("it"));
    }

    [Fact]
    public async Task The_models_own_time_is_taken_off_what_was_added()
    {
        var (tally, _) = await AskAsync($"{First}{Mark}", 1, 4096);

        // The stamps say that the model took ten seconds of its own, longer than all of this takes.
        tally.Added.Milliseconds(1).ShouldBe(0);
        tally.FirstToken.Milliseconds(1).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("no token at all, " + Mark)]
    [InlineData("no end")]
    public async Task An_answer_that_is_not_whole_is_none(string body) =>
        await Should.ThrowAsync<IOException>(() => AskAsync(body, body.Contains(Mark, StringComparison.Ordinal) ? 1 : 0, 4096));

    private static string First => $"q={Base:0000000000000000} t={Base + 10_000_000:0000000000000000}";

    private static string Later => $"t={Base:0000000000000000}";

    private static async Task<(AnswerTally Tally, string Kept)> AskAsync(string body, int tokens, int bytesAtOnce)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, body, bytesAtOnce);
        using var connection = new AnswerConnection(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), Encoding.ASCII.GetBytes(Mark), keeps: true);
        await connection.OpenAsync();
        var tally = new AnswerTally();
        await connection.AskAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), tokens, tally);
        await serving;
        return (tally, Encoding.ASCII.GetString(connection.Kept.ToArray()));
    }

    // In chunks of ten bytes, so that marks and stamps are cut by the framing as well as by the wire.
    private static async Task ServeAsync(TcpListener listener, string body, int bytesAtOnce)
    {
        using var socket = await listener.AcceptSocketAsync();
        socket.NoDelay = true;
        await socket.ReceiveAsync(new byte[1024]);
        var chunks = string.Concat(body.Chunk(10).Select(chunk => $"{chunk.Length:x}\r\n{new string(chunk)}\r\n"));
        foreach (var piece in Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n").Chunk(bytesAtOnce))
        {
            await socket.SendAsync(piece);
        }
    }
}
